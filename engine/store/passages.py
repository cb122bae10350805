"""What has passed in a case: who completed which user task, what moved it, what came of a task."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from engine.model.moving import Passage
from engine.model.records import UserTask
from engine.store.database import Work
from engine.store.tables import activity_instance, history_event, user_task

MOVES = ("task.sent_back", "task.taken_back", "instance.jumped")


def passages(work: Work, instance_id: str) -> tuple[Passage, ...]:
    """The user tasks of a case that were completed, in the order of the record."""
    task, activity, event = user_task.c, activity_instance.c, history_event.c
    told = and_(
        event.instance_id == instance_id, event.activity_id == task.id, event.kind == "task.completed"
    )
    rows = work.connection.execute(
        select(task.id, task.definition_id, task.element_id, task.name, activity.parent_id)
        .add_columns(task.completed_by, task.completed_at, event.seq)
        .select_from(user_task.join(activity_instance, activity.id == task.id).join(history_event, told))
        .where(task.instance_id == instance_id, task.status == "completed", task.part.is_(None))
        .where(activity.status == "completed")
        .order_by(event.seq)
    )
    return tuple(
        Passage(
            row.id,
            row.definition_id,
            row.element_id,
            row.name,
            row.parent_id and row.parent_id.removeprefix(f"{instance_id}-"),
            row.completed_by,
            row.completed_at,
            row.seq,
        )
        for row in rows
    )


def last_move(work: Work, instance_id: str) -> int:
    """The number of the entry that last moved the case against its flows; 0 for none."""
    event = history_event.c
    statement = select(func.max(event.seq)).where(event.instance_id == instance_id, event.kind.in_(MOVES))
    return work.connection.execute(statement).scalar() or 0


def sent_back_by(work: Work, task: UserTask) -> str:
    """Who has sent this task back, or ""."""
    event = history_event.c
    statement = select(event.actor).where(
        event.instance_id == task.instance_id, event.activity_id == task.id, event.kind == "task.sent_back"
    )
    return work.connection.execute(statement).scalar() or ""
