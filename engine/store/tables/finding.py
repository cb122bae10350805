"""What cases are found by, and filters that are kept.

Texts are folded (`engine.model.finding.fold`), so that both databases compare them alike. A search
takes the rarest pair of neighbouring signs of a word from `search_token`, then looks whether the word stands
in the text.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, PrimaryKeyConstraint, String, Table, Text

from engine.store.tables.columns import at_, id_, json_, metadata, number_, of_instance, text_

search_text = Table(
    "search_text",
    metadata,
    Column("instance_id", ForeignKey("process_instance.id"), primary_key=True),
    text_("text"),
)

search_token = Table(
    "search_token",
    metadata,
    Column("token", String(8), nullable=False),
    of_instance(),
    PrimaryKeyConstraint("token", "instance_id"),
)

search_value = Table(
    "search_value",
    metadata,
    of_instance(),
    text_("name"),
    text_("text"),
    Column("number", Float, nullable=True),
    PrimaryKeyConstraint("instance_id", "name"),
    Index(None, "name", "text"),
    Index(None, "name", "number"),
)

step_name = Table(
    "step_name",
    metadata,
    Column("name", Text, primary_key=True),
    text_("folded"),
)

saved_filter = Table(
    "saved_filter",
    metadata,
    id_(),
    Column("owner", ForeignKey("user_account.id"), nullable=False, index=True),
    text_("name"),
    text_("colour"),
    text_("place"),
    text_("shared_with"),
    json_("criteria"),
    number_("position"),
    at_("made_at"),
    Index(None, "shared_with"),
)
