"""The page of one's substitutes, and how a task done in somebody's stead is shown; on a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import Engine, Resource
from tests.builders import Builder
from tests.web.office import open_office
from tests.web.test_organisation import Browser
from web.cli import main

FORM = {"substitute": "exam", "since": "2020-01-01", "until": "2090-12-31", "reason": "出差"}


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_office(sqlite_url, tmp_path)
    yield engine
    engine.close()


def test_one_names_a_substitute_and_ends_it(office: Engine) -> None:
    desk, exam = Browser(office, "desk"), Browser(office, "exam")
    assert desk.post("/substitutes", **FORM)[0] == 302
    assert "代我办理的人" in desk.get("/substitutes")
    assert "我代办的人" in exam.get("/substitutes")
    (made,) = office.substitutions("desk")
    assert exam.post(f"/substitutes/{made.id}/end")[0] == 403
    assert desk.post(f"/substitutes/{made.id}/end")[0] == 302
    assert "已结束" in desk.get("/substitutes")


def test_mistakes_are_told_and_what_was_filled_in_stays(office: Engine) -> None:
    desk = Browser(office, "desk")
    status, page = desk.post("/substitutes", **{**FORM, "substitute": "desk", "reason": "<b>出差"})
    assert status == 422
    assert "代理人不能是本人" in page
    assert "&lt;b&gt;出差" in page
    assert "请填写开始和结束的日期" in desk.post("/substitutes", **{**FORM, "until": "x"})[1]
    assert desk.post("/substitutes", **FORM, person="admin")[0] == 403
    assert Browser(office, "admin").post("/substitutes", **FORM, person="desk")[0] == 302


def test_a_task_done_in_anothers_stead_says_so(office: Engine) -> None:
    builder = Builder("m", "请示", ("审查岗",)).start().user("签批", assignee="desk").end()
    office.deploy([Resource("t/m.bpmn", builder.xml())], name="m", by="")
    Browser(office, "desk").post("/substitutes", **FORM)
    case = office.start("m", {}, by="exam")
    (given,) = office.inbox("exam", "todo").items
    exam = Browser(office, "exam")
    assert "代受理员办理" in exam.get("/inbox")
    assert "代受理员办理：出差" in exam.get(f"/tasks/{given.task.id}")
    office.complete(given.task.id, {}, by="exam")
    page = exam.get(f"/cases/{case.id}")
    assert "审查员（代受理员办理）" in page
    assert "受理员不在，由审查员代办" in page


def test_the_commands_do_the_same(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data")]
    run = CliRunner()
    for login in ("zhang", "li"):
        words = ["user", "add", login, "--display", login, "--password", "a long pass phrase 7", *data]
        assert run.invoke(main, words).exit_code == 0
    words = ["substitute", "add", "zhang", "li", "--from", "2026-01-01", "--until", "2090-12-31"]
    told = run.invoke(main, [*words, "--reason", "出差", *data])
    assert "已指定 li 代理 zhang" in told.output
    listed = run.invoke(main, ["substitute", "list", *data]).output
    assert "2090-12-31" in listed
    number = told.output.rsplit("编号 ", 1)[1].strip("。\n")
    assert "已结束" in run.invoke(main, ["substitute", "end", number, *data]).output
