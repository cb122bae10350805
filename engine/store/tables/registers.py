"""What is written into registers, on a case or outside of cases; only ever added to."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from engine.store.tables.columns import at_, id_, json_, metadata, number_, text_

register_entry = Table(
    "register_entry",
    metadata,
    id_(),
    text_("key"),
    text_("register"),
    number_("seq"),
    Column("instance_id", ForeignKey("process_instance.id"), nullable=True, index=True),
    text_("definition_id"),
    at_("at"),
    text_("actor"),
    json_("data"),
    Column("hash", String(72), nullable=False),
    UniqueConstraint("key", "register", "seq"),
)
