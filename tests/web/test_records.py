"""The record's pages: for the administrator who audits, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from engine import acting_from
from tests.web.attacks.world import Caller, World, build
from web import create_app


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("records")
    made = build(f"sqlite:///{folder}/wenze.db", folder / "office")
    yield made
    made.engine.close()


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    return create_app(world.engine, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture(scope="module")
def auditor(app: Flask) -> Caller:
    return Caller(app, "audit")


def page(caller: Caller, path: str) -> str:
    answer = caller.client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_codes_are_listed(world: World, auditor: Caller) -> None:
    with acting_from("10.1.2.3"):
        made = world.engine.seal_record()
    assert made is not None
    assert made.code in page(auditor, "/admin/codes")


@pytest.mark.parametrize("login", ["assignee", "supervisor", "editor", "stranger"])
def test_nobody_else_reads_it(app: Flask, login: str) -> None:
    caller = Caller(app, login)
    assert caller.client.get("/admin/codes").status_code == 403
