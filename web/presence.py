"""Who else has this task's page open; asked by the page itself, so that it keeps no session alive."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.context import engine, me

bp = Blueprint("presence", __name__)


@bp.post("/tasks/<task_id>/presence")
def here(task_id: str) -> ResponseReturnValue:
    """Say that the page is open; answers with who else has it open."""
    return render_template("forms/present.html", others=engine().look_at_task(task_id, by=me().id))
