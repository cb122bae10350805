"""Signing in and out; every view but the public ones asks for it."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from engine import NotAllowed
from web import account, administrators, audit, steps
from web.access import is_public, register_access
from web.context import engine, person, signed_in
from web.entering import STEPS, caller, enter, local_path, speak, token
from web.i18n import _
from web.provider import register_provider

bp = Blueprint("auth", __name__)


def require_sign_in() -> ResponseReturnValue | None:
    """Send whoever is not signed in to the sign-in page, and back afterwards."""
    if is_public() or person() is not None:
        return None
    half = signed_in()
    if half is not None and request.endpoint == "auth.sign_out":
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    if request.endpoint in ("tasks.post", "tasks.draft"):  # back to the form, which the page has kept
        target = url_for("tasks.task", **(request.view_args or {}))
    if half is None and session.pop("token", None):
        flash(_("登录已过期，请重新登录。"), "note")
    answer = redirect(url_for(STEPS[half.needs] if half else "auth.sign_in", next=target or None))
    if request.endpoint == "tasks.draft":
        return render_template("forms/expired.html", sign_in=answer.location), 401
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": answer.location}
    return answer


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Whether the server answers."""
    return {"status": "ok"}


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The sign-in page; a refusal says how many tries are left."""
    target = local_path(request.values.get("next"))
    if request.method != "POST":
        if person():
            return redirect(target)
        speak(request.args.get("language"))
        return render_template("signin.html", next=target, login="", left=session.pop("left", False))
    login = request.form.get("login", "").strip()
    try:
        user = engine().sign_in(login, request.form.get("password", ""))
    except NotAllowed as refusal:
        page = render_template("signin.html", next=target, login=login, error=refusal.message)
        return page, 403
    return enter(engine().begin_session(user.id, caller()), target)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session; who came by the identity provider is told how to leave it, too."""
    found = signed_in()
    engine().sign_out(token())
    session.clear()
    if found is not None and found.method == "provider":
        session["left"] = True
    return redirect(url_for("auth.sign_in"))


def register_auth(app: Flask) -> None:
    """Add the sign-in pages, and ask before all others who it is and whether he may."""
    for part in (bp, steps.bp, account.bp, administrators.bp, audit.bp):
        app.register_blueprint(part)
    register_provider(app)
    app.before_request(require_sign_in)
    register_access(app)
