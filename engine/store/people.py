"""Users, groups and settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select

from engine.model.records import User
from engine.store.database import Work
from engine.store.sql import insert, insert_new, upsert
from engine.store.tables import membership, past_password, setting, user_account, user_group


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs to know of an account."""

    password_hash: str
    active: bool
    failures: int
    locked_until: datetime | None
    password_at: datetime | None = None
    must_change: bool = False


_ALL = (
    select(user_account, membership.c.group_name)
    .select_from(user_account.outerjoin(membership, membership.c.user_id == user_account.c.id))
    .order_by(user_account.c.id)
)
_ONE = _ALL.where(user_account.c.id == bindparam("id"))


def get(work: Work, user_id: str) -> User | None:
    """The user, active or not."""
    rows = work.connection.execute(_ONE, {"id": user_id}).all()
    return user_of(rows) if rows else None


def all_users(work: Work) -> tuple[User, ...]:
    """All users by id."""
    rows = work.connection.execute(_ALL)
    return tuple(user_of(list(mine)) for _, mine in groupby(rows, key=attrgetter("id")))


def user_of(rows: Sequence[Row[Any]]) -> User:
    """The user of whom there is a row for each group, or one without a group."""
    row = rows[0]
    return User(
        row.id,
        row.display,
        row.unit,
        frozenset(one.group_name for one in rows if one.group_name is not None),
        row.active,
        row.duty,
        row.email,
    )


def displays(work: Work) -> Mapping[str, str]:
    """User id -> display of everybody."""
    rows = work.connection.execute(select(user_account.c.id, user_account.c.display))
    return {row.id: row.display for row in rows}


def add(
    work: Work, user: User, password_hash: str, at: datetime | None = None, *, temporary: bool = False
) -> None:
    """Add a user; its groups must exist. A `temporary` password must be changed at the first sign-in."""
    row = {
        "id": user.id,
        "display": user.display,
        "unit": user.unit,
        "password_hash": password_hash,
        "active": user.active,
        "failures": 0,
        "locked_until": None,
        "password_at": at,
        "must_change": temporary,
        "duty": user.duty,
        "language": "",
        "email": user.email,
    }
    insert(work, user_account, [row])
    insert(work, membership, [{"user_id": user.id, "group_name": name} for name in sorted(user.groups)])


def update(work: Work, user: User) -> None:
    """Replace display, unit, state, duty and groups of a user; the password stays."""
    work.connection.execute(
        user_account.update()
        .where(user_account.c.id == user.id)
        .values(display=user.display, unit=user.unit, active=user.active, duty=user.duty, email=user.email)
    )
    work.connection.execute(membership.delete().where(membership.c.user_id == user.id))
    insert(work, membership, [{"user_id": user.id, "group_name": name} for name in sorted(user.groups)])


def set_email(work: Work, user_id: str, email: str) -> None:
    """Keep where a person is mailed; "": nowhere."""
    work.connection.execute(user_account.update().where(user_account.c.id == user_id).values(email=email))


def credentials(work: Work, user_id: str, *, lock: bool = False) -> Credentials | None:
    """The account's password hash and lock-out; `lock` keeps other sign-ins out until the commit."""
    account = user_account.c
    statement = select(
        account.password_hash,
        account.active,
        account.failures,
        account.locked_until,
        account.password_at,
        account.must_change,
    ).where(account.id == user_id)
    row = work.connection.execute(statement.with_for_update() if lock else statement).first()
    return Credentials(*row) if row else None


def set_lock(work: Work, user_id: str, failures: int, locked_until: datetime | None) -> None:
    """Keep the number of failed sign-ins and the end of a lock-out."""
    work.connection.execute(
        user_account.update()
        .where(user_account.c.id == user_id)
        .values(failures=failures, locked_until=locked_until)
    )


def set_password(
    work: Work, user_id: str, password_hash: str, at: datetime | None = None, *, temporary: bool = False
) -> bool:
    """Replace the password hash and lift a lock-out; False when there is no such user."""
    result = work.connection.execute(
        user_account.update()
        .where(user_account.c.id == user_id)
        .values(
            password_hash=password_hash,
            failures=0,
            locked_until=None,
            password_at=at,
            must_change=temporary,
        )
    )
    return result.rowcount == 1


