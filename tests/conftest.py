"""Fixtures: a clock that stands still, and an engine on each database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from engine import Engine, User
from engine.commands import identity
from engine.store import people as accounts
from engine.store.database import Database
from tests import postgres
from web.hatch_build import compile_catalogues

PASSWORD = "correct-horse-1"
MEMBERS = {
    "a1": frozenset({"甲组"}),
    "a2": frozenset({"甲组"}),
    "b1": frozenset({"乙组"}),
    "ab": frozenset({"甲组", "乙组"}),
    "boss": frozenset({"主管"}),
    "out": frozenset(),
}
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class Clock:
    """A clock that moves only when it is told to; 2026-03-02 is a Monday."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        """Move on by `days=`, `hours=`, `minutes=` ..."""
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 with the least work, since no test attacks a hash."""
    patch = pytest.MonkeyPatch()
    patch.setattr(identity, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to be copied."""
    path = tmp_path_factory.mktemp("template") / "wenze.db"
    Database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    path = tmp_path / "wenze.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh migrated database, once of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


@pytest.fixture
def engine(database_url: str, clock: Clock) -> Iterator[Engine]:
    """An engine on a fresh database, with the clock that stands still."""
    opened = Engine.open(database_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def people(engine: Engine) -> Engine:
    """The engine with a few groups, and users named after what they are in."""
    hashed = identity.hasher.hash(PASSWORD)
    with engine._context.database.unit_of_work() as work:  # one transaction for all of them
        accounts.add_groups(work, ("甲组", "乙组", "主管", "流程管理员"))
        for login, groups in MEMBERS.items():
            accounts.add(work, User(login, f"{login}的岗位", "某单位", groups), hashed)
    return engine


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """What an install makes of the catalogues, for tests that run in a bare checkout."""
    compile_catalogues(Path(__file__).parents[1] / "web")
