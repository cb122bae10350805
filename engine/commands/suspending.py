"""Letting a case rest, and letting it go on: meanwhile nothing is done in it and no clock runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine import calendars, policy
from engine.commands import cases, clocks, steps, telling
from engine.commands.context import ZONE, Context, allow, person, written
from engine.commands.steps import Act
from engine.errors import Conflict
from engine.model.chain import Entry
from engine.model.execution import Shift
from engine.model.records import User, UserTask
from engine.store import calendar, instances, jobs, messages, people, tasks
from engine.store.database import Work
from engine.store.history import append
from engine.store.instances import Case


def suspend(context: Context, instance_id: str, reason: str, *, by: str) -> None:
    """Let a case rest."""
    reason = written(reason, "挂起的理由")
    with context.database.unit_of_work() as work:
        user, case = _asked(work, instance_id, by)
        steps.must_run(case)
        now = context.clock()
        head = append(
            work, instance_id, case.head, [Entry(now, by, "instance.suspended", {"reason": reason})]
        )
        resting = replace(case.instance, status="suspended", suspended_at=now)
        instances.save(work, replace(case, instance=resting, head=head))
        jobs.suspend(work, instance_id)
        text = f"{user.display or '系统'}挂起了“{resting.title or resting.business_key}”：{reason}"
        _tell_all(work, case, user, "instance.suspended", text, now)


def resume(context: Context, instance_id: str, reason: str, *, by: str) -> None:
    """Let a case go on; due dates and timers are later by the time that it rested."""
    reason = written(reason, "恢复的理由")
    with context.database.unit_of_work() as work:
        user, case = _asked(work, instance_id, by)
        since = case.instance.suspended_at
        if since is None:
            raise Conflict(policy.stopped(case.instance) or "本件没有挂起，无须恢复。")
        now = context.clock()
        for task in tasks.of_instance(work, instance_id, parts=True):
            _later(work, task, since, now)
        clocks.rest_over(work, instance_id, since, now)
        jobs.resume(work, instance_id, now - since)
        messages.call_again(work, instance_id, now)
        entry = Entry(now, by, "instance.resumed", {"reason": reason, "since": since.isoformat()})
        going = replace(case, instance=replace(case.instance, status="active", suspended_at=None))
        steps.run(context, work, going, Shift(now, now - since), Act(now, by, (entry,)))
        text = (
            f"{user.display or '系统'}恢复了“{case.instance.title or case.instance.business_key}”：{reason}"
        )
        _tell_all(work, case, user, "instance.resumed", text, now)
        work.after_commit(context.wake)


def _asked(work: Work, instance_id: str, by: str) -> tuple[User, Case]:
    """The acting user and the case, locked, if he may let it rest and go on."""
    user = person(work, by)
    case = cases.visible_case(work, instance_id, user)
    groups = instances.visible_groups(work, instance_id)
    admins = people.get_setting(work, "process_admins") or ""
    allow(user, policy.suspend(user, case.instance, groups, admins))
    return user, case


def _later(work: Work, task: UserTask, since: datetime, now: datetime) -> None:
    """A live task's clock goes on from where it stood; of one that came meanwhile, from then."""
    if task.due_at is None or task.status not in ("open", "waiting"):
        return
    rested, days = (max(since, task.created_at), now), calendar.days(work)
    due_at = calendars.resumed(task.due_at, task.clock, rested, zone=ZONE, days=days)
    warn_at = task.warn_at
    if warn_at is not None:
        told = task.properties.get("clockWarn", "").strip()
        warn_at = calendars.warn(due_at, told or None, length=task.clock, zone=ZONE, days=days)
    tasks.set_due(work, task, due_at, warn_at)


def _tell_all(work: Work, case: Case, user: User, kind: str, text: str, now: datetime) -> None:
    """Tell who started the case, and who has a task in it."""
    live = tasks.of_instance(work, case.instance.id, "open", parts=True)
    concerned = [case.instance.started_by, *(one.assignee or one.owner or "" for one in live)]
    telling.tell_about(work, case.instance.id, kind, user, text, now, [one for one in concerned if one])
