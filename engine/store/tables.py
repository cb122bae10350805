"""The tables. Instants are aware UTC; JSON keeps its key order; files are stored once per content.

Activity ids are unique in the database here; a user task has its activity's id.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NEVER = "9999-12-31T00:00:00.000000+00:00"  #: stands for "no due date" where tasks are ordered


class Instant(TypeDecorator[datetime]):
    """An aware instant; on SQLite as sortable text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, which has no instants."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To UTC, in one fixed width."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """To aware UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def compact(value: Any) -> str:
    """JSON text without blanks, keys in their order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Json(TypeDecorator[Any]):
    """A JSON value as text: key order survives, on both databases alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To compact JSON."""
        return None if value is None else compact(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From JSON."""
        return None if value is None else json.loads(value)


def _id(name: str = "id", **kwargs: Any) -> Column[str]:
    return Column(name, String(200), primary_key=True, **kwargs)


def _of_instance(**kwargs: Any) -> Column[str]:
    return Column("instance_id", ForeignKey("process_instance.id"), nullable=False, **kwargs)


def _text(name: str, *, null: bool = False, **kwargs: Any) -> Column[str]:
    return Column(name, Text, nullable=null, **kwargs)


def _at(name: str, *, null: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=null)


def _json(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Json, nullable=null)


_TAKEN = "status = 'open' AND assignee IS NOT NULL"


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of one box of tasks in its order: open or done, the others cost it nothing."""
    return Index(f"ix_user_task_{name}", *columns, sqlite_where=text(where), postgresql_where=text(where))


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=null)


