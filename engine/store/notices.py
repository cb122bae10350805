"""Notifications: to a person or to a group, with a mark for each person who has read one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from engine.model.notifying import BOXED, COMING
from engine.model.views import Notice
from engine.store import substitutes
from engine.store.database import Work
from engine.store.reading import asking, not_barred, sees
from engine.store.sql import insert, insert_new, new_id
from engine.store.tables import (
    membership,
    notification,
    notification_read,
    process_instance,
    substitution,
    user_account,
)


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody is told: about which case and task, by whom and why."""

    instance_id: str
    kind: str  #: that of the record's entry, e.g. "task.transferred"
    actor: str
    text: str
    task_id: str | None = None


def tell(
    work: Work, message: Message, now: datetime, *, users: Iterable[str] = (), groups: Iterable[str] = ()
) -> None:
    """Keep a notification for each of these persons and groups, and for who stands in for a person.

    Everything that tells somebody comes through here; mails and webhooks follow from what is kept.
    """
    tell_each(work, [(message, users, groups)], now)


def tell_each(
    work: Work, told: Iterable[tuple[Message, Iterable[str], Iterable[str]]], now: datetime
) -> None:
    """Tell several messages, each to its persons and groups."""
    rows = []
    for message, users, groups in told:
        named = list(dict.fromkeys(users))
        rows += [_row(message, now, user=user) for user in named]
        for other, absent in _standing_in(work, message, named, now).items():
            rows.append(_row(message, now, user=other, on_behalf_of=absent))
        rows += [_row(message, now, group=group) for group in dict.fromkeys(groups)]
    insert(work, notification, rows)


def _row(
    message: Message,
    now: datetime,
    *,
    user: str | None = None,
    group: str | None = None,
    on_behalf_of: str | None = None,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "instance_id": message.instance_id,
        "group_name": group,
        "user_id": user,
        "kind": message.kind,
        "actor": message.actor,
        "task_id": message.task_id,
        "text": message.text,
        "created_at": now,
        "on_behalf_of": on_behalf_of,
        "dispatched_at": None,
    }


def _standing_in(work: Work, message: Message, users: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Who stands in for one of these persons in this case now -> for whom; not who acts or is told anyhow."""
    if not users or message.kind in BOXED:  # a task is its substitute's from the beginning
        return {}
    one = substitution.c
    away = select(one.person).where(
        one.person.in_(users), one.ended_at.is_(None), one.since <= now, one.until > now
    )
    absent = sorted(set(work.connection.execute(away).scalars()))
    if not absent:
        return {}
    of_case = select(process_instance.c.key).where(process_instance.c.id == message.instance_id)
    key = work.connection.execute(of_case).scalar_one()
    found = {}
    for person in absent:
        chain = substitutes.leading_from(work, person, key, now)
        if chain and chain[-1].substitute not in {*users, message.actor}:
            found[chain[-1].substitute] = person
    return found


def of_user(work: Work, user_id: str, *, unread: bool = False, limit: int = 200) -> tuple[Notice, ...]:
    """Notifications for a user and for his groups, newest first; `unread`: only those.

    Without those of tasks that came, which boxes show.
    """
    told = notification.c
    statement = _told(user_id, unread).order_by(told.created_at.desc(), told.id).limit(limit)
    return tuple(
        Notice(
            r.id,
            r.instance_id,
            r.group_name or "",
            r.text,
            r.created_at,
            kind=r.kind,
            actor=r.actor,
            task_id=r.task_id,
            read_at=r.read_at,
            on_behalf_of=r.absent,
        )
        for r in work.connection.execute(statement, asking(work, user_id))
    )


def _told(user_id: str, unread: bool) -> Select[Any]:
    told, mark = notification.c, notification_read.c
    marked = and_(mark.notification_id == told.id, mark.user_id == user_id)
    absent = func.coalesce(user_account.c.display, told.on_behalf_of, "")
    statement = (
        select(notification, mark.at.label("read_at"), absent.label("absent"))
        .select_from(
            notification.outerjoin(notification_read, marked).outerjoin(
                user_account, user_account.c.id == told.on_behalf_of
            )
        )
        .where(_to(user_id), told.kind.not_in(BOXED), shown())
    )
    return statement.where(mark.at.is_(None)) if unread else statement


def _to(user_id: str) -> ColumnElement[bool]:
    mine = select(membership.c.group_name).where(membership.c.user_id == user_id)
    return or_(notification.c.user_id == user_id, notification.c.group_name.in_(mine))


def count_unread(work: Work, user_id: str, most: int) -> int:
    """How many a user has yet to read, counted up to `most`."""
    some = _told(user_id, True).with_only_columns(notification.c.id, maintain_column_froms=True)
    counted = select(func.count()).select_from(some.limit(most).subquery())
    return int(work.connection.execute(counted, asking(work, user_id)).scalar_one())


def arrivals(work: Work, user_id: str, since: datetime, most: int) -> tuple[str, ...]:
    """Tasks that came to a user or to his groups after this instant, wherever they are by now."""
    told = notification.c
    statement = (
        select(told.task_id)
        .where(_to(user_id), told.created_at > since, told.kind.in_(COMING), told.task_id.is_not(None))
        .order_by(told.created_at.desc())
        .limit(most)
    )
    return tuple(dict.fromkeys(work.connection.execute(statement).scalars()))


def shown() -> ColumnElement[bool]:
    """Whether it may reach whom it was sent to: others than see the case only as its grade lets them."""
    of = notification.c.instance_id
    case = process_instance.alias().c
    told = exists().where(case.id == of, case.shown_to.contains("notices"))
    return or_(and_(told, not_barred(of)), sees(of))


def last(work: Work, task_id: str, kind: str, actor: str) -> datetime | None:
    """When an actor last told people this about a task."""
    told = notification.c
    statement = (
        select(told.created_at)
        .where(told.task_id == task_id, told.kind == kind, told.actor == actor)
        .order_by(told.created_at.desc())
        .limit(1)
    )
    found: datetime | None = work.connection.execute(statement).scalar()
    return found


def mark_read(work: Work, user_id: str, ids: Collection[str], now: datetime) -> None:
    """Keep that the user has read these of his notifications; for no ids, all of them."""
    unread = [one.id for one in of_user(work, user_id, unread=True, limit=100_000)]
    rows = [
        {"notification_id": one, "user_id": user_id, "at": now} for one in unread if not ids or one in ids
    ]
    insert_new(work, notification_read, rows)
