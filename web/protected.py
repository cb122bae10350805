"""Looking at protected data of a case: the reason first, then the value, on that one page and never again."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import InvalidInput, NotAllowed, NotFound
from web.context import engine, me
from web.i18n import _

bp = Blueprint("protected", __name__, url_prefix="/cases")


@bp.route("/<instance_id>/protected/<protected_id>", methods=["GET", "POST"])
def look(instance_id: str, protected_id: str) -> ResponseReturnValue:
    """Ask why, write that down, and show what is protected; the engine refuses, and records, the others."""
    view = engine().case(instance_id, by=me().id)
    shown = next((one for one in view.protected if one.id == protected_id), None)
    if shown is None:
        raise NotFound
    if not shown.may_look and request.method != "POST":
        raise NotAllowed(_("“%(title)s”只有指定的岗位可以查看。", title=shown.title))
    reason, error = request.form.get("reason", "").strip(), ""
    values = None
    if request.method == "POST":
        try:
            values = engine().reveal(instance_id, protected_id, reason, by=me().id)
        except InvalidInput as refusal:
            error = refusal.message
    page = render_template(
        "protected.html", view=view, shown=shown, reason=reason, error=error, values=values
    )
    return page, 422 if error else 200
