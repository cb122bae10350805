"""Who has a task's page open, and who saved its draft."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, PrimaryKeyConstraint, String, Table

from engine.store.tables.columns import at_, metadata, number_

presence = Table(
    "presence",
    metadata,
    Column("task_id", ForeignKey("user_task.id"), nullable=False),
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    at_("seen_at"),
    PrimaryKeyConstraint("task_id", "user_id"),
)

# The save that made the task's revision: whoever saves over an older one is told of it.
draft_save = Table(
    "draft_save",
    metadata,
    Column("task_id", ForeignKey("user_task.id"), primary_key=True),
    number_("revision"),
    Column("saved_by", String(200), nullable=False),
    at_("saved_at"),
)
