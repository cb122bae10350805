"""The boxes of a person: every page is one statement that walks an index, however many tasks there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from engine.model.records import UserTask
from engine.store.database import Work
from engine.store.finding import of_tasks
from engine.store.offers import OF_USER, USER
from engine.store.reading import NOW, OPEN, Filter, asking, not_barred, sees, supervised, supervises
from engine.store.sorting import Order, Place
from engine.store.tables import (
    process_definition,
    process_instance,
    task_separation,
    user_account,
    user_task,
)
from engine.store.tasks import to_task

Box = Literal["todo", "claimable", "done", "supervised"]
Name = TypeVar("Name", bound=str)


@dataclass(frozen=True, slots=True)
class Asked:
    """A box as it is asked for; `today` is the end of this day, before which a task counts as pressing."""

    user: str
    box: Box
    wanted: Filter
    order: Order
    today: datetime
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class FoundTask:
    """A task with what its row shows of the instance, and its place in its box."""

    task: UserTask
    business_key: str
    title: str
    process_name: str
    sent_by: str  #: as people are shown
    properties: Mapping[str, str]
    place: Place
    suspended_at: datetime | None  #: since when its case rests


def page(work: Work, asked: Asked, limit: int) -> tuple[FoundTask, ...]:
    """The next tasks of a user's box behind a place."""
    order = asked.order
    some = _some(work, asked, limit).subquery()
    found = select(some).order_by(*order.by(some)).limit(_known(limit)).subquery()
    statement = _tasks().join(found, found.c.id == user_task.c.id).order_by(*order.by(user_task))
    rows = work.connection.execute(statement, asking(work, asked.user))
    return tuple(_found_task(row, order.place(row)) for row in rows)


def one_task(work: Work, task_id: str) -> FoundTask | None:
    """A task with what its row shows of the instance."""
    row = work.connection.execute(_tasks().where(user_task.c.id == task_id)).first()
    return _found_task(row, ()) if row else None


def some_tasks(work: Work, user: str, ids: Collection[str]) -> tuple[FoundTask, ...]:
    """Those of these tasks whose case the user may see."""
    statement = _tasks().where(user_task.c.id.in_(ids), sees(user_task.c.instance_id))
    rows = work.connection.execute(statement, asking(work, user)) if ids else ()
    return tuple(_found_task(row, ()) for row in rows)


def count(
    work: Work,
    user: str,
    wanted: Mapping[Name, Asked],
    most: int,
    others: Mapping[Name, Select[Any]] | None = None,
) -> Mapping[Name, int]:
    """How many rows there are of each kind that is asked for, counted up to `most`, by one statement."""
    others = others or {}
    some = [*(_some(work, one, most) for one in wanted.values()), *others.values()]
    counted = [
        select(func.count()).select_from(one.limit(_known(most)).subquery()).scalar_subquery() for one in some
    ]
    found = work.connection.execute(select(*counted), asking(work, user)).one()
    return dict(zip((*wanted, *others), found, strict=True))


def _some(work: Work, asked: Asked, limit: int) -> Select[Any]:
    """Tasks of a box, the first ones behind a place among them, with the columns that they are ordered by.

    What is offered is walked for each set of candidates by itself, since only then an index gives the order;
    for the same reason what is due and what is to be due soon are walked apart.
    """
    if asked.box == "supervised":
        walks = [_stretch(asked, one, limit).subquery() for one in _pressing(asked)]
        both = union_all(*(select(one) for one in walks)).subquery()
        return select(both)
    if asked.box != "claimable":
        return _stretch(asked, _in_box(asked), limit)
    mine = OF_USER.distinct().subquery("mine")
    offered = and_(user_task.c.offer_id == mine.c.id, _claimable(asked.user))
    stretch = _stretch(asked, offered, limit).correlate(mine)
    if work.connection.dialect.name == "postgresql":
        each = stretch.lateral()
        return select(*each.c).select_from(mine.join(each, true()))
    task = user_task.alias()
    of_stretch = task.c.id.in_(stretch.with_only_columns(user_task.c.id))
    return select(*asked.order.columns(task)).select_from(mine.join(task, of_stretch))


def _stretch(asked: Asked, inside: ColumnElement[bool], limit: int) -> Select[Any]:
    order = asked.order
    statement = _narrow(select(*order.columns(user_task)).where(inside), asked.wanted)
    if asked.after:
        statement = statement.where(order.behind(user_task, asked.after))
    return statement.order_by(*order.by(user_task)).limit(_known(limit))


