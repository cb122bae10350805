"""What signing in needs beside the account: sessions, second factors, earlier passwords."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, PrimaryKeyConstraint, String, Table

from engine.store.tables.columns import at_, metadata, number_, text_

session = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_id", ForeignKey("user_account.id"), nullable=False, index=True),
    at_("created_at"),
    at_("seen_at"),
    at_("ends_at"),
    number_("idle_minutes"),
    text_("origin"),
    text_("agent"),
    text_("method"),
    text_("needs"),
    Index(None, "ends_at"),
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("user_id", ForeignKey("user_account.id"), primary_key=True),
    text_("secret"),
    at_("confirmed_at", null=True),
    number_("last_step"),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("hash", String(64), nullable=False),
    at_("used_at", null=True),
    PrimaryKeyConstraint("user_id", "hash"),
)

past_password = Table(
    "past_password",
    metadata,
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    number_("position"),
    text_("password_hash"),
    PrimaryKeyConstraint("user_id", "position"),
)
