"""Letting a case go on elsewhere, as a process administrator: from where, to where, and what that brings."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import CaseView, Conflict, Diagram, EngineError, InvalidInput, JumpPlan, JumpView
from web.context import engine, me
from web.i18n import _

bp = Blueprint("jumping", __name__)

ALL = "all"  #: in place of a live step: all of the case


@bp.route("/cases/<instance_id>/jump", methods=["GET", "POST"])
def jump(instance_id: str) -> ResponseReturnValue:
    """Choose on the diagram or from the list, read what it brings about, and jump with a reason."""
    if request.method != "POST":
        return _page(instance_id)
    chosen = _chosen()
    try:
        engine().jump(
            instance_id,
            chosen["to"],
            request.form.get("text", ""),
            by=me().id,
            activity_id=None if chosen["source"] == ALL else chosen["source"],
            revision=int(request.form.get("revision", "0") or 0) if _revision_is_number() else None,
        )
    except (InvalidInput, Conflict) as refusal:
        return _page(instance_id, refusal.message), 422
    flash(_("已跳转，理由已记入时间线，任务有变动的人已收到通知。"), "ok")
    return redirect(url_for("cases.case", instance_id=instance_id))


def _revision_is_number() -> bool:
    text = request.form.get("revision", "")
    return text.isascii() and text.isdigit() and len(text) < 10


def _chosen() -> dict[str, str]:
    return {name: request.values.get(name, "").strip() for name in ("source", "to")}


def _page(instance_id: str, error: str = "") -> str:
    view = engine().case(instance_id, by=me().id)
    chosen = _chosen()
    ways = engine().jump_view(instance_id, by=me().id)
    live = [*(one.id for one in ways.sources), ALL]
    source = chosen["source"] if chosen["source"] in live else live[0]
    if source != ALL:
        ways = engine().jump_view(instance_id, by=me().id, activity_id=source)
    plan, refused = _plan(instance_id, source, chosen["to"])
    return render_template(
        "jump.html",
        view=view,
        ways=ways,
        source=source,
        to=chosen["to"],
        plan=plan,
        shown=_shown(view, ways, source),
        text=request.form.get("text", ""),
        error=error or refused,
        all=ALL,
    )


def _plan(instance_id: str, source: str, to: str) -> tuple[JumpPlan | None, str]:
    """What the jump would bring about, or why it cannot be."""
    if not to:
        return None, ""
    try:
        activity_id = "" if source == ALL else source
        return engine().plan_jump(instance_id, to, by=me().id, activity_id=activity_id), ""
    except EngineError as refusal:
        return None, refusal.message


def _shown(view: CaseView, ways: JumpView, source: str) -> Diagram | None:
    """The diagram that is asked for, else that of the step that is left, else one that can be gone on in."""
    asked = request.values.get("diagram", "")
    left = next((one.definition_id for one in ways.sources if one.id == source), "")
    found = {one.definition.id: one for one in view.diagrams}
    names = [asked, left, *(one.definition_id for one in ways.targets)]
    return next((found[one] for one in names if one in found), None)
