"""What requests leave in the record: looks, refusals, and the address."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import NotAllowed, acting
from tests.web.conftest import Person
from tests.web.fakes import FakeEngine


def test_opening_a_case_a_task_and_a_document_are_looks(cb1: Person, fake: FakeEngine) -> None:
    for path in ("/cases/case-1", "/tasks/task-1", "/documents/doc-1", "/cases", "/inbox"):
        assert cb1.get(path).status_code == 200
    assert fake.noted == [
        ("look", "case", "case-1"),
        ("look", "task", "task-1"),
        ("look", "document", "doc-1"),
    ]


def test_what_is_hidden_or_refused_is_noted_once_with_what_was_asked(cb1: Person, fake: FakeEngine) -> None:
    assert cb1.get("/cases/nothing").status_code == 404
    assert [one for one in fake.noted if one[0] == "refused"] == [("refused", "GET cases.case", "nothing")]
    fake.noted.clear()
    fake.refusal = NotAllowed("您不能办理。")
    cb1.post("/cases/case-1/cancel", {"reason": "不办了"})
    fake.refusal = NotAllowed("您不能办理。")
    fake.refusal.recorded = True
    cb1.post("/cases/case-1/cancel", {"reason": "不办了"})
    assert fake.noted == [("refused", "POST cases.cancel", "case-1")]


def test_nobody_leaves_no_refusals(app: Flask, fake: FakeEngine) -> None:
    assert app.test_client().get("/cases/nothing").status_code == 302
    assert fake.noted == []


def test_what_a_request_does_is_done_from_its_address(
    fake: FakeEngine, cb1: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(fake, "note_look", lambda *_args, **_told: seen.append(acting().place))
    cb1.get("/cases/case-1", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert seen == ["10.1.2.3"]
    assert acting().place == "系统"
