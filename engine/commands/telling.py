"""Telling people what was done: in the transaction in which it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.commands.context import Context, person
from engine.model.records import User, UserTask
from engine.store import notices
from engine.store.database import Work
from engine.store.notices import Message


def tell(
    work: Work, task: UserTask, kind: str, actor: User, text: str, now: datetime, users: Sequence[str]
) -> None:
    """Tell these persons what the actor did about a task; nobody is told what he did himself."""
    tell_about(work, task.instance_id, kind, actor, text, now, users, task.id)


def tell_about(
    work: Work,
    instance_id: str,
    kind: str,
    actor: User,
    text: str,
    now: datetime,
    users: Sequence[str],
    task_id: str | None = None,
) -> None:
    """Tell these persons what the actor did about a case; nobody is told what he did himself."""
    message = Message(instance_id, kind, actor.id, text, task_id)
    notices.tell(work, message, now, users=[one for one in users if one != actor.id])


def mark_read(context: Context, notice_ids: Sequence[str], *, by: str) -> None:
    """Keep what a person has read of what he was told."""
    with context.database.unit_of_work() as work:
        person(work, by)
        notices.mark_read(work, by, notice_ids, context.clock())
