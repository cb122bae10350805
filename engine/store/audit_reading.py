"""Reading the record beside the cases by what is asked of it, walked from the latest entry."""

from __future__ import annotations

from sqlalchemy import select

from engine.model.audit import AuditEvent
from engine.model.signing_in import AuditAsked
from engine.store.audit import to_event
from engine.store.database import Work
from engine.store.tables import audit_event


def page(work: Work, asked: AuditAsked, before: int, size: int) -> tuple[AuditEvent, ...]:
    """The latest entries before this number, or of all for 0."""
    of = audit_event.c
    found = select(audit_event).order_by(of.id.desc()).limit(size)
    if before:
        found = found.where(of.id < before)
    if asked.actor:
        found = found.where(of.actor == asked.actor)
    if asked.kind:
        found = found.where(of.kind.startswith(asked.kind, autoescape=True))
    if asked.about:
        found = found.where(of.object == asked.about)
    if asked.since:
        found = found.where(of.at >= asked.since)
    if asked.until:
        found = found.where(of.at < asked.until)
    return tuple(to_event(row) for row in work.connection.execute(found))
