"""What stays: the history of cases, their documents, what was told and published, numbers given."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, text

from engine.store.tables.audit import HASH
from engine.store.tables.columns import at_, id_, json_, metadata, number_, of_instance, text_

_WAITS = "dispatched_at IS NULL"  #: for who is to get it by mail or webhook to be found

document = Table(
    "document",
    metadata,
    id_(),
    of_instance(index=True),
    text_("activity_id", null=True),
    text_("name"),
    text_("media_type"),
    number_("size"),
    Column("sha256", ForeignKey("content.sha256"), nullable=False),
    at_("created_at"),
    text_("created_by"),
)

history_event = Table(
    "history_event",
    metadata,
    of_instance(),
    number_("seq"),
    at_("at"),
    text_("actor"),
    text_("kind"),
    text_("activity_id", null=True),
    json_("data"),
    Column("hash", HASH, nullable=False),
    text_("origin"),
    text_("on_behalf_of"),
    PrimaryKeyConstraint("instance_id", "seq"),
    Index(None, "at", postgresql_using="brin"),
)

series = Table(
    "series",
    metadata,
    text_("pattern"),
    number_("year"),
    number_("value"),
    PrimaryKeyConstraint("pattern", "year"),
)

notification = Table(
    "notification",
    metadata,
    id_(),
    of_instance(),
    text_("group_name", null=True),
    text_("user_id", null=True),
    text_("kind"),
    text_("actor"),
    text_("task_id", null=True),
    text_("text"),
    at_("created_at"),
    text_("on_behalf_of", null=True),
    at_("dispatched_at", null=True),
    Index(None, "group_name", "created_at"),
    Index(None, "user_id", "created_at"),
    Index(None, "task_id", "kind", "actor"),
    Index("ix_notification_waiting", "created_at", sqlite_where=text(_WAITS), postgresql_where=text(_WAITS)),
)

notification_read = Table(
    "notification_read",
    metadata,
    Column("notification_id", ForeignKey("notification.id"), nullable=False),
    text_("user_id"),
    at_("at"),
    PrimaryKeyConstraint("notification_id", "user_id"),
)

case_copy = Table(
    "case_copy",
    metadata,
    id_(),
    of_instance(index=True),
    text_("task_id", null=True),
    text_("user_id"),
    text_("sent_by"),
    text_("note"),
    at_("created_at"),
    at_("read_at", null=True),
    Column("asked", Boolean, nullable=False),
    at_("confirmed_at", null=True),
    text_("remark"),
    Index("ix_case_copy_received", "user_id", "created_at", "id"),
    Index("ix_case_copy_received_from", "user_id", "sent_by", "created_at", "id"),
)

publication = Table(
    "publication",
    metadata,
    id_(),
    of_instance(),
    text_("title"),
    text_("body"),
    at_("created_at"),
)
