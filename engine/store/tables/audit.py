"""What is recorded beside the changes of a case. A trigger lets nobody change or remove it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from engine.store.tables.columns import at_, json_, metadata, text_

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
