"""Looks are kept for a time, everything else for ever; what is removed stands in the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from engine import policy
from engine.commands.context import Context
from engine.errors import InvalidInput
from engine.model.audit import AuditEntry
from engine.store import audit, people

LEAST = 180  #: days that the law has logs kept for; a trigger holds it, too
SETTING = "record.keep_looks_days"
MOST = 5_000  #: looks removed by one transaction


def prune(context: Context, days: int | None = None) -> int:
    """Remove the looks that are older than the setting, which `days` changes; gives how many."""
    if days is not None:
        _choose(context, days)
    with context.database.reading() as work:
        kept = people.get_setting(work, SETTING) or LEAST
    before, total = context.clock() - timedelta(days=kept), 0
    while removed := _some(context, before):
        total += removed
    return total


def _choose(context: Context, days: int) -> None:
    if days < LEAST:
        raise InvalidInput(f"查看记录至少保存{LEAST}天。")
    with context.database.unit_of_work() as work:
        old = people.get_setting(work, SETTING)
        people.put_setting(work, SETTING, days)
        data = {"old": old, "new": days}
        audit.append(work, AuditEntry(context.clock(), policy.SYSTEM, "setting.changed", SETTING, data=data))


def _some(context: Context, before: datetime) -> int:
    with context.database.unit_of_work() as work:
        numbers = audit.old_looks(work, before, MOST)
        if numbers:
            data = {"before": before.isoformat(), "count": len(numbers), "numbers": list(_ranges(numbers))}
            entry = AuditEntry(context.clock(), policy.SYSTEM, "record.pruned", data=data)
            audit.append(work, entry)
            audit.remove(work, numbers)
        return len(numbers)


def _ranges(numbers: Iterable[int]) -> Iterator[list[int]]:
    """First and last of each row of consecutive numbers."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield [first, last]
            first = last = number
    if first is not None and last is not None:
        yield [first, last]
