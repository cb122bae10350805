"""Lists over many instances, with who may see what in the query itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, String, and_, bindparam, exists, func, or_, select

from engine.model.records import ProcessInstance, UserTask
from engine.store.database import Work
from engine.store.instances import SUMMARY, to_instance
from engine.store.sql import contains
from engine.store.tables import (
    activity_instance,
    instance_group,
    membership,
    participant,
    process_definition,
    process_instance,
    task_candidate,
    task_separation,
    user_task,
)
from engine.store.tasks import to_task

Box = Literal["todo", "claimable", "done"]
Id = str | ColumnElement[str]  #: given now or when the statement is run


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; empty values narrow nothing."""

    search: str = ""
    process: str = ""
    status: str = ""
    due: tuple[datetime | None, datetime | None] | None = None  #: from (incl.), to (excl.)
    warned: datetime | None = None  #: past their warning at this instant


@dataclass(frozen=True, slots=True)
class FoundTask:
    """A task with what its row shows of the instance."""

    task: UserTask
    business_key: str
    title: str
    process_name: str
    sent_by: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case with what its row shows."""

    instance: ProcessInstance
    process_name: str


def _groups_of(user: Id) -> Select[Any]:
    return select(membership.c.group_name).where(membership.c.user_id == user)


def _offered(user: Id) -> Select[Any]:
    names, kind = task_candidate.c.name, task_candidate.c.kind
    mine = or_(and_(kind == "user", names == user), and_(kind == "group", names.in_(_groups_of(user))))
    return select(task_candidate.c.task_id).where(mine)


def _separated(user: str) -> Select[Any]:
    """Open tasks that the user must be kept apart from: found from what he did, once, not task by task."""
    task, kept, apart = user_task.c, user_task.alias("kept"), task_separation.c
    done = select(task.instance_id, task.element_id).where(task.completed_by == user).distinct().subquery()
    same_case = done.join(kept, kept.c.instance_id == done.c.instance_id)
    both = same_case.join(
        task_separation, and_(apart.task_id == kept.c.id, apart.element_id == done.c.element_id)
    )
    return select(apart.task_id).select_from(both).where(kept.c.status == "open")


def _in_box(user: str, box: Box) -> ColumnElement[bool]:
    if box == "done":
        return and_(user_task.c.completed_by == user, user_task.c.status == "completed")
    if box == "todo":
        return and_(user_task.c.assignee == user, user_task.c.status == "open")
    return and_(
        user_task.c.status == "open",
        user_task.c.assignee.is_(None),
        user_task.c.id.in_(_offered(user)),
        user_task.c.id.not_in(_separated(user)),
    )


def visible(user: str) -> ColumnElement[bool]:
    """Whether the user may see the row of process_instance: took part, is offered a task, or by group."""
    offered = select(user_task.c.instance_id).where(
        user_task.c.status == "open", user_task.c.id.in_(_offered(user))
    )
    took_part = select(participant.c.instance_id).where(participant.c.user_id == user)
    by_group = select(instance_group.c.instance_id).where(instance_group.c.group_name.in_(_groups_of(user)))
    return process_instance.c.id.in_(took_part.union(by_group, offered))


def may_see(work: Work, instance_id: str, user: str) -> bool:
    """Whether the user may see this instance; the system may see all."""
    if not user:
        return True
    return bool(work.connection.execute(_MAY_SEE, {"instance": instance_id, "user": user}).scalar())


def _sees(instance: ColumnElement[str], user: ColumnElement[str]) -> ColumnElement[bool]:
    """`visible` for one instance: looks only at what belongs to it."""
    took_part = exists().where(participant.c.instance_id == instance, participant.c.user_id == user)
    groups = _groups_of(user)
    by_group = exists().where(
        instance_group.c.instance_id == instance, instance_group.c.group_name.in_(groups)
    )
    offered = exists().where(
        user_task.c.instance_id == instance, user_task.c.status == "open", user_task.c.id.in_(_offered(user))
    )
    return or_(took_part, by_group, offered)


_MAY_SEE = select(_sees(bindparam("instance", type_=String), bindparam("user", type_=String)))


def _tasks() -> Select[Any]:
    return (
        select(
            user_task,
            process_instance.c.business_key,
            process_instance.c.title,
            process_instance.c.properties.label("case_properties"),
            process_definition.c.name.label("process_name"),
        )
        .join(process_instance, process_instance.c.id == user_task.c.instance_id)
        .join(process_definition, process_definition.c.id == process_instance.c.definition_id)
    )


def _narrow(statement: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.search:
        columns = (process_instance.c.business_key, process_instance.c.title, user_task.c.name)
        statement = statement.where(or_(*(contains(column, wanted.search) for column in columns)))
    if wanted.process:
        statement = statement.where(process_instance.c.key == wanted.process)
    if wanted.due:
        first, last = wanted.due
        if first is not None:
            statement = statement.where(user_task.c.due_at >= first)
        if last is not None:
            statement = statement.where(user_task.c.due_at < last)
    if wanted.warned is not None:
        statement = statement.where(user_task.c.warn_at <= wanted.warned)
    return statement


def box(
    work: Work, user: str, box: Box, wanted: Filter, *, offset: int, limit: int
) -> tuple[tuple[FoundTask, ...], int]:
    """A stretch of a user's box by due date (done: newest first), and how many there are in all."""
    statement = _narrow(_tasks().where(_in_box(user, box)), wanted)
    total = _count(work, statement)
    if box == "done":
        statement = statement.order_by(user_task.c.completed_at.desc(), user_task.c.id)
    else:
        statement = statement.order_by(
            user_task.c.due_at.asc().nulls_last(), user_task.c.created_at, user_task.c.id
        )
    rows = work.connection.execute(statement.offset(offset).limit(limit))
    return tuple(_found_task(row) for row in rows), total