def _known(limit: int) -> ColumnElement[int]:
    """The limit as it stands in the text: PostgreSQL's plan for all parameters would reckon with a tenth."""
    return literal_column(str(int(limit)))


def _in_box(asked: Asked) -> ColumnElement[bool]:
    if asked.box == "done":
        completed = user_task.c.status == literal_column("'completed'")
        return and_(user_task.c.completed_by == asked.user, completed, sees(user_task.c.instance_id))
    return and_(user_task.c.assignee == asked.user, OPEN, _free())


def _pressing(asked: Asked) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Others' tasks in cases that `user` supervises: due by the end of today, and warned of but due later."""
    task, case = user_task.c, process_instance.alias().c
    rests = exists().where(case.id == task.instance_id, case.suspended_at.is_not(None))
    others = or_(task.assignee.is_(None), task.assignee != USER)
    theirs = and_(OPEN, supervises(), supervised(task.instance_id), others, ~rests)
    due = and_(theirs, task.due_at.is_not(None), task.due_or_never < asked.today)
    soon = and_(theirs, task.warn_at.is_not(None), task.warn_at <= NOW, task.due_or_never >= asked.today)
    return due, soon


def _claimable(user: str) -> ColumnElement[bool]:
    return and_(OPEN, user_task.c.assignee.is_(None), _steps_apart(user) < 1, _free())


def _free() -> ColumnElement[bool]:
    """Whether nothing keeps `user` from having tasks of the case."""
    return not_barred(user_task.c.instance_id, tasks=True)


def within(work: Work, user: str, task_ids: Sequence[str]) -> Mapping[str, bool]:
    """Those of these tasks that the user has, or may claim -> whether he has them."""
    if not task_ids:
        return {}
    mine = or_(user_task.c.assignee == user, and_(user_task.c.offer_id.in_(OF_USER), _claimable(user)))
    task = user_task.c
    statement = select(task.id, task.assignee).where(task.id.in_(task_ids), OPEN, _free(), mine)
    return {row.id: row.assignee == user for row in work.connection.execute(statement, asking(work, user))}


def _steps_apart(user: str) -> ColumnElement[int]:
    """How many steps the user did that the task must be kept apart from.

    A number rather than EXISTS, which PostgreSQL would join to all that anybody is kept apart from.
    """
    done, apart = user_task.alias("done").c, task_separation.c
    same_case = and_(done.instance_id == user_task.c.instance_id, done.element_id == apart.element_id)
    did = exists().where(same_case, done.completed_by == user).correlate(user_task, task_separation)
    return (
        select(func.count())
        .where(apart.task_id == user_task.c.id, did)
        .correlate(user_task)
        .scalar_subquery()
    )


def _tasks() -> Select[Any]:
    sender = func.coalesce(user_account.c.display, user_task.c.sent_by)
    return (
        select(
            user_task,
            process_instance.c.business_key,
            process_instance.c.title,
            process_instance.c.suspended_at,
            process_instance.c.properties.label("case_properties"),
            process_definition.c.name.label("process_name"),
            sender.label("sender"),
        )
        .join(process_instance, process_instance.c.id == user_task.c.instance_id)
        .join(process_definition, process_definition.c.id == process_instance.c.definition_id)
        .outerjoin(user_account, user_account.c.id == user_task.c.sent_by)
    )


def _narrow(statement: Select[Any], wanted: Filter) -> Select[Any]:
    case = process_instance.c
    pressing = wanted.due is not None or wanted.warned is not None
    if wanted.process or pressing:
        statement = statement.join(process_instance, case.id == user_task.c.instance_id)
    if pressing:
        statement = statement.where(case.suspended_at.is_(None))  # clocks stand still
    if wanted.process:
        statement = statement.where(case.key == wanted.process)
    first, last = wanted.due or (None, None)
    if first is not None:
        statement = statement.where(user_task.c.due_or_never >= first)
    if last is not None:
        statement = statement.where(user_task.c.due_or_never < last)
    if wanted.warned is not None:
        statement = statement.where(user_task.c.warn_at <= wanted.warned)
    return statement.where(*of_tasks(wanted.more)) if wanted.more else statement


def _found_task(row: Row[Any], place: Place) -> FoundTask:
    return FoundTask(
        task=to_task(row),
        business_key=row.business_key,
        title=row.title,
        process_name=row.process_name,
        sent_by=row.sender,
        properties=row.case_properties,
        place=place,
        suspended_at=row.suspended_at,
    )
