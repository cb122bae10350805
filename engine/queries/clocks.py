"""How much time is left, at the moment of reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine import calendars
from engine.model.records import TimeLeft, UserTask
from engine.queries.reader import ZONE


def with_left(task: UserTask, now: datetime) -> UserTask:
    """The task with the time that it has left, if it is open and has a due date."""
    left = time_left(task, now)
    return task if left is None else replace(task, left=left)


def time_left(task: UserTask, now: datetime) -> TimeLeft | None:
    """The time left of an open task with a due date."""
    if task.status != "open" or task.due_at is None:
        return None
    return calendars.remaining(now, task.due_at, task.clock, start=task.created_at, warn_at=task.warn_at)


def end_of_today(now: datetime) -> datetime:
    """The instant at which the office's next day begins."""
    local = now.astimezone(ZoneInfo(ZONE))
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
