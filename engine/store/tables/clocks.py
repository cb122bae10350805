"""Legal clocks: one row each, kept by the step that begins, moves or ends it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table, text

from engine.store.tables.columns import at_, id_, json_, metadata, of_instance, text_

_TOLD = "next_at IS NOT NULL"
_LIVE = "ended_at IS NULL"

legal_clock = Table(
    "legal_clock",
    metadata,
    id_(),
    of_instance(index=True),
    text_("definition_id"),
    text_("element_id"),
    text_("activity_id"),
    text_("scope_id"),
    text_("name"),
    text_("length"),
    text_("basis"),
    Column("unverified", Boolean, nullable=False),
    text_("warn"),
    json_("limits"),
    json_("until"),
    json_("supervisors"),
    at_("started_at"),
    at_("due_at"),
    at_("warn_at"),
    json_("moves"),
    at_("paused_at", null=True),
    text_("waits_for"),
    json_("years"),
    text_("told"),
    at_("next_at", null=True),
    at_("ended_at", null=True),
    text_("outcome"),
    Index("ix_legal_clock_next_at", "next_at", sqlite_where=text(_TOLD), postgresql_where=text(_TOLD)),
    Index("ix_legal_clock_live", "due_at", "id", sqlite_where=text(_LIVE), postgresql_where=text(_LIVE)),
    Index(None, "ended_at", "id"),
)
