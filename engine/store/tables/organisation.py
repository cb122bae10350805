"""Units, positions, persons, who holds what and who is in charge of what, and what imports have changed.

Days are ISO texts, both included; "" is without beginning or end.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from engine.store.tables.columns import at_, id_, json_, metadata, text_


def _key(name: str) -> Column[str]:
    return Column(name, String(200), nullable=False)


def _days() -> tuple[Column[str], Column[str]]:
    return (
        Column("since", String(10), nullable=False),
        Column("until", String(10), nullable=False),
    )


org_unit = Table(
    "org_unit",
    metadata,
    _key("code"),
    text_("name"),
    text_("parent"),
    *_days(),
    PrimaryKeyConstraint("code", "since"),
)

org_position = Table(
    "org_position",
    metadata,
    _key("code"),
    text_("name"),
    text_("unit"),
    Column("head", Boolean, nullable=False),
    text_("rank"),
    text_("post"),
    text_("managed_by"),
    *_days(),
    PrimaryKeyConstraint("code", "since"),
)

org_person = Table(
    "org_person",
    metadata,
    id_("code"),
    text_("name"),
    Column("account", ForeignKey("user_account.id"), nullable=True),
    text_("email"),
    Index(None, "account", unique=True),
)

org_holding = Table(
    "org_holding",
    metadata,
    _key("person"),
    _key("position"),
    *_days(),
    PrimaryKeyConstraint("person", "position", "since"),
)

org_charge = Table(
    "org_charge",
    metadata,
    _key("position"),
    _key("unit"),
    *_days(),
    PrimaryKeyConstraint("position", "unit", "since"),
)

org_import = Table(
    "org_import",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),
    at_("at"),
    text_("by"),
    text_("file"),
    json_("changes"),
)

substitution = Table(
    "substitution",
    metadata,
    id_(),
    Column("person", ForeignKey("user_account.id"), nullable=False, index=True),
    Column("substitute", ForeignKey("user_account.id"), nullable=False, index=True),
    at_("since"),
    at_("until"),
    json_("processes"),
    text_("reason"),
    text_("made_by"),
    at_("made_at"),
    at_("ended_at", null=True),
    text_("ended_by"),
)
