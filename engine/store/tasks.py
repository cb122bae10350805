"""User tasks, and who may take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from engine.errors import LostRace
from engine.model.chain import Entry
from engine.model.execution import JsonObject
from engine.model.records import UserTask
from engine.store import finding, offers
from engine.store.database import Work
from engine.store.sql import insert, run
from engine.store.tables import activity_instance, process_instance, task_separation, user_task


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be kept."""

    task: UserTask
    sent_by: str
    separate_from: tuple[str, ...]  #: element ids whose completer must not do it
    entries: tuple[Entry, ...] = ()  #: what the record says of how it was assigned
    offered_to: tuple[str, ...] | None = None  #: the only ones of its candidates who are offered it

    def offer(self) -> UserTask:
        """The task with whom it is offered to as its candidates."""
        if self.offered_to is None:
            return self.task
        return replace(self.task, candidate_groups=(), candidate_users=self.offered_to)


_NUMBER = select(func.substr(process_instance.c.business_key, 1, 100)).where(
    process_instance.c.id == bindparam("of_case")
)
_INSERT = user_task.insert().values(case_number=_NUMBER.scalar_subquery())  # the number stays as it is


def add(work: Work, new: Sequence[NewTask]) -> None:
    """Keep open tasks with their candidates."""
    offers.add(work, [one.offer() for one in new])
    finding.know_steps(work, (one.task.name for one in new))
    run(work, _INSERT, [_row(one) | {"of_case": one.task.instance_id} for one in new])
    separations = [
        {"task_id": one.task.id, "element_id": element}
        for one in new
        for element in sorted(set(one.separate_from))
    ]
    insert(work, task_separation, separations)


_ONE = select(user_task).where(user_task.c.id == bindparam("id"))


def get(work: Work, task_id: str) -> UserTask | None:
    """A task in any state."""
    row = work.connection.execute(_ONE, {"id": task_id}).first()
    return to_task(row) if row else None


def of_instance(
    work: Work, instance_id: str, status: str | None = None, *, parts: bool = False
) -> tuple[UserTask, ...]:
    """An instance's tasks in the order in which they opened; `parts`: with those that have no token."""
    statement = select(user_task).where(user_task.c.instance_id == instance_id)
    if not parts:
        statement = statement.where(user_task.c.part_of.is_(None))
    if status:
        statement = statement.where(user_task.c.status == status)
    rows = work.connection.execute(statement.order_by(user_task.c.created_at, user_task.c.id))
    return tuple(to_task(row) for row in rows)


_CHANGE = user_task.update().where(
    user_task.c.id == bindparam("of"),
    user_task.c.revision == bindparam("before"),
    user_task.c.status == "open",
)


def change(work: Work, task: UserTask, **values: Any) -> UserTask:
    """Change an open task, one revision up; LostRace when it was changed or closed meanwhile."""
    given = {"of": task.id, "before": task.revision, "revision": task.revision + 1, **values}
    if work.connection.execute(_CHANGE, given).rowcount != 1:
        raise LostRace
    return replace(task, revision=task.revision + 1, **values)


def complete(work: Work, task: UserTask, user_id: str, now: datetime, **more: Any) -> UserTask:
    """Close a task as done by this user; `more` are other columns to be changed with it."""
    return change(work, task, status="completed", completed_at=now, completed_by=user_id, draft=None, **more)


def parts(work: Work, task_id: str) -> tuple[UserTask, ...]:
    """A task's parts in the order in which they were made."""
    mine = select(user_task).where(user_task.c.part_of == task_id)
    rows = work.connection.execute(mine.order_by(func.length(user_task.c.id), user_task.c.id))
    return tuple(to_task(row) for row in rows)


def open_parts(work: Work, task_id: str, now: datetime) -> None:
    """Open the parts of a task whose turn has come."""
    work.connection.execute(
        user_task.update()
        .where(user_task.c.part_of == task_id, user_task.c.status == "waiting")
        .values(status="open", created_at=now, revision=user_task.c.revision + 1)
    )


def settle(work: Work, task_id: str) -> None:
    """A task's submitted values don't wait for signers any more."""
    work.connection.execute(user_task.update().where(user_task.c.id == task_id).values(pending=None))


def cancel(work: Work, activity_ids: Sequence[str]) -> tuple[UserTask, ...]:
    """Close the open tasks of these activities without result, with their parts; gives the tasks closed."""
    if not activity_ids:
        return ()
    found = user_task.c
    mine = or_(found.id.in_(activity_ids), found.part_of.in_(activity_ids))
    live = or_(found.status.in_(("open", "waiting")), found.pending.is_not(None))
    concerned = [to_task(row) for row in work.connection.execute(select(user_task).where(mine, live))]
    for task in concerned:
        if task.pending is not None:
            settle(work, task.id)
    closed = tuple(task for task in concerned if task.status != "completed")
    ids = [task.id for task in closed]
    work.connection.execute(
        user_task.update()
        .where(found.id.in_(ids), found.status.in_(("open", "waiting")))
        .values(status="cancelled", draft=None, revision=found.revision + 1)
    )
    return closed


