"""Who belongs to a case by name, and who must keep out of it."""

from __future__ import annotations

from sqlalchemy import Index, Table

from engine.store.tables.columns import at_, id_, metadata, of_instance, text_

# Members of a case's team, and persons who were given access; one that has ended stays as a row.
case_access = Table(
    "case_access",
    metadata,
    id_(),
    of_instance(index=True),
    text_("user_id"),
    text_("kind"),
    text_("reason"),
    text_("given_by"),
    at_("given_at"),
    at_("until", null=True),
    at_("ended_at", null=True),
    text_("ended_by"),
    text_("end_reason"),
)

# Roles that persons have in a case, and recusals, asked for and decided.
case_role = Table(
    "case_role",
    metadata,
    id_(),
    of_instance(index=True),
    text_("user_id"),
    text_("role"),
    text_("source"),
    text_("bars"),
    text_("reason"),
    text_("asked_by"),
    at_("asked_at"),
    text_("status"),
    text_("decided_by"),
    at_("decided_at", null=True),
    text_("decision"),
    Index(None, "user_id", "status", "bars", "instance_id"),
)
