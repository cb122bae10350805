"""The bar above the lists over the real engine: addresses, chips, saving, other people's hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine import Criteria, Engine
from tests.web.conftest import Person
from tests.web.fakes import FakeEngine
from tests.web.office import open_office
from tests.web.samples import row, task
from tests.web.test_real_engine import Visitor
from web import create_app

HOSTILE = "<img src=x>'\"&"


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    opened = open_office(sqlite_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def office(engine: Engine) -> Flask:
    return create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


def chips(page: str) -> list[tuple[str, str]]:
    """Names and counts of the saved filters above a list."""
    return re.findall(r'chip--\w+" href="[^"]+"[^>]*><i [^>]+></i>([^<]+)<span class="num">(\d+)', page)


def test_an_address_is_shown_narrowed_and_taken_apart(cb1: Person, fake: FakeEngine) -> None:
    fake.rows = [row(task("决定"), "设施<b>管理</b>失职")]
    asked = "/inbox?search=%3Cb%3E&process=review&step=决定&unit=u1&priority=urgent"
    page = cb1.get(f"{asked}&f.来源=来信&f.金额.from=3&f.发生日.to=2026-02-01").get_data(as_text=True)
    found = fake.criteria
    assert (found.search, found.process, found.step, found.unit) == ("<b>", "review", "决定", "u1")
    assert [(one.name, one.text, one.low, one.high) for one in found.fields] == [
        ("来源", "来信", "", ""),
        ("金额", "", "3", ""),
        ("发生日", "", "", "2026-02-01"),
    ]
    assert '设施<mark class="hit">&lt;b&gt;</mark>管理' in page
    for told in ("审查室", "急件", "来信", "3起", "至2026-02-01"):
        assert told in page
    without = re.search(r'href="([^"]+)" title="去掉这个条件"><span class="dim2">单位', page)
    assert without
    cb1.get(without[1].replace("&amp;", "&"))
    assert (fake.criteria.unit, fake.criteria.step, len(fake.criteria.fields)) == ("", "决定", 3)


def test_bad_values_are_named_and_ignored(cb1: Person, fake: FakeEngine) -> None:
    bad = f"due=x&process={HOSTILE}&f.金额.from=abc&f.zz=1&filter=none&state=9"
    answer = cb1.get(f"/inbox?search=设&{bad}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert fake.criteria == Criteria("设")
    assert page.count("不可用，已忽略") == 5
    assert "没有这个筛选" in page
    assert HOSTILE not in page
    assert cb1.get(f"/cases?search=设&{bad}&status=zz").status_code == 200


def test_a_filter_is_saved_shared_changed_and_removed(office: Flask, engine: Engine) -> None:
    engine.start("review", {"标题": "围墙倒塌", "急件": False}, by="desk")
    desk, exam = Visitor(office, "desk"), Visitor(office, "exam")
    assert "保存当前筛选" in desk.get("/inbox/claimable?search=审")
    form = {"criteria": "search=受理", "place": "tasks", "back": "/inbox/claimable", "colour": "blue"}
    answer = desk.post("/filters", {**form, "name": HOSTILE, "shared_with": "受理岗"})
    assert answer.headers["Location"].startswith("/inbox/claimable?filter=")
    page = desk.get(answer.headers["Location"])
    assert HOSTILE not in page
    assert chips(page) == [("&lt;img src=x&gt;&#39;&#34;&amp;", "1")]
    (made,) = engine.filters("desk")
    assert "更新“" in desk.get(f"/inbox/claimable?filter={made.id}&search=受理&due=free")
    update = {"criteria": "search=受理&due=free", "place": "tasks", "back": "/inbox/claimable"}
    assert desk.post(f"/filters/{made.id}", update).status_code == 302
    assert desk.post(f"/filters/{made.id}", {"name": "我们的", "colour": "red"}).status_code == 302
    (made,) = engine.filters("desk")
    assert (made.name, made.colour, made.criteria) == ("我们的", "red", Criteria("受理", due="free"))
    assert desk.post(f"/filters/{made.id}", {"name": ""}).status_code == 422
    assert "没有保存：" in desk.client.post(
        "/filters", data={"csrf_token": desk.token, "name": "空"}, follow_redirects=True
    ).get_data(as_text=True)
    assert "我们的" not in exam.get("/inbox/claimable") + exam.get("/filters")
    assert exam.post(f"/filters/{made.id}/remove", {}).status_code == 404
    assert "不再共用给您" in exam.get(f"/inbox/claimable?filter={made.id}")
    assert "我们的" in desk.get("/filters")
    desk.post(f"/filters/{made.id}/up", {})
    desk.post(f"/filters/{made.id}/remove", {})
    assert engine.filters("desk") == ()


def test_a_filter_of_cases_keeps_their_status(office: Flask, engine: Engine) -> None:
    case = engine.start("review", {"标题": "围墙倒塌", "急件": False}, by="desk")
    engine.cancel(case.id, "重复", by="desk")
    desk = Visitor(office, "desk")
    asked = desk.get("/cases?search=围墙&status=terminated")
    assert '<mark class="hit">围墙</mark>倒塌' in asked
    query = re.search(r'name="criteria" value="([^"]+)"', asked)
    assert query
    form = {"criteria": query[1].replace("&amp;", "&"), "place": "cases", "back": "/cases", "colour": "ink"}
    place = desk.post("/filters", {**form, "name": "了结的"}).headers["Location"]
    assert chips(desk.get(place)) == [("了结的", "1")]
    assert "倒塌" in desk.get(place)
    assert "倒塌" not in desk.get(f"{place}&status=active")
    assert "状态：已终止" in desk.get("/filters")
    assert "了结的" not in desk.get("/inbox")
