"""What goes out of the house about notifications: mails and calls of webhooks, each until it has arrived."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, UniqueConstraint, text

from engine.store.tables.columns import at_, id_, json_, metadata, number_, text_

_OPEN = "status = 'waiting'"

# One notification to one target: a person by mail, or a webhook. What is sent together shares its `batch`.
delivery = Table(
    "delivery",
    metadata,
    id_(),
    Column("notification_id", ForeignKey("notification.id"), nullable=False),
    text_("channel"),
    text_("target"),
    text_("batch", null=True),
    text_("status"),
    at_("due_at"),
    number_("attempts"),
    at_("locked_until", null=True),
    at_("created_at"),
    at_("done_at", null=True),
    text_("failure"),
    UniqueConstraint("notification_id", "channel", "target"),
    Index("ix_delivery_due", "due_at", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
    Index(None, "target", "created_at"),
)

webhook = Table(
    "webhook",
    metadata,
    id_(),
    text_("url"),
    text_("secret"),
    json_("kinds"),
    text_("process"),
    Column("active", Boolean, nullable=False),
    text_("made_by"),
    at_("made_at"),
    text_("note"),
)
