"""Pages of registers: writing on a case and outside, who gets in, and that nothing is shown to others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.attacks.world import Caller, World, build
from web import create_app

SAID = "来问进展<b>"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = build(f"sqlite:///{tmp_path / 'wenze.db'}", tmp_path / "bundles")
    yield made
    made.engine.close()


def caller(world: World, login: str) -> Caller:
    return Caller(create_app(world.engine, {"SECRET_KEY": "for tests only", "TESTING": True}), login)


def case(world: World) -> str:
    return str(world.scenes["plain"].arguments["instance_id"])


def test_an_entry_on_a_case_is_shown_to_its_readers(world: World) -> None:
    visitor, path = caller(world, "assignee"), f"/cases/{case(world)}/registers/visits"
    assert "来访登记" in visitor.send("GET", path).text
    empty = visitor.send("POST", path, {"事由": ""})
    assert empty.status_code == 422
    assert "请填写“事由”" in empty.text
    assert visitor.send("POST", path, {"事由": SAID}).status_code == 302
    shown = caller(world, "supervisor").send("GET", f"/cases/{case(world)}").text
    assert "来问进展&lt;b&gt;" in shown
    assert "assignee的名字" in shown
    mine = visitor.send("GET", f"/cases/{case(world)}").text
    assert "来问进展" in mine
    others = caller(world, "initiator").send("GET", f"/cases/{case(world)}").text
    assert "来问进展" not in others
    assert "登记…" in others


def test_a_page_sent_twice_is_one_entry(world: World) -> None:
    visitor, path = caller(world, "assignee"), f"/cases/{case(world)}/registers/visits"
    for _ in range(2):
        assert visitor.send("POST", path, {"事由": SAID, "_once": "page-key-1"}).status_code == 302
    assert len(world.engine.register("matter", "visits", by="").entries) == 1


@pytest.mark.parametrize(("login", "status"), [("recipient", 403), ("stranger", 404), ("editor", 404)])
def test_who_does_not_handle_the_case_writes_nothing(world: World, login: str, status: int) -> None:
    visitor = caller(world, login)
    for method in ("GET", "POST"):
        answer = visitor.send(method, f"/cases/{case(world)}/registers/visits", {"事由": SAID})
        assert answer.status_code == status
    assert world.engine.register("matter", "visits", by="").entries == ()


def test_a_register_outside_of_cases(world: World) -> None:
    writer = caller(world, "former")
    assert "/registers" in writer.send("GET", "/cases").text
    assert "来访登记" in writer.send("GET", "/registers").text
    assert writer.send("POST", "/registers/matter/visits", {"事由": SAID}).status_code == 302
    reader = caller(world, "supervisor")
    assert "来问进展&lt;b&gt;" in reader.send("GET", "/registers/matter/visits").text
    assert reader.send("POST", "/registers/matter/visits", {"事由": SAID}).status_code == 403
    stranger = caller(world, "stranger")
    assert "/registers" not in stranger.send("GET", "/cases").text
    assert "来访登记" not in stranger.send("GET", "/registers").text
    for method in ("GET", "POST"):
        assert stranger.send(method, "/registers/matter/visits", {"事由": SAID}).status_code == 403
    assert reader.send("GET", "/registers/matter/nothing").status_code == 404
