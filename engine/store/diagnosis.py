"""Rows that don't fit together, found without loading states; at most `LIMIT` of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from engine.store.database import Work
from engine.store.instances import Case, load
from engine.store.tables import (
    activity_instance,
    content,
    history_event,
    incident,
    job,
    process_instance,
    resource,
    subscription,
    task_separation,
    user_task,
)

LIMIT = 200
HELD = ("timer", "handler", "continue")  #: kinds of jobs for which a token waits
_PASSING = ("message", "signal", "hear", "begin", "rouse")  #: kinds of jobs that belong to nothing that waits
_BY_PEOPLE = ("userTask", "manualTask")
_BATCH = 100  #: instances loaded at once


@dataclass(frozen=True, slots=True)
class Spot:
    """A row that isn't as it should be, and its case."""

    id: str
    instance_id: str
    case: str
    definition_id: str
    element_id: str
    activity_id: str
    at: datetime | None
    text: str = ""


def stuck(work: Work) -> tuple[Spot, ...]:
    """Active cases without open task, job or subscription."""
    i = process_instance.c
    held = exists().where(job.c.instance_id == i.id, job.c.kind.not_in(_PASSING))
    waits = i.id.in_(select(subscription.c.instance_id))  # which has no index by instance
    statement = (
        _select(i.id, i.definition_id, "", "", i.started_at)
        .select_from(process_instance)
        .where(i.status == "active", ~_open_task(i.id, by_instance=True), ~held, ~waits)
    )
    return _spots(work, statement.order_by(i.started_at))


def overdue(work: Work, before: datetime) -> tuple[Spot, ...]:
    """Jobs that nobody has taken though they were due before this instant."""
    statement = _jobs().where(
        job.c.status == "waiting",
        job.c.due_at < before,
        job.c.locked_until.is_(None),
        process_instance.c.status == "active",
    )
    return _spots(work, statement.order_by(job.c.due_at))


def leases(work: Work, now: datetime, far: datetime) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    """Jobs whose lease is over, and those that are taken until after `far`."""
    taken = _jobs(job.c.locked_until).where(job.c.status == "waiting")
    over = taken.where(job.c.locked_until <= now)
    beyond = taken.where(job.c.locked_until > far)
    return _spots(work, over.order_by(job.c.id)), _spots(work, beyond.order_by(job.c.id))


def unseen(work: Work) -> tuple[Spot, ...]:
    """Jobs that were given up without an open incident."""
    told = exists().where(incident.c.job_id == job.c.id, incident.c.resolved_at.is_(None))
    return _spots(work, _jobs().where(job.c.status == "failed", ~told).order_by(job.c.id))


def incidents(work: Work) -> tuple[Spot, ...]:
    """Open incidents."""
    i = incident.c
    statement = (
        _select(i.job_id, process_instance.c.definition_id, i.element_id, "", i.at, i.message)
        .select_from(incident.join(process_instance))
        .where(i.resolved_at.is_(None))
    )
    return _spots(work, statement.order_by(i.at))


def orphan_tasks(work: Work) -> tuple[Spot, ...]:
    """Open tasks of cases that are over, or of activities that are over."""
    t, a = user_task.c, activity_instance.c
    over = or_(process_instance.c.status.in_(("completed", "terminated")), a.status != "active")
    statement = (
        _select(t.id, t.definition_id, t.element_id, t.id, t.created_at, t.name)
        .select_from(user_task.join(process_instance).outerjoin(activity_instance, a.id == t.id))
        .where(t.status == "open", over)
    )
    return _spots(work, statement.order_by(t.id))


def missing_tasks(work: Work) -> tuple[Spot, ...]:
    """Active steps of people in live cases without an open task."""
    a = activity_instance.c
    statement = (
        _select(a.id, a.definition_id, a.element_id, a.id, a.started_at, a.name)
        .select_from(process_instance.join(activity_instance))
        .where(
            process_instance.c.status.in_(("active", "suspended")),
            a.kind.in_(_BY_PEOPLE),
            a.status == "active",
            ~_open_task(a.id),
        )
    )
    return _spots(work, statement.order_by(a.id))


def orphan_waits(work: Work) -> tuple[Spot, ...]:
    """Jobs and subscriptions of cases that are over."""
    over = process_instance.c.status.in_(("completed", "terminated"))
    s = subscription.c
    waits = (
        _select(s.id, s.definition_id, s.element_id, s.activity_id, process_instance.c.ended_at)
        .select_from(subscription.join(process_instance))
        .where(over)
    )
    held = _jobs().where(over, job.c.kind.in_(HELD))
    return (*_spots(work, held.order_by(job.c.id)), *_spots(work, waits.order_by(s.id)))


def newest(work: Work) -> Mapping[str, datetime]:
    """When the newest rows of each sort say that they were written."""
    asked = {
        "案件": select(func.max(process_instance.c.started_at)).where(process_instance.c.status == "active"),
        "待办": select(func.max(user_task.c.created_at)).where(user_task.c.status == "open"),
        "作业": select(func.max(job.c.created_at)),
    }
    found = {name: work.connection.execute(statement).scalar() for name, statement in asked.items()}
    return {name: at for name, at in found.items() if at is not None}


