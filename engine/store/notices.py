"""Notifications: to a person or to a group, with a mark for each person who has read one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from engine.model.views import Notice
from engine.store.database import Work
from engine.store.reading import asking, not_barred, sees
from engine.store.sql import insert, insert_new, new_id
from engine.store.tables import membership, notification, notification_read, process_instance


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
    """Keep a notification for each of these persons and groups."""
    to = [(None, user) for user in dict.fromkeys(users)] + [(group, None) for group in dict.fromkeys(groups)]
    rows = [
        {
            "id": new_id(),
            "instance_id": message.instance_id,
            "group_name": group,
            "user_id": user,
            "kind": message.kind,
            "actor": message.actor,
            "task_id": message.task_id,
            "text": message.text,
            "created_at": now,
        }
        for group, user in to
    ]
    insert(work, notification, rows)


def of_user(work: Work, user_id: str, *, unread: bool = False, limit: int = 200) -> tuple[Notice, ...]:
    """Notifications for a user and for his groups, newest first; `unread`: only those."""
    told, mark = notification.c, notification_read.c
    mine = select(membership.c.group_name).where(membership.c.user_id == user_id)
    marked = and_(mark.notification_id == told.id, mark.user_id == user_id)
    statement = (
        select(notification, mark.at.label("read_at"))
        .select_from(notification.outerjoin(notification_read, marked))
        .where(or_(told.user_id == user_id, told.group_name.in_(mine)), _shown())
        .order_by(told.created_at.desc(), told.id)
        .limit(limit)
    )
    if unread:
        statement = statement.where(mark.at.is_(None))
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
        )
        for r in work.connection.execute(statement, asking(work, user_id))
    )


def _shown() -> ColumnElement[bool]:
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
