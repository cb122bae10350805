"""Deliveries of notifications by mail and webhook, and the webhooks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select

from engine.model.notifying import BOXED, OF_OPEN, Channel, Undelivered, Webhook
from engine.store import boxes
from engine.store.database import Work
from engine.store.notices import shown
from engine.store.reading import asking
from engine.store.sql import insert, insert_new, new_id
from engine.store.tables import (
    delivery,
    membership,
    notification,
    notification_read,
    preference,
    process_instance,
    user_account,
    user_task,
    webhook,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A notification with what goes out of it."""

    id: str
    instance_id: str
    task_id: str | None
    kind: str
    user: str | None
    group: str | None
    actor: str
    at: datetime
    process: str
    definition_id: str
    grade: str
    shown_to: str
    business_key: str
    title: str
    step: str  #: name of its task, ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries to one target that go out together and are tried again together."""

    id: str
    channel: Channel
    target: str
    notification_ids: tuple[str, ...]
    attempts: int
    held: datetime  #: until when this runner has it
    since: datetime  #: when the oldest of them was told


_TOLD = (
    select(
        notification,
        process_instance.c.key,
        process_instance.c.definition_id,
        process_instance.c.grade,
        process_instance.c.shown_to,
        process_instance.c.business_key,
        process_instance.c.title,
        func.coalesce(user_task.c.name, "").label("step"),
    )
    .join(process_instance, process_instance.c.id == notification.c.instance_id)
    .outerjoin(user_task, user_task.c.id == notification.c.task_id)
    .order_by(notification.c.created_at, notification.c.id)
)


def undispatched(work: Work) -> bool:
    """Whether there are notifications of which nobody has looked yet who gets them."""
    waits = select(notification.c.id).where(notification.c.dispatched_at.is_(None)).limit(1)
    return work.connection.execute(waits).first() is not None


