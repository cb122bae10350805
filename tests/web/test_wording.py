"""Dates and clocks in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from markupsafe import Markup

from engine.model.records import TimeLeft
from tests.web.samples import NOW, task
from web import wording


@pytest.fixture(autouse=True)
def _in_app(app):
    with app.test_request_context():
        yield


def left(
    amount: int, unit: str = "D", *, over: bool = False, today: bool = False, soon: bool = False
) -> TimeLeft:
    return TimeLeft(unit, amount, over, today, soon, 0.5)


@pytest.mark.parametrize(
    ("found", "text", "tone"),
    [
        (left(4, over=True), "超期4天", "over"),
        (left(1, "WD", over=True), "超期1个工作日", "over"),
        (left(0, today=True), "今天到期", "soon"),
        (left(2, "WD", soon=True), "剩2个工作日", "soon"),
        (left(24), "剩24天", "normal"),
    ],
)
def test_time_left(found: TimeLeft, text: str, tone: str) -> None:
    assert wording.left_words(found) == (text, tone)


def test_clock_without_due_date() -> None:
    clock = wording.clock_words(task(days=None))
    assert (clock.text, clock.tone, clock.used) == ("不限时", "none", 0)


def test_overdue_clock_is_full() -> None:
    assert wording.clock_words(task(days=-2)).used == 100


@pytest.mark.parametrize(
    ("days", "group"), [(-1, "over"), (0, "today"), (3, "soon"), (9, "later"), (None, "free")]
)
def test_group_of_the_inbox(days: int | None, group: str) -> None:
    assert wording.urgency_group(task(days=days)) == group


@pytest.mark.parametrize(
    ("length", "words"), [("15WD", "15个工作日"), ("P30D", "30天"), ("P1M", "1个月"), ("", "")]
)
def test_length(length: str, words: str) -> None:
    assert wording.length_words(length) == words


def test_dates_are_the_offices() -> None:
    late = datetime(2020, 12, 31, 17, 0, tzinfo=UTC)  # already the next day in the office
    assert wording.short_date(late) == "2021-01-01"
    assert wording.full_date(late) == "2021年1月1日"
    assert wording.weekday(late) == "星期五"


def test_arrival() -> None:
    assert ":" in wording.arrival(NOW)
    assert wording.arrival(NOW - timedelta(days=1)).startswith("昨天")
    assert ":" not in wording.arrival(NOW - timedelta(days=5))


def test_spans() -> None:
    first = datetime(2020, 10, 9, 2, tzinfo=UTC)
    assert wording.span_words(first, first + timedelta(days=5)) == "2020年10月9日至14日"
    assert wording.span_words(first, first + timedelta(days=30)) == "2020年10月9日至2020年11月8日"
    assert wording.days_between(first, first + timedelta(days=5)) == 6


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), ([], "—"), (0, "0"), (False, "否"), (["甲", True], "甲、是"), ({"甲": 1}, "甲：1")],
)
def test_shown_value(value: object, text: str) -> None:
    assert wording.shown(value) == text


def test_unchecked_source_gets_its_mark_and_nothing_else_is_markup() -> None:
    assert wording.legal("第十一条〔待核〕；<b>") == '第十一条 <span class="mark">待核</span> ；&lt;b&gt;'


def test_numbers_are_set_as_numbers_and_texts_are_escaped() -> None:
    assert wording.numbered("决定文号：决〔2026〕1号<b>") == (
        '决定文号：<span class="no">决〔2026〕1号</span>&lt;b&gt;'
    )
    assert wording.numbered("〔待核〕") == "〔待核〕"
    assert wording.numbered(Markup("已登记：<b>决〔2026〕1号</b>")) == (
        '已登记：<b><span class="no">决〔2026〕1号</span></b>'
    )
