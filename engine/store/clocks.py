"""Rows of legal clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from engine.model.clocks import LegalClock
from engine.model.execution import JsonObject
from engine.store.database import Work
from engine.store.sql import insert_new, run
from engine.store.tables import activity_instance, legal_clock, user_task

_LISTS = ("until", "supervisors", "moves", "years")
_CHANGING = (
    *("due_at", "warn_at", "moves", "paused_at", "waits_for", "years"),
    *("told", "next_at", "ended_at", "outcome"),
)
_SAVE = (
    legal_clock.update()
    .where(legal_clock.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in _CHANGING})
)


def add(work: Work, new: Sequence[LegalClock]) -> None:
    """Keep clocks that have begun, but for those that are kept already."""
    insert_new(work, legal_clock, [_row(one) for one in new])


def save(work: Work, clocks: Sequence[LegalClock]) -> None:
    """Keep what has become of these clocks."""
    rows = [_row(one) for one in clocks]
    run(work, _SAVE, [{"of": one["id"], **{name: one[name] for name in _CHANGING}} for one in rows])


def live(work: Work, instance_id: str) -> tuple[LegalClock, ...]:
    """The clocks of an instance that have not ended."""
    mine = (legal_clock.c.instance_id == instance_id, legal_clock.c.ended_at.is_(None))
    rows = work.connection.execute(select(legal_clock).where(*mine).order_by(legal_clock.c.id))
    return tuple(to_clock(row) for row in rows)


def of_instance(work: Work, instance_id: str) -> tuple[LegalClock, ...]:
    """All clocks of an instance: those that run by their end, then those that have ended, the last first."""
    mine, row = legal_clock.c.instance_id == instance_id, legal_clock.c
    order = (row.ended_at.is_not(None), row.ended_at.desc(), row.due_at, row.id)
    return tuple(
        to_clock(one) for one in work.connection.execute(select(legal_clock).where(mine).order_by(*order))
    )


def get(work: Work, clock_id: str) -> LegalClock | None:
    """A clock."""
    row = work.connection.execute(select(legal_clock).where(legal_clock.c.id == clock_id)).first()
    return to_clock(row) if row else None


def next_due(work: Work) -> datetime | None:
    """When somebody is next to be told of a clock."""
    statement = select(func.min(legal_clock.c.next_at)).where(legal_clock.c.next_at.is_not(None))
    return work.connection.execute(statement).scalar()


def to_tell(work: Work, now: datetime) -> LegalClock | None:
    """The clock of which people should have been told the longest ago."""
    row = legal_clock.c
    due = select(legal_clock).where(row.next_at.is_not(None), row.next_at <= now)
    found = work.connection.execute(due.order_by(row.next_at, row.id).limit(1)).first()
    return to_clock(found) if found else None


def touched_by(work: Work, limit: datetime, after: str, size: int) -> tuple[LegalClock, ...]:
    """Live clocks that end on or after an instant, a stretch of them behind an id."""
    row = legal_clock.c
    mine = (row.ended_at.is_(None), row.due_at >= limit, row.id > after)
    found = work.connection.execute(select(legal_clock).where(*mine).order_by(row.id).limit(size))
    return tuple(to_clock(one) for one in found)


def guessing(work: Work) -> dict[int, int]:
    """Year without published holidays -> how many live clocks run into it."""
    found: dict[int, int] = {}
    row = legal_clock.c
    for years in work.connection.execute(
        select(row.years).where(row.ended_at.is_(None), row.years != [])
    ).scalars():
        for year in years:
            found[year] = found.get(year, 0) + 1
    return found


def show_on_task(
    work: Work, task_id: str, due_at: datetime | None, warn_at: datetime | None, note: JsonObject | None
) -> None:
    """Let a live task, and the parts of it, say what its clock says."""
    row = user_task.c
    work.connection.execute(
        user_task.update()
        .where(or_(row.id == task_id, row.part_of == task_id), row.status.in_(("open", "waiting")))
        .values(due_at=due_at, warn_at=warn_at, clock_note=note)
    )


def around(work: Work, activity_id: str) -> tuple[str, ...]:
    """The activities around one, inner ones first, and "" for the case."""
    found: list[str] = []
    row = activity_instance.c
    at: str | None = activity_id
    while at and len(found) < 100:
        at = work.connection.execute(select(row.parent_id).where(row.id == at)).scalar()
        if at:
            found.append(at)
    return (*found, "")


def within(work: Work, instance_id: str, activity_id: str) -> frozenset[str]:
    """The live activities inside of one; of the whole case for ""."""
    row = activity_instance.c
    mine = (row.instance_id == instance_id, row.status == "active")
    parents = {
        one.id: one.parent_id for one in work.connection.execute(select(row.id, row.parent_id).where(*mine))
    }

    def inside(one: str | None) -> bool:
        return one is not None and (one == activity_id or inside(parents.get(one)))

    return frozenset(one for one in parents if not activity_id or inside(one))


def _row(clock: LegalClock) -> dict[str, Any]:
    row = asdict(clock)
    return row | {name: list(row[name]) for name in _LISTS}


def to_clock(row: Any) -> LegalClock:
    """A row as a value."""
    found = {one.name: getattr(row, one.name) for one in legal_clock.c}
    return LegalClock(**{**found, **{name: tuple(found[name]) for name in _LISTS}})