def set_due(work: Work, task: UserTask, due_at: datetime, warn_at: datetime | None) -> None:
    """Let a live task be due at another time; its page stays fresh."""
    work.connection.execute(
        user_task.update().where(user_task.c.id == task.id).values(due_at=due_at, warn_at=warn_at)
    )


def separated(work: Work, task: UserTask) -> frozenset[str]:
    """Users who did, or in whose stead was done, a step that this task must be kept apart from."""
    if not task.properties.get("separateFrom"):
        return frozenset()
    done, apart = user_task.c, task_separation.c
    rows = work.connection.execute(
        select(done.completed_by, done.on_behalf_of)
        .join(task_separation, apart.element_id == done.element_id)
        .where(
            apart.task_id == task.id,
            done.instance_id == task.instance_id,
            done.completed_by.is_not(None),
        )
    )
    return frozenset(one for row in rows for one in row if one is not None)


def separations(work: Work, task_id: str) -> tuple[str, ...]:
    """Element ids that this task must be kept apart from."""
    rows = work.connection.execute(
        select(task_separation.c.element_id).where(task_separation.c.task_id == task_id)
    )
    return tuple(rows.scalars())


def last_completer(work: Work, instance_id: str, element_id: str | None = None) -> str:
    """Who completed the newest done task of the instance (of this element), or ""."""
    done, activity = user_task.c, activity_instance.c
    statement = (
        select(done.completed_by)
        .join(activity_instance, activity.id == done.id)
        .where(done.instance_id == instance_id, done.status == "completed")
        .order_by(done.completed_at.desc(), activity.seq.desc())
        .limit(1)
    )
    if element_id:
        statement = statement.where(done.element_id == element_id)
    return work.connection.execute(statement).scalar() or ""


def doers(work: Work, instance_id: str, *element_ids: str) -> frozenset[str]:
    """Everybody who has completed one of these steps of the instance, or in whose stead it was."""
    done = user_task.c
    statement = select(done.completed_by, done.on_behalf_of).where(
        done.instance_id == instance_id, done.element_id.in_(element_ids), done.completed_by.is_not(None)
    )
    rows = work.connection.execute(statement) if element_ids else ()
    return frozenset(one for row in rows for one in row if one is not None)


def _row(new: NewTask) -> JsonObject:
    task = new.task
    return {
        "id": task.id,
        "instance_id": task.instance_id,
        "definition_id": task.definition_id,
        "element_id": task.element_id,
        "name": task.name,
        "lane": task.lane,
        "assignee": task.assignee,
        "candidate_groups": list(task.candidate_groups),
        "candidate_users": list(task.candidate_users),
        "form_ref": task.form_ref,
        "priority": task.priority,
        "created_at": task.created_at,
        "due_at": task.due_at,
        "warn_at": task.warn_at,
        "clock": task.clock,
        "clock_basis": task.clock_basis,
        "status": task.status,
        "completed_at": task.completed_at,
        "completed_by": task.completed_by,
        "revision": task.revision,
        "properties": dict(task.properties),
        "local": task.local,
        "draft": None,
        "sent_by": new.sent_by,
        "owner": None,
        "handed": task.handed,
        "on_behalf_of": task.on_behalf_of,
        "part_of": task.part_of,
        "part": task.part,
        "opinion": task.opinion,
        "pending": None,
        "parts": 0,
        "clock_note": task.clock_note,
        "offer_id": offers.offer_id(new.offer()),
    }


def to_task(row: Any) -> UserTask:
    """A row of user_task as a value."""
    return UserTask(
        id=row.id,
        instance_id=row.instance_id,
        definition_id=row.definition_id,
        element_id=row.element_id,
        name=row.name,
        lane=row.lane,
        assignee=row.assignee,
        candidate_groups=tuple(row.candidate_groups),
        candidate_users=tuple(row.candidate_users),
        form_ref=row.form_ref,
        priority=row.priority,
        created_at=row.created_at,
        due_at=row.due_at,
        warn_at=row.warn_at,
        clock=row.clock,
        clock_basis=row.clock_basis,
        status=row.status,
        completed_at=row.completed_at,
        completed_by=row.completed_by,
        revision=row.revision,
        properties=row.properties,
        local=row.local,
        draft=row.draft,
        owner=row.owner,
        handed=row.handed,
        on_behalf_of=row.on_behalf_of,
        part_of=row.part_of,
        part=row.part,
        opinion=row.opinion,
        pending=row.pending,
        parts=row.parts,
        clock_note=row.clock_note,
    )
