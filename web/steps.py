"""What may be asked for before the first page: a code, another password, a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine import InvalidInput, NotAllowed
from web.context import engine, signed_in
from web.entering import enter, hold, local_path, token
from web.i18n import _

bp = Blueprint("steps", __name__)


def _needs(what: str) -> Callable[[Callable[[], ResponseReturnValue]], Callable[[], ResponseReturnValue]]:
    """The view is for sessions that lack this; others go where they belong."""

    def decorated(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
        @wraps(view)
        def guarded() -> ResponseReturnValue:
            found = signed_in()
            if found is None or found.needs != what:
                return redirect(local_path(request.values.get("next")))
            return view()

        return guarded

    return decorated


def _page(step: str, status: int = 200, **values: object) -> ResponseReturnValue:
    target = local_path(request.values.get("next"))
    return render_template("signin_step.html", step=step, next=target, half=signed_in(), **values), status


@bp.route("/sign-in/code", methods=["GET", "POST"])
@_needs("code")
def code() -> ResponseReturnValue:
    """The second factor's code; wrong ones count as wrong passwords do."""
    if request.method != "POST":
        return _page("code")
    try:
        made = engine().give_code(token(), request.form.get("code", ""))
    except NotAllowed as refusal:
        return _page("code", 403, error=refusal.message)
    return enter(made, local_path(request.form.get("next")))


@bp.route("/sign-in/password", methods=["GET", "POST"])
@_needs("password")
def password() -> ResponseReturnValue:
    """Another password in place of a temporary or an old one."""
    if request.method != "POST":
        return _page("password")
    try:
        made = changed_password()
    except InvalidInput as refusal:
        return _page("password", 422, error=told(refusal))
    return enter(made, local_path(request.form.get("next")))


@bp.route("/sign-in/factor", methods=["GET", "POST"])
@_needs("factor")
def factor() -> ResponseReturnValue:
    """A second factor for whoever must have one."""
    if request.method != "POST":
        return _page("factor", **secret())
    try:
        made, codes = engine().confirm_factor(token(), request.form.get("code", ""))
    except InvalidInput as refusal:
        return _page("factor", 422, error=told(refusal), **secret())
    hold(made)
    return _page("codes", codes=codes)


def changed_password() -> str:
    """The token of the new session once the form's password is changed."""
    new = request.form.get("password", "")
    if new != request.form.get("again", ""):
        raise InvalidInput(_("两次填写的新密码不一样，请重新填写。"))
    return engine().change_password(token(), request.form.get("old", ""), new)


def secret() -> dict[str, Any]:
    """The second factor that is being added, as text and as a picture for an app."""
    found = engine().enrol(token())
    picture = segno.make(found.uri, error="m").svg_data_uri(scale=4, border=4, dark="#1c2225", light="#fff")
    grouped = " ".join(found.secret[at : at + 4] for at in range(0, len(found.secret), 4))
    return {"secret": grouped, "picture": picture}


def told(refusal: InvalidInput) -> str:
    """What a refusal says, in one line."""
    return " ".join(one.message for one in refusal.problems) or refusal.message
