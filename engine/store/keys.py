"""Idempotency keys: what a person's command with a key was, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.errors import Conflict
from engine.store.database import Work
from engine.store.sql import upsert
from engine.store.tables import idempotency_key as table


@dataclass(frozen=True, slots=True)
class Answered:
    """A command that was carried out under a key."""

    what: str  #: verb, subject and digest of what was given
    answer: Any


def keep(work: Work, user_id: str, key: str, done: Answered, now: datetime, until: datetime) -> None:
    """Keep a key until this instant; Conflict when a command was carried out under it already."""
    c = table.c
    row = {"what": done.what, "answer": done.answer, "expires_at": until}
    statement = upsert(work, table).values(user_id=user_id, key=key, **row)
    kept = statement.on_conflict_do_update(
        index_elements=[c.user_id, c.key], set_=row, where=c.expires_at <= now
    )
    if work.connection.execute(kept.returning(c.key)).first() is None:
        raise Conflict


def find(work: Work, user_id: str, key: str, now: datetime) -> Answered | None:
    """What was carried out under a key that hasn't expired."""
    c = table.c
    row = work.connection.execute(
        select(c.what, c.answer).where(c.user_id == user_id, c.key == key, c.expires_at > now)
    ).first()
    return Answered(row.what, row.answer) if row else None


def purge(work: Work, now: datetime) -> None:
    """Forget the keys that have expired."""
    work.connection.execute(table.delete().where(table.c.expires_at <= now))
