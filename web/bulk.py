"""One verb for many rows of a box: each in its own transaction, the outcome told row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import EngineError, NotFound, TaskRow, User
from web.context import engine, me
from web.entering import local_path
from web.i18n import _, later

bp = Blueprint("bulk", __name__)

MOST = 200  #: rows of one call


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be done with many rows at once."""

    key: str
    title: str
    done: str  #: of one row
    why: str  #: why it can't be done with what is ticked
    can: Callable[[Any], bool]  #: whether it makes sense for a row of the box; the engine decides
    act: Callable[[str, str], object]  #: id, text
    text: Literal["", "needed", "optional"] = ""
    label: str = ""  #: of the text
    people: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    what: str
    case: str
    number: str
    address: str
    refused: str  #: why it wasn't done, "" if it was


def _transfer(task_id: str, text: str) -> None:
    engine().transfer(task_id, request.form.get("people", ""), text, by=me().id)


def _mine(row: TaskRow) -> bool:
    return row.task.owner is None and not row.suspended


def _whole(row: TaskRow) -> bool:
    return _mine(row) and row.task.part is None and row.task.properties.get("bulkComplete") == "true"


_URGE = {
    "title": later("催办"),
    "done": later("已催办"),
    "why": later("所选的没有在他人手中的任务，不能催办"),
    "act": lambda task_id, text: engine().urge(task_id, text, by=me().id),
    "text": "optional",
    "label": later("催办的话（选填）"),
}
VERBS: Mapping[str, tuple[Verb, ...]] = {
    "todo": (
        Verb(
            "transfer", later("转办"), later("已转办"), later("所选的有委派给您的或已挂起的任务，不能转办"),
            _mine, _transfer, "needed", later("理由"), people=True,
        ),
        Verb(
            "release", later("退回待认领"), later("已退回待认领"),
            later("所选的有指定由您办理的任务，不能退回待认领"),
            lambda row: _mine(row) and bool(row.task.candidate_groups or row.task.candidate_users),
            lambda task_id, _text: engine().release(task_id, by=me().id),
        ),
        Verb(
            "complete", later("批量办结"), later("已办结"), later("所选环节须逐件填写，不能批量办结"),
            _whole, lambda task_id, _text: engine().complete_as_opened(task_id, by=me().id),
        ),
    ),
    "claimable": (
        Verb(
            "claim", later("认领"), later("已认领"), later("所选的有已挂起的任务，不能认领"),
            lambda row: not row.suspended, lambda task_id, _text: engine().claim(task_id, by=me().id),
        ),
    ),
    "copies": (
        Verb(
            "read", later("标为已阅"), later("已阅"), later("所选的都已经阅过"),
            lambda row: row.copy.read_at is None,
            lambda copy_id, _text: engine().read_copies([copy_id], by=me().id),
        ),
    ),
    "started": (Verb("urge", can=lambda row: bool(others(row.tasks)), **_URGE),),
    "supervised": (Verb("urge", can=lambda row: not row.suspended, **_URGE),),
}  # fmt: skip


def others(tasks: Sequence[Any]) -> list[str]:
    """Ids of those of these tasks that aren't this person's own."""
    return [task.id for task in tasks if task.assignee != me().id]


def of_box(box: str) -> tuple[Verb, ...]:
    """What can be done with many rows of a box at once."""
    return VERBS.get(box, ())


def allowed(box: str, row: Any) -> str:
    """Keys of the verbs that make sense for a row, as its checkbox tells them."""
    return " ".join(verb.key for verb in of_box(box) if verb.can(row))


def picked(box: str, row: Any) -> str:
    """What the checkbox of a row stands for: one id, or those of the tasks of its case."""
    if box == "started":
        return ",".join(others(row.tasks))
    return str(row.copy.id if box == "copies" else row.task.id)


@bp.post("/inbox/bulk")
def run() -> ResponseReturnValue:
    """Do it, having asked for a person and a reason where the verb needs them, and tell what became of it."""
    box, back = request.form.get("box", ""), local_path(request.form.get("back"))
    verb = next((one for one in of_box(box) if one.key == request.form.get("verb")), None)
    if verb is None:
        raise NotFound
    ids = list(dict.fromkeys(one for each in request.form.getlist("pick") for one in each.split(",") if one))
    if not ids or len(ids) > MOST:
        flash(_("请先勾选，一次不超过%(n)s件。", n=MOST), "error")
        return redirect(back)
    named = _copies(ids) if box == "copies" else _tasks(ids)
    if verb.text and "text" not in request.form:
        return _ask(verb, box, ids, named)
    fault = _fault(verb)
    if fault:
        return _ask(verb, box, ids, named, fault), 422
    outcomes = [_outcome(verb, one, named.get(one)) for one in ids]
    return render_template("inbox/outcome.html", verb=verb, box=box, back=back, outcomes=outcomes)


def _fault(verb: Verb) -> str:
    if verb.people and not request.form.get("people"):
        return _("请选择人员。")
    if verb.text == "needed" and not request.form.get("text", "").strip():
        return _("请写明理由。")
    return ""


def _ask(verb: Verb, box: str, ids: list[str], named: Mapping[str, Outcome], fault: str = "") -> str:
    return render_template(
        "inbox/bulk.html",
        verb=verb,
        box=box,
        ids=ids,
        named=[named[one] for one in ids if one in named],
        back=local_path(request.form.get("back")),
        persons=_receivers(ids) if verb.people else [],
        fault=fault,
    )


def _receivers(ids: list[str]) -> list[User]:
    """To whom all of these tasks may be given: to their candidates, where they have some."""
    found = [one for one in engine().users() if one.active and not one.duty and one.id != me().id]
    for row in engine().task_rows(ids, by=me().id):
        users, groups = row.task.candidate_users, frozenset(row.task.candidate_groups)
        if users or groups:
            found = [one for one in found if one.id in users or one.groups & groups]
    return found


def _outcome(verb: Verb, one: str, named: Outcome | None) -> Outcome:
    known = named or Outcome(_("看不到的任务"), "", "", "", "")
    try:
        verb.act(one, request.form.get("text", ""))
    except NotFound:
        why = _("没有这项任务，或者您不再看得到它。")
    except EngineError as refusal:
        why = refusal.message
    else:
        why = ""
    return Outcome(known.what, known.case, known.number, known.address, why)


def _tasks(ids: list[str]) -> Mapping[str, Outcome]:
    rows = engine().task_rows(ids, by=me().id)
    return {
        row.task.id: Outcome(
            row.task.name, row.title, row.business_key, url_for("tasks.task", task_id=row.task.id), ""
        )
        for row in rows
    }


def _copies(ids: list[str]) -> Mapping[str, Outcome]:
    found = engine().copied(ids, by=me().id)
    return {
        one.id: Outcome(
            one.note or _("抄送"),
            one.title,
            one.business_key,
            url_for("cases.case", instance_id=one.instance_id),
            "",
        )
        for one in found
    }
