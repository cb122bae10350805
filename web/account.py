"""My account: password, second factor, where I am signed in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import InvalidInput
from web.agents import browser
from web.context import engine, me, signed_in
from web.entering import hold, speak, token
from web.i18n import LANGUAGES, _
from web.steps import changed_password, secret, told

bp = Blueprint("account", __name__)
bp.add_app_template_filter(browser)


def _page(status: int = 200, **values: object) -> ResponseReturnValue:
    has, left = engine().factor(me().id)
    found = engine().sessions(me().id)
    page = render_template(
        "account.html", mine=signed_in(), sessions=found, has_factor=has, codes_left=left, **values
    )
    return page, status


def _back(said: str) -> ResponseReturnValue:
    flash(said, "ok")
    return redirect(url_for("account.account"))


@bp.get("/account")
def account() -> ResponseReturnValue:
    """My account."""
    return _page()


@bp.post("/account/password")
def password() -> ResponseReturnValue:
    """Change my password; I am signed out everywhere else."""
    try:
        hold(changed_password())
    except InvalidInput as refusal:
        return _page(422, password_error=told(refusal))
    return _back(_("密码已更改，其他地方的登录都已结束。"))


@bp.post("/account/language")
def language() -> ResponseReturnValue:
    """Read in another language, here and wherever I sign in."""
    asked = request.form.get("language", "")
    if asked not in LANGUAGES:
        raise InvalidInput(_("没有这种语言，请重新选择。"))
    engine().choose_language(me().id, asked)
    speak(asked)
    return _back(_("语言已更改。"))


@bp.route("/account/factor", methods=["GET", "POST"])
def factor() -> ResponseReturnValue:
    """Add a second factor."""
    if request.method != "POST":
        return render_template("account_factor.html", **secret())
    try:
        made, codes = engine().confirm_factor(token(), request.form.get("code", ""))
    except InvalidInput as refusal:
        return render_template("account_factor.html", error=told(refusal), **secret()), 422
    hold(made)
    return render_template("account_factor.html", codes=codes)


@bp.post("/account/factor/drop")
def drop_factor() -> ResponseReturnValue:
    """Remove my second factor."""
    try:
        hold(engine().drop_factor(token(), request.form.get("password", "")))
    except InvalidInput as refusal:
        return _page(422, factor_error=told(refusal))
    return _back(_("动态口令已解除。"))


@bp.post("/account/sessions/end")
def end_session() -> ResponseReturnValue:
    """End one of my sessions."""
    engine().end_session(request.form.get("session", ""), by=me().id)
    return _back(_("这处登录已结束。"))


@bp.post("/account/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End all my sessions but this one."""
    count = engine().end_other_sessions(token())
    return _back(_("已结束其他%(n)s处登录。", n=count))
