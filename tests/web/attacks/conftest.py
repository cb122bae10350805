"""The office of `world.py` behind the real app; tests that change it get a copy of their own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine, new_key
from tests.web.attacks.world import NOBODY, SECRETS_KEY, Caller, World, build
from web import create_app

KEY = new_key()
CONFIG = {
    "SECRET_KEY": "test",
    "TESTING": True,
    "PROPAGATE_EXCEPTIONS": False,
    "OFFICE_KEY": lambda: KEY,
    "STREAM_SECONDS": 0,  # one event, then the end
}
CHANGING = re.compile(rb'name="(csrf_token|_once)" value="[^"]*"')


def plain(body: bytes) -> bytes:
    """A page without what differs between any two answers."""
    return CHANGING.sub(b"", body)


@dataclass(frozen=True, slots=True)
class Site:
    """The office, the app over it, and somebody at a browser by name."""

    world: World
    app: Flask

    def caller(self, login: str = NOBODY) -> Caller:
        """Somebody who has just signed in."""
        return Caller(self.app, login)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path, Path]:
    """The world as it was built on SQLite, its database and its folder."""
    root = tmp_path_factory.mktemp("attacked")
    world = build(f"sqlite:///{root}/wenze.db", root / "office")
    world.engine.close()
    return world, root / "wenze.db", root / "office"


@pytest.fixture
def fresh_site(office: tuple[World, Path, Path], tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """Makes sites that nothing has happened on yet."""
    world, database, folder = office
    with ExitStack() as stack:

        def make() -> Site:
            copy = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
            shutil.copy(database, copy)
            engine = Engine.open(f"sqlite:///{copy}", resources=folder, secrets_key=SECRETS_KEY)
            stack.callback(engine.close)
            return Site(World(engine, world.scenes), create_app(engine, CONFIG))

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