def take_undispatched(work: Work, now: datetime, limit: int) -> tuple[Told, ...]:
    """Take the oldest of them; they are this transaction's."""
    mine = (
        select(notification.c.id)
        .where(notification.c.dispatched_at.is_(None))
        .order_by(notification.c.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(work.connection.execute(mine).scalars())
    work.connection.execute(notification.update().where(notification.c.id.in_(ids)).values(dispatched_at=now))
    return told(work, ids)


def told(work: Work, ids: Collection[str]) -> tuple[Told, ...]:
    """These notifications, the oldest first."""
    rows = work.connection.execute(_TOLD.where(notification.c.id.in_(ids)))
    return tuple(_told(row) for row in rows)


def _told(row: Row[Any]) -> Told:
    return Told(
        id=row.id,
        instance_id=row.instance_id,
        task_id=row.task_id,
        kind=row.kind,
        user=row.user_id,
        group=row.group_name,
        actor=row.actor,
        at=row.created_at,
        process=row.key,
        definition_id=row.definition_id,
        grade=row.grade,
        shown_to=row.shown_to,
        business_key=row.business_key,
        title=row.title,
        step=row.step,
    )


def reaching(work: Work, user: str, ids: Collection[str]) -> tuple[Told, ...]:
    """Those of these notifications that are still news: unread, or of a task that is the person's to do."""
    mark = notification_read.c
    marked = and_(mark.notification_id == notification.c.id, mark.user_id == user)
    kind = notification.c.kind
    open_or_none = or_(kind.not_in(OF_OPEN), user_task.c.id.is_(None), user_task.c.status == "open")
    statement = _TOLD.outerjoin(notification_read, marked).where(
        notification.c.id.in_(ids), mark.at.is_(None), or_(kind.in_(BOXED), shown()), open_or_none
    )
    found = [_told(row) for row in work.connection.execute(statement, asking(work, user))]
    mine = boxes.within(work, user, [one.task_id for one in found if one.task_id and one.kind in BOXED])
    return tuple(one for one in found if one.kind not in BOXED or one.task_id in mine)


def mailed(work: Work, users: Iterable[str], groups: Iterable[str], key: str) -> Mapping[str, Any]:
    """Of these persons and the members of these groups who can be mailed -> what each keeps under the key."""
    in_group = select(membership.c.user_id).where(membership.c.group_name.in_(list(groups)))
    account, like = user_account.c, preference.c
    statement = (
        select(account.id, like.value)
        .outerjoin(preference, and_(like.user_id == account.id, like.key == key))
        .where(
            account.active, account.email != "", or_(account.id.in_(list(users)), account.id.in_(in_group))
        )
    )
    return {row.id: row.value for row in work.connection.execute(statement)}


def add(work: Work, made: Sequence[tuple[str, Channel, str, datetime]], now: datetime) -> None:
    """Keep deliveries: notification, channel, target, when; one that is there already stays as it is."""
    rows = [
        {
            "id": new_id(),
            "notification_id": notification_id,
            "channel": channel,
            "target": target,
            "batch": None,
            "status": "waiting",
            "due_at": due_at,
            "attempts": 0,
            "locked_until": None,
            "created_at": now,
            "done_at": None,
            "failure": "",
        }
        for notification_id, channel, target, due_at in made
    ]
    insert_new(work, delivery, rows)


def _free(now: datetime) -> Any:
    one = delivery.c
    return and_(
        one.status == "waiting", one.due_at <= now, or_(one.locked_until.is_(None), one.locked_until <= now)
    )


def due(work: Work, now: datetime) -> bool:
    """Whether something is to be sent now."""
    return work.connection.execute(select(delivery.c.id).where(_free(now)).limit(1)).first() is not None


def take(work: Work, now: datetime, until: datetime, most: int) -> Batch | None:
    """Take what is due first, with all mails that are due to the same person and weren't tried yet."""
    one = delivery.c
    oldest = select(delivery).where(_free(now)).order_by(one.due_at, one.created_at, one.id)
    first = work.connection.execute(oldest.limit(1).with_for_update(skip_locked=True)).first()
    if first is None:
        return None
    if first.batch:
        same = one.batch == first.batch
    elif first.channel == "mail":
        same = and_(one.channel == "mail", one.target == first.target, one.batch.is_(None))
    else:
        same = one.id == first.id
    rows = work.connection.execute(
        oldest.where(same).limit(most).with_for_update(skip_locked=True)
    ).all() or [first]
    batch = first.batch or new_id()
    work.connection.execute(
        delivery.update().where(one.id.in_([row.id for row in rows])).values(batch=batch, locked_until=until)
    )
    return Batch(
        id=batch,
        channel=first.channel,
        target=first.target,
        notification_ids=tuple(row.notification_id for row in rows),
        attempts=first.attempts,
        held=until,
        since=min(row.created_at for row in rows),
    )


def settle(
    work: Work,
    batch: Batch,
    status: str,
    now: datetime,
    *,
    failure: str = "",
    again: datetime | None = None,
) -> None:
    """Keep what has become of a batch, unless another runner has it by now; `again`: when to try next."""
    mine = delivery.update().where(delivery.c.batch == batch.id, delivery.c.locked_until == batch.held)
    values: dict[str, Any] = {"status": status, "locked_until": None, "failure": failure[:500]}
    if again is None:
        values |= {"done_at": now}
    else:
        values |= {"due_at": again, "attempts": batch.attempts + 1}
    work.connection.execute(mine.values(**values))


def undelivered(work: Work, since: datetime) -> tuple[Undelivered, ...]:
    """What was given up since, by channel and target."""
    one = delivery.c
    rows = work.connection.execute(
        select(one.channel, one.target, func.count().label("n"), func.max(one.failure).label("failure"))
        .where(one.status == "failed", one.done_at >= since)
        .group_by(one.channel, one.target)
        .order_by(one.channel, one.target)
    )
    return tuple(Undelivered(row.channel, row.target, row.n, row.failure) for row in rows)


def late(work: Work, before: datetime) -> int:
    """How many should have been sent before this instant and were tried by nobody."""
    one = delivery.c
    mine = select(func.count()).where(one.status == "waiting", one.due_at < before)
    return int(work.connection.execute(mine).scalar_one())


def prune(work: Work, before: datetime) -> None:
    """Forget what was sent, or became needless, before this instant."""
    done = delivery.c.status.in_(("sent", "dropped")), delivery.c.done_at < before
    work.connection.execute(delivery.delete().where(*done))


# -- webhooks -----------------------------------------------------------------------------------------------


def add_webhook(work: Work, one: Webhook, secret: str) -> None:
    """Keep a webhook; `secret` is sealed."""
    row = {
        name: getattr(one, name) for name in ("id", "url", "process", "active", "made_by", "made_at", "note")
    }
    insert(work, webhook, [{**row, "kinds": list(one.kinds), "secret": secret}])


def webhooks(work: Work) -> tuple[Webhook, ...]:
    """All webhooks, the newest first, with what became of their calls."""
    one = delivery.c
    waiting = func.sum(case((and_(one.status == "waiting", one.attempts > 0), 1), else_=0))
    failed = func.sum(case((one.status == "failed", 1), else_=0))
    states = (
        select(
            one.target, waiting.label("waiting"), failed.label("failed"), func.max(one.failure).label("why")
        )
        .where(one.channel == "webhook")
        .group_by(one.target)
        .subquery()
    )
    rows = work.connection.execute(
        select(webhook, states.c.waiting, states.c.failed, states.c.why)
        .outerjoin(states, states.c.target == webhook.c.id)
        .order_by(webhook.c.made_at.desc(), webhook.c.id)
    )
    return tuple(
        Webhook(
            row.id, row.url, tuple(row.kinds), row.process, row.active, row.made_by, row.made_at, row.note,
            waiting=row.waiting or 0, failed=row.failed or 0, failure=row.why or "",
        )
        for row in rows
    )  # fmt: skip


def webhook_secret(work: Work, webhook_id: str) -> tuple[str, str, bool] | None:
    """Address, sealed secret and whether it is active."""
    one = webhook.c
    row = work.connection.execute(select(one.url, one.secret, one.active).where(one.id == webhook_id)).first()
    return (row.url, row.secret, row.active) if row else None


def set_active(work: Work, webhook_id: str, active: bool, note: str, now: datetime) -> bool:
    """Switch a webhook on or off, which drops what waits for it; False for one that isn't there."""
    mine = webhook.update().where(webhook.c.id == webhook_id)
    found = work.connection.execute(mine.values(active=active, note=note)).rowcount == 1
    if not active:
        waiting = (
            delivery.c.channel == "webhook",
            delivery.c.target == webhook_id,
            delivery.c.status == "waiting",
        )
        work.connection.execute(delivery.update().where(*waiting).values(status="dropped", done_at=now))
    return found