content = Table(
    "content",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

deployment = Table(
    "deployment",
    metadata,
    _id(),
    Column("seq", BigInteger, nullable=False, unique=True),
    _text("name"),
    _at("deployed_at"),
    _text("deployed_by"),
)

resource = Table(
    "resource",
    metadata,
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    _text("name"),
    Column("sha256", ForeignKey("content.sha256"), nullable=False),
    PrimaryKeyConstraint("deployment_id", "name"),
    Index(None, "name"),
)

process_definition = Table(
    "process_definition",
    metadata,
    _id(),
    _text("key"),
    _number("version"),
    _text("name"),
    _text("resource"),
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    _at("deployed_at"),
    _text("deployed_by"),
    Column("checksum", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    _json("starter_groups"),
    _json("properties"),
    _text("documentation"),
    UniqueConstraint("key", "version"),
)

decision_definition = Table(
    "decision_definition",
    metadata,
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    _text("decision_id"),
    _text("resource"),
    PrimaryKeyConstraint("deployment_id", "decision_id"),
    Index(None, "decision_id"),
)

process_instance = Table(
    "process_instance",
    metadata,
    _id(),
    Column("definition_id", ForeignKey("process_definition.id"), nullable=False),
    _text("key"),
    _text("business_key"),
    _text("title"),
    _text("status"),
    _at("started_at"),
    _text("started_by"),
    _at("ended_at", null=True),
    _at("suspended_at", null=True),
    _text("end_reason"),
    _number("revision"),
    _json("properties"),
    _json("bindings"),
    _json("state"),
    _json("variables"),
    _json("changed"),
    _json("large"),
    _number("history_seq"),
    Column("history_hash", String(64), nullable=False),
    Index(None, "business_key"),
    Index(None, "status", "started_at"),
)

instance_group = Table(
    "instance_group",
    metadata,
    _of_instance(),
    _text("group_name"),
    PrimaryKeyConstraint("instance_id", "group_name"),
    Index(None, "group_name"),
)

participant = Table(
    "participant",
    metadata,
    _of_instance(),
    _text("user_id"),
    _text("role"),
    PrimaryKeyConstraint("instance_id", "user_id"),
    Index(None, "user_id"),
)

activity_instance = Table(
    "activity_instance",
    metadata,
    _id(),
    _of_instance(),
    Column("seq", BigInteger, nullable=False),
    _text("definition_id"),
    _text("element_id"),
    _text("kind"),
    _text("name"),
    _text("parent_id", null=True),
    _number("loop_index", null=True),
    _text("status"),
    _at("started_at"),
    _at("ended_at", null=True),
    _text("actor", null=True),
    Index(None, "instance_id", "seq"),
)

flow_taken = Table(
    "flow_taken",
    metadata,
    _of_instance(),
    _text("parent_id"),
    _text("flow_id"),
    _text("definition_id"),
    PrimaryKeyConstraint("instance_id", "parent_id", "definition_id", "flow_id"),
)

# Whom tasks are offered to: each set of candidates once, by its hash.
offer = Table(
    "offer",
    metadata,
    Column("id", String(32), nullable=False),
    _text("kind"),
    _text("name"),
    PrimaryKeyConstraint("id", "kind", "name"),
    Index(None, "kind", "name"),
)

user_task = Table(
    "user_task",
    metadata,
    _id(),
    _of_instance(),
    _text("definition_id"),
    _text("element_id"),
    _text("name"),
    _text("lane"),
    _text("assignee", null=True),
    _json("candidate_groups"),
    _json("candidate_users"),
    _text("form_ref", null=True),
    _number("priority"),
    _at("created_at"),
    _at("due_at", null=True),
    _at("warn_at", null=True),
    _text("clock"),
    _text("clock_basis"),
    _text("status"),
    _at("completed_at", null=True),
    _text("completed_by", null=True),
    _number("revision"),
    _json("properties"),
    _json("local"),
    _json("draft", null=True),
    _text("sent_by"),
    _text("owner", null=True),
    _json("handed", null=True),
    _text("part_of", null=True),
    _text("part", null=True),
    _json("opinion", null=True),
    _json("pending", null=True),
    _number("parts"),
    Column("offer_id", String(32), nullable=True),
    Column("due_or_never", Instant, Computed(f"coalesce(due_at, '{NEVER}')", persisted=True)),
    _partial("part_of", "part_of", where="part_of IS NOT NULL"),
    Index(None, "instance_id", "element_id"),
    _partial("todo", "assignee", "due_or_never", "created_at", "id", where=_TAKEN),
    _partial("offered", "offer_id", "due_or_never", "created_at", "id", "assignee", where="status = 'open'"),
    _partial("done", "completed_by", "completed_at", "created_at", "id", where="status = 'completed'"),
)

task_separation = Table(
    "task_separation",
    metadata,
    Column("task_id", ForeignKey("user_task.id"), nullable=False),
    _text("element_id"),
    PrimaryKeyConstraint("task_id", "element_id"),
)

job = Table(
    "job",
    metadata,
    _id(),
    _of_instance(),
    _text("activity_id"),
    _text("kind"),
    _text("element_id"),
    _text("definition_id"),
    _at("due_at"),
    _text("topic"),
    _json("payload", null=True),
    _text("correlation", null=True),
    _text("status"),
    _number("attempts"),
    _at("locked_until", null=True),
    _at("created_at"),
    _at("expires_at", null=True),
    Index(None, "status", "due_at"),
    Index(None, "activity_id"),
    Index(None, "instance_id"),
)

start_timer = Table(
    "start_timer",
    metadata,
    _text("definition_id"),
    _text("element_id"),
    _text("key"),
    _at("due_at"),
    _json("timer"),
    _number("attempts"),
    _text("failure"),
    PrimaryKeyConstraint("definition_id", "element_id"),
    Index(None, "key"),
    Index(None, "due_at"),
)

incident = Table(
    "incident",
    metadata,
    _id(),
    _text("job_id"),
    _of_instance(),
    _text("element_id"),
    _text("message"),
    _text("feel"),
    _text("stack"),
    _at("at"),
    _at("resolved_at", null=True),
    _text("resolved_by", null=True),
    Index(None, "job_id"),
    Index(None, "instance_id"),
)

subscription = Table(
    "subscription",
    metadata,
    _id(),
    _of_instance(),
    _text("activity_id"),
    _text("element_id"),
    _text("definition_id"),
    _text("kind"),
    _text("message"),
    _text("correlation", null=True),
    Index(None, "message", "correlation"),
    Index(None, "activity_id"),
)

correlated_start = Table(
    "correlated_start",
    metadata,
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    _text("key"),
    _text("correlation"),
    Index(None, "key", "correlation"),
)

decision_evaluation = Table(
    "decision_evaluation",
    metadata,
    _id(),
    _of_instance(index=True),
    _text("activity_id"),
    _text("element_id"),
    _at("at"),
    Column("seq", Integer, nullable=False),
    _json("evaluation"),
)

document = Table(
    "document",
    metadata,
    _id(),
    _of_instance(index=True),
    _text("activity_id", null=True),
    _text("name"),
    _text("media_type"),
    _number("size"),
    Column("sha256", ForeignKey("content.sha256"), nullable=False),
    _at("created_at"),
    _text("created_by"),
)

history_event = Table(
    "history_event",
    metadata,
    _of_instance(),
    _number("seq"),
    _at("at"),
    _text("actor"),
    _text("kind"),
    _text("activity_id", null=True),
    _json("data"),
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("instance_id", "seq"),
)

diagram_draft = Table(
    "diagram_draft",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    _number("based_on"),
    _at("saved_at"),
    _text("saved_by"),
    _number("revision"),
)

series = Table(
    "series",
    metadata,
    _text("pattern"),
    _number("year"),
    _number("value"),
    PrimaryKeyConstraint("pattern", "year"),
)

notification = Table(
    "notification",
    metadata,
    _id(),
    _of_instance(),
    _text("group_name", null=True),
    _text("user_id", null=True),
    _text("kind"),
    _text("actor"),
    _text("task_id", null=True),
    _text("text"),
    _at("created_at"),
    Index(None, "group_name", "created_at"),
    Index(None, "user_id", "created_at"),
    Index(None, "task_id", "kind", "actor"),
)

notification_read = Table(
    "notification_read",
    metadata,
    Column("notification_id", ForeignKey("notification.id"), nullable=False),
    _text("user_id"),
    _at("at"),
    PrimaryKeyConstraint("notification_id", "user_id"),
)

case_copy = Table(
    "case_copy",
    metadata,
    _id(),
    _of_instance(index=True),
    _text("task_id", null=True),
    _text("user_id"),
    _text("sent_by"),
    _text("note"),
    _at("created_at"),
    _at("read_at", null=True),
    Index(None, "user_id", "created_at"),
)

publication = Table(
    "publication",
    metadata,
    _id(),
    _of_instance(),
    _text("title"),
    _text("body"),
    _at("created_at"),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    _text("user_id"),
    _text("key"),
    _text("what"),
    _json("answer", null=True),
    _at("expires_at"),
    PrimaryKeyConstraint("user_id", "key"),
    Index(None, "expires_at"),
)

user_account = Table(
    "user_account",
    metadata,
    _id(),
    _text("display"),
    _text("unit"),
    _text("password_hash"),
    Column("active", Boolean, nullable=False),
    _number("failures"),
    _at("locked_until", null=True),
)

user_group = Table(
    "user_group",
    metadata,
    Column("name", String(200), primary_key=True),
    _number("position"),
)

membership = Table(
    "membership",
    metadata,
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("group_name", ForeignKey("user_group.name"), nullable=False),
    PrimaryKeyConstraint("user_id", "group_name"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(200), primary_key=True),
    _json("value"),
)
