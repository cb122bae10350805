"""Database: connections, and the unit of work that alone commits."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    OperationalError,
)
from sqlalchemy.pool import ConnectionPoolEntry

from engine.errors import InvalidInput, LostRace, Unavailable
from engine.model.records import User
from engine.store.migrate import upgrade
from engine.store.shared import Shared

_BUSY_MILLISECONDS = 15_000
_UNASKED_SECONDS = 1  #: so long after its last use a connection is taken without asking whether it lives
_ADDRESS = "数据库地址有误，应为 sqlite:///文件 或 postgresql+psycopg://用户@主机/库。"


@dataclass(slots=True)
class Work:
    """One transaction, and what is to happen once it is committed."""

    connection: Connection
    known: set[str] = field(default_factory=set)  #: ids of rows that were seen and are never removed
    after: list[Callable[[], None]] = field(default_factory=list)
    users: dict[str, User | None] = field(default_factory=dict)  #: accounts read already, where nobody writes
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` after the commit; never when there is none."""
        self.after.append(action)

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that an exception undoes by itself."""
        before = len(self.after)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self.after[before:]
            raise


class _Here(threading.local):
    """What a thread reads together."""

    shared: Shared[Work] | None = None


class Database:
    """A migrated database at a SQLAlchemy URL (SQLite file or PostgreSQL)."""

    def __init__(self, url: str) -> None:
        self._known: set[str] = set()
        self._here = _Here()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)  #: by which access ends
        try:
            self._engine = create_engine(_with_driver(url), **_options(url))
        except ArgumentError as error:
            raise Unavailable(_ADDRESS) from error
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        else:
            event.listen(self._engine, "connect", _prepare_postgresql)
            event.listen(self._engine, "checkin", _note_time)
            event.listen(self._engine, "checkout", self._ask_after_rest)
        try:
            with self._engine.connect() as connection:
                upgrade(connection)
        except (DBAPIError, sqlite3.Error) as error:
            self.close()
            raise Unavailable(f"数据库打不开：{_first_line(getattr(error, 'orig', error))}") from error
        except Unavailable:
            self.close()
            raise

    @property
    def several_writers(self) -> bool:
        """Whether transactions can write at the same time (PostgreSQL)."""
        return self._engine.dialect.name == "postgresql"

    @contextmanager
    def unit_of_work(self) -> Iterator[Work]:
        """A write transaction: committed at the end, undone by any exception; LostRace on a lost race."""
        if self._here.shared:
            self._here.shared.end()
        work = Work(self._writer(), self._known, clock=self.clock)
        try:
            with work.connection, work.connection.begin(), _storable():
                yield work
        except (IntegrityError, OperationalError) as error:
            if _lost_race(error):
                raise LostRace from error
            raise
        for action in work.after:
            action()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A transaction that only reads, from one snapshot."""
        shared = self._here.shared
        with _storable(), shared.reading() if shared else self._snapshot() as work:
            yield work

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have this thread read from one snapshot all that it reads meanwhile, anew behind each change."""
        before, shared = self._here.shared, Shared(self._snapshot)
        self._here.shared = shared
        try:
            yield
        finally:
            self._here.shared = before
            shared.end()

    @contextmanager
    def _snapshot(self) -> Iterator[Work]:
        with self._engine.connect() as connection:
            if self.several_writers:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield Work(connection, clock=self.clock)
            connection.commit()  # a rollback would have psycopg forget its prepared statements

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def _ask_after_rest(self, connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        """Have the pool give another connection for one that died while nobody used it."""
        dialect = self._engine.dialect
        if time.monotonic() - record.info.get("used", math.inf) > _UNASKED_SECONDS:
            try:
                dialect.do_ping(connection)
            except dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    def _writer(self) -> Connection:
        connection = self._engine.connect()
        return connection.execution_options(writes=True)


@contextmanager
def _storable() -> Iterator[None]:
    """InvalidInput for text that no database keeps: on PostgreSQL a null character, anywhere half a pair."""
    try:
        yield
    except (DataError, UnicodeEncodeError) as error:
        raise InvalidInput("内容中有不能保存的字符或数（例如空字符），请改正后再提交。") from error


def _first_line(error: object) -> str:
    return next(iter(str(error).strip().splitlines()), "")


def _with_driver(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise Unavailable(_ADDRESS)
    return parsed


def _options(url: str) -> dict[str, Any]:
    if make_url(url).get_backend_name() == "sqlite":
        return {
            "connect_args": {"timeout": _BUSY_MILLISECONDS / 1000, "check_same_thread": False},
            "hide_parameters": True,  # what cases hold has no place in a log
        }
    return {"pool_size": 5, "max_overflow": 10, "hide_parameters": True}


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    _keep_journal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _prepare_postgresql(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.autocommit = True
    connection.execute("SET jit = off")  # compiling takes longer than any statement of ours, read or not
    connection.autocommit = False


def _note_time(_: Any, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _keep_journal(cursor: sqlite3.Cursor) -> None:
    """Turn a new file to write-ahead logging, which SQLite refuses while another process opens it, too."""
    until = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _lost_race(error: IntegrityError | OperationalError) -> bool:
    text = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", "") or ""
    unique = "unique constraint" in text or state == "23505"
    return unique or "database is locked" in text or state in ("40001", "40P01")
