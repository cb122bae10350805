"""The office's own days off and on: loaded as a whole, recorded, and clocks counted anew by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from engine import parsing, policy
from engine.commands import administering, clocks, steps, ticking
from engine.commands.context import Context
from engine.model.chain import Entry
from engine.model.clocks import LegalClock, OfficeDay
from engine.store import calendar, instances
from engine.store import clocks as kept
from engine.store.database import Work

_STRETCH = 200


def load(context: Context, content: bytes, resource: str) -> int:
    """Let these be the office's own days; gives how many clocks end at another time by them."""
    return keep(context, read(parsing.parse_days(content, resource)))


def read(data: Sequence[Mapping[str, Any]]) -> tuple[OfficeDay, ...]:
    """Days as a file says them, in their order."""
    found = [OfficeDay(date.fromisoformat(one["date"]), one["working"], one["why"]) for one in data]
    return tuple(sorted(found, key=lambda one: one.day))


def keep(context: Context, given: Sequence[OfficeDay]) -> int:
    """Keep the office's own days, with what they were before in the record."""
    with context.database.unit_of_work() as work:
        if not keep_in(context, work, given):
            return 0
    return count_anew(context)


def keep_in(context: Context, work: Work, given: Sequence[OfficeDay]) -> bool:
    """Keep the office's own days within a transaction; False when they are kept already."""
    before = calendar.listed(work)
    if tuple(given) == before:
        return False
    calendar.keep(work, given)
    data = {"old": _told(before), "new": _told(given)}
    administering.noted(context, work, "calendar.loaded", "", "", data)
    return True


def _told(days: Sequence[OfficeDay]) -> list[dict[str, object]]:
    return [{"date": one.day.isoformat(), "working": one.working, "why": one.why} for one in days]


def count_anew(context: Context) -> int:
    """Count the ends of all live clocks anew, case by case."""
    changed, after = 0, ""
    while True:
        with context.database.reading() as work:
            stretch = kept.touched_by(work, datetime(1970, 1, 1, tzinfo=UTC), after, _STRETCH)
        if not stretch:
            return changed
        changed += sum(_one_anew(context, one) for one in stretch)
        after = stretch[-1].id


def _one_anew(context: Context, found: LegalClock) -> bool:
    now = context.clock()
    with context.database.reading() as work:
        days = calendar.days(work)
    if ticking.reckoned(found, now, days) == found:
        return False
    with context.database.unit_of_work() as work:
        case = instances.load(work, found.instance_id, lock=True)
        one = kept.get(work, found.id)
        if case is None or one is None or one.ended_at is not None:
            return False
        anew = ticking.reckoned(one, now, calendar.days(work))
        kept.save(work, [anew])
        clocks.put_on_task(work, anew)
        if anew.due_at == one.due_at:
            return False
        data = {
            "clock": one.id,
            "name": one.name,
            "from": one.due_at.isoformat(),
            "due": anew.due_at.isoformat(),
        }
        steps.note(work, case, Entry(now, policy.SYSTEM, "clock.reckoned", data, one.activity_id or None))
    return True
