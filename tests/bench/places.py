"""Databases to measure on: fresh ones and copies, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from tests.postgres import Server


class Place(Protocol):
    """Where databases are."""

    name: str

    def fresh(self) -> str:
        """The URL of a new migrated database."""

    def copy(self, url: str) -> str:
        """The URL of a copy of a database that nobody has open."""


@dataclass
class Files:
    """SQLite files in a folder."""

    folder: Path
    name: str = "SQLite (WAL, synchronous FULL)"

    def __post_init__(self) -> None:
        self._numbers = itertools.count()

    def fresh(self) -> str:
        """The URL of a new file, migrated at its opening."""
        return f"sqlite:///{self.folder / str(next(self._numbers))}.db"

    def copy(self, url: str) -> str:
        """The URL of a copy, with what stands in the log."""
        made = self.fresh()
        source = sqlite3.connect(make_url(url).database or "")
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        source.close()
        shutil.copy(make_url(url).database or "", make_url(made).database or "")
        return made


@dataclass
class Served:
    """Databases of a PostgreSQL server, dropped in the end."""

    server: Server
    stack: ExitStack
    name: str = "PostgreSQL"

    def fresh(self) -> str:
        """The URL of a new migrated database."""
        return self.stack.enter_context(self.server.database())

    def copy(self, url: str) -> str:
        """The URL of a copy."""
        return self.stack.enter_context(self.server.database(template=make_url(url).database))
