"""The boxes in one frame, over the real engine: sorting, columns, verbs for many rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine
from engine.store.sorting import ORDERS
from tests.web.office import open_office
from tests.web.test_real_engine import Visitor
from web import create_app
from web.columns import COLUMNS


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    opened = open_office(sqlite_url, tmp_path)
    for title in ("甲", "乙", "丙"):
        opened.start("review", {"标题": f"设施{title}"}, by="desk")
    yield opened
    opened.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return Visitor(app, "desk")


def titles(page: str) -> list[str]:
    return re.findall(r'<span class="ellip">(?:<[^>]+>)*(设施.)', page)


def test_every_head_that_sorts_names_an_order_of_the_engine() -> None:
    for box, columns in COLUMNS.items():
        assert {one.sort for one in columns if one.sort} == set(ORDERS[box])


def test_a_head_sorts_and_turns_round_and_stays_in_the_address(desk: Visitor) -> None:
    page = desk.get("/inbox/claimable?sort=no&dir=asc")
    assert titles(page) == ["设施甲", "设施乙", "设施丙"]
    assert re.search(r'<th class="c-no"[^>]* aria-sort="ascending"', page)
    assert "sort=no&amp;dir=desc" in page
    assert 'class="group' not in page  # groups of urgency belong to the clock
    back = desk.get("/inbox/claimable?sort=no&dir=desc")
    assert titles(back) == ["设施丙", "设施乙", "设施甲"]
    assert 'class="group' in desk.get("/inbox/claimable?sort=nonsense&dir=x")


def test_columns_and_density_are_kept_for_one_person(desk: Visitor, app: Flask) -> None:
    assert 'class="c-from"' in desk.get("/inbox/claimable")
    chosen = {"box": "claimable", "column": ["priority"], "density": "compact", "back": "/inbox/claimable"}
    assert desk.post("/inbox/columns", chosen).headers["Location"] == "/inbox/claimable"
    page = desk.get("/inbox/claimable")
    assert 'data-density="compact"' in page
    assert 'class="c-prio"' in page
    assert 'class="c-from"' not in page
    assert 'class="c-from"' in desk.get("/inbox/started")  # another box
    assert "data-density" not in Visitor(app, "exam").get("/inbox")


def test_many_are_claimed_and_who_was_slower_is_told_why(desk: Visitor, engine: Engine) -> None:
    ids = [row.task.id for row in engine.inbox("desk", "claimable").items]
    page = desk.get("/inbox/claimable?all=1")
    assert page.count("checked>") >= 3
    engine.claim(ids[0], by="desk")
    answer = desk.post("/inbox/bulk", {"box": "claimable", "verb": "claim", "pick": [*ids, "nobody's"]})
    told = answer.get_data(as_text=True)
    assert "2件已认领，2件没有办成" in told
    assert "已在您的待办中" in told
    assert "看不到的任务" in told
    assert len(engine.inbox("desk", "todo").items) == 3
    released = desk.post("/inbox/bulk", {"box": "todo", "verb": "release", "pick": ids})
    assert "3件已退回待认领。" in released.get_data(as_text=True)
    assert desk.post("/inbox/bulk", {"box": "todo", "verb": "release"}).status_code == 302
    assert desk.post("/inbox/bulk", {"box": "todo", "verb": "destroy", "pick": ids}).status_code == 404


def test_a_verb_with_a_reason_asks_once_for_all(desk: Visitor, engine: Engine) -> None:
    ids = [row.task.id for row in engine.inbox("desk", "claimable").items]
    for one in ids[:2]:
        engine.claim(one, by="desk")
    form = {"box": "todo", "verb": "transfer", "pick": ids[:2]}
    asked = desk.post("/inbox/bulk", form).get_data(as_text=True)
    assert "转办2件" in asked
    answer = desk.post("/inbox/bulk", {**form, "text": "", "people": "exam"})
    assert answer.status_code == 422
    assert "请写明理由" in answer.get_data(as_text=True)
    refused = desk.post("/inbox/bulk", {"box": "todo", "verb": "complete", "pick": ids[:1]})
    assert "须逐件填写，不能批量办结" in refused.get_data(as_text=True)


def test_copies_are_marked_as_read_together(desk: Visitor, app: Flask, engine: Engine) -> None:
    for row in engine.started("desk").items:
        engine.copy_to(row.instance.id, ["exam"], "请知悉", by="desk")
    exam = Visitor(app, "exam")
    page = exam.get("/inbox/copies")
    picks = re.findall(r'name="pick" form="bulk" value="([^"]+)"', page)
    assert len(picks) == 3
    told = exam.post("/inbox/bulk", {"box": "copies", "verb": "read", "pick": picks[:2]})
    assert "2件已阅。" in told.get_data(as_text=True)
    assert engine.counts("exam")["copies"] == 1
    assert "督办" in page  # who is in a group that sees all cases
    assert "督办" not in Visitor(app, "admin").get("/inbox")


def test_who_started_a_case_urges_who_has_it(desk: Visitor, engine: Engine) -> None:
    page = desk.get("/inbox/started")
    (first, *_) = re.findall(r'name="pick" form="bulk" value="([^"]+)"', page)
    form = {"box": "started", "verb": "urge", "pick": first}
    assert "催办的话" in desk.post("/inbox/bulk", form).get_data(as_text=True)
    assert "1件已催办。" in desk.post("/inbox/bulk", {**form, "text": "请抓紧"}).get_data(as_text=True)
    again = desk.post("/inbox/bulk", {**form, "text": ""}).get_data(as_text=True)
    assert "已经催办过" in again
