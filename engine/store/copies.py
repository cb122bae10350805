"""Copies of cases for information, each with a mark of when it was read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from engine.model.views import Copy
from engine.store.database import Work
from engine.store.offers import USER
from engine.store.reading import asking, sees
from engine.store.sorting import Order, Place
from engine.store.sql import insert, new_id
from engine.store.tables import case_copy, process_instance, user_account


def add(
    work: Work,
    instance_id: str,
    task_id: str | None,
    users: Iterable[str],
    by: str,
    note: str,
    now: datetime,
    *,
    asked: bool = False,
) -> None:
    """Keep a copy for each of these users; `asked`: they are to confirm that they have read it."""
    rows = [
        {
            "id": new_id(),
            "instance_id": instance_id,
            "task_id": task_id,
            "user_id": user,
            "sent_by": by,
            "note": note,
            "created_at": now,
            "read_at": None,
            "asked": asked,
            "confirmed_at": None,
            "remark": "",
        }
        for user in users
    ]
    insert(work, case_copy, rows)


def of_user(work: Work, user_id: str, *, unread: bool = False, limit: int = 200) -> tuple[Copy, ...]:
    """What was copied to a user, newest first; `unread`: only that."""
    statement = _copies().where(case_copy.c.user_id == user_id, sees(case_copy.c.instance_id))
    if unread:
        statement = statement.where(case_copy.c.read_at.is_(None))
    return _found(work, statement.limit(limit), asking(work, user_id))


def page(work: Work, user_id: str, order: Order, *, after: Place | None, limit: int) -> tuple[Copy, ...]:
    """The next of a user's copies behind a place."""
    statement = _copies().order_by(None).where(case_copy.c.user_id == user_id, sees(case_copy.c.instance_id))
    if after:
        statement = statement.where(order.behind(case_copy, after))
    return _found(work, statement.order_by(*order.by(case_copy)).limit(limit), asking(work, user_id))


def place(work: Work, copy_id: str, order: Order) -> Place:
    """Where a copy stands among its user's."""
    mine = select(*order.columns(case_copy)).where(case_copy.c.id == copy_id)
    return order.place(work.connection.execute(mine).one())


def some(work: Work, user_id: str, ids: Collection[str]) -> tuple[Copy, ...]:
    """Those of these copies that are the user's."""
    mine = (case_copy.c.user_id == user_id, case_copy.c.id.in_(ids), sees(case_copy.c.instance_id))
    return _found(work, _copies().where(*mine), asking(work, user_id)) if ids else ()


def unread() -> Select[Any]:
    """The copies that `user` hasn't read."""
    mine = (case_copy.c.user_id == USER, case_copy.c.read_at.is_(None), sees(case_copy.c.instance_id))
    return select(case_copy.c.id).where(*mine)


def of_instance(work: Work, instance_id: str) -> tuple[Copy, ...]:
    """To whom a case was copied, newest first."""
    return _found(work, _copies().where(case_copy.c.instance_id == instance_id))


def mark_read(work: Work, user_id: str, ids: Collection[str], now: datetime) -> None:
    """Keep that the user has read these copies of his; one that was read before stays as it was."""
    mine = (case_copy.c.user_id == user_id, case_copy.c.read_at.is_(None), case_copy.c.id.in_(ids))
    work.connection.execute(case_copy.update().where(*mine).values(read_at=now))


def get(work: Work, copy_id: str) -> Copy | None:
    """One copy."""
    return next(iter(_found(work, _copies().where(case_copy.c.id == copy_id))), None)


def confirm(work: Work, copy_id: str, remark: str, now: datetime) -> None:
    """Keep that who got a copy has confirmed reading it; reading it counts, too."""
    mine = case_copy.update().where(case_copy.c.id == copy_id)
    work.connection.execute(mine.values(confirmed_at=now, remark=remark))
    work.connection.execute(mine.where(case_copy.c.read_at.is_(None)).values(read_at=now))


def _copies() -> Select[Any]:
    sender = func.coalesce(user_account.c.display, case_copy.c.sent_by)
    return (
        select(case_copy, process_instance.c.business_key, process_instance.c.title, sender.label("sender"))
        .join(process_instance, process_instance.c.id == case_copy.c.instance_id)
        .outerjoin(user_account, user_account.c.id == case_copy.c.sent_by)
        .order_by(case_copy.c.created_at.desc(), case_copy.c.id)
    )


def _found(work: Work, statement: Select[Any], given: Mapping[str, object] = {}) -> tuple[Copy, ...]:
    return tuple(
        Copy(
            r.id,
            r.instance_id,
            r.task_id,
            r.business_key,
            r.title,
            r.user_id,
            r.sender,
            r.note,
            r.created_at,
            r.read_at,
            r.asked,
            r.confirmed_at,
            r.remark,
            r.sent_by,
        )
        for r in work.connection.execute(statement, given)
    )
