"""Messages that wait for their receivers, and locks against missing one another.

The order of locks is: a case, a job, a gate. Who holds the gate of a message waits for nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, select

from engine.model.execution import OpenedJob, OpenedSubscription
from engine.store.database import Work
from engine.store.jobs import Subscription, add, awaited
from engine.store.sql import insert
from engine.store.tables import correlated_start, job, process_instance, subscription

_ALIVE = ("active", "suspended")


def gate(work: Work, name: str, *, shared: bool = False) -> None:
    """Keep others from passing the gate of this name until the commit; who shares it passes together.

    On SQLite there is one writer at a time, hence nothing to do.
    """
    if work.connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        work.connection.execute(select(lock(func.hashtextextended(name, 0))))


def waits(work: Work, one: Subscription) -> bool:
    """Whether the subscription is still there."""
    found = exists().where(subscription.c.id == one.id)
    return bool(work.connection.execute(select(found)).scalar())


def hold(work: Work, job_id: str) -> bool:
    """Keep others from doing this job until the commit; False when it is done already."""
    row = work.connection.execute(select(job.c.id).where(job.c.id == job_id).with_for_update()).first()
    return row is not None


def keep(work: Work, job_id: str, until: datetime) -> None:
    """Let a message wait for its receiver."""
    work.connection.execute(
        job.update().where(job.c.id == job_id).values(due_at=until, locked_until=None, attempts=0)
    )


def call_for(work: Work, instance_id: str, opened: Sequence[OpenedSubscription], now: datetime) -> bool:
    """Have messages roused that are kept for what now waits, if there may be any; tells whether."""
    first = {one.message: one for one in opened if one.kind == "message"}
    for name in sorted(first):
        gate(work, name, shared=True)
    names = [row.topic for row in work.connection.execute(_kept(now, *first))] if first else []
    calls = [
        OpenedJob(one.activity_id, "rouse", one.element_id, one.definition_id, topic=name)
        for name, one in first.items()
        if name in names
    ]
    add(work, instance_id, calls, now)
    return bool(calls)


def call_again(work: Work, instance_id: str, now: datetime) -> bool:
    """Have messages roused that are kept for what this instance waits for; tells whether there may be any."""
    waiting = [
        OpenedSubscription(
            one.activity_id, one.element_id, one.definition_id, one.message, one.correlation, one.kind
        )
        for one in awaited(work, instance_id)
    ]
    return call_for(work, instance_id, waiting, now)


def rouse(work: Work, name: str, now: datetime) -> None:
    """Make kept messages of this name due; one that somebody holds now is looked after by him."""
    kept = _kept(now, name).with_only_columns(job.c.id).with_for_update(skip_locked=True)
    found = list(work.connection.execute(kept).scalars())
    work.connection.execute(job.update().where(job.c.id.in_(found)).values(due_at=now))


def _kept(now: datetime, *names: str) -> Select[tuple[str]]:
    return select(job.c.topic).where(
        job.c.kind == "message", job.c.status == "waiting", job.c.topic.in_(names), job.c.due_at > now
    )


def running(work: Work, key: str, correlation: str) -> str | None:
    """The case number of the live instance of this process that a message with this key has started."""
    found = (
        select(process_instance.c.business_key)
        .join(correlated_start, correlated_start.c.instance_id == process_instance.c.id)
        .where(
            correlated_start.c.key == key,
            correlated_start.c.correlation == correlation,
            process_instance.c.status.in_(_ALIVE),
        )
    )
    return work.connection.execute(found).scalars().first()


def started(work: Work, instance_id: str, key: str, correlation: str) -> None:
    """Remember by which key an instance was started."""
    insert(work, correlated_start, [{"instance_id": instance_id, "key": key, "correlation": correlation}])
