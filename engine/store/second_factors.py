"""Second factors and their recovery codes. Secrets are kept as they are given: sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engine.store.database import Work
from engine.store.sql import insert
from engine.store.tables import recovery_code, second_factor


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor; it counts once it is confirmed."""

    secret: str  #: sealed
    confirmed_at: datetime | None
    last_step: int  #: codes of this half-minute and earlier ones are used up


def get(work: Work, user_id: str, *, lock: bool = False) -> Factor | None:
    """The person's second factor; `lock` keeps other users of a code out until the commit."""
    of = second_factor.c
    statement = select(of.secret, of.confirmed_at, of.last_step).where(of.user_id == user_id)
    row = work.connection.execute(statement.with_for_update() if lock else statement).first()
    return Factor(*row) if row else None


def holders(work: Work) -> frozenset[str]:
    """Who has a confirmed second factor."""
    statement = select(second_factor.c.user_id).where(second_factor.c.confirmed_at.is_not(None))
    return frozenset(work.connection.execute(statement).scalars())


def put(work: Work, user_id: str, secret: str) -> None:
    """Keep an unconfirmed second factor in place of any other."""
    drop(work, user_id)
    insert(
        work,
        second_factor,
        [{"user_id": user_id, "secret": secret, "confirmed_at": None, "last_step": 0}],
    )


def confirm(work: Work, user_id: str, at: datetime) -> None:
    """Let it count."""
    work.connection.execute(
        second_factor.update().where(second_factor.c.user_id == user_id).values(confirmed_at=at)
    )


def use_step(work: Work, user_id: str, step: int) -> None:
    """Use up the codes of this half-minute and earlier ones."""
    work.connection.execute(
        second_factor.update().where(second_factor.c.user_id == user_id).values(last_step=step)
    )


def drop(work: Work, user_id: str) -> bool:
    """Remove the second factor and its recovery codes; False when there is none."""
    work.connection.execute(recovery_code.delete().where(recovery_code.c.user_id == user_id))
    return (
        work.connection.execute(second_factor.delete().where(second_factor.c.user_id == user_id)).rowcount
        == 1
    )


def put_codes(work: Work, user_id: str, hashes: Iterable[str]) -> None:
    """Keep recovery codes in place of earlier ones."""
    work.connection.execute(recovery_code.delete().where(recovery_code.c.user_id == user_id))
    insert(work, recovery_code, [{"user_id": user_id, "hash": one, "used_at": None} for one in hashes])


def use_code(work: Work, user_id: str, code_hash: str, at: datetime) -> bool:
    """Use up a recovery code; False when there is none such, or it is used up."""
    of = recovery_code.c
    where = (of.user_id == user_id) & (of.hash == code_hash) & of.used_at.is_(None)
    return work.connection.execute(recovery_code.update().where(where).values(used_at=at)).rowcount == 1


def codes_left(work: Work, user_id: str) -> int:
    """How many recovery codes are unused."""
    of = recovery_code.c
    return work.connection.execute(
        select(func.count()).where((of.user_id == user_id) & of.used_at.is_(None))
    ).scalar_one()
