"""Jobs, incidents and subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from engine.model.execution import (
    Fault,
    JobKind,
    JsonObject,
    OpenedJob,
    OpenedSubscription,
    SubscriptionKind,
)
from engine.model.records import Incident
from engine.store.database import Work
from engine.store.sql import insert, new_id
from engine.store.tables import incident, job, process_instance, subscription


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done at or after `due_at`."""

    id: str
    instance_id: str
    activity_id: str
    kind: JobKind
    element_id: str
    definition_id: str
    due_at: datetime
    topic: str
    payload: JsonObject | None
    correlation: str | None
    attempts: int
    expires_at: datetime | None = None  #: of a message: until when it is kept


@dataclass(frozen=True, slots=True)
class Subscription:
    """An activity that waits for a message or signal."""

    id: str
    instance_id: str
    activity_id: str
    element_id: str
    definition_id: str
    message: str  #: its name, or the signal's
    correlation: str | None
    kind: SubscriptionKind = "message"


def add(work: Work, instance_id: str, opened: Sequence[OpenedJob], now: datetime) -> None:
    """Keep jobs; those without a due date are due now."""
    add_each(work, [(instance_id, one) for one in opened], now)


def add_each(work: Work, opened: Sequence[tuple[str, OpenedJob]], now: datetime) -> None:
    """Keep jobs by instance id."""
    rows = [
        {
            "id": new_id(),
            "instance_id": instance_id,
            "activity_id": one.activity_id,
            "kind": one.kind,
            "element_id": one.element_id,
            "definition_id": one.definition_id,
            "due_at": one.due_at or now,
            "topic": one.topic,
            "payload": one.payload,
            "correlation": one.correlation,
            "status": "failed" if one.fault else "waiting",
            "attempts": 0,
            "locked_until": None,
            "created_at": now,
            "expires_at": one.expires_at,
        }
        for instance_id, one in opened
    ]
    insert(work, job, rows)
    faults = [
        _incident(row["id"], instance_id, one.element_id, one.fault, now)
        for row, (instance_id, one) in zip(rows, opened, strict=True)
        if one.fault
    ]
    insert(work, incident, faults)


def _incident(job_id: Any, instance_id: str, element_id: str, fault: Fault, now: datetime) -> JsonObject:
    return {
        "id": new_id(),
        "job_id": job_id,
        "instance_id": instance_id,
        "element_id": element_id,
        "message": fault.message,
        "feel": fault.feel,
        "stack": fault.stack,
        "at": now,
    }


