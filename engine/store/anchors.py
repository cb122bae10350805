"""Anchors of the record, and what each of them covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from engine.model.sealing import Anchor, Sealed, SealedHead
from engine.store.database import Work
from engine.store.sql import insert
from engine.store.tables import anchor, audit_event, audit_seal, case_seal, history_event, process_instance

LATE = timedelta(days=1)  #: longer than any transaction lasts, or clocks differ
MOST = 50_000  #: entries under one anchor; more of them wait for the next


def last(work: Work) -> Anchor | None:
    """The latest anchor."""
    row = work.connection.execute(select(anchor).order_by(anchor.c.number.desc()).limit(1)).first()
    return to_anchor(row) if row else None


def since(work: Work, begin: datetime | None) -> tuple[Anchor, ...]:
    """The anchors made since, or all, oldest first."""
    statement = select(anchor).order_by(anchor.c.number)
    if begin is not None:
        statement = statement.where(anchor.c.at >= begin)
    return tuple(to_anchor(row) for row in work.connection.execute(statement))


def newest(work: Work, limit: int) -> tuple[Anchor, ...]:
    """The latest anchors, newest first."""
    rows = work.connection.execute(select(anchor).order_by(anchor.c.number.desc()).limit(limit))
    return tuple(to_anchor(row) for row in rows)


def case_named(work: Work, text: str) -> str | None:
    """The id of the case with this id or number."""
    case = process_instance.c
    found: str | None = work.connection.execute(
        select(case.id).where(or_(case.id == text, case.business_key == text)).limit(1)
    ).scalar()
    return found


def case_numbers(work: Work, instance_ids: Sequence[str]) -> dict[str, str]:
    """Id -> number of those of these cases that have one."""
    case = process_instance.c
    found: dict[str, str] = {}
    for at in range(0, len(instance_ids), 500):
        part = case.id.in_(instance_ids[at : at + 500])
        rows = work.connection.execute(select(case.id, case.business_key).where(part))
        found |= {row.id: row.business_key for row in rows if row.business_key}
    return found


def unsealed(work: Work, now: datetime) -> list[Sealed]:
    """Entries that no anchor covers, by number: also those of transactions that were slower than later ones.

    Numbers are given before the commit, so an entry can appear below others that are sealed already.
    """
    event, seal = audit_event.c, audit_seal.c
    covered = select(seal.event_id).where(seal.event_id == event.id)
    statement = (
        select(event.id, event.kind, event.hash)
        .where(event.id > settled(work, now), ~covered.exists())
        .order_by(event.id)
        .limit(MOST)
    )
    return [Sealed(row.id, row.kind, row.hash) for row in work.connection.execute(statement)]


def settled(work: Work, now: datetime) -> int:
    """The number up to which nothing can come any more: it was sealed longer ago than a transaction lasts."""
    newest = select(func.max(anchor.c.number)).where(anchor.c.at < now - LATE, anchor.c.events > 0)
    found = work.connection.execute(
        select(func.max(audit_seal.c.event_id)).where(audit_seal.c.anchor == newest.scalar_subquery())
    ).scalar()
    return found or 0


def grown(work: Work, since: datetime | None) -> list[SealedHead]:
    """Ends of the chains that have grown since, or of all, that no anchor covers."""
    case, seal = process_instance.c, case_seal.c
    covered = select(seal.instance_id).where(seal.instance_id == case.id, seal.seq == case.history_seq)
    statement = select(case.id, case.history_seq, case.history_hash).where(~covered.exists())
    if since is not None:
        recent = select(history_event.c.instance_id).where(history_event.c.at >= since - LATE)
        statement = statement.where(case.id.in_(recent))
    rows = work.connection.execute(statement.order_by(case.id))
    return [SealedHead(row.id, row.history_seq, row.history_hash) for row in rows]


def covered(work: Work, heads: Sequence[SealedHead]) -> int:
    """How many of these cases have been under an anchor before."""
    ids = [one.instance_id for one in heads]
    seal, found = case_seal.c, 0
    for at in range(0, len(ids), 500):
        part = seal.instance_id.in_(ids[at : at + 500])
        found += work.connection.execute(
            select(func.count(seal.instance_id.distinct())).where(part)
        ).scalar_one()
    return found


def add(work: Work, made: Anchor, events: Sequence[Sealed], heads: Sequence[SealedHead]) -> None:
    """Keep an anchor with what it covers; the number is taken once, so of two the second is lost."""
    insert(work, anchor, [asdict(made)])
    insert(work, audit_seal, [{"anchor": made.number, **asdict(one)} for one in events])
    insert(work, case_seal, [{"anchor": made.number, **asdict(one)} for one in heads])


def to_anchor(row: Row[Any]) -> Anchor:
    """A row of anchor as a value."""
    return Anchor(**{field.name: getattr(row, field.name) for field in fields(Anchor)})
