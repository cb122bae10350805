"""Sessions, read together with the account and its groups by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select

from engine.model.signing_in import Session
from engine.store import people
from engine.store.database import Work
from engine.store.sql import insert
from engine.store.tables import membership, session, user_account

_OWN = ("created_at", "seen_at", "ends_at", "idle_minutes", "origin", "agent", "method", "needs")
_ALL = (
    select(
        user_account,
        membership.c.group_name,
        session.c.id.label("session_id"),
        *(session.c[name] for name in _OWN),
    )
    .select_from(
        session.join(user_account, user_account.c.id == session.c.user_id).outerjoin(
            membership, membership.c.user_id == user_account.c.id
        )
    )
    .order_by(session.c.seen_at.desc(), session.c.id)
)
_ONE = _ALL.where(session.c.id == bindparam("session_id"))
_OF = _ALL.where(session.c.user_id == bindparam("user_id"))


def find(work: Work, session_id: str) -> Session | None:
    """The session, over or not, of an account that is active or not."""
    rows = work.connection.execute(_ONE, {"session_id": session_id}).all()
    return _session(rows) if rows else None


def of(work: Work, user_id: str) -> tuple[Session, ...]:
    """All sessions of a person, the one used last first."""
    rows = work.connection.execute(_OF, {"user_id": user_id})
    return tuple(_session(list(mine)) for _, mine in groupby(rows, key=attrgetter("session_id")))


def _session(rows: Sequence[Row[Any]]) -> Session:
    row = rows[0]
    return Session(row.session_id, people.user_of(rows), *(getattr(row, name) for name in _OWN))


def add(work: Work, one: Session) -> None:
    """Keep a session."""
    values = {name: getattr(one, name) for name in _OWN}
    insert(work, session, [{"id": one.id, "user_id": one.user.id, **values}])


def touch(work: Work, session_id: str, now: datetime) -> None:
    """Keep when it was used."""
    work.connection.execute(session.update().where(session.c.id == session_id).values(seen_at=now))


def end(work: Work, session_id: str) -> bool:
    """End one; False when there is none."""
    return _delete(work, session.c.id == session_id) > 0


def end_all(work: Work, user_id: str, *, but: str = "") -> int:
    """End all sessions of a person but one; gives how many."""
    return _delete(work, (session.c.user_id == user_id) & (session.c.id != but))


def forget_old(work: Work, now: datetime) -> None:
    """Remove what is over in any case."""
    _delete(work, session.c.ends_at <= now)


def _delete(work: Work, where: ColumnElement[bool]) -> int:
    return work.connection.execute(session.delete().where(where)).rowcount
