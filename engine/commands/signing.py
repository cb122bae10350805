"""Signers of a task (加签, 减签): people whose opinion is asked before, beside or after its owner's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, get_args

from engine import policy
from engine.commands import parts, steps, telling
from engine.commands.context import MAX_REASON, Context, allow, person, written
from engine.commands.delegating import receiver, refuse
from engine.commands.steps import Act
from engine.commands.tasks import locate
from engine.errors import Conflict, InvalidInput, NotFound
from engine.model.chain import Entry
from engine.model.records import User, UserTask
from engine.store import acting, instances, people, tasks
from engine.store.database import Work
from engine.store.instances import Case

SignMode = Literal["before", "after", "parallel"]
MOST = 50  #: signers of one call


def add_signers(
    context: Context, task_id: str, signers: Sequence[str], mode: SignMode, reason: str, *, by: str
) -> tuple[str, ...]:
    """Ask people to sign one's task; gives the ids of their tasks."""
    reason, signers = written(reason, "加签的理由"), list(dict.fromkeys(signers))
    if mode not in get_args(SignMode):
        raise InvalidInput("加签方式应是之前（before）、之后（after）或并行（parallel）。")
    if not signers or len(signers) > MOST:
        raise InvalidInput(f"请选择加签的人，一次不超过{MOST}人。")
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        allow(user, policy.delegate(user, task))
        _check(work, task, case, signers)
        now = context.clock()
        made = [_part(task, n, one, mode, by, reason, now) for n, one in enumerate(signers, task.parts + 1)]
        apart = tasks.separations(work, task.id)
        tasks.add(work, [tasks.NewTask(one, by, apart) for one in made])
        tasks.change(work, task, parts=task.parts + len(made))
        instances.add_participants(work, task.instance_id, signers)
        data = {"name": task.name, "signers": signers, "mode": mode, "reason": reason}
        steps.note(work, case, Entry(now, by, "task.signers_added", data, task.id))
        if mode != "after":
            for one in made:
                text = parts.asked(user.display, one, reason)
                telling.tell(work, one, "task.signers_added", user, text, now, [one.assignee or ""])
        return tuple(one.id for one in made)


def _check(work: Work, task: UserTask, case: Case, signers: Sequence[str]) -> None:
    """Refuse signers who must be kept apart, have the task, or have been asked already."""
    separated = tasks.separated(work, task)
    asked = {one.assignee for one in parts.unsigned(tasks.parts(work, task.id))} if task.parts else set()
    for one in signers:
        target = receiver(work, one, case.instance)
        refuse(policy.help_with(target, task, separated))
        if one in asked:
            raise Conflict(f"已经请{target.display}签署，还没有签，不必再加。")


def _part(
    task: UserTask, number: int, signer: str, mode: SignMode, by: str, reason: str, now: datetime
) -> UserTask:
    return replace(
        task,
        id=f"{task.id}~{number}",
        assignee=signer,
        candidate_groups=(),
        candidate_users=(),
        form_ref=None,
        created_at=now,
        status="waiting" if mode == "after" else "open",
        revision=1,
        handed={"verb": "signing", "by": by, "reason": reason},
        part_of=task.id,
        part=mode,
    )


def sign(context: Context, task_id: str, agree: bool, text: str, *, by: str) -> None:
    """Say whether one agrees; the last signer of a submitted task lets the case go on."""
    text = written(text, "意见") if not agree or len(text) > MAX_REASON else text.strip()
    with context.database.unit_of_work() as work:
        user, part, case = locate(work, task_id, by)
        allow(user, policy.sign(user, part, tasks.separated(work, part)))
        task = _whole(work, part)
        now = context.clock()
        tasks.complete(work, part, by, now, opinion={"agree": agree, "text": text})
        data = {"name": part.name, "mode": part.part, "agree": agree, "text": text}
        entry = Entry(now, by, "task.signed", data, task.id)
        said = "同意" if agree else "不同意"
        told = f"{user.display}签署“{task.name}”：{said}" + (f"，{text}" if text else "")
        _tell_owner(work, task, user, "task.signed", told, now)
        _go_on(context, work, case, task, entry)


def remove_signer(context: Context, task_id: str, reason: str, *, by: str) -> None:
    """Do without a signer who hasn't signed; `task_id` is that of his task."""
    reason = written(reason, "减签的理由")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        found = acting.open_task(work, task_id, user.id)
        if found is None or not found.seen:
            raise NotFound
        case, part = found.case, found.task
        if part.part not in get_args(SignMode):
            raise Conflict("这项任务不是加签任务，不能减签。")
        task = _whole(work, part)
        allow(user, policy.remove_signer(user, part, task))
        if not tasks.cancel(work, [part.id]):
            done = people.displays(work).get(part.completed_by or "", "")
            raise Conflict(f"{done}已经签署，不能减签。" if done else "这项加签已经撤销。")
        now = context.clock()
        data = {"name": part.name, "signer": part.assignee, "reason": reason}
        entry = Entry(now, by, "task.signer_removed", data, task.id)
        if part.status == "open":
            text = f"{user.display}不再需要您签署“{part.name}”：{reason}"
            telling.tell(work, part, "task.signer_removed", user, text, now, [part.assignee or ""])
        _go_on(context, work, case, task, entry)


def _whole(work: Work, part: UserTask) -> UserTask:
    task = tasks.get(work, part.part_of or "")
    if task is None:
        raise NotFound
    return task


def _tell_owner(work: Work, task: UserTask, user: User, kind: str, text: str, now: datetime) -> None:
    owner = task.owner or task.assignee
    telling.tell(work, task, kind, user, text, now, [owner] if owner else [])


def _go_on(context: Context, work: Work, case: Case, task: UserTask, entry: Entry) -> None:
    """Keep the entry, and let the case go on if the task was submitted and nobody is left to sign it."""
    if task.pending is None or parts.unsigned(tasks.parts(work, task.id)):
        steps.note(work, case, entry)
        return
    tasks.settle(work, task.id)
    act = Act(entry.at, task.completed_by or "", (entry,))
    parts.go_on(context, work, case, task, task.pending, act)