def language(work: Work, user_id: str) -> str:
    """The language that the person has chosen; "" for none, or no such account."""
    statement = select(user_account.c.language).where(user_account.c.id == user_id)
    return work.connection.execute(statement).scalar() or ""


def set_language(work: Work, user_id: str, language: str) -> None:
    """Remember the person's language."""
    statement = user_account.update().where(user_account.c.id == user_id)
    work.connection.execute(statement.values(language=language))


def past_passwords(work: Work, user_id: str) -> tuple[str, ...]:
    """Hashes of earlier passwords, the latest first."""
    of = past_password.c
    rows = work.connection.execute(
        select(of.password_hash).where(of.user_id == user_id).order_by(of.position.desc())
    )
    return tuple(rows.scalars())


def keep_past_password(work: Work, user_id: str, password_hash: str, most: int) -> None:
    """Remember an earlier password's hash, and no more than `most` of them."""
    of = past_password.c
    last = work.connection.execute(
        select(func.coalesce(func.max(of.position), 0)).where(of.user_id == user_id)
    ).scalar_one()
    row = {"user_id": user_id, "position": last + 1, "password_hash": password_hash}
    insert(work, past_password, [row])
    work.connection.execute(
        past_password.delete().where((of.user_id == user_id) & (of.position <= last + 1 - most))
    )


def groups(work: Work) -> tuple[str, ...]:
    """Names of all groups in the order in which they were added."""
    rows = work.connection.execute(select(user_group.c.name).order_by(user_group.c.position))
    return tuple(rows.scalars())


def add_groups(work: Work, names: Iterable[str]) -> None:
    """Add the groups that aren't there."""
    last = work.connection.execute(select(func.coalesce(func.max(user_group.c.position), 0))).scalar_one()
    rows = [{"name": name, "position": last + n, "duty": ""} for n, name in enumerate(names, 1)]
    insert_new(work, user_group, rows)


def get_setting(work: Work, name: str) -> Any:
    """A setting's JSON value, or None."""
    return work.connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar()


def put_setting(work: Work, name: str, value: Any) -> None:
    """Keep a setting."""
    statement = upsert(work, setting)
    work.connection.execute(
        statement.values(name=name, value=value).on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )
    )


def duties(work: Work) -> Mapping[str, str]:
    """Group -> duty of the groups of administrators."""
    rows = work.connection.execute(
        select(user_group.c.name, user_group.c.duty).where(user_group.c.duty != "")
    )
    return {row.name: row.duty for row in rows}


def set_duties(work: Work, groups: Mapping[str, str]) -> None:
    """Let these groups, and no others, be those of administrators; accounts follow."""
    work.connection.execute(user_group.update().values(duty=""))
    work.connection.execute(user_account.update().values(duty=""))
    for name, duty in groups.items():
        members = select(membership.c.user_id).where(membership.c.group_name == name)
        work.connection.execute(user_group.update().where(user_group.c.name == name).values(duty=duty))
        work.connection.execute(user_account.update().where(user_account.c.id.in_(members)).values(duty=duty))


_WORKING = and_(user_account.c.active, user_account.c.duty == "")  #: administrators do no cases


def members(work: Work, group: str) -> frozenset[str]:
    """Ids of the active accounts in a group."""
    statement = (
        select(user_account.c.id)
        .join(membership, membership.c.user_id == user_account.c.id)
        .where(membership.c.group_name == group, _WORKING)
    )
    return frozenset(work.connection.execute(statement).scalars())


def active(work: Work, ids: Iterable[str]) -> frozenset[str]:
    """Those of these accounts that are there and not closed."""
    wanted = sorted(set(ids))
    if not wanted:
        return frozenset()
    statement = select(user_account.c.id).where(user_account.c.id.in_(wanted), _WORKING)
    return frozenset(work.connection.execute(statement).scalars())


def in_units(work: Work, names: Collection[str]) -> frozenset[str]:
    """Accounts whose unit is called one of these."""
    mine = select(user_account.c.id).where(user_account.c.unit.in_(names), user_account.c.unit != "")
    return frozenset(work.connection.execute(mine).scalars())


def unit_names(work: Work) -> tuple[str, ...]:
    """What the units of accounts are called, each once."""
    named = select(user_account.c.unit).where(user_account.c.unit != "").distinct()
    return tuple(sorted(work.connection.execute(named).scalars()))
