"""Urging who has a task, or those who may take it (催办); not too often."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine import policy
from engine.commands import steps
from engine.commands.context import MAX_REASON, ZONE, Context, allow
from engine.commands.copying import reading_only
from engine.commands.tasks import locate
from engine.errors import Conflict, InvalidInput
from engine.model.chain import Entry
from engine.model.records import UserTask
from engine.store import notices, people
from engine.store.database import Work
from engine.store.notices import Message

URGED = "task.urged"
HOURS = 4  #: between two times by the same person, unless the setting `urge_hours` says otherwise


def urge(context: Context, task_id: str, text: str, *, by: str) -> None:
    """Ask who has a task, or those it is offered to, to get it done."""
    text = text.strip()
    if len(text) > MAX_REASON:
        raise InvalidInput(f"催办的话不超过{MAX_REASON}字。")
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        allow(user, policy.urge(user, task) or reading_only(work, task.instance_id, by))
        now = context.clock()
        _not_too_often(work, task, by, now)
        said = f"{user.display}催办“{task.name}”" + (f"：{text}" if text else "")
        users = [task.assignee] if task.assignee else [one for one in task.candidate_users if one != by]
        groups = () if task.assignee else task.candidate_groups
        notices.tell(
            work, Message(task.instance_id, URGED, by, said, task.id), now, users=users, groups=groups
        )
        data = {"name": task.name, "text": text, "to": [*users, *groups]}
        steps.note(work, case, Entry(now, by, URGED, data, task.id))


def _not_too_often(work: Work, task: UserTask, by: str, now: datetime) -> None:
    hours = people.get_setting(work, "urge_hours")
    pause = timedelta(hours=hours if isinstance(hours, int | float) else HOURS)
    last = notices.last(work, task.id, URGED, by)
    if last is not None and now < last + pause:
        told, again = (f"{one.astimezone(ZoneInfo(ZONE)):%H:%M}" for one in (last, last + pause))
        raise Conflict(f"您{told}已经催办过这项任务，{again}以后可以再催。")
