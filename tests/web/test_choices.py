"""The case page offers what may be done next in an ad-hoc subprocess, to those who may choose it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine
from tests.builders import Builder
from tests.integration.helpers import deploy
from tests.web.office import open_office
from tests.web.test_real_engine import Visitor
from web import create_app


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    opened = open_office(sqlite_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture
def case(engine: Engine) -> str:
    inner = Builder().user("谈话", groups="受理岗").loose().user("鉴定", groups="审查岗").loose()
    model = Builder("h", "核实", starter_groups=("受理岗",)).start().user("a", groups="审查岗")
    deploy(engine, model.ad_hoc("s", inner, name="核实").user("写报告", groups="受理岗").end())
    case = engine.start("h", {}, by="desk").id
    (row,) = engine.inbox("exam", "claimable").items
    engine.claim(row.task.id, by="exam")
    engine.complete(row.task.id, {}, by="exam")
    return case


def test_steps_are_offered_started_and_ended(engine: Engine, app: Flask, case: str) -> None:
    desk = Visitor(app, "desk")
    page = desk.get(f"/cases/{case}")
    assert "核实：选办下一步" in page and "“核实”等待选办下一步" in page
    assert 'aria-label="开始谈话"' in page and 'aria-label="开始鉴定"' in page
    (action,) = re.findall(rf'action="(/cases/{case}/choices/[^"]+)"', page)
    assert desk.post(action, {"element": "谈话"}).status_code == 302
    page = desk.get(f"/cases/{case}")
    assert "选办" in page and "谈话" in page
    assert [row.task.name for row in engine.inbox("desk", "claimable").items] == ["谈话"]
    assert desk.post(action, {"element": ""}).status_code == 302
    assert [row.task.name for row in engine.inbox("desk", "claimable").items] == ["写报告"]
    page = desk.get(f"/cases/{case}")
    assert "选办下一步" not in page and "结束选办" in page
    assert desk.post(action, {"element": "谈话"}).status_code == 409


def test_others_are_offered_what_is_theirs(app: Flask, case: str) -> None:
    exam = Visitor(app, "exam")
    page = exam.get(f"/cases/{case}")
    assert 'aria-label="开始鉴定"' in page and 'aria-label="开始谈话"' not in page
    (action,) = re.findall(rf'action="(/cases/{case}/choices/[^"]+)"', page)
    assert exam.post(action, {"element": "谈话"}).status_code == 403
    assert exam.client.post(action, data={"element": "鉴定"}).status_code == 400, "without the form's token"
    assert exam.post(action, {"element": "鉴定"}).status_code == 302
