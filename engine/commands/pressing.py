"""Telling people of clocks: that one will soon end, ends today, has run out; each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engine import policy
from engine.commands import steps, ticking
from engine.commands.context import ZONE, Context
from engine.model.chain import Entry
from engine.model.clocks import LegalClock, Stage
from engine.model.records import UserTask
from engine.store import clocks, instances, notices, tasks
from engine.store.database import Work
from engine.store.instances import Case
from engine.store.notices import Message

_WORDS: dict[Stage, str] = {"soon": "将于{day}到期", "today": "今天到期", "over": "已超过期限（{day}）"}


def next_due(context: Context) -> datetime | None:
    """When people are next to be told of a clock."""
    with context.database.reading() as work:
        return clocks.next_due(work)


def run_due(context: Context, limit: int) -> int:
    """Tell of the clocks whose stage has come, each in a transaction of its own; gives how many."""
    done = 0
    while done < limit and _tell_one(context):
        done += 1
    return done


def _tell_one(context: Context) -> bool:
    now = context.clock()
    with context.database.reading() as work:
        found = clocks.to_tell(work, now)
    if found is None:
        return False
    with context.database.unit_of_work() as work:
        case = instances.load(work, found.instance_id, lock=True)
        one = clocks.get(work, found.id)
        if case is None or one is None or one.next_at is None or one.next_at > now:
            return True  # moved, or told of, since
        if case.instance.status != "active":
            clocks.save(work, [replace(one, next_at=None)])  # counted anew when the case goes on
            return True
        of = ticking.stage(one, now)
        clocks.save(work, [ticking.told(one, of)])
        if of:
            _tell(work, case, one, of, now)
    return True


def _tell(work: Work, case: Case, one: LegalClock, of: Stage, now: datetime) -> None:
    inside = clocks.within(work, one.instance_id, one.activity_id)
    open_tasks = tasks.of_instance(work, one.instance_id, "open", parts=True)
    concerned = [task for task in open_tasks if (task.part_of or task.id) in inside]
    users = [task.assignee for task in concerned if task.assignee]
    offered = [task for task in concerned if not task.assignee]
    groups = [group for task in offered for group in task.candidate_groups]
    users += [user for task in offered for user in task.candidate_users]
    supervisors = one.supervisors or tuple(sorted(instances.visible_groups(work, one.instance_id)))
    day = f"{one.due_at.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"
    text = f"{case.instance.business_key}“{one.name}”的办理期限{_WORDS[of].format(day=day)}。"
    task_id = _task(one, concerned)
    message = Message(one.instance_id, f"clock.{of}", policy.SYSTEM, text, task_id)
    to_groups = list(dict.fromkeys([*groups, *supervisors]))
    notices.tell(work, message, now, users=list(dict.fromkeys(users)), groups=to_groups)
    data = {
        "clock": one.id,
        "name": one.name,
        "due": one.due_at.isoformat(),
        "to": [*dict.fromkeys(users), *to_groups],
    }
    steps.note(work, case, Entry(now, policy.SYSTEM, f"clock.{of}", data, one.activity_id or None))


def _task(one: LegalClock, concerned: list[UserTask]) -> str | None:
    return one.id if one.is_task and any(task.id == one.id for task in concerned) else None
