"""The chain of a record: each entry's hash covers the entry and the hash before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from engine.model.acting import Origin
from engine.model.digests import NOTHING, SHA256, canonical, digest, fits
from engine.model.execution import JsonObject
from engine.model.records import HistoryEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that isn't in the record yet; `origin`, `on_behalf_of` are those of who acts, if empty."""

    at: datetime
    actor: str
    kind: str
    data: JsonObject
    activity_id: str | None = None
    origin: str = ""
    on_behalf_of: str = ""

    def done_from(self, here: Origin) -> Entry:
        """The entry with what it doesn't say of its origin; what nobody does is on nobody's behalf."""
        represented = self.on_behalf_of or (here.on_behalf_of if self.actor else "")
        return replace(self, origin=self.origin or here.place, on_behalf_of=represented)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an instance's chain: number and hash of its last event."""

    seq: int = 0
    hash: str = NOTHING


def chained(instance_id: str, head: Head, entry: Entry, algorithm: str = SHA256) -> HistoryEvent:
    """The entry as the event behind `head`."""
    event = HistoryEvent(
        instance_id,
        head.seq + 1,
        entry.at,
        entry.actor,
        entry.kind,
        entry.activity_id,
        entry.data,
        "",
        entry.origin,
        entry.on_behalf_of,
    )
    return replace(event, hash=digest(_covered(event, head.hash), algorithm))


def _covered(event: HistoryEvent, before: str) -> bytes:
    told = {
        "instance": event.instance_id,
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "for": event.on_behalf_of,
        "origin": event.origin,
        "kind": event.kind,
        "activity": event.activity_id,
        "data": event.data,
    }
    return before.encode() + canonical(told)


def broken(
    record: Sequence[HistoryEvent], kept: Head, veiled: Collection[int] = frozenset()
) -> tuple[str, ...]:
    """What doesn't fit in a record, in Chinese; nothing when it is whole and ends at the kept head.

    Of `veiled` entries, which are told in part only, just their place in the chain is looked at.
    """
    found = []
    last = Head()
    for event in record:
        if event.seq != last.seq + 1:
            found.append(f"第{last.seq + 1}条至第{event.seq - 1}条记录缺失")
        if event.seq not in veiled and not fits(event.hash, _covered(event, last.hash)):
            found.append(f"第{event.seq}条记录与校验值不符")
        last = Head(event.seq, event.hash)
    if last != kept:
        found.append(f"记录止于第{last.seq}条，应止于第{kept.seq}条且校验值相符")
    return tuple(found)
