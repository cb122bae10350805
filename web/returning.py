"""Sending a task back to an earlier step, and taking back what one has completed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Conflict, Diagram, InvalidInput, NotAllowed, Target, TaskView
from web.context import engine, me
from web.i18n import _
from web.tasks import revision

bp = Blueprint("returning", __name__)


@bp.route("/tasks/<task_id>/send-back", methods=["GET", "POST"])
def send_back(task_id: str) -> ResponseReturnValue:
    """Ask to which step and why, and send the task back."""
    if request.method != "POST":
        return _page(task_id)
    then: Literal["replay", "return"] = "return" if request.form.get("then") == "return" else "replay"
    try:
        engine().send_back(
            task_id,
            request.form.get("to", ""),
            request.form.get("reason", ""),
            by=me().id,
            then=then,
            revision=revision(),
        )
    except (InvalidInput, NotAllowed) as refusal:
        return _page(task_id, refusal.message), 422
    except Conflict as refusal:
        return _page(task_id, refusal.message), 409
    flash(_("已退回，理由已告知对方并记入时间线。"), "ok")
    return redirect(url_for("inbox.box"))


def _page(task_id: str, error: str = "") -> str:
    view = engine().task(task_id, by=me().id)
    targets = engine().send_back_targets(task_id, by=me().id) if view.can_complete else ()
    drawn = _diagrams(view, targets)
    return render_template(
        "send_back.html",
        drawn=drawn,
        shown=_shown(view, drawn),
        view=view,
        task=view.row.task,
        targets=targets,
        chosen=request.form.get("to") or (targets[0].element_id if targets else ""),
        then=request.form.get("then", "replay"),
        reason=request.form.get("reason", ""),
        error=error,
    )


def _diagrams(view: TaskView, targets: Sequence[Target]) -> list[Diagram]:
    """The case's diagrams on which a step can be chosen."""
    held = {one.definition_id for one in targets}
    if not held:
        return []
    found = engine().case(view.instance.id, by=me().id).diagrams
    return [one for one in found if one.definition.id in held]


def _shown(view: TaskView, drawn: Sequence[Diagram]) -> Diagram | None:
    """The one that is asked for, else the task's own, else the last one: that of the latest steps."""
    own = view.diagram.definition.id if view.diagram else ""
    found = {one.definition.id: one for one in drawn}
    asked = request.values.get("diagram", "")
    return found.get(asked) or found.get(own) or (drawn[-1] if drawn else None)


@bp.post("/tasks/<task_id>/take-back")
def take_back(task_id: str) -> ResponseReturnValue:
    """Take a completed task back and open it anew."""
    try:
        engine().take_back(task_id, by=me().id)
    except (Conflict, InvalidInput, NotAllowed) as refusal:
        flash(_("没有取回：%(why)s", why=refusal.message), "error")
        return redirect(url_for("tasks.task", task_id=task_id))
    flash(_("已取回，请重新办理。"), "ok")
    return redirect(url_for("inbox.box"))