def definitions_in_use(work: Work) -> tuple[str, ...]:
    """Versions that live cases began with, and versions of open tasks."""
    live = select(process_instance.c.definition_id).where(
        process_instance.c.status.in_(("active", "suspended"))
    )
    shown = select(user_task.c.definition_id).where(user_task.c.status == "open")
    return tuple(sorted(work.connection.execute(live.union(shown)).scalars()))


def damaged_files(work: Work, deployment_id: str) -> tuple[str, ...]:
    """Names of the deployment's files whose content isn't what was deployed."""
    rows = work.connection.execute(
        select(resource.c.name, resource.c.sha256, content.c.bytes)
        .select_from(resource.join(content))
        .where(resource.c.deployment_id == deployment_id)
    )
    return tuple(row.name for row in rows if sha256(row.bytes).hexdigest() != row.sha256)


def live_cases(work: Work) -> Iterator[Case]:
    """All cases that aren't over, a few at a time."""
    last = ""
    i = process_instance.c
    while True:
        statement = select(i.id).where(i.id > last, i.status.in_(("active", "suspended")))
        ids = tuple(work.connection.execute(statement.order_by(i.id).limit(_BATCH)).scalars())
        if not ids:
            return
        yield from (case for one in ids if (case := load(work, one)) is not None)
        last = ids[-1]


def waits(work: Work, instance_id: str) -> Mapping[str, str]:
    """Activity id -> "task", "job" or "subscription", of what an instance has open for its tokens.

    Tasks that no activity stands behind are left out: they belong to another task.
    """
    asked: dict[str, Select[Any]] = {
        "subscription": select(subscription.c.activity_id).where(subscription.c.instance_id == instance_id),
        "job": select(job.c.activity_id).where(job.c.instance_id == instance_id, job.c.kind.in_(HELD)),
        "task": select(user_task.c.id)
        .join(activity_instance, activity_instance.c.id == user_task.c.id)
        .where(
            user_task.c.instance_id == instance_id,
            or_(user_task.c.status == "open", user_task.c.pending.is_not(None)),
        ),
    }
    return {one: kind for kind, rows in asked.items() for one in work.connection.execute(rows).scalars()}


def goes_backwards(work: Work, instance_id: str) -> int | None:
    """The first entry of a record that is older than the one before it."""
    h = history_event.c
    rows = work.connection.execute(
        select(h.seq, h.at).where(h.instance_id == instance_id).order_by(h.seq)
    ).all()
    return next((b.seq for a, b in pairwise(rows) if b.at < a.at), None)


# -- repairs ------------------------------------------------------------------------------------------------


def release(work: Work, job_id: str, now: datetime, far: datetime) -> bool:
    """Give back a job whose lease is over or reaches beyond `far`; False when it isn't so any more."""
    until = job.c.locked_until
    result = work.connection.execute(
        job.update().where(job.c.id == job_id, or_(until <= now, until > far)).values(locked_until=None)
    )
    return result.rowcount == 1


def drop_wait(work: Work, row_id: str) -> bool:
    """Remove a job or subscription; False when it is gone already."""
    rows = [table.delete().where(table.c.id == row_id) for table in (job, subscription)]
    return sum(work.connection.execute(one).rowcount for one in rows) > 0


def drop_waits(work: Work, activity_id: str) -> bool:
    """Remove what an activity waits for; False when it is gone already."""
    held = job.delete().where(job.c.activity_id == activity_id, job.c.kind.in_(HELD))
    waiting = subscription.delete().where(subscription.c.activity_id == activity_id)
    return sum(work.connection.execute(one).rowcount for one in (held, waiting)) > 0


def forget_task(work: Work, task_id: str) -> None:
    """Remove a closed task whose step is still open, so that it can be made anew."""
    for table, key in (
        (task_separation, task_separation.c.task_id),
        (user_task, user_task.c.id),
    ):
        work.connection.execute(table.delete().where(key == task_id))


# -- details ------------------------------------------------------------------------------------------------


def _select(
    id: ColumnElement[Any],
    definition: ColumnElement[Any],
    element: ColumnElement[Any] | str,
    activity: ColumnElement[Any] | str,
    at: ColumnElement[Any],
    text: ColumnElement[Any] | str = "",
) -> Select[Any]:
    return select(
        id.label("id"),
        process_instance.c.id.label("instance_id"),
        process_instance.c.business_key.label("case"),
        definition.label("definition_id"),
        *(
            func.coalesce(value, "").label(name)
            for name, value in (("element_id", element), ("activity_id", activity), ("text", text))
        ),
        at.label("at"),
    )


def _jobs(at: ColumnElement[Any] = job.c.due_at) -> Select[Any]:
    j = job.c
    return _select(j.id, j.definition_id, j.element_id, j.activity_id, at, j.kind).select_from(
        job.join(process_instance)
    )


def _open_task(key: ColumnElement[str], *, by_instance: bool = False) -> ColumnElement[bool]:
    task = user_task.alias("opened")
    column = task.c.instance_id if by_instance else task.c.id
    return exists().where(column == key, or_(task.c.status == "open", task.c.pending.is_not(None)))


def _spots(work: Work, statement: Select[Any]) -> tuple[Spot, ...]:
    rows: Sequence[Any] = work.connection.execute(statement.limit(LIMIT)).all()
    return tuple(
        Spot(r.id, r.instance_id, r.case, r.definition_id, r.element_id, r.activity_id, r.at, r.text)
        for r in rows
    )
