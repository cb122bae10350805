"""The record of what is no change of a case; only ever added to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import ProgrammingError

from engine.errors import NotAllowed
from engine.model.acting import acting
from engine.model.audit import AuditEntry, AuditEvent, hash_of
from engine.store import hashing
from engine.store.database import Work
from engine.store.sql import insert
from engine.store.tables import audit_event, audit_seal, document, process_instance, user_task

LONGEST = 500  #: characters kept of an id or origin, for those come from outside


def append(work: Work, *entries: AuditEntry) -> None:
    """Record entries within the caller's transaction, by one statement."""
    here, algorithm = acting(), hashing.algorithm(work)
    rows = []
    for entry in entries:
        kept = _plain(entry.done_from(here))
        row = {field.name: getattr(kept, field.name) for field in fields(AuditEntry)}
        rows.append(row | {"hash": hash_of(kept, algorithm)})
    insert(work, audit_event, rows)


def _plain(entry: AuditEntry) -> AuditEntry:
    """The entry as every database keeps it: what somebody was refused may be any text."""
    return replace(
        entry,
        actor=_storable(entry.actor),
        on_behalf_of=_storable(entry.on_behalf_of),
        origin=_storable(entry.origin),
        instance_id=None if entry.instance_id is None else _storable(entry.instance_id),
        object=_storable(entry.object),
        reason=_storable(entry.reason, 4 * LONGEST),
    )


def _storable(text: str, longest: int = LONGEST) -> str:
    return text[:longest].replace("\0", "�").encode("utf-8", "replace").decode()


def case_of(work: Work, thing_id: str) -> str | None:
    """The case that this is the id of, or to which this task or document belongs."""
    thing_id = _storable(thing_id)
    itself = select(process_instance.c.id).where(process_instance.c.id == thing_id)
    of_task = select(user_task.c.instance_id).where(user_task.c.id == thing_id)
    of_document = select(document.c.instance_id).where(document.c.id == thing_id)
    found: str | None = work.connection.execute(itself.union_all(of_task, of_document)).scalar()
    return found


def of_case(work: Work, instance_id: str) -> tuple[AuditEvent, ...]:
    """What was recorded about a case, oldest first."""
    rows = work.connection.execute(
        select(audit_event).where(audit_event.c.instance_id == instance_id).order_by(audit_event.c.id)
    )
    return tuple(to_event(row) for row in rows)


def old_looks(work: Work, before: datetime, limit: int) -> list[int]:
    """Numbers of sealed looks from before this instant, lowest first."""
    event, seal = audit_event.c, audit_seal.c
    statement = (
        select(event.id)
        .join(audit_seal, seal.event_id == event.id)
        .where(event.at < before, event.kind.like("look.%"))
        .order_by(event.id)
        .limit(limit)
    )
    return list(work.connection.execute(statement).scalars())


def remove(work: Work, numbers: Sequence[int]) -> None:
    """Remove old looks; NotAllowed for a role that may only add to the record."""
    try:
        for at in range(0, len(numbers), 500):
            part = audit_event.c.id.in_(numbers[at : at + 500])
            work.connection.execute(audit_event.delete().where(part))
    except ProgrammingError as error:
        raise NotAllowed("这个数据库角色只能增加记录，请用数据库属主的账号执行。") from error


def to_event(row: Row[Any]) -> AuditEvent:
    """A row of audit_event as a value."""
    entry = AuditEntry(
        at=row.at,
        actor=row.actor,
        kind=row.kind,
        object=row.object,
        instance_id=row.instance_id,
        reason=row.reason,
        data=row.data,
        origin=row.origin,
        on_behalf_of=row.on_behalf_of,
    )
    return AuditEvent(row.id, entry, row.hash)
