"""Legal clocks: the office's own days, and the ledger."""

from __future__ import annotations

from engine.commands import office_days
from engine.facade.part import Part
from engine.model.clocks import OfficeDay
from engine.store import calendar


class Clocks(Part):
    """Legal clocks: the office's own days, and the ledger."""

    def load_calendar(self, content: bytes, resource: str) -> int:
        """Let a file's days be the office's own; gives how many clocks end at another time."""
        return office_days.load(self._context, content, resource)

    def calendar(self) -> tuple[OfficeDay, ...]:
        """The office's own days, in their order."""
        with self._context.database.reading() as work:
            return calendar.listed(work)
