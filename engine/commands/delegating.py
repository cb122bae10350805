"""Giving a task to another person: for good (transfer), or to work on it for its owner (delegate)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine import policy
from engine.commands import circles, guarding, steps, telling
from engine.commands.context import Context, allow, written
from engine.commands.tasks import locate
from engine.errors import NotAllowed
from engine.model.case_rules import Circle
from engine.model.chain import Entry
from engine.model.records import ProcessInstance, User, UserTask
from engine.store import access, instances, people, tasks
from engine.store.database import Work


def transfer(context: Context, task_id: str, to: str, reason: str, *, by: str) -> None:
    """Give a task to another person for good."""
    reason = written(reason, "转办的理由")
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        stranded = task.assignee is None and policy.is_stranded(task, access.barred(work, task.instance_id))
        _may_transfer(work, user, task, stranded)
        target = receiver(work, to, case.instance)
        may = policy.help_with if stranded else policy.take_over
        refuse(may(target, task, tasks.separated(work, task)))
        now = context.clock()
        told = {"verb": "transferred", "by": by, "reason": reason}
        tasks.change(work, task, assignee=to, owner=None, draft=None, handed=told, on_behalf_of=None)
        instances.add_participants(work, task.instance_id, [to])
        data = {"name": task.name, "to": to, "from": task.assignee or "", "reason": reason}
        steps.note(work, case, Entry(now, by, "task.transferred", data, task.id))
        text = f"{user.display}把“{task.name}”转办给您：{reason}"
        telling.tell(work, task, "task.transferred", user, text, now, [to])
        if task.assignee and task.assignee != by:
            text = f"{user.display}把您的“{task.name}”转办给{target.display}：{reason}"
            telling.tell(work, task, "task.transferred", user, text, now, [task.assignee])


def _may_transfer(work: Work, user: User, task: UserTask, stranded: bool) -> None:
    refused = policy.transfer(user, task, people.get_setting(work, "process_admins") or "")
    if refused and stranded:
        refused = policy.assign_stranded(user, instances.visible_groups(work, task.instance_id))
    allow(user, refused)


def delegate(context: Context, task_id: str, to: str, reason: str, *, by: str) -> None:
    """Let another person work on a task of which one stays the owner."""
    reason = written(reason, "委派的理由和要求")
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        allow(user, policy.delegate(user, task))
        refuse("" if task.assignee else "这项任务还没有人认领，不能委派。")
        refuse(policy.help_with(receiver(work, to, case.instance), task, tasks.separated(work, task)))
        now = context.clock()
        told = {"verb": "delegated", "by": by, "reason": reason}
        draft = guarding.handed_on(context, work, case, task)
        tasks.change(work, task, assignee=to, owner=task.assignee, handed=told, draft=draft)
        instances.add_participants(work, task.instance_id, [to])
        data = {"name": task.name, "to": to, "reason": reason}
        steps.note(work, case, Entry(now, by, "task.delegated", data, task.id))
        text = f"{user.display}把“{task.name}”委派给您办理：{reason}"
        telling.tell(work, task, "task.delegated", user, text, now, [to])


def resolve(context: Context, task_id: str, answer: str, *, by: str) -> None:
    """Give a delegated task back to its owner with an answer; or take it back as the owner."""
    answer = written(answer, "答复（收回时写理由）")
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        allow(user, policy.resolve(user, task))
        now, recalled = context.clock(), by == task.owner
        told = None if recalled else {"verb": "resolved", "by": by, "reason": answer}
        kind = "task.recalled" if recalled else "task.resolved"
        draft, more = guarding.handed_on(context, work, case, task), task.parts + 1
        tasks.change(work, task, assignee=task.owner, owner=None, handed=told, parts=more, draft=draft)
        if not recalled:
            _keep_part(work, task, by, answer, now)
        data = {"name": task.name, "to": task.assignee if recalled else task.owner, "answer": answer}
        steps.note(work, case, Entry(now, by, kind, data, task.id))
        done = f"收回了委派给您的“{task.name}”" if recalled else f"办完了您委派的“{task.name}”"
        others = [one for one in (task.assignee, task.owner) if one]
        telling.tell(work, task, kind, user, f"{user.display}{done}：{answer}", now, others)


def _keep_part(work: Work, task: UserTask, by: str, answer: str, now: datetime) -> None:
    """The delegate's work as a task that he has done: who must be kept apart from the step is known by it."""
    part = replace(
        task,
        id=f"{task.id}~{task.parts + 1}",
        assignee=by,
        candidate_groups=(),
        candidate_users=(),
        form_ref=None,
        status="completed",
        completed_at=now,
        completed_by=by,
        revision=1,
        part_of=task.id,
        part="delegated",
        opinion={"agree": None, "text": answer},
    )
    tasks.add(work, [tasks.NewTask(part, task.owner or "", ())])


def receiver(work: Work, user_id: str, instance: ProcessInstance, circle: Circle = "tasks") -> User:
    """The person to whom a case's task or copy is given; NotAllowed for nobody, and who may not have it."""
    found = known(work, user_id)
    circles.admit(work, instance, found, circle)
    return found


def known(work: Work, user_id: str) -> User:
    """A person who is named; NotAllowed for nobody."""
    if user_id == policy.SYSTEM:
        raise NotAllowed("请选择一个人。")
    found = people.get(work, user_id)
    if found is None:
        raise NotAllowed(f"没有账号“{user_id}”，请另选一人。")
    return found


def refuse(reason: str) -> None:
    """Raise NotAllowed with the reason, if there is one; the system is bound by it too."""
    if reason:
        raise NotAllowed(reason)
