"""Signing in and out; every view but the public ones asks for it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from engine import NotAllowed
from web.access import is_public, register_access
from web.context import engine, person
from web.i18n import _

bp = Blueprint("auth", __name__)


def local_path(target: str | None) -> str:
    """The target if it is a path of this site, else the first page: no redirect leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    unsafe = parts.scheme or parts.netloc or "\\" in target or any(ord(char) < 32 for char in target)
    return "/" if unsafe else target


def require_sign_in() -> ResponseReturnValue | None:
    """Send whoever is not signed in to the sign-in page, and back afterwards."""
    if is_public() or person() is not None:
        return None
    known = "user" in session
    session.pop("user", None)
    if known:
        flash(_("登录已过期，请重新登录。"), "note")
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    answer = redirect(url_for("auth.sign_in", next=target or None))
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
        return redirect(target) if person() else render_template("signin.html", next=target, login="")
    login = request.form.get("login", "").strip()
    try:
        user = engine().sign_in(login, request.form.get("password", ""))
    except NotAllowed as refusal:
        page = render_template("signin.html", next=target, login=login, error=refusal.message)
        return page, 403
    session.clear()
    session["user"], session["stamp"] = user.id, user.stamp
    session.permanent = True
    return redirect(target)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    session.clear()
    return redirect(url_for("auth.sign_in"))


def register_auth(app: Flask) -> None:
    """Add the sign-in pages and put them before all others."""
    app.register_blueprint(bp)
    app.before_request(require_sign_in)
    register_access(app)