def fetch_due(work: Work, now: datetime, lease: datetime, limit: int) -> tuple[Job, ...]:
    """Take due jobs until `lease`, so that no other runner takes them before."""
    free = or_(job.c.locked_until.is_(None), job.c.locked_until <= now)
    rows = work.connection.execute(
        select(job)
        .where(job.c.status == "waiting", job.c.due_at <= now, free)
        .order_by(job.c.due_at, job.c.created_at, job.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    taken = tuple(_job(row) for row in rows)
    work.connection.execute(
        job.update().where(job.c.id.in_([one.id for one in taken])).values(locked_until=lease)
    )
    return taken


def renew(work: Work, job_id: str, mine: datetime, until: datetime) -> bool:
    """Hold a job longer; False when it is done, or no longer held by who took it until `mine`."""
    held = job.update().where(job.c.id == job_id, job.c.locked_until == mine)
    return work.connection.execute(held.values(locked_until=until)).rowcount == 1


def give_back(work: Work, job_ids: Sequence[str], mine: datetime) -> None:
    """Let others take jobs at once that are still held until `mine`."""
    held = job.update().where(job.c.id.in_(job_ids), job.c.locked_until == mine)
    work.connection.execute(held.values(locked_until=None))


def rest(work: Work, job_id: str) -> None:
    """Give a job back until its case is resumed."""
    mine = job.update().where(job.c.id == job_id, job.c.status == "waiting")
    work.connection.execute(mine.values(status="suspended"))
    work.connection.execute(job.update().where(job.c.id == job_id).values(locked_until=None))


def get(work: Work, job_id: str) -> Job | None:
    """A job that is still to be done."""
    row = work.connection.execute(select(job).where(job.c.id == job_id)).first()
    return _job(row) if row else None


def next_due(work: Work) -> datetime | None:
    """When the next job may be taken."""
    free_at = func.coalesce(job.c.locked_until, job.c.due_at)
    later = select(func.min(free_at)).where(job.c.status == "waiting", job.c.locked_until > job.c.due_at)
    first = select(func.min(job.c.due_at)).where(
        job.c.status == "waiting", or_(job.c.locked_until.is_(None), job.c.locked_until <= job.c.due_at)
    )
    found = [work.connection.execute(one).scalar() for one in (later, first)]
    return min((one for one in found if one is not None), default=None)


def finish(work: Work, job_id: str) -> bool:
    """Remove a job that is done; False when somebody else finished it before."""
    return work.connection.execute(job.delete().where(job.c.id == job_id)).rowcount == 1


def postpone(work: Work, job_id: str, attempts: int, due_at: datetime) -> None:
    """Try a job again later."""
    work.connection.execute(
        job.update().where(job.c.id == job_id).values(attempts=attempts, due_at=due_at, locked_until=None)
    )


def fail(work: Work, failed: Job, fault: Fault, now: datetime) -> None:
    """Give a job up until somebody retries it: an incident."""
    work.connection.execute(
        job.update()
        .where(job.c.id == failed.id)
        .values(status="failed", attempts=failed.attempts + 1, locked_until=None)
    )
    insert(work, incident, [_incident(failed.id, failed.instance_id, failed.element_id, fault, now)])


def retry(work: Work, job_id: str, user_id: str, now: datetime) -> bool:
    """Let a failed job run again now and close its incident; False when it hasn't failed."""
    result = work.connection.execute(
        job.update()
        .where(job.c.id == job_id, job.c.status == "failed")
        .values(status="waiting", attempts=0, due_at=now, locked_until=None)
    )
    work.connection.execute(
        incident.update()
        .where(incident.c.job_id == job_id, incident.c.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by=user_id)
    )
    return result.rowcount == 1


def running(work: Work, activity_ids: Sequence[str], now: datetime) -> frozenset[str]:
    """Those of these activities whose jobs a runner has taken and not finished."""
    rows = work.connection.execute(
        select(job.c.activity_id).where(job.c.activity_id.in_(activity_ids), job.c.locked_until > now)
    )
    return frozenset(rows.scalars())


def close(work: Work, activity_ids: Sequence[str], now: datetime) -> None:
    """Remove the jobs and subscriptions of activities that are over, and close their incidents."""
    if not activity_ids:
        return
    mine = job.c.activity_id.in_(activity_ids)
    work.connection.execute(
        incident.update()
        .where(incident.c.job_id.in_(select(job.c.id).where(mine)), incident.c.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by="")
    )
    work.connection.execute(job.delete().where(mine))
    work.connection.execute(subscription.delete().where(subscription.c.activity_id.in_(activity_ids)))


def suspend(work: Work, instance_id: str) -> None:
    """Let nobody take the jobs of an instance."""
    work.connection.execute(
        job.update()
        .where(job.c.instance_id == instance_id, job.c.status == "waiting")
        .values(status="suspended")
    )


def resume(work: Work, instance_id: str, rested: timedelta) -> None:
    """Let the jobs of an instance be taken again; timers are due later by the time that it rested.

    Messages look at once for who has come to wait meanwhile.
    """
    mine = (job.c.instance_id == instance_id, job.c.status == "suspended")
    timers = select(job.c.id, job.c.due_at).where(*mine, job.c.kind == "timer")
    for row in work.connection.execute(timers).all():
        later = job.update().where(job.c.id == row.id).values(due_at=row.due_at + rested)
        work.connection.execute(later)
    sent = job.update().where(*mine, job.c.kind == "message")
    work.connection.execute(sent.values(due_at=job.c.created_at))
    work.connection.execute(job.update().where(*mine).values(status="waiting"))


def incidents(work: Work, instance_id: str | None = None) -> tuple[Incident, ...]:
    """Open incidents, newest first."""
    statement = select(incident).where(incident.c.resolved_at.is_(None)).order_by(incident.c.at.desc())
    if instance_id is not None:
        statement = statement.where(incident.c.instance_id == instance_id)
    rows = work.connection.execute(statement)
    return tuple(
        Incident(r.job_id, r.instance_id, r.element_id, r.message, r.at, r.feel, r.stack) for r in rows
    )


def subscribe(work: Work, instance_id: str, opened: Sequence[OpenedSubscription]) -> None:
    """Keep what waits for messages and signals."""
    rows = [
        {
            "id": new_id(),
            "instance_id": instance_id,
            "activity_id": one.activity_id,
            "element_id": one.element_id,
            "definition_id": one.definition_id,
            "kind": one.kind,
            "message": one.message,
            "correlation": one.correlation,
        }
        for one in opened
    ]
    insert(work, subscription, rows)


def subscriptions(
    work: Work, message: str, instance_id: str | None = None, *, kind: SubscriptionKind = "message"
) -> tuple[Subscription, ...]:
    """What waits for this message or signal (in this instance), oldest instance first."""
    statement = (
        select(subscription)
        .join(process_instance, process_instance.c.id == subscription.c.instance_id)
        .where(subscription.c.message == message, subscription.c.kind == kind)
        .order_by(process_instance.c.started_at, subscription.c.id)
    )
    if instance_id is not None:
        statement = statement.where(subscription.c.instance_id == instance_id)
    return tuple(_subscription(row) for row in work.connection.execute(statement))


def awaited(work: Work, instance_id: str) -> tuple[Subscription, ...]:
    """All that an instance waits for."""
    mine = select(subscription).where(subscription.c.instance_id == instance_id)
    return tuple(_subscription(row) for row in work.connection.execute(mine.order_by(subscription.c.id)))


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        row.id,
        row.instance_id,
        row.activity_id,
        row.element_id,
        row.definition_id,
        row.message,
        row.correlation,
        row.kind,
    )


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        instance_id=row.instance_id,
        activity_id=row.activity_id,
        kind=row.kind,
        element_id=row.element_id,
        definition_id=row.definition_id,
        due_at=row.due_at,
        topic=row.topic,
        payload=row.payload,
        correlation=row.correlation,
        attempts=row.attempts,
        expires_at=row.expires_at,
    )
