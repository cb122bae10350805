"""Legal clocks: the office's own days, and the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from engine.commands import auditing, office_days
from engine.facade.part import Part
from engine.model.audit import AuditEntry
from engine.model.clocks import LedgerAsked, LedgerRow, LedgerState, OfficeDay
from engine.model.views import Page
from engine.queries import ledger


class Clocks(Part):
    """Legal clocks: the office's own days, and the ledger."""

    def load_calendar(self, content: bytes, resource: str) -> int:
        """Let a file's days be the office's own; gives how many clocks end at another time."""
        return office_days.load(self._context, content, resource)

    def calendar(self) -> tuple[OfficeDay, ...]:
        """The office's own days, in their order."""
        return ledger.own_days(self._reader)

    def ledger(self, by: str, asked: LedgerAsked, *, after: str = "", size: int = 50) -> Page[LedgerRow]:
        """A page of the clocks of all cases that this user may see: running ones by their end."""
        return ledger.page(self._reader, by, asked, after, size)

    def ledger_counts(self, by: str, asked: LedgerAsked) -> Mapping[LedgerState, int]:
        """How many clocks run, will end soon, have run out, stand still."""
        return ledger.counts(self._reader, by, asked)

    def ledger_units(self, by: str) -> tuple[str, ...]:
        """The units that the ledger may be narrowed to."""
        return ledger.units(self._reader, by)

    def case_clocks(self, instance_id: str, by: str) -> tuple[LedgerRow, ...]:
        """All clocks of a case; NotFound for who may not see it."""
        return ledger.of_case(self._reader, instance_id, by)

    def export_ledger(self, asked: LedgerAsked, kind: str, *, by: str) -> bytes:
        """The ledger as `csv` or `xlsx`, recorded as an export."""
        content = ledger.export(self._reader, by, asked, kind)
        data = {"state": asked.state, "process": asked.process, "unit": asked.unit, "kind": kind}
        entry = AuditEntry(self._context.clock(), by, "export.ledger", "", None, "", data)
        auditing.note(self._context, entry)
        return content
