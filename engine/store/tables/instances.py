"""Process instances, with what stands and waits in them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from engine.store.tables.audit import HASH
from engine.store.tables.columns import at_, id_, json_, metadata, number_, of_instance, text_

process_instance = Table(
    "process_instance",
    metadata,
    id_(),
    Column("definition_id", ForeignKey("process_definition.id"), nullable=False),
    text_("key"),
    text_("business_key"),
    text_("title"),
    text_("status"),
    at_("started_at"),
    text_("started_by"),
    at_("ended_at", null=True),
    at_("suspended_at", null=True),
    text_("end_reason"),
    number_("revision"),
    text_("grade"),
    text_("shown_to"),
    json_("properties"),
    json_("bindings"),
    json_("state"),
    json_("variables"),
    json_("changed"),
    json_("large"),
    number_("history_seq"),
    Column("history_hash", HASH, nullable=False),
    Index(None, "business_key"),
    Index(None, "status", "started_at"),
    Index("ix_process_instance_started", "started_by", "started_at", "id"),
    Index("ix_process_instance_started_no", "started_by", "business_key", "started_at", "id"),
    Index("ix_process_instance_started_state", "started_by", "status", "started_at", "id"),
)

instance_group = Table(
    "instance_group",
    metadata,
    of_instance(),
    text_("group_name"),
    Column("seen", Boolean, nullable=False),
    PrimaryKeyConstraint("instance_id", "group_name"),
    Index(None, "group_name"),
)

participant = Table(
    "participant",
    metadata,
    of_instance(),
    text_("user_id"),
    text_("role"),
    Column("seen", Boolean, nullable=False),
    at_("until", null=True),
    PrimaryKeyConstraint("instance_id", "user_id", "role"),
    Index(None, "user_id", "instance_id", "seen", "until"),
)

activity_instance = Table(
    "activity_instance",
    metadata,
    id_(),
    of_instance(),
    Column("seq", BigInteger, nullable=False),
    text_("definition_id"),
    text_("element_id"),
    text_("kind"),
    text_("name"),
    text_("parent_id", null=True),
    number_("loop_index", null=True),
    text_("status"),
    at_("started_at"),
    at_("ended_at", null=True),
    text_("actor", null=True),
    Index(None, "instance_id", "seq"),
)

flow_taken = Table(
    "flow_taken",
    metadata,
    of_instance(),
    text_("parent_id"),
    text_("flow_id"),
    text_("definition_id"),
    PrimaryKeyConstraint("instance_id", "parent_id", "definition_id", "flow_id"),
)

job = Table(
    "job",
    metadata,
    id_(),
    of_instance(),
    text_("activity_id"),
    text_("kind"),
    text_("element_id"),
    text_("definition_id"),
    at_("due_at"),
    text_("topic"),
    json_("payload", null=True),
    text_("correlation", null=True),
    text_("status"),
    number_("attempts"),
    at_("locked_until", null=True),
    at_("created_at"),
    at_("expires_at", null=True),
    Index(None, "status", "due_at"),
    Index(None, "activity_id"),
    Index(None, "instance_id"),
)

incident = Table(
    "incident",
    metadata,
    id_(),
    text_("job_id"),
    of_instance(),
    text_("element_id"),
    text_("message"),
    text_("feel"),
    text_("stack"),
    at_("at"),
    at_("resolved_at", null=True),
    text_("resolved_by", null=True),
    Index(None, "job_id"),
    Index(None, "instance_id"),
)

subscription = Table(
    "subscription",
    metadata,
    id_(),
    of_instance(),
    text_("activity_id"),
    text_("element_id"),
    text_("definition_id"),
    text_("kind"),
    text_("message"),
    text_("correlation", null=True),
    Index(None, "message", "correlation"),
    Index(None, "activity_id"),
)

correlated_start = Table(
    "correlated_start",
    metadata,
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    text_("key"),
    text_("correlation"),
    Index(None, "key", "correlation"),
)

decision_evaluation = Table(
    "decision_evaluation",
    metadata,
    id_(),
    of_instance(index=True),
    text_("activity_id"),
    text_("element_id"),
    at_("at"),
    Column("seq", Integer, nullable=False),
    json_("evaluation"),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    text_("user_id"),
    text_("key"),
    text_("what"),
    json_("answer", null=True),
    at_("expires_at"),
    PrimaryKeyConstraint("user_id", "key"),
    Index(None, "expires_at"),
)
