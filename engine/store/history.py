"""The record: events chained by hash within their instance; only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from engine.model.acting import acting
from engine.model.chain import Entry, Head, chained
from engine.model.records import HistoryEvent
from engine.store import hashing
from engine.store.database import Work
from engine.store.large import lift, restore
from engine.store.sql import insert
from engine.store.tables import history_event, process_instance

_VALUES = {"values", "variables", "old", "new"}  #: what an entry tells of a case's variables
LARGE = ".large"  #: ends the name under which an entry keeps hashes of large values


def append(work: Work, instance_id: str, head: Head, entries: Sequence[Entry]) -> Head:
    """Add events behind `head`; gives the new head, which the caller keeps with the instance."""
    here, algorithm = acting(), hashing.algorithm(work)
    rows = []
    for entry in entries:
        event = chained(instance_id, head, _lifted(work, entry.done_from(here)), algorithm)
        head = Head(event.seq, event.hash)
        rows.append({name: getattr(event, name) for name in HistoryEvent.__slots__})
    insert(work, history_event, rows)
    return head


def _lifted(work: Work, entry: Entry) -> Entry:
    """The entry with hashes for the large ones of the values that it tells of."""
    data = dict(entry.data)
    for name in _VALUES & data.keys():
        values, large = lift(work, data[name] or {}, {})
        if large:
            data |= {name: values, f"{name}{LARGE}": large}
    return replace(entry, data=data) if data.keys() != entry.data.keys() else entry


def events(work: Work, instance_id: str) -> tuple[HistoryEvent, ...]:
    """The record of an instance, oldest first, with large values in their places."""
    record = recorded(work, instance_id)
    lifted = [
        (event.data[name], event.data.pop(f"{name}{LARGE}"))
        for event in record
        for name in _VALUES
        if f"{name}{LARGE}" in event.data
    ]
    restore(work, lifted)
    return record


def recorded(work: Work, instance_id: str) -> tuple[HistoryEvent, ...]:
    """The record of an instance as it is chained, oldest first."""
    rows = work.connection.execute(
        select(history_event).where(history_event.c.instance_id == instance_id).order_by(history_event.c.seq)
    )
    return tuple(HistoryEvent(**row) for row in rows.mappings())


def head(work: Work, instance_id: str) -> Head:
    """The head as the instance keeps it."""
    row = work.connection.execute(
        select(process_instance.c.history_seq, process_instance.c.history_hash).where(
            process_instance.c.id == instance_id
        )
    ).one()
    return Head(row.history_seq, row.history_hash)
