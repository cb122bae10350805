"""What a task's signers mean for it: it waits for them, and the case is told what they said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine import execution
from engine.commands import meetings, steps, telling
from engine.commands.context import Context
from engine.commands.steps import Act, Kept
from engine.errors import Conflict
from engine.model.chain import Entry
from engine.model.execution import CompleteActivity, JsonObject
from engine.model.records import User, UserTask
from engine.store import people, tasks
from engine.store.database import Work
from engine.store.instances import Case

SIGNATURES = "signatures"  #: variable to which what signers said is added


def hold(work: Work, case: Case, task: UserTask, user: User, values: JsonObject, entry: Entry) -> bool:
    """Whether a task that is submitted now must wait for signers: then they get their turn here.

    Conflict when some must sign before it is submitted.
    """
    left = unsigned(tasks.parts(work, task.id))
    before = [one for one in left if one.part == "before"]
    if before:
        names = people.displays(work)
        who = "、".join(names.get(one.assignee or "", "") for one in before)
        raise Conflict(f"{who}还没有签署，请等签署后再办结，或者先减签。")
    if not left:
        return False
    tasks.complete(work, task, user.id, entry.at, pending=values)
    tasks.open_parts(work, task.id, entry.at)
    steps.note(work, case, replace(entry, data={**entry.data, "waits": [one.assignee for one in left]}))
    for one in left:
        if one.part == "after":
            text = asked(user.display, one, (one.handed or {}).get("reason", ""))
            telling.tell(work, one, "task.signers_added", user, text, entry.at, [one.assignee or ""])
    return True


def asked(who: str, part: UserTask, reason: str) -> str:
    """What a signer is told."""
    return f"{who}请您签署“{part.name}”：{reason}"


def unsigned(parts: Sequence[UserTask]) -> list[UserTask]:
    """The signers' parts that are not done."""
    return [one for one in parts if one.status in ("open", "waiting")]


def go_on(context: Context, work: Work, case: Case, task: UserTask, values: JsonObject, act: Act) -> Kept:
    """Let the case go on behind a task, with what its signers said."""
    inner = steps.inner_id(task.instance_id, task.id)
    if task.parts:
        values = values | _signatures(context, work, case, task, inner)
    act = meetings.with_minutes(context, work, case, task, values, act)
    trigger = CompleteActivity(act.now, inner, values)
    return steps.run(context, work, case, trigger, replace(act, completed=task.id, closed=task.id))


def _signatures(context: Context, work: Work, case: Case, task: UserTask, inner: str) -> JsonObject:
    """The variable with what was said so far, and now."""
    signed = [one for one in tasks.parts(work, task.id) if one.part != "delegated" and one.opinion]
    if not signed:
        return {}
    program = steps.program_of(context, work, case)
    before = execution.visible_variables(program, case.state, inner).get(SIGNATURES)
    names = people.displays(work)
    said = [_said(one, names.get(one.completed_by or "", "")) for one in sorted(signed, key=_when)]
    return {SIGNATURES: [*(before if isinstance(before, list) else []), *said]}


def _when(part: UserTask) -> str:
    return "" if part.completed_at is None else part.completed_at.isoformat()


def _said(part: UserTask, display: str) -> JsonObject:
    opinion = part.opinion or {}
    return {
        "step": part.element_id,
        "name": part.name,
        "signer": part.completed_by,
        "display": display,
        "mode": part.part,
        "agree": opinion.get("agree"),
        "text": opinion.get("text", ""),
        "at": _when(part),
    }
