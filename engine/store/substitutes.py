"""Who stands in for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from engine.model.substituting import MOST_HOPS, Substitution, chain
from engine.store.database import Work
from engine.store.sql import insert
from engine.store.tables import substitution


def add(work: Work, new: Substitution) -> None:
    """Keep a substitution."""
    row = {name: getattr(new, name) for name in Substitution.__slots__}
    insert(work, substitution, [{**row, "processes": list(new.processes)}])


def get(work: Work, substitution_id: str) -> Substitution | None:
    """One substitution, locked until the commit."""
    statement = select(substitution).where(substitution.c.id == substitution_id).with_for_update()
    row = work.connection.execute(statement).first()
    return _read(row) if row else None


def end(work: Work, substitution_id: str, by: str, now: datetime) -> None:
    """End a substitution early."""
    mine = substitution.update().where(substitution.c.id == substitution_id)
    work.connection.execute(mine.values(ended_at=now, ended_by=by))


def concerning(work: Work, user: str) -> tuple[Substitution, ...]:
    """Those in which the user is one of both, the latest first."""
    either = or_(substitution.c.person == user, substitution.c.substitute == user)
    statement = select(substitution).where(either).order_by(substitution.c.since.desc(), substitution.c.id)
    return tuple(_read(row) for row in work.connection.execute(statement))


def to_come(work: Work, now: datetime) -> tuple[Substitution, ...]:
    """All that hold or will hold, the earliest first."""
    live = substitution.c.ended_at.is_(None), substitution.c.until > now
    statement = select(substitution).where(*live).order_by(substitution.c.since, substitution.c.id)
    return tuple(_read(row) for row in work.connection.execute(statement))


def leading_from(work: Work, person: str, key: str, now: datetime) -> tuple[Substitution, ...]:
    """The substitutions that lead from a person to who does his task of this process now."""
    known: list[Substitution] = []
    for _ in range(MOST_HOPS):
        mine = substitution.c.person == person, substitution.c.ended_at.is_(None), substitution.c.until > now
        rows = work.connection.execute(select(substitution).where(*mine))
        found = next((one for row in rows if (one := _read(row)).covers(key, now)), None)
        if found is None:
            break
        known.append(found)
        person = found.substitute
    return chain(known[0].person, key, now, known) if known else ()


def _read(row: Any) -> Substitution:
    return Substitution(**{**row._mapping, "processes": tuple(row.processes)})
