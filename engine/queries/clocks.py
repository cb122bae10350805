"""How much time is left, at the moment of reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine import calendars
from engine.calendars import Days
from engine.model.clocks import LegalClock
from engine.model.clocks import note as note_of
from engine.model.execution import JsonObject
from engine.model.records import TimeLeft, UserTask
from engine.queries.reader import ZONE
from engine.store import calendar
from engine.store.database import Work


def days_for(work: Work, tasks: Iterable[UserTask]) -> Days:
    """The office's own days, if one of these tasks counts working days."""
    working = any(one.clock.strip().upper().endswith("WD") for one in tasks)
    return calendar.days(work) if working else calendars.NO_DAYS


def with_left(task: UserTask, now: datetime, days: Days = calendars.NO_DAYS) -> UserTask:
    """The task with the time that it has left, if it is open and has a due date or a paused clock."""
    left = time_left(task, now, days)
    return task if left is None else replace(task, left=left)


def time_left(task: UserTask, now: datetime, days: Days = calendars.NO_DAYS) -> TimeLeft | None:
    """The time left of an open task with a due date, or for how long its clock has stood still."""
    if task.status != "open":
        return None
    note = task.clock_note or {}
    if task.due_at is None:
        return _still(note, now) if "paused" in note else None
    left = calendars.remaining(
        now, task.due_at, task.clock, start=task.created_at, warn_at=task.warn_at, days=days
    )
    return replace(left, **_beside(note))


def of_clock(clock: LegalClock, now: datetime, days: Days) -> TimeLeft:
    """The time left of a live clock, or for how long it has stood still."""
    note = note_of(clock) or {}
    if clock.paused_at is not None:
        return _still(note, now)
    left = calendars.remaining(
        now, clock.due_at, clock.length, start=clock.started_at, warn_at=clock.warn_at, days=days
    )
    return replace(left, **_beside(note))


def _still(note: JsonObject, now: datetime) -> TimeLeft:
    zone = ZoneInfo(ZONE)
    since = datetime.fromisoformat(note["paused"]).astimezone(zone)
    paused = (now.astimezone(zone).date() - since.date()).days
    still = TimeLeft("D", 0, over=False, today=False, soon=False, share=0.5)
    return replace(still, paused=paused, waits_for=note.get("waits_for", ""), **_beside(note))


def _beside(note: JsonObject) -> JsonObject:
    return {
        "extended": tuple(note.get("extended", ())),
        "approved": note.get("approved", ""),
        "guessed": tuple(note.get("guessed", ())),
    }


def end_of_today(now: datetime) -> datetime:
    """The instant at which the office's next day begins."""
    local = now.astimezone(ZoneInfo(ZONE))
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
