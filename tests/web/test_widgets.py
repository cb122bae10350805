"""Dates and amounts as people write them, and long text as pages draw it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.web.test_fields import fields, form
from web import amounts, days
from web.fields import Filling, form_view
from web.forms import Posted, typed_values
from web.rich import rich


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12,000.50", 12000.5),
        ("１.2万元", 12000),
        ("￥300", 300),
        ("人民币3亿元整", 300_000_000),
        ("-5", -5),
        ("", None),
        ("1e9", None),
        ("十万", None),
        ("1" * 400, None),
        ("NaN", None),
    ],
)
def test_amounts_are_read_as_written(text: str, found: float | None) -> None:
    assert amounts.amount(text) == found


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("10.05", "壹拾元零伍分"),
        ("12000.5", "壹万贰仟元伍角整"),
        ("100010001", "壹亿零壹万零壹元整"),
        ("1000000500", "壹拾亿零伍佰元整"),
        ("305000", "叁拾万伍仟元整"),
        ("-3", "负叁元整"),
    ],
)
def test_amounts_in_the_figures_of_cheques(number: str, words: str) -> None:
    assert amounts.capital(Decimal(number)) == words


@pytest.mark.parametrize(
    "text",
    ["2026年11月24日", "2026-11-24", "2026.11.24", "２０２６/11/24", "20261124", "二〇二六年十一月二十四日"],
)
def test_days_are_read_as_written(text: str) -> None:
    assert days.day(text) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "text", ["", "2026年2月30日", "11月24日", "0000-01-01", "2026-1", "十" * 30, "x" * 999]
)
def test_what_is_no_day(text: str) -> None:
    assert days.day(text) is None


def test_a_form_shows_and_takes_dates_amounts_and_pickers(app: Flask) -> None:
    specs = {
        "日期": {"type": "string", "format": "date"},
        "金额": {"type": "number", "x-widget": "amount"},
        "单位": {"type": "string", "x-widget": "unit"},
        "人": {"type": "array", "x-widget": "person", "items": {"type": "string"}},
        "意见": {"type": "string", "x-widget": "richtext", "readOnly": True},
    }
    with app.test_request_context():
        given = {"日期": "2026-10-01", "金额": 12000.5, "人": ["甲", "乙"], "意见": "**重**"}
        drawn = fields(form_view(form(specs), Filling(given)))
        assert (drawn["日期"].value, drawn["日期"].echo) == (
            "2026年10月1日",
            "星期四，法定节假日，不是工作日",
        )
        assert (drawn["金额"].value, drawn["金额"].echo) == (
            "12,000.50",
            "1.20005万元，大写：壹万贰仟元伍角整",
        )
        assert [one.kind for one in drawn.values()] == ["date", "amount", "pick", "picks", "read"]
        assert (drawn["人"].value, drawn["意见"].rich) == ("甲\n乙", True)
    posted = MultiDict([("日期", "2026年10月1日"), ("金额", "1.2万"), ("单位", "za"), ("人", "甲\r\n\r\n乙")])
    values = typed_values({"properties": specs}, Posted(posted))
    assert values == {"日期": "2026-10-01", "金额": 12000, "单位": "za", "人": ["甲", "乙"]}
    odd = typed_values({"properties": specs}, Posted(MultiDict({"日期": "明天", "金额": "不少"})))
    assert odd == {"日期": "明天", "金额": "不少"}  # for the engine to refuse


def test_long_text_is_drawn_and_escaped() -> None:
    drawn = rich("一、<b>事</b>\n**重<i>点**\n- 甲\n3. 乙\n<script>alert(1)</script>")
    assert str(drawn) == (
        '<p class="rich__head">一、&lt;b&gt;事&lt;/b&gt;</p><p><strong>重&lt;i&gt;点</strong></p>'
        '<ul><li>甲</li></ul><ol start="3"><li>乙</li></ol><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'
    )
