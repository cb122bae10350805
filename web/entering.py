"""Coming in: the session that a browser is given, and where it goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from engine import Caller
from web.context import engine, signed_in
from web.i18n import LANGUAGES

STEPS: Mapping[str, str] = {  #: what a session lacks -> the page that asks for it
    "code": "steps.code",
    "password": "steps.password",
    "factor": "steps.factor",
}


def local_path(target: str | None) -> str:
    """The target if it is a path of this site, else the first page: no redirect leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    unsafe = parts.scheme or parts.netloc or "\\" in target or any(ord(char) < 32 for char in target)
    return "/" if unsafe else target


def caller() -> Caller:
    """Whence this request comes."""
    return Caller(request.remote_addr or "", request.user_agent.string)


def token() -> str:
    """The token of this browser's session, or ""."""
    found = session.get("token")
    return found if isinstance(found, str) else ""


def hold(new: str) -> None:
    """Give the browser this session in place of any other; what else its cookie held is forgotten."""
    language = session.get("language")
    session.clear()
    g.pop("session", None)
    session["token"] = new
    if language:
        speak(language)
    session.permanent = True


def speak(language: str | None) -> None:
    """Let this browser read in the language from now on, if it is one that there is."""
    if language in LANGUAGES:
        session["language"] = language
        g.pop("speaker", None)


def enter(new: str, target: str) -> ResponseReturnValue:
    """Give the browser this session, and go on with what it lacks, or to the target."""
    hold(new)
    found = signed_in()
    if found is not None and "language" not in session:  # what was chosen on the way in comes first
        speak(engine().language(found.user.id))
    if found is None or not found.needs:
        return redirect(target)
    return redirect(url_for(STEPS[found.needs], next=target))
