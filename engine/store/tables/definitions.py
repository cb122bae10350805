"""What is deployed, and the diagrams being drawn."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from engine.store.tables.columns import at_, id_, json_, metadata, number_, text_

content = Table(
    "content",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

deployment = Table(
    "deployment",
    metadata,
    id_(),
    Column("seq", BigInteger, nullable=False, unique=True),
    text_("name"),
    at_("deployed_at"),
    text_("deployed_by"),
)

resource = Table(
    "resource",
    metadata,
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    text_("name"),
    Column("sha256", ForeignKey("content.sha256"), nullable=False),
    PrimaryKeyConstraint("deployment_id", "name"),
    Index(None, "name"),
)

process_definition = Table(
    "process_definition",
    metadata,
    id_(),
    text_("key"),
    number_("version"),
    text_("name"),
    text_("resource"),
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    at_("deployed_at"),
    text_("deployed_by"),
    Column("checksum", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    json_("starter_groups"),
    json_("properties"),
    text_("documentation"),
    UniqueConstraint("key", "version"),
)

decision_definition = Table(
    "decision_definition",
    metadata,
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    text_("decision_id"),
    text_("resource"),
    PrimaryKeyConstraint("deployment_id", "decision_id"),
    Index(None, "decision_id"),
)

diagram_draft = Table(
    "diagram_draft",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    number_("based_on"),
    at_("saved_at"),
    text_("saved_by"),
    number_("revision"),
)

start_timer = Table(
    "start_timer",
    metadata,
    text_("definition_id"),
    text_("element_id"),
    text_("key"),
    at_("due_at"),
    json_("timer"),
    number_("attempts"),
    text_("failure"),
    PrimaryKeyConstraint("definition_id", "element_id"),
    Index(None, "key"),
    Index(None, "due_at"),
)
