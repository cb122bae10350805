"""The chain of a record: each entry's hash covers the entry and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.model.execution import JsonObject
from engine.model.records import HistoryEvent


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that isn't in the record yet."""

    at: datetime
    actor: str
    kind: str
    data: JsonObject
    activity_id: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of an instance's chain: number and hash of its last event."""

    seq: int = 0
    hash: str = "0" * 64


def chained(instance_id: str, head: Head, entry: Entry) -> HistoryEvent:
    """The entry as the event behind `head`."""
    seq = head.seq + 1
    canonical = json.dumps(
        {
            "instance": instance_id,
            "seq": seq,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "kind": entry.kind,
            "activity": entry.activity_id,
            "data": entry.data,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    digest = hashlib.sha256(head.hash.encode() + canonical.encode()).hexdigest()
    return HistoryEvent(
        instance_id, seq, entry.at, entry.actor, entry.kind, entry.activity_id, entry.data, digest
    )


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
        entry = Entry(event.at, event.actor, event.kind, event.data, event.activity_id)
        expected = chained(event.instance_id, Head(event.seq - 1, last.hash), entry)
        if expected.hash != event.hash and event.seq not in veiled:
            found.append(f"第{event.seq}条记录与校验值不符")
        last = Head(event.seq, event.hash)
    if last != kept:
        found.append(f"记录止于第{last.seq}条，应止于第{kept.seq}条且校验值相符")
    return tuple(found)
