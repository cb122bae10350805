"""FEEL by the sandbox: values, errors in Chinese, checks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.errors import FeelError

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(JSON)
def test_json_goes_in_and_out_unchanged(value: Any) -> None:
    assert feel.evaluate("值", {"值": value}) == value


@pytest.mark.parametrize(
    ("expression", "variables", "value"),
    [
        ('处置方式 in ("谈话函询", "初步核实")', {"处置方式": "初步核实"}, True),
        ("count(人员[党员 = true]) > 0", {"人员": [{"党员": True}, {"党员": False}]}, True),
        ("for 人 in 人员 return 人.名称", {"人员": [{"名称": "甲"}, {"名称": "乙"}]}, ["甲", "乙"]),
        ("没有的变量", {}, None),
        ("没有的变量.里面的", {}, None),
        ('"文字" + 1', {}, None),
        ("null", {}, None),
        ('date("2026-01-31") + duration("P1M")', {}, "2026-02-28"),
        ('date(日) > date("2026-01-01")', {"日": "2026-01-02"}, True),
        ("日", {"日": "2026-01-02"}, "2026-01-02"),
        ('date and time("2026-01-02T03:04:05Z")', {}, "2026-01-02T03:04:05Z"),
        ('duration("P18M")', {}, "P1Y6M"),
        ('time("09:30:00")', {}, "09:30:00"),
        ("[1..3]", {}, "[1..3]"),
        ("1 / 0", {}, None),
        ("3.0", {}, 3),
        ("count", {}, None),
    ],
)
def test_values(expression: str, variables: dict[str, Any], value: Any) -> None:
    assert feel.evaluate(expression, variables) == value


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 +", "表达式“1 +”不完整（第4个字符）"),
        ("1 2", "表达式“1 2”中“2”不合语法（第3个字符）"),
        ("", "表达式是空的（第1个字符）"),
        ("甲 =\n乙 乙乙 (", "表达式“甲 = 乙 乙乙 (”不完整（第2行第7个字符）"),
        ('𠮷 2 "x" 3', "不合语法（第5个字符）"),
        ("nosuch(1)", "没有函数“nosuch”（第1个字符）"),
        ("1 + count([1], 2)", "“count([1], 2)”的参数个数或名称不对（第5个字符）"),
        ("if a then b", "不完整，应写成 if … then … else …"),
    ],
)
def test_mistakes_of_the_author_are_errors_with_the_place(expression: str, message: str) -> None:
    with pytest.raises(FeelError, match=r".*") as caught:
        feel.evaluate(expression, {})
    assert message in caught.value.message


def test_many_are_answered_in_order_over_their_own_variables() -> None:
    first, second = {"甲": 1}, {"甲": 2}
    assert feel.evaluate_many([("甲", first), ("甲", second), ("甲 + 1", first)]) == [1, 2, 2]
    assert feel.evaluate_many([]) == []


def test_many_raise_the_first_error() -> None:
    with pytest.raises(FeelError, match="nosuch"):
        feel.evaluate_many([("1", {}), ("nosuch()", {}), ("1 +", {})])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), object(), {1, 2}, b"x"])
def test_what_json_cannot_hold_is_refused(bad: Any) -> None:
    with pytest.raises(FeelError, match="变量不是可以计算的数据"):
        feel.evaluate("值", {"值": bad})


@pytest.mark.parametrize(
    ("test", "value", "passes"),
    [
        ('"甲", "乙"', "乙", True),
        ('"甲", "乙"', "丙", False),
        ('not("甲")', "乙", True),
        ("[1..3)", 3, False),
        ("> 2", 3, True),
        ("> 2", None, False),
        ("null", None, True),
        ("-", None, True),
        ("? > 2 and ? < 上限", 3, True),
        ("true", False, False),
        ("false", False, True),
        ('list contains(?, "甲")', ["甲"], True),
        ('> date("2026-01-01")', "2026-01-02", False),
        ('date(?) > date("2026-01-01")', "2026-01-02", True),
    ],
)
def test_unary(test: str, value: Any, passes: bool) -> None:
    assert feel.unary_test(test, value, {"上限": 4}) is passes


def test_the_value_under_test_does_not_reach_other_tests() -> None:
    tests = [("? = 1", 1, ""), ("? = 1", 2, ""), ("? = null", None, "")]
    assert feel.unary_tests(tests, feel.Scope({})) == [True, False, True]


@pytest.mark.parametrize(
    ("test", "value", "kind"),
    [
        ('> date("2026-01-01")', "2026-01-02", "date"),
        ('some x in ? satisfies x > date("2026-01-01")', ["2026-01-02"], "date"),
        ('< time("10:00:00")', "09:00:00", "time"),
        ('> date and time("2026-01-01T00:00:00")', "2026-01-01T00:00:01", "date and time"),
        ('> duration("P2M")', "P10M", "duration"),
    ],
)
def test_a_value_of_a_declared_type_is_compared_as_such(test: str, value: Any, kind: str) -> None:
    assert feel.unary_tests([(test, value, kind), (test, value, "")], feel.Scope({})) == [True, False]


def test_a_scope_brings_types_and_functions_that_see_one_another() -> None:
    functions = {
        "阶乘": "function(n) if n <= 1 then 1 else n * 阶乘(n - 1)",
        "倍 数": "function(n) 系数 * 阶乘(n)",
    }
    scope = feel.Scope({"系数": 10, "日": "2026-01-02"}, {"日": "date"}, functions)
    assert feel.answer_many(["倍 数(4)", "日.month", "倍 数(n: 3)"], scope) == [240, 1, 60]


def test_an_error_stands_in_the_place_of_the_answer() -> None:
    good, bad = feel.answer_many(["1", "nosuch(1)"], feel.Scope({}))
    assert (good, str(bad)) == (1, "没有函数“nosuch”（第1个字符）")
    bad, true = feel.unary_tests([("1 +", 1, ""), ("1", 1, "")], feel.Scope({}))
    assert (isinstance(bad, FeelError), true) == (True, True)


def test_now_is_the_callers() -> None:
    now = datetime(2026, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=8)))
    assert feel.evaluate("now()", {}, now=now) == "2026-01-31T23:30:00+08:00"
    assert feel.evaluate('string(today() + duration("P1D"))', {}, now=now) == "2026-02-01"


def test_check_finds_syntax_errors_and_unknown_functions_without_running() -> None:
    assert feel.check("甲 + 1") is None
    assert feel.check("甲(1)", names=["甲"]) is None
    assert feel.check("string length(甲) > years and months duration(乙, 丙).years") is None
    assert feel.check("{f: function(x) x, r: f(1)}.r") is None
    assert feel.check("月 工资 * 12", names=["月 工资"]) is None
    assert feel.check("if 甲 then nosuch(1) else 2") == "没有函数“nosuch”（第11个字符）"
    assert feel.check("for x in x return y(x)") == "没有函数“y”（第19个字符）"
    assert feel.check("{f: function(g) g(g), r: f(f)}.r") is None
    assert feel.check('"甲", "乙"', unary=True) is None
    assert "不合语法" in (feel.check('"甲", "乙"') or "")


def test_explain_says_why_a_value_is_null() -> None:
    value, reasons = feel.explain('甲 + 1 > date("x")', {})
    assert value is None
    assert reasons == (
        "没有变量“甲”（第1个字符）",
        "“+”两边的类型不能这样计算（第3个字符）",
        '“date("x")”的参数不对（第9个字符）',
    )


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "now", "值"])
def test_odd_names_are_only_names(name: str) -> None:
    assert feel.evaluate(name, {name: 1}) == 1
    assert feel.evaluate("甲." + name, {"甲": {name: 1}}) == 1


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "toString", "hasOwnProperty", "globalThis", "eval"]
)
def test_nothing_of_the_host_is_visible(name: str) -> None:
    assert feel.evaluate(name, {}) is None
    assert feel.evaluate("甲." + name, {"甲": {}}) is None
    assert feel.evaluate("count." + name, {}) is None


def test_scopes_over_one_outer_scope() -> None:
    outer = {"税率": 2, "名称": "外"}
    rows = [feel.Scope({"名称": "甲", "数": 3}, outer=outer), feel.Scope({"数": 5}, outer=outer)]
    assert feel.answer_table(["名称", "数 * 税率"], rows) == [["甲", 6], ["外", 10]]
    assert feel.answer_table(["名称"], []) == []