def one_task(work: Work, task_id: str) -> FoundTask | None:
    """A task with what its row shows of the instance."""
    row = work.connection.execute(_tasks().where(user_task.c.id == task_id)).first()
    return _found_task(row) if row else None


def count(work: Work, user: str, box: Box, wanted: Filter) -> int:
    """Number of tasks in a user's box."""
    return _count(work, _narrow(_tasks().where(_in_box(user, box)), wanted))


def cases(
    work: Work, user: str, wanted: Filter, *, offset: int, limit: int
) -> tuple[tuple[FoundCase, ...], int]:
    """A stretch of the cases that the user may see, newest first, and how many there are in all."""
    statement = select(*SUMMARY, process_definition.c.name.label("process_name")).join(
        process_definition, process_definition.c.id == process_instance.c.definition_id
    )
    if user:
        statement = statement.where(visible(user))
    if wanted.process:
        statement = statement.where(process_instance.c.key == wanted.process)
    if wanted.status:
        statement = statement.where(process_instance.c.status == wanted.status)
    if wanted.search:
        statement = statement.where(_case_matches(wanted.search))
    total = _count(work, statement)
    ordered = statement.order_by(process_instance.c.started_at.desc(), process_instance.c.id)
    rows = work.connection.execute(ordered.offset(offset).limit(limit))
    return tuple(FoundCase(to_instance(row), row.process_name) for row in rows), total


def _case_matches(text: str) -> ColumnElement[bool]:
    step = select(user_task.c.instance_id).where(
        user_task.c.status == "open", contains(user_task.c.name, text)
    )
    return or_(
        contains(process_instance.c.business_key, text),
        contains(process_instance.c.title, text),
        process_instance.c.id.in_(step),
    )


def open_tasks(work: Work, instance_ids: Sequence[str]) -> Mapping[str, tuple[UserTask, ...]]:
    """Instance id -> open tasks by due date, of these instances."""
    rows = work.connection.execute(
        select(user_task)
        .where(user_task.c.instance_id.in_(instance_ids), user_task.c.status == "open")
        .order_by(user_task.c.due_at.asc().nulls_last(), user_task.c.created_at, user_task.c.id)
    )
    found: dict[str, tuple[UserTask, ...]] = {}
    for row in rows:
        found[row.instance_id] = (*found.get(row.instance_id, ()), to_task(row))
    return found


def active_stages(work: Work, instance_ids: Sequence[str]) -> Mapping[str, str]:
    """Instance id -> name of the call activity of the top-level process that is active now."""
    a = activity_instance.c
    rows = work.connection.execute(
        select(a.instance_id, a.name)
        .join(process_instance, process_instance.c.id == a.instance_id)
        .where(
            a.instance_id.in_(instance_ids),
            a.kind == "callActivity",
            a.status == "active",
            a.definition_id == process_instance.c.definition_id,
        )
        .order_by(a.seq)
    )
    return {row.instance_id: row.name for row in rows}


def _count(work: Work, statement: Select[Any]) -> int:
    inner = statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return int(work.connection.execute(inner).scalar_one())


def _found_task(row: Row[Any]) -> FoundTask:
    return FoundTask(
        task=to_task(row),
        business_key=row.business_key,
        title=row.title,
        process_name=row.process_name,
        sent_by=row.sent_by,
        properties=row.case_properties,
    )
