"""Telling people: in the page at once, by mail, and by webhook."""

from __future__ import annotations

from datetime import datetime

from engine.facade.part import Part
from engine.model.notifying import Live
from engine.queries import live


class Notifying(Part):
    """Telling people: in the page at once, by mail, and by webhook."""

    def live(self, by: str, since: datetime) -> Live:
        """Numbers of this user's boxes now, and of the tasks that came since this instant."""
        return live.live(self._reader, by, since)
