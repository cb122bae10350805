"""Accounts and groups, and the office's settings."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, PrimaryKeyConstraint, String, Table

from engine.store.tables.columns import at_, id_, json_, metadata, number_, text_

user_account = Table(
    "user_account",
    metadata,
    id_(),
    text_("display"),
    text_("unit"),
    text_("password_hash"),
    Column("active", Boolean, nullable=False),
    number_("failures"),
    at_("locked_until", null=True),
    at_("password_at", null=True),
    Column("must_change", Boolean, nullable=False),
    text_("duty"),
    text_("language"),
    text_("email"),
)

user_group = Table(
    "user_group",
    metadata,
    Column("name", String(200), primary_key=True),
    number_("position"),
    text_("duty"),
)

membership = Table(
    "membership",
    metadata,
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("group_name", ForeignKey("user_group.name"), nullable=False),
    PrimaryKeyConstraint("user_id", "group_name"),
)

# What each person likes for himself, by key.
preference = Table(
    "preference",
    metadata,
    Column("user_id", ForeignKey("user_account.id"), nullable=False),
    Column("key", String(80), nullable=False),
    json_("value"),
    PrimaryKeyConstraint("user_id", "key"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(200), primary_key=True),
    json_("value"),
)
