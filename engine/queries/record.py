"""The record beside the cases, for the audit administrator."""

from __future__ import annotations

from engine import policy
from engine.errors import NotAllowed
from engine.model.audit import AuditEvent
from engine.model.signing_in import AuditAsked
from engine.queries.reader import Reader
from engine.store import audit_reading, people

MOST = 500


def audit(reader: Reader, asked: AuditAsked, *, by: str, before: int, size: int) -> tuple[AuditEvent, ...]:
    """The latest entries before this number (0: of all); NotAllowed for all but the audit administrator."""
    with reader.database.reading() as work:
        user = people.get(work, by)
        refused = (
            policy.administer(user, "read the record") if user and user.active else "账号已停用或不存在。"
        )
        if refused and by != policy.SYSTEM:
            raise NotAllowed(refused)
        return audit_reading.page(work, asked, before, min(size, MOST))
