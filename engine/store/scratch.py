"""A throw-away database in memory that is emptied by copying a migrated one over it."""

from __future__ import annotations

import sqlite3

from engine.store.database import Database


class Scratch(Database):
    """A migrated SQLite database of the thread that made it; `reset` empties it within a millisecond."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        self._template = sqlite3.connect(":memory:")
        with self.unit_of_work() as work:
            work.connection.exec_driver_sql("SELECT 1")
        self._raw().backup(self._template)

    def reset(self) -> None:
        """Forget everything but the schema."""
        self._template.backup(self._raw())
        self._known.clear()

    def close(self) -> None:
        """Give back the memory."""
        super().close()
        if hasattr(self, "_template"):
            self._template.close()

    def _raw(self) -> sqlite3.Connection:
        pooled = self._engine.raw_connection()
        try:
            raw = pooled.driver_connection
        finally:
            pooled.close()
        if not isinstance(raw, sqlite3.Connection):
            raise TypeError(raw)
        return raw
