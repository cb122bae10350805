"""The pages people work in: `create_app` serves an engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from engine import Engine
from web import (
    administrators,
    approvals,
    bulk,
    cases,
    clocks,
    columns,
    documents,
    dossiers,
    filters,
    inbox,
    jumping,
    live,
    maintenance,
    migration,
    notifying,
    organisation,
    phrases,
    picking,
    presence,
    processes,
    protected,
    records,
    registers,
    returning,
    substitutes,
    tasks,
    team,
    uploading,
    withdrawing,
)
from web.assets import register_assets
from web.auth import register_auth
from web.context import App, me, register_context
from web.errors import register_errors
from web.i18n import register_languages
from web.limits import register_rates
from web.recording import register_looks, register_origin
from web.rich import register_rich
from web.saying import finish
from web.security import register_security
from web.wording import register_filters

UPLOADS = 64 * 1024 * 1024  #: bytes of one post, all its files together
DEFAULTS = {
    "SESSION_COOKIE_NAME": "wenze",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_REFRESH_EACH_REQUEST": False,  # else a late answer brings back the cookie of who has left
    "PERMANENT_SESSION_LIFETIME": timedelta(hours=24 * 7),  #: of the cookie; the engine ends sessions
    "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
    "MAX_CONTENT_LENGTH": UPLOADS,
    "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
    "MAX_FORM_PARTS": 10_000,
    "WTF_CSRF_TIME_LIMIT": None,
    "OFFICE_KEY": lambda: "",  #: gives the PEM key that signs dossiers; "": none can be taken out
    "PROVIDER": None,  #: by whom people may sign in, a `web.provider.Provider`
    "STREAMS": 2,  #: pages of one process that are told at once; the others ask now and then
    "STREAM_SECONDS": 300,
    "BABEL_DEFAULT_LOCALE": "zh_CN",
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
}


def create_app(engine: Engine, config: Mapping[str, Any]) -> Flask:
    """The app over this engine; `config` must hold SECRET_KEY."""
    app = App(__name__)
    app.config.from_mapping(DEFAULTS)
    app.config.from_mapping(config)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    register_languages(app)
    register_origin(app)
    for register in (register_errors, register_filters, register_security, register_auth, register_looks):
        register(app)
    register_context(app, engine)
    register_assets(app)
    app.after_request(finish)
    register_rich(app)
    for module in (
        inbox,
        live,
        notifying,
        tasks,
        uploading,
        picking,
        presence,
        returning,
        cases,
        clocks,
        documents,
        dossiers,
        filters,
        processes,
        approvals,
        bulk,
        columns,
        protected,
        records,
        organisation,
        substitutes,
        registers,
        team,
        withdrawing,
        jumping,
        phrases,
        migration,
        maintenance,
    ):
        app.register_blueprint(module.bp)

    @app.get("/")
    def home() -> ResponseReturnValue:
        return redirect(url_for(administrators.HOME.get(me().duty, "inbox.box")))

    register_rates(app)
    return app
