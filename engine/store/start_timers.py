"""Timers that start instances: those of each process's latest version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from engine.store.database import Work
from engine.store.sql import insert
from engine.store.tables import start_timer


@dataclass(frozen=True, slots=True)
class StartTimer:
    """A timer start event that is yet to fire."""

    definition_id: str
    element_id: str
    due_at: datetime  #: when it is tried next
    timer: list[Any]  #: as the execution's timers write themselves
    attempts: int = 0  #: that failed one after another
    failure: str = ""  #: why the last one did


def replace(work: Work, key: str, timers: Sequence[StartTimer]) -> None:
    """Let these be all timers that start this process."""
    work.connection.execute(start_timer.delete().where(start_timer.c.key == key))
    rows = [
        {
            "definition_id": one.definition_id,
            "element_id": one.element_id,
            "key": key,
            "due_at": one.due_at,
            "timer": one.timer,
            "attempts": 0,
            "failure": "",
        }
        for one in timers
    ]
    insert(work, start_timer, rows)


def next_due(work: Work) -> datetime | None:
    """When the next timer is due."""
    return work.connection.execute(select(func.min(start_timer.c.due_at))).scalar()


def take(work: Work, now: datetime) -> StartTimer | None:
    """A due timer, which nobody else takes before this transaction ends."""
    due = select(start_timer).where(start_timer.c.due_at <= now).order_by(start_timer.c.due_at).limit(1)
    return next(iter(_read(work, due.with_for_update(skip_locked=True))), None)


def of_process(work: Work, key: str) -> tuple[StartTimer, ...]:
    """The timers that start this process, the next one first."""
    return _read(work, select(start_timer).where(start_timer.c.key == key).order_by(start_timer.c.due_at))


def upcoming(work: Work) -> dict[str, datetime]:
    """When a timer next starts each process, by key."""
    key, first = start_timer.c.key, func.min(start_timer.c.due_at)
    rows = work.connection.execute(select(key, first.label("first")).group_by(key).order_by(first)).all()
    return {row.key: row.first for row in rows}


def failing(work: Work, limit: int) -> tuple[StartTimer, ...]:
    """Timers whose last attempt failed, the longest failing first."""
    failed = select(start_timer).where(start_timer.c.attempts > 0)
    return _read(work, failed.order_by(start_timer.c.attempts.desc(), start_timer.c.key).limit(limit))


def keep(work: Work, one: StartTimer) -> None:
    """Let a timer fire at its next due date."""
    work.connection.execute(
        start_timer.update()
        .where(*_is(one))
        .values(due_at=one.due_at, timer=one.timer, attempts=one.attempts, failure=one.failure)
    )


def remove(work: Work, one: StartTimer) -> None:
    """Let a timer fire no more."""
    work.connection.execute(start_timer.delete().where(*_is(one)))


def _read(work: Work, statement: Select[Any]) -> tuple[StartTimer, ...]:
    rows = work.connection.execute(statement)
    return tuple(
        StartTimer(r.definition_id, r.element_id, r.due_at, r.timer, r.attempts, r.failure) for r in rows
    )


def _is(one: StartTimer) -> tuple[Any, Any]:
    return start_timer.c.definition_id == one.definition_id, start_timer.c.element_id == one.element_id
