"""Pages that hold protected data: it is in no source before the look, and nobody else can look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.attacks.world import SECRET, Caller, World, build
from web import create_app


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("protected")
    made = build(f"sqlite:///{folder / 'wenze.db'}", folder / "bundles")
    yield made
    made.engine.close()


def caller(world: World, login: str) -> Caller:
    return Caller(create_app(world.engine, {"SECRET_KEY": "for tests only", "TESTING": True}), login)


def case(world: World) -> str:
    return str(world.scenes["plain"].arguments["instance_id"])


PAGES = ("/inbox", "/cases", "/cases?search=设施", "/cases/{case}", "/tasks/{task}", "/notices")


@pytest.mark.parametrize("login", ["initiator", "assignee", "supervisor", "former", "recipient"])
def test_the_value_is_in_no_page(world: World, login: str) -> None:
    visitor, values = caller(world, login), world.scenes["plain"].arguments
    for page in PAGES:
        answer = visitor.send("GET", page.format(case=case(world), task=values["task_id"]))
        assert SECRET not in answer.text, page
        assert answer.status_code in (200, 404)
    shown = visitor.send("GET", f"/cases/{case(world)}").text
    assert "（保密）" in shown
    assert ("/protected/who" in shown) == (login == "supervisor")


def test_who_may_look_says_why_and_sees_it_on_that_page_only(world: World) -> None:
    visitor, path = caller(world, "supervisor"), f"/cases/{case(world)}/protected/who"
    asked = visitor.send("GET", path)
    assert asked.status_code == 200
    assert SECRET not in asked.text
    empty = visitor.send("POST", path, {"reason": " "})
    assert empty.status_code == 422
    assert "请写明查看的理由" in empty.text
    assert SECRET not in empty.text
    shown = visitor.send("POST", path, {"reason": "须当面答复<b>"})
    assert shown.status_code == 200
    assert SECRET in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    page = visitor.send("GET", f"/cases/{case(world)}").text
    assert SECRET not in page
    assert "查看保密内容" in page
    assert "须当面答复&lt;b&gt;" in page


@pytest.mark.parametrize(("login", "status"), [("assignee", 403), ("recipient", 403), ("stranger", 404)])
def test_nobody_else_gets_it(world: World, login: str, status: int) -> None:
    visitor = caller(world, login)
    before = len(world.engine.case(case(world), by="").history)
    for method in ("GET", "POST"):
        answer = visitor.send(method, f"/cases/{case(world)}/protected/who", {"reason": "好奇"})
        assert (answer.status_code, SECRET in answer.text) == (status, False)
    assert len(world.engine.case(case(world), by="").history) == before


def test_a_forged_post_looks_at_nothing(world: World) -> None:
    visitor = caller(world, "supervisor")
    visitor.token = ""
    answer = visitor.send("POST", f"/cases/{case(world)}/protected/who", {"reason": "好奇"})
    assert answer.status_code == 400
    assert SECRET not in answer.text


def test_a_field_that_is_filled_in_cannot_be_changed_by_a_post(world: World) -> None:
    task = world.scenes["plain"].arguments["task_id"]
    visitor = caller(world, "assignee")
    assert 'name="来信人"' not in visitor.send("GET", f"/tasks/{task}").text
    posted = {"标题": "设施失修", "来信人": "别人", "_action": "save"}
    assert visitor.send("POST", f"/tasks/{task}", posted).status_code == 302
    (held,) = (one for one in world.engine.case(case(world), by="").open_tasks if one.id == task)
    assert held.assignee == "assignee"
    posted["_action"] = "submit"
    assert visitor.send("POST", f"/tasks/{task}", posted).status_code == 302
    assert world.engine.case(case(world), by="").variables["来信人"] == SECRET
