"""What is measured, and how it is printed."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from engine import Engine
from engine.store.database import Database

_WRITING = ("INSERT", "UPDATE", "DELETE")
_LSN = text("SELECT pg_current_wal_insert_lsn() - '0/0'")


@dataclass(slots=True)
class Spent:
    """Milliseconds of one act: processor time of this process, of the database server, and by the clock."""

    python: float
    server: float
    wall: float

    @property
    def cpu(self) -> float:
        """Of both processes together."""
        return self.python + self.server


@dataclass(slots=True)
class Meter:
    """Measures acts; knows the database's processes, if it is a PostgreSQL on this machine."""

    postmaster: int | None = None
    web: int | None = None  #: first process of a web server that is measured in place of this process

    def time(self, act: Callable[[], Any]) -> Spent:
        """What one act costs."""
        server, cpu, wall = self._server(), self._python(), time.perf_counter()
        act()
        wall, cpu = time.perf_counter() - wall, self._python() - cpu
        return Spent(cpu * 1e3, (self._server() - server) * 1e3, wall * 1e3)

    def _server(self) -> float:
        if self.postmaster is None:
            return 0.0
        return sum(_seconds(Path("/proc", child)) for child in _children(self.postmaster))

    def _python(self) -> float:
        if self.web is None:
            return time.process_time()
        threads = (one for child in _children(self.web) for one in Path("/proc", child, "task").iterdir())
        return sum(_seconds(one) for one in threads)


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


def _seconds(process: Path) -> float:
    try:
        return int((process / "schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        return 0.0


def meter_of(engine: Engine) -> Meter:
    """The meter for an engine's database."""
    database = engine._context.database
    if not database.several_writers:
        return Meter()
    with database.reading() as work:
        backend = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    status = Path(f"/proc/{backend}/stat")
    return Meter(int(status.read_text().rsplit(")", 1)[1].split()[1]) if status.exists() else None)


def median(spent: Sequence[Spent]) -> Spent:
    """The medians."""
    return Spent(*(statistics.median(getattr(one, name) for one in spent) for name in Spent.__slots__))


@dataclass(slots=True)
class Seen:
    """Statements as they reached the driver, and the rows that they wrote."""

    statements: list[tuple[str, Any, bool]] = field(default_factory=list)
    rows: int = 0

    @property
    def writes(self) -> list[tuple[str, Any, bool]]:
        """Those that change something."""
        return [one for one in self.statements if one[0].startswith(_WRITING)]


@contextmanager
def watched(database: Database) -> Iterator[Seen]:
    """The SQL statements that are run meanwhile, BEGIN and COMMIT aside."""
    seen = Seen()

    def note(_conn: Any, cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if not statement.startswith("BEGIN"):
            seen.statements.append((statement, given, many))
            seen.rows += (
                max(cursor.rowcount, 0) if statement.startswith(("INSERT", "UPDATE", "DELETE")) else 0
            )

    event.listen(database._engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database._engine, "after_cursor_execute", note)


def log_bytes(database: Database) -> int:
    """Bytes of write-ahead log that were written so far."""
    with database.reading() as work:
        if database.several_writers:
            return int(
                work.connection.execute(text("SELECT pg_current_wal_insert_lsn() - '0/0'")).scalar_one()
            )
        file = Path(work.connection.execute(text("PRAGMA database_list")).all()[0][2] + "-wal")
    return file.stat().st_size if file.exists() else 0


def keep_log(database: Database) -> None:
    """Let SQLite's log grow, so that its size tells what was written."""
    if not database.several_writers:
        with database.reading() as work:
            work.connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
            work.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def title(text: str) -> None:
    """A heading."""
    sys.stdout.write(f"\n{text}\n")


def row(what: str, *cells: object) -> None:
    """A line of a table."""
    shown = (f"{cell:>10.2f}" if isinstance(cell, float) else f"{cell:>10}" for cell in cells)
    sys.stdout.write(f"  {what:<52}{''.join(shown)}\n")
    sys.stdout.flush()
