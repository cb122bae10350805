"""Lists over many instances, with who may see what in the query itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from engine.model.records import ProcessInstance, UserTask
from engine.store.database import Work
from engine.store.finding import Finding, of_cases
from engine.store.instances import SUMMARY, to_instance
from engine.store.offers import OF_USER, USER
from engine.store.tables import (
    Instant,
    activity_instance,
    case_role,
    instance_group,
    membership,
    participant,
    process_definition,
    process_instance,
    user_task,
)
from engine.store.tasks import to_task

OPEN = user_task.c.status == literal_column("'open'")  #: as the conditions of its indexes say it
NOW = bindparam("now", type_=Instant)
_GROUPS = select(membership.c.group_name).where(membership.c.user_id == USER)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; empty values narrow nothing."""

    process: str = ""
    status: str = ""
    due: tuple[datetime | None, datetime | None] | None = None  #: from (incl.), to (excl.)
    warned: datetime | None = None  #: past their warning at this instant
    more: Finding | None = None


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case with what its row shows."""

    instance: ProcessInstance
    process_name: str


def _visible() -> ColumnElement[bool]:
    """Whether `user` may see the row of process_instance: took part, is offered a task, or by group."""
    offered = select(user_task.c.instance_id).where(OPEN, user_task.c.offer_id.in_(OF_USER))
    part, group = participant.c, instance_group.c
    took_part = select(part.instance_id).where(part.user_id == USER, part.seen, _lasts())
    by_group = select(group.instance_id).where(group.group_name.in_(_GROUPS), group.seen)
    case = process_instance.c.id
    return and_(case.in_(took_part.union(by_group, offered)), not_barred(case))


def sees(instance: ColumnElement[str]) -> ColumnElement[bool]:
    """`_visible` for one instance: looks only at what belongs to it."""
    task, group, part = user_task.alias(), instance_group.c, participant.c
    took_part = exists().where(part.instance_id == instance, part.user_id == USER, part.seen, _lasts())
    by_group = exists().where(group.instance_id == instance, group.seen, group.group_name.in_(_GROUPS))
    is_open = task.c.status == literal_column("'open'")
    offered = exists().where(task.c.instance_id == instance, is_open, task.c.offer_id.in_(OF_USER))
    return and_(or_(took_part, by_group, offered), not_barred(instance))


def not_barred(instance: ColumnElement[str], *, tasks: bool = False) -> ColumnElement[bool]:
    """Whether nothing keeps `user` from seeing this instance, or (`tasks`) from having its tasks."""
    role = case_role.c
    bars = ("all", "tasks") if tasks else ("all",)
    mine = (role.user_id == USER, role.status == literal_column("'active'"), role.bars.in_(bars))
    return instance.not_in(select(role.instance_id).where(*mine))


def supervised(instance: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether `user` is in a group that sees all cases of the instance's process, and its grade lets them."""
    group = instance_group.c
    theirs = select(group.instance_id).where(group.group_name.in_(_GROUPS), group.seen)
    return and_(instance.in_(theirs), not_barred(instance))


def supervises() -> ColumnElement[bool]:
    """Whether there is any such instance: asked once in a statement, before it looks for them."""
    group = instance_group.alias()
    return exists(select(group.c.instance_id).where(group.c.group_name.in_(_GROUPS))).correlate(None)


def supervising() -> Select[Any]:
    """A row if `user` supervises anything at all."""
    return select(literal_column("1")).where(supervises())


def _lasts() -> ColumnElement[bool]:
    return or_(participant.c.until.is_(None), participant.c.until > NOW)


def asking(work: Work, user: str) -> dict[str, object]:
    """What a query must be given that asks whether this user may see something."""
    return {"user": user, "now": work.clock()}


_MAY_SEE = select(sees(bindparam("instance", type_=String)))


def may_see(work: Work, instance_id: str, user: str) -> bool:
    """Whether the user may see this instance; the system may see all."""
    if not user:
        return True
    asked = {"instance": instance_id, **asking(work, user)}
    return bool(work.connection.execute(_MAY_SEE, asked).scalar())


def only_reads(work: Work, instance_id: str, user: str) -> bool:
    """Whether the user sees this instance only since he got a copy or was given access."""
    part, group, task = participant.c, instance_group.c, user_task.c
    mine = (part.instance_id == instance_id, part.user_id == USER)
    given = exists().where(*mine, part.role.in_(("copy", "access")), part.seen, _lasts())
    takes_part = exists().where(*mine, part.role.in_(("part", "team")), part.seen)
    by_group = exists().where(group.instance_id == instance_id, group.group_name.in_(_GROUPS), group.seen)
    offered = exists().where(
        task.instance_id == instance_id, task.status == "open", task.offer_id.in_(OF_USER)
    )
    statement = select(and_(given, not_(or_(takes_part, by_group, offered))))
    found = work.connection.execute(statement, asking(work, user))
    return bool(found.scalar())


def cases(
    work: Work, user: str, wanted: Filter, *, offset: int, limit: int
) -> tuple[tuple[FoundCase, ...], int]:
    """A stretch of the cases that the user may see, newest first, and how many there are in all."""
    statement = _cases(user, wanted)
    total = work.connection.execute(_counting(statement), asking(work, user)).scalar_one()
    ordered = statement.order_by(process_instance.c.started_at.desc(), process_instance.c.id)
    rows = work.connection.execute(ordered.offset(offset).limit(limit), asking(work, user))
    return tuple(FoundCase(to_instance(row), row.process_name) for row in rows), total


def count_cases(work: Work, user: str, wanted: Sequence[Filter], most: int) -> tuple[int, ...]:
    """How many cases there are for each of these, counted up to `most`, by one statement."""
    some = (_cases(user, one).with_only_columns(process_instance.c.id).limit(most) for one in wanted)
    counted = [select(func.count()).select_from(one.subquery()).scalar_subquery() for one in some]
    return tuple(work.connection.execute(select(*counted), asking(work, user)).one()) if counted else ()


def _cases(user: str, wanted: Filter) -> Select[Any]:
    """The cases that the user may see, narrowed; the system sees all."""
    statement = select(*SUMMARY, process_definition.c.name.label("process_name")).join(
        process_definition, process_definition.c.id == process_instance.c.definition_id
    )
    if user:
        statement = statement.where(_visible())
    if wanted.process:
        statement = statement.where(process_instance.c.key == wanted.process)
    if wanted.status:
        statement = statement.where(process_instance.c.status == wanted.status)
    if wanted.more:
        pressing = wanted.due is not None or wanted.warned is not None
        due = (*(wanted.due or (None, None)), wanted.warned) if pressing else None
        statement = statement.where(*of_cases(wanted.more, due))
    return statement


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


def _counting(statement: Select[Any]) -> Select[Any]:
    return statement.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
