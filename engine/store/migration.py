"""Instances that run a version, and pointing all that is open for them at another one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Text, and_, or_, select, type_coerce

from engine.model.execution import JsonObject, OpenedJob, OpenedSubscription, OpenedTask
from engine.model.migration import Moved
from engine.model.records import UserTask
from engine.store import finding, offers, tasks
from engine.store.database import Work
from engine.store.instances import Bindings
from engine.store.sql import contains, insert
from engine.store.tables import (
    activity_instance,
    incident,
    job,
    legal_clock,
    process_instance,
    subscription,
    task_separation,
    user_task,
)


def bound_to(work: Work, definition_id: str) -> tuple[str, ...]:
    """Live instances of this version, or that may call it, oldest first."""
    i = process_instance.c
    named = contains(type_coerce(i.bindings, Text), f'"{definition_id}"')
    statement = select(i.id).where(
        i.status.in_(("active", "suspended")), or_(i.definition_id == definition_id, named)
    )
    return tuple(work.connection.execute(statement.order_by(i.started_at, i.id)).scalars())


def rebind(work: Work, instance_id: str, definition_id: str, bindings: Bindings) -> None:
    """The versions that an instance runs from now on."""
    work.connection.execute(
        process_instance.update()
        .where(process_instance.c.id == instance_id)
        .values(definition_id=definition_id, bindings=bindings.to_json())
    )


def repoint(work: Work, moved: Iterable[Moved]) -> None:
    """Let activities and what is open for them belong to their elements of the other version."""
    for one in moved:
        place = {"definition_id": one.definition_id, "element_id": one.element_id}
        _update(work, activity_instance, one, **place, kind=one.kind, name=one.name)
        _repoint_task(work, one, place)
        clock = legal_clock.update().where(legal_clock.c.id == one.activity_id)
        work.connection.execute(clock.values(**place, name=one.name or one.element_id))
        topic = {"topic": one.opened.topic} if isinstance(one.opened, OpenedJob) and one.opened.topic else {}
        mine = select(job.c.id).where(job.c.activity_id == one.activity_id)
        told = incident.update().where(incident.c.job_id.in_(mine), incident.c.resolved_at.is_(None))
        work.connection.execute(told.values(element_id=one.element_id))
        _update(work, job, one, **place, **topic)
        _update(work, subscription, one, **place)


def ended(work: Work, one: Moved) -> bool:
    """End the wait for a message that the other version calls otherwise, so that it can begin anew."""
    if not isinstance(one.opened, OpenedSubscription):
        return False
    s, opened = subscription.c, one.opened
    same = and_(s.message == opened.message, s.correlation.is_not_distinct_from(opened.correlation))
    other = subscription.delete().where(s.activity_id == one.activity_id, ~same)
    return work.connection.execute(other).rowcount > 0


def _update(work: Work, table: Any, one: Moved, **values: Any) -> None:
    key = table.c.id if table is activity_instance else table.c.activity_id
    work.connection.execute(table.update().where(key == one.activity_id).values(**values))


def _repoint_task(work: Work, one: Moved, place: JsonObject) -> None:
    """Name, form and properties as the other version says; who has it keeps it, and its due date stays."""
    t = user_task.c
    if not isinstance(one.opened, OpenedTask):
        return
    task = tasks.get(work, one.activity_id)
    if task is None or (task.status != "open" and task.pending is None):
        return
    opened = one.opened
    finding.know_steps(work, [opened.name])
    values: JsonObject = {
        **place,
        "name": opened.name,
        "lane": opened.lane,
        "form_ref": opened.form_ref,
        "priority": opened.priority,
        "properties": dict(opened.properties),
        "revision": t.revision + 1,
    }
    alone = select(t.parts).where(t.id == task.id, t.assignee.is_(None), t.owner.is_(None), t.parts == 0)
    if one.reassigned and work.connection.execute(alone).first() is not None:
        values |= _offered(work, task, opened)
    work.connection.execute(user_task.update().where(t.id == one.activity_id).values(**values))
    work.connection.execute(user_task.update().where(t.part_of == one.activity_id).values(**place))
    _separate(work, opened)


def _offered(work: Work, task: UserTask, opened: OpenedTask) -> JsonObject:
    """Offer a task that nobody has to whom the other version names."""
    groups, users = opened.candidate_groups, opened.candidate_users
    task = replace(task, candidate_groups=groups, candidate_users=users)
    offers.add(work, [task])
    return {
        "candidate_groups": list(groups),
        "candidate_users": list(users),
        "offer_id": offers.offer_id(task),
        "assignee": opened.assignee,
    }


def _separate(work: Work, opened: OpenedTask) -> None:
    work.connection.execute(task_separation.delete().where(task_separation.c.task_id == opened.activity_id))
    named = {one.strip() for one in opened.properties.get("separateFrom", "").split(",")}
    rows = [{"task_id": opened.activity_id, "element_id": one} for one in sorted(named) if one]
    insert(work, task_separation, rows)
