"""The office of `world.py` behind the real app; tests that change it get a copy of their own."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine, new_key
from tests.web.attacks.world import NOBODY, PEOPLE, SECRETS_KEY, Caller, Seat, World, build
from web import create_app

KEY = new_key()
CONFIG = {
    "SECRET_KEY": "test",
    "TESTING": True,
    "PROPAGATE_EXCEPTIONS": False,
    "OFFICE_KEY": lambda: KEY,
    "STREAM_SECONDS": 0,  # one event, then the end
}
CHANGING = re.compile(rb'name="(csrf_token|_once)" value="[^"]*"|data-since="[^"]*"')


def plain(body: bytes) -> bytes:
    """A page without what differs between any two answers."""
    return CHANGING.sub(b"", body)


@dataclass(frozen=True, slots=True)
class Site:
    """The office, the app over it, and somebody at a browser by name."""

    world: World
    app: Flask
    seats: Mapping[str, Seat] = field(default_factory=dict)

    def caller(self, login: str = NOBODY) -> Caller:
        """Somebody who has just signed in."""
        return Caller(self.app, login)

    def seated(self, login: str) -> Caller:
        """Somebody who had signed in before this site was copied."""
        return Caller(self.app, login, self.seats[login])


@dataclass(frozen=True, slots=True)
class Origin:
    """The world as it was built on SQLite, closed, with everybody at his browser."""

    world: World
    database: Path
    folder: Path
    seats: Mapping[str, Seat]

    def copy_to(self, path: Path) -> None:
        """Make the database at this path what this one is, though an engine may be open on it."""
        with closing(sqlite3.connect(self.database)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    """What sites are copied from."""
    root = tmp_path_factory.mktemp("attacked")
    world = build(f"sqlite:///{root}/wenze.db", root / "office")
    app = create_app(world.engine, CONFIG)
    seats = {name: Caller(app, name).seat() for name in (*PEOPLE, NOBODY) if name != "leaver"}
    world.engine.close()
    return Origin(world, root / "wenze.db", root / "office", seats)


@pytest.fixture
def fresh_site(office: Origin, tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """Brings the test's site back to what it was before anything happened on it, and gives it."""
    copy = tmp_path / "wenze.db"
    shutil.copy(office.database, copy)
    with closing(
        Engine.open(f"sqlite:///{copy}", resources=office.folder, secrets_key=SECRETS_KEY)
    ) as engine:
        site = Site(World(engine, office.world.scenes), create_app(engine, CONFIG), office.seats)

        def make() -> Site:
            office.copy_to(copy)
            return site

        yield make


@pytest.fixture
def site(fresh_site: Callable[[], Site]) -> Site:
    """A site of this test's own."""
    return fresh_site()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on each database, for a module's tests that are refused everything."""
    root = tmp_path_factory.mktemp("shared")
    with ExitStack() as stack:
        url = f"sqlite:///{root}/wenze.db"
        if request.param == "postgres":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        world = build(url, root / "office")
        stack.callback(world.engine.close)
        yield Site(world, create_app(world.engine, CONFIG))
