"""What is recorded beside the changes of a case. A trigger lets nobody change or remove it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table

from engine.store.tables.columns import at_, json_, metadata, number_, text_

HASH = String(72)  #: SHA-256 in hexadecimal, or another algorithm's name, a colon and its hash
NUMBER = BigInteger().with_variant(Integer, "sqlite")

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    at_("at"),
    text_("actor"),
    text_("on_behalf_of"),
    text_("origin"),
    text_("kind"),
    text_("instance_id", null=True),
    text_("object"),
    text_("reason"),
    json_("data"),
    Column("hash", HASH, nullable=False),
    Index(None, "at"),
    Index(None, "instance_id"),
    Index(None, "actor", "at"),
    sqlite_autoincrement=True,
)

anchor = Table(
    "anchor",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    at_("at"),
    Column("previous", HASH, nullable=False),
    number_("events"),
    Column("events_digest", HASH, nullable=False),
    number_("cases"),
    Column("cases_digest", HASH, nullable=False),
    number_("total"),
    Column("hash", HASH, nullable=False),
    Index(None, "at"),
)

audit_seal = Table(  # no foreign keys: what it tells of may be gone, and that is to be seen
    "audit_seal",
    metadata,
    Column("event_id", NUMBER, primary_key=True, autoincrement=False),
    number_("anchor"),
    text_("kind"),
    Column("hash", HASH, nullable=False),
    Index(None, "anchor", "event_id"),
)

case_seal = Table(
    "case_seal",
    metadata,
    number_("anchor"),
    text_("instance_id"),
    number_("seq"),
    Column("hash", HASH, nullable=False),
    PrimaryKeyConstraint("anchor", "instance_id"),
    Index(None, "instance_id", "seq"),
)
