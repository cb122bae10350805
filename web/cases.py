"""Cases: the list, the page of one case, its diagrams, trying again what failed, ending it with a reason.

The diagram's JSON, `GET /cases/<id>/diagram/<definition_id>.json`, is what `web/src/viewer.js` draws into
`<div class="bpmn" data-diagram-url="...">`:

    definition   {"id": "initiation:1", "key": "initiation", "name": "...", "version": 1}
    xml          the BPMN file as text
    states       element id -> "done" | "active" | "open" | "skipped"; class wz-done, wz-active ...
                 "open" is an embedded subprocess in which something goes on.
                 Elements that are not in it have not been reached: no class.
    flows        ids of the sequence flows that were taken: class wz-taken. Flows between two skipped
                 elements, or from any element into a skipped one, get wz-skipped.
    badges       [{"element", "text", "who", "remaining", "tone": "none"|"normal"|"soon"|"over"}]:
                 a label under the element, class wz-badge and the tone; most urgent first
    counts       [{"element", "runs": 2, "text": "2次"}]: a dark pill at the upper right, class wz-count
    focus        element id to scroll to on narrow screens and in a cut-out, or null
    label        accessible name of the picture
    description  accessible description of the picture: what is done, what goes on

A container with `data-diagram-mini` is a cut-out of the task page: show the surroundings of `focus` only.
A container may carry `data-diagram-focus="element id"`, which goes before the JSON's `focus`.
An answer 404 or 403 leaves the container's text as it is.
"""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import CaseView, Conflict, Diagram, InvalidInput, NotFound
from web import filters
from web.context import case_word, engine, me
from web.criteria import STATUSES
from web.diagrams import describe, diagram_json, element_states
from web.documents import ACCEPT, sorted_documents
from web.i18n import _
from web.inbox import SIZE, page_number, top_processes
from web.rulings import rulings
from web.story import sentence, timeline

bp = Blueprint("cases", __name__, url_prefix="/cases")

REASON_LENGTH = 500


@bp.get("")
def cases() -> ResponseReturnValue:
    """The cases that this person may see."""
    kept = {"status": request.args["status"]} if request.args.get("status") in STATUSES else {}
    bar = filters.bar("cases.cases", "cases", top_processes(), kept=kept)
    criteria = bar.asked.criteria
    page = engine().cases(me().id, criteria=criteria, page=page_number(), size=SIZE)
    return render_template(
        "cases.html",
        page=page,
        bar=bar,
        status=criteria.state,
        statuses=STATUSES,
        books=engine().registers(me().id),
    )


@bp.get("/<instance_id>")
def case(instance_id: str) -> ResponseReturnValue:
    """The page of one case."""
    view = engine().case(instance_id, by=me().id)
    shown = chosen_diagram(view, request.args.get("diagram", ""))
    return render_template(
        "case.html",
        view=view,
        say=sentence(view),
        shown=shown,
        description=describe(shown, element_states(shown)) if shown else "",
        events=timeline(view),
        rulings=rulings(view),
        documents=sorted_documents(view.documents),
        accept=ACCEPT,
        circle=engine().case_people(instance_id, by=me().id),
        clocks=engine().case_clocks(instance_id, by=me().id),
    )


def chosen_diagram(view: CaseView, asked: str) -> Diagram | None:
    """The diagram that was asked for, else the deepest one in which something goes on, else the first."""
    if not view.diagrams:
        return None
    for diagram in view.diagrams:
        if diagram.definition.id == asked:
            return diagram
    live = [diagram for diagram in view.diagrams if diagram.active]
    return live[-1] if live else view.diagrams[0]


@bp.get("/<instance_id>/diagram/<definition_id>.json")
def diagram(instance_id: str, definition_id: str) -> ResponseReturnValue:
    """One diagram of a case with what has happened on it."""
    view = engine().case(instance_id, by=me().id)
    for found in view.diagrams:
        if found.definition.id == definition_id:
            xml = engine().definition_xml(definition_id)
            return jsonify(diagram_json(found, xml, view.open_tasks, view.people))
    raise NotFound


@bp.get("/<instance_id>/opinions")
def opinions(instance_id: str) -> ResponseReturnValue:
    """All opinions of a case on one sheet, for the printer."""
    return render_template("opinions.html", view=engine().case(instance_id, by=me().id))


@bp.route("/<instance_id>/cancel", methods=["GET", "POST"])
def cancel(instance_id: str) -> ResponseReturnValue:
    """End a case with a reason."""
    view = engine().case(instance_id, by=me().id)
    reason = request.form.get("reason", "").strip()
    if request.method != "POST":
        return render_template("cancel.html", view=view, reason="", error="")
    error = ""
    if not reason:
        error = _("请写明理由。")
    elif len(reason) > REASON_LENGTH:
        error = _("理由不超过%(n)s字。", n=REASON_LENGTH)
    else:
        try:
            engine().cancel(instance_id, reason, by=me().id)
        except InvalidInput as refusal:
            error = refusal.message
    if error:
        return render_template("cancel.html", view=view, reason=reason, error=error), 422
    flash(_("已终止这一%(word)s，理由已记入时间线。", word=case_word()), "ok")
    return redirect(url_for("cases.case", instance_id=instance_id))


@bp.post("/<instance_id>/choices/<activity_id>")
def choose(instance_id: str, activity_id: str) -> ResponseReturnValue:
    """Start the chosen step of an ad-hoc subprocess, or end that when no step is given."""
    element_id = request.form.get("element", "")
    if element_id:
        engine().start_activity(instance_id, activity_id, element_id, by=me().id)
        flash(_("已经开始这一步。"), "ok")
    else:
        engine().end_activity(instance_id, activity_id, by=me().id)
        flash(_("已经结束这一部分。"), "ok")
    return redirect(url_for("cases.case", instance_id=instance_id))


@bp.post("/<instance_id>/incidents/<job_id>/retry")
def retry(instance_id: str, job_id: str) -> ResponseReturnValue:
    """Try a failed step of a case again."""
    view = engine().case(instance_id, by=me().id)
    if job_id not in [incident.job_id for incident in view.incidents]:
        raise Conflict(_("这一步已经重新执行，或已不在出错之列。"))
    engine().retry(job_id, by=me().id)
    flash(_("已安排重新执行，稍后刷新可见结果。"), "ok")
    return redirect(url_for("cases.case", instance_id=instance_id))
