"""Telling people what was done: in the transaction in which it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine import policy
from engine.commands.context import Context, person
from engine.model.notifying import ARRIVED, RETURNED
from engine.model.records import User, UserTask
from engine.store import notices
from engine.store.database import Work
from engine.store.notices import Message
from engine.store.tasks import NewTask


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


def arrived(work: Work, opened: Sequence[NewTask], actor: str, now: datetime, *, back: bool = False) -> None:
    """Tell of new tasks whom they are for, or all to whom they are offered; `back`: they were sent back.

    Who brings a task to himself isn't told, a group that he is in is.
    """
    told = []
    for one in opened:
        task, groups = one.task, list[str]()
        if task.assignee:
            users = [task.assignee]
        elif one.offered_to is not None:
            users = list(one.offered_to)
        else:
            users, groups = list(task.candidate_users), list(task.candidate_groups)
        users = [user for user in users if user != actor or actor == policy.SYSTEM]
        if users or groups:
            kind = RETURNED if back else ARRIVED
            message = Message(task.instance_id, kind, actor, task.name, task.id)
            told.append((message, users, groups))
    notices.tell_each(work, told, now)


def mark_read(context: Context, notice_ids: Sequence[str], *, by: str) -> None:
    """Keep what a person has read of what he was told."""
    with context.database.unit_of_work() as work:
        person(work, by)
        notices.mark_read(work, by, notice_ids, context.clock())
