"""What every request has: the engine, the person who asks, and the words of the office."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, request, session

from engine import Engine, EngineError, Office, Session, User
from web.assets import Packed
from web.i18n import SOURCE, chosen
from web.saying import SPEAKER, Speaker
from web.wording import ENGINE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DEFAULT_OFFICE = Office(product="wenze", seal="文", case_word="事项")


class App(Packed):
    """The app; what a request reads is of one instant, but for what it changes itself."""

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        with self.extensions[ENGINE].together():
            answer: Iterable[bytes] = super().wsgi_app(environ, start_response)
            return answer


def engine() -> Engine:
    """The engine that this app serves."""
    found: Engine = current_app.extensions[ENGINE]
    return found


def signed_in() -> Session | None:
    """The session of who asks, though something may be lacking still, or None."""
    if "session" not in g:
        token = session.get("token")
        g.session = _session(token) if isinstance(token, str) else None
    found: Session | None = g.session
    return found


def _session(token: str) -> Session | None:
    """What a page asks by itself doesn't keep a session from ending for want of use."""
    if request.blueprint in ("live", "presence"):
        return engine().session(token, quiet=True)
    return engine().session(token)


def person() -> User | None:
    """Who asks, or None; with an ended session or a closed account it is nobody from the next request on."""
    found = signed_in()
    return found.user if found and not found.needs else None


def me() -> User:
    """Who asks; only for views behind the sign-in."""
    user = person()
    if user is None:
        raise RuntimeError("a view that asks for the person must not be public")
    return user


def office() -> Office:
    """The office's names and labels, or plain ones before an office file is loaded."""
    if "office" not in g:
        found = engine().office()
        g.office = found if found.product else DEFAULT_OFFICE
    named: Office = g.office
    return named


def case_word() -> str:
    """What this office calls an instance of a top-level process."""
    return office().case_word or DEFAULT_OFFICE.case_word


def counts() -> Mapping[str, int]:
    """Numbers of this person's boxes, asked once in a request."""
    user = person()
    if user is None:
        return {}
    if "counts" not in g:
        g.counts = engine().counts(user.id)
    found: Mapping[str, int] = g.counts
    return found


def _density() -> str:
    """How dense this person wants lists to be."""
    user = person()
    if user is None or user.duty:
        return ""
    if "density" not in g:
        g.density = engine().preference(user.id, "density") or ""
    return str(g.density)


def _may_edit_processes() -> bool:
    user = person()
    return user is not None and engine().may_edit_processes(user.id)


def _may_maintain_organisation() -> bool:
    user = person()
    return user is not None and engine().may_maintain_organisation(user.id)


def _leads() -> bool:
    user = person()
    return user is not None and not user.duty and engine().leads(user.id)


def _may_start() -> bool:
    user = person()
    return user is not None and bool(engine().startable(user.id))


def new_key() -> str:
    """An idempotency key for a page."""
    return secrets.token_urlsafe(12)


def _template_values() -> dict[str, Any]:
    return {
        "office": office(),
        "case_word": case_word(),
        "person": person(),
        "counts": counts,
        "density": _density,
        "may_edit_processes": _may_edit_processes,
        "may_maintain_organisation": _may_maintain_organisation,
        "may_start": _may_start,
        "leads": _leads,
        "new_key": new_key,
        "endpoints": current_app.view_functions,
    }


def _speaker() -> Speaker | None:
    """Who says finished texts to this reader; without the domain's words where the engine is down."""
    language = chosen()
    if language == SOURCE:
        return None
    try:
        return Speaker(language, engine().words(language))
    except EngineError:
        return Speaker(language, {})


def register_context(app: Flask, served: Engine) -> None:
    """Give requests and templates of this app the engine."""
    app.extensions[ENGINE] = served
    app.context_processor(_template_values)
    app.extensions[SPEAKER] = _speaker
