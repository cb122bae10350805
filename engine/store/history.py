"""The record: events chained by hash within their instance; only ever added to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select

from engine.model.execution import JsonObject
from engine.model.records import HistoryEvent
from engine.store.database import Work
from engine.store.large import lift, restore
from engine.store.sql import insert
from engine.store.tables import history_event, process_instance

_VALUES = {"values", "variables", "old", "new"}  #: what an entry tells of a case's variables


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


def append(work: Work, instance_id: str, head: Head, entries: Sequence[Entry]) -> Head:
    """Add events behind `head`; gives the new head, which the caller keeps with the instance."""
    rows = []
    for entry in entries:
        event = _chained(instance_id, head, _lifted(work, entry))
        head = Head(event.seq, event.hash)
        rows.append(
            {
                "instance_id": instance_id,
                "seq": event.seq,
                "at": event.at,
                "actor": event.actor,
                "kind": event.kind,
                "activity_id": event.activity_id,
                "data": event.data,
                "hash": event.hash,
            }
        )
    insert(work, history_event, rows)
    return head


def _lifted(work: Work, entry: Entry) -> Entry:
    """The entry with hashes for the large ones of the values that it tells of."""
    data = dict(entry.data)
    for name in _VALUES & data.keys():
        values, large = lift(work, data[name] or {}, {})
        if large:
            data |= {name: values, f"{name}.large": large}
    return replace(entry, data=data) if data.keys() != entry.data.keys() else entry


def events(work: Work, instance_id: str) -> tuple[HistoryEvent, ...]:
    """The record of an instance, oldest first, with large values in their places."""
    record = recorded(work, instance_id)
    lifted = [
        (event.data[name], event.data.pop(f"{name}.large"))
        for event in record
        for name in _VALUES
        if f"{name}.large" in event.data
    ]
    restore(work, lifted)
    return record


def recorded(work: Work, instance_id: str) -> tuple[HistoryEvent, ...]:
    """The record of an instance as it is chained, oldest first."""
    rows = work.connection.execute(
        select(history_event).where(history_event.c.instance_id == instance_id).order_by(history_event.c.seq)
    )
    return tuple(
        HistoryEvent(r.instance_id, r.seq, r.at, r.actor, r.kind, r.activity_id, r.data, r.hash) for r in rows
    )


def head(work: Work, instance_id: str) -> Head:
    """The head as the instance keeps it."""
    row = work.connection.execute(
        select(process_instance.c.history_seq, process_instance.c.history_hash).where(
            process_instance.c.id == instance_id
        )
    ).one()
    return Head(row.history_seq, row.history_hash)


def broken(record: Sequence[HistoryEvent], kept: Head) -> tuple[str, ...]:
    """What doesn't fit in a record, in Chinese; nothing when it is whole and ends at the kept head."""
    found = []
    last = Head()
    for event in record:
        if event.seq != last.seq + 1:
            found.append(f"第{last.seq + 1}条至第{event.seq - 1}条记录缺失")
        entry = Entry(event.at, event.actor, event.kind, event.data, event.activity_id)
        expected = _chained(event.instance_id, Head(event.seq - 1, last.hash), entry)
        if expected.hash != event.hash:
            found.append(f"第{event.seq}条记录与校验值不符")
        last = Head(event.seq, event.hash)
    if last != kept:
        found.append(f"记录止于第{last.seq}条，应止于第{kept.seq}条且校验值相符")
    return tuple(found)


def _chained(instance_id: str, head: Head, entry: Entry) -> HistoryEvent:
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
