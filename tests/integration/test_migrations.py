"""Migrations run from nothing to the newest schema, which is that of the tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from engine import Engine, Unavailable
from engine.store.database import Database
from engine.store.tables import metadata
from tests.conftest import DATABASES


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    with request.getfixturevalue("postgres_server").empty_database() as url:
        yield url


def test_migrations_make_the_tables_as_they_are_declared(empty_url: str) -> None:
    database = Database(empty_url)
    with database.reading() as work:
        assert compare_metadata(MigrationContext.configure(work.connection), metadata) == []
        assert work.connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [
            "0002"
        ]
    database.close()


def test_opening_again_changes_nothing(empty_url: str) -> None:
    Engine.open(empty_url).close()
    engine = Engine.open(empty_url)
    engine.add_group("甲组")
    engine.close()
    engine = Engine.open(empty_url)
    assert engine.groups() == ("甲组",)
    engine.close()


def test_two_may_open_a_new_database_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        for engine in pool.map(Engine.open, [empty_url] * 2):
            assert engine.groups() == ()
            engine.close()


def test_sqlite_is_set_up_for_many_readers_and_no_orphans(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.db")
    with database.reading() as work:
        pragmas = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        found = [work.connection.execute(text(f"PRAGMA {one}")).scalar() for one in pragmas]
    assert found == ["wal", 1, 15000, 2]
    database.close()


def test_a_database_of_a_newer_program_is_refused_with_what_to_do(empty_url: str) -> None:
    database = Database(empty_url)
    with database.unit_of_work() as work:
        work.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(Unavailable, match="更新版本的程序"):
        Engine.open(empty_url)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "sqlite:////dev/null/wenze.db"])
def test_a_database_that_cannot_be_opened_says_so(url: str) -> None:
    with pytest.raises(Unavailable, match="数据库"):
        Engine.open(url)


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "wenze.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(Unavailable, match="数据库打不开"):
        Engine.open(f"sqlite:///{path}")
