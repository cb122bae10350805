"""Error pages, and the statuses of refusals."""

from __future__ import annotations

import logging

import pytest

from engine import Conflict, EngineError, InvalidDefinition, InvalidInput, NotAllowed, NotFound, Problem
from tests.web.conftest import Person
from tests.web.fakes import FakeEngine
from web.errors import status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (NotAllowed(), 403),
        (Conflict(), 409),
        (InvalidInput(), 422),
        (InvalidDefinition(), 422),
        (EngineError(), 500),
    ],
)
def test_status_of_refusals(error: EngineError, status: int) -> None:
    assert status_of(error) == status


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (NotFound(), 404, "没有这一页"),
        (NotAllowed("您没有这个岗位。"), 403, "您没有这个岗位。"),
        (Conflict("刚才已由他人认领。"), 409, "刚才已由他人认领。"),
        (InvalidInput(problems=[Problem("甲"), Problem("乙")]), 422, "<li>乙</li>"),
    ],
)
def test_page_of_a_refusal(
    cb1: Person, fake: FakeEngine, error: EngineError, status: int, title: str
) -> None:
    fake.refusal = error
    answer = cb1.post("/tasks/task-1/release", {})
    assert answer.status_code == status
    assert title in answer.get_data(as_text=True)
    assert "回到待办" in answer.get_data(as_text=True)


def test_unknown_address(cb1: Person) -> None:
    answer = cb1.get("/nowhere")
    assert answer.status_code == 404
    assert "没有这一页" in answer.get_data(as_text=True)


def test_unknown_address_tells_strangers_nothing(client) -> None:
    assert client.get("/nowhere").status_code == 302


def test_wrong_method(cb1: Person) -> None:
    assert cb1.get("/tasks/task-1/claim").status_code == 405


@pytest.mark.parametrize("error", [RuntimeError("secret detail"), EngineError("secret detail")])
def test_crash_tells_nothing_but_is_logged(
    cb1: Person, fake: FakeEngine, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    fake.refusal = error
    with caplog.at_level(logging.ERROR):
        answer = cb1.post("/tasks/task-1/release", {})
    assert answer.status_code == 500
    assert "系统出错" in answer.get_data(as_text=True)
    assert "secret detail" not in answer.get_data(as_text=True)
    assert any(record.exc_info for record in caplog.records)


def test_script_gets_text_or_json(cb1: Person) -> None:
    answer = cb1.get("/nowhere", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["error"]) == (404, "没有这一页")
    answer = cb1.get("/nowhere", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "<html" not in answer.get_data(as_text=True)


def test_error_page_survives_an_engine_that_is_down(cb1: Person, fake: FakeEngine, monkeypatch) -> None:
    def down(*_args: object) -> None:
        raise RuntimeError("database is away")

    for name in ("user", "office", "counts"):
        monkeypatch.setattr(fake, name, down)
    answer = cb1.get("/inbox")
    assert answer.status_code == 500
    assert "系统出错" in answer.get_data(as_text=True)
