"""Rows of who has a task's page open, and of the last save of its draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from engine.model.presence import DraftSave
from engine.store.database import Work
from engine.store.sql import upsert
from engine.store.tables import draft_save, presence, user_account


def touch(work: Work, task_id: str, user_id: str, now: datetime) -> None:
    """Note that the user has the task's page open."""
    row = {"task_id": task_id, "user_id": user_id, "seen_at": now}
    made = upsert(work, presence).values(row)
    key = [presence.c.task_id, presence.c.user_id]
    work.connection.execute(made.on_conflict_do_update(index_elements=key, set_={"seen_at": now}))


def others(work: Work, task_id: str, user_id: str, since: datetime) -> tuple[str, ...]:
    """How those are called who had the page open since then, but this user; closed accounts aside."""
    found = (
        select(user_account.c.display)
        .join(presence, presence.c.user_id == user_account.c.id)
        .where(
            presence.c.task_id == task_id,
            presence.c.user_id != user_id,
            presence.c.seen_at > since,
            user_account.c.active,
        )
        .order_by(user_account.c.display)
    )
    return tuple(work.connection.execute(found).scalars())


def forget(work: Work, task_id: str, before: datetime) -> None:
    """Remove what has expired of this task."""
    work.connection.execute(
        delete(presence).where(presence.c.task_id == task_id, presence.c.seen_at <= before)
    )


def note_save(work: Work, saved: DraftSave) -> None:
    """Remember the last save of a task's draft."""
    row = {
        "task_id": saved.task_id,
        "revision": saved.revision,
        "saved_by": saved.saved_by,
        "saved_at": saved.saved_at,
    }
    made = upsert(work, draft_save).values(row)
    later = {name: value for name, value in row.items() if name != "task_id"}
    work.connection.execute(made.on_conflict_do_update(index_elements=[draft_save.c.task_id], set_=later))


def last_save(work: Work, task_id: str) -> DraftSave | None:
    """The last save of a task's draft."""
    found = work.connection.execute(select(draft_save).where(draft_save.c.task_id == task_id)).first()
    return DraftSave(found.task_id, found.revision, found.saved_by, found.saved_at) if found else None
