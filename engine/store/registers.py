"""Entries of registers: chained within their register, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from engine.model.chain import Entry, Head, broken, chained
from engine.model.records import HistoryEvent
from engine.model.registers import RegisterEntry
from engine.store import hashing
from engine.store.database import Work
from engine.store.sql import insert, new_id
from engine.store.tables import audit_event, history_event, register_entry

KIND = "register.entered"


def _chain(key: str, register: str) -> str:
    return f"{key}/{register}"


def append(
    work: Work, key: str, register: str, entry: Entry, *, instance_id: str, definition_id: str
) -> RegisterEntry:
    """Add an entry behind the last one; LostRace, at the latest on commit, when somebody else was faster.

    The chain covers who wrote when what on which case.
    """
    r = register_entry.c
    mine = select(r.seq, r.hash).where(r.key == key, r.register == register)
    last = work.connection.execute(mine.order_by(r.seq.desc()).limit(1)).first()
    head = Head(last.seq, last.hash) if last else Head()
    entry_id = new_id()
    covered = _covered(entry_id, instance_id, definition_id, entry.data)
    told = Entry(entry.at, entry.actor, KIND, covered)
    event = chained(_chain(key, register), head, told, hashing.algorithm(work))
    row = {
        "id": entry_id,
        "key": key,
        "register": register,
        "seq": event.seq,
        "instance_id": instance_id or None,
        "definition_id": definition_id,
        "at": entry.at,
        "actor": entry.actor,
        "data": entry.data,
        "hash": event.hash,
    }
    insert(work, register_entry, [row])
    return RegisterEntry(
        entry_id,
        key,
        register,
        event.seq,
        instance_id,
        definition_id,
        entry.at,
        entry.actor,
        entry.data,
        event.hash,
    )


def _covered(entry_id: str, instance_id: str, definition_id: str, values: Any) -> dict[str, Any]:
    return {"id": entry_id, "case": instance_id, "definition": definition_id, "values": values}


def get(work: Work, entry_id: str) -> RegisterEntry | None:
    """One entry."""
    row = work.connection.execute(select(register_entry).where(register_entry.c.id == entry_id)).first()
    return _entry(row) if row else None


def of_instance(work: Work, instance_id: str) -> tuple[RegisterEntry, ...]:
    """All entries on a case, newest first."""
    r = register_entry.c
    rows = work.connection.execute(
        select(register_entry).where(r.instance_id == instance_id).order_by(r.at.desc(), r.seq.desc())
    )
    return tuple(_entry(row) for row in rows)


def of_register(work: Work, key: str, register: str, actor: str, limit: int) -> tuple[RegisterEntry, ...]:
    """The newest entries of a register, those of one person unless `actor` is ""."""
    r = register_entry.c
    statement = select(register_entry).where(r.key == key, r.register == register)
    if actor:
        statement = statement.where(r.actor == actor)
    rows = work.connection.execute(statement.order_by(r.seq.desc()).limit(limit))
    return tuple(_entry(row) for row in rows)


def faults(work: Work) -> tuple[str, ...]:
    """Where entries don't fit their chains, in Chinese."""
    r = register_entry.c
    chains: dict[tuple[str, str], list[HistoryEvent]] = {}
    for row in work.connection.execute(select(register_entry).order_by(r.key, r.register, r.seq)):
        covered = _covered(row.id, row.instance_id or "", row.definition_id, row.data)
        name = _chain(row.key, row.register)
        event = HistoryEvent(name, row.seq, row.at, row.actor, KIND, None, covered, row.hash)
        chains.setdefault((row.key, row.register), []).append(event)
    hashes = {event.data["id"]: event.hash for events in chains.values() for event in events}
    return (*(fault for events in chains.values() for fault in _faults(events)), *_lost(work, hashes))


def _lost(work: Work, hashes: Mapping[str, str]) -> Iterator[str]:
    """Entries that the records, of cases and beside them, tell of otherwise."""
    h, a = history_event.c, audit_event.c
    told = select(h.instance_id, h.seq, h.data).where(h.kind == KIND).order_by(h.instance_id, h.seq)
    for row in work.connection.execute(told):
        if hashes.get(row.data["entry"]) != row.data["hash"]:
            yield f"登记簿“{row.data['register']}”与案件{row.instance_id}第{row.seq}条记录不符"
    beside = select(a.id, a.data).where(a.kind == KIND).order_by(a.id)
    for other in work.connection.execute(beside):
        if hashes.get(other.data["entry"]) != other.data["hash"]:
            yield f"登记簿“{other.data['register']}”与第{other.id}条其他记录不符"


def _faults(events: Sequence[HistoryEvent]) -> list[str]:
    last = events[-1]
    return [f"登记簿“{last.instance_id}”：{one}" for one in broken(events, Head(last.seq, last.hash))]


def _entry(row: Row[Any]) -> RegisterEntry:
    return RegisterEntry(
        row.id,
        row.key,
        row.register,
        row.seq,
        row.instance_id or "",
        row.definition_id,
        row.at,
        row.actor,
        row.data,
        row.hash,
    )
