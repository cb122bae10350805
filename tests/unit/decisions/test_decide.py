"""Trying a decision without a database."""

from __future__ import annotations

import pytest

import engine
from tests.unit.decisions.build import decision, document, input_data, knowledge, table, text

LEVELS = table(
    [("金额", "number")], [("档次", "string")], [("< 100", '"小"'), (">= 100", '"大"')], policy="FIRST"
)
FILE = document(
    input_data("m", "金额", "number"),
    decision(LEVELS, id="level", name="分 档", reads=["m"]),
    decision(
        text("literalExpression", 'date("2026-01-31") + duration("P1M")'),
        id="day",
        variable="到期",
        kind="date",
    ),
)


@pytest.mark.parametrize("wanted", ["level", "分 档"])
def test_a_decision_by_id_or_name(wanted: str) -> None:
    answer = engine.decide(FILE, "r.dmn", wanted, "{金额: 50 * 3}")
    assert answer == {"result": "大", "feel": '"大"', "rules": ["r2"], "error": None}


def test_a_date_is_written_as_feel() -> None:
    answer = engine.decide(FILE, "r.dmn", "day")
    assert (answer["result"], answer["feel"]) == ("2026-02-28", '@"2026-02-28"')


@pytest.mark.parametrize(
    ("wanted", "context", "says"),
    [
        ("none", "{}", "没有规则“none”"),
        ("level", "[1]", "一组FEEL数据"),
        ("level", '{金额: "a"}', "应为数字"),
    ],
)
def test_what_is_wrong_is_told(wanted: str, context: str, says: str) -> None:
    error = engine.decide(FILE, "r.dmn", wanted, context)["error"]
    assert says in error["message"]


def test_all_problems_of_a_file_are_told() -> None:
    broken = document(
        decision(text("literalExpression", "1 +"), id="a"), decision(text("literalExpression", "("), id="b")
    )
    error = engine.decide(broken, "r.dmn", "a", "{}")["error"]
    assert [each["element"] for each in error["problems"]] == ["a", "b"]
    assert error["file"] == "r.dmn"


def test_literals() -> None:
    written = '{从: @"2026-01-01", "a b": [1, null, true, "文\\"字"], 数: 0.0000001, 段: [@"P1D"..@"P2D")}'
    answer = engine.decide(document(decision(text("literalExpression", written))), "r.dmn", "d")
    assert answer["feel"] == written


def test_problems_elsewhere_in_the_file_do_not_matter() -> None:
    file = document(
        decision(text("literalExpression", "1 +"), id="bad"),
        decision('<functionDefinition kind="Java"/>', id="java"),
        decision("", id="empty"),
        decision(text("literalExpression", "java = null"), id="needs", needs=["java"]),
        decision(text("literalExpression", "[bad, empty]"), id="good", needs=["bad", "empty"]),
    )
    answer = engine.decide(file, "r.dmn", "good")
    assert (answer["result"], answer["error"]) == ([None, None], None)
    assert any("规则“bad”无法计算：表达式“1 +”不完整" in each for each in answer["warnings"])
    assert engine.decide(file, "r.dmn", "needs")["error"]["code"] == "InvalidDefinition"
    assert engine.decide(file, "r.dmn", "empty")["feel"] == "null"


def test_what_is_lacking_is_warned_of() -> None:
    answer = engine.decide(document(decision(text("literalExpression", "没有的 = null"))), "r.dmn", "d")
    assert answer["result"] is True
    assert answer["warnings"] == ["规则“d”无法计算：没有变量“没有的”（第1个字符）"]


def test_a_context_keeps_dates() -> None:
    file = document(decision(text("literalExpression", "期.止 - 期.起")))
    assert (
        engine.decide(file, "r.dmn", "d", '{期: {起: @"2026-01-01", 止: @"2026-02-01"}}')["feel"] == '@"P31D"'
    )


def test_what_can_be_read_of_a_file_of_a_wrong_form_is_evaluated() -> None:
    good = decision(text("literalExpression", "1 + 1", typeRef="没有的类型"))
    loose = document(good).replace(b"</definitions>", b"<nonsense/></definitions>")
    assert engine.decide(loose, "r.dmn", "d")["result"] == 2
    foreign = document(good, namespace="urn:other")
    assert engine.decide(foreign, "r.dmn", "d")["result"] == 2
    problems = engine.decide(foreign, "r.dmn", "none")["error"]["problems"]
    assert "不是 DMN 1.1 至 1.5 的规则文件" in problems[0]["message"]
    assert engine.decide(b"<a/>", "r.dmn", "d")["error"]["code"] == "InvalidDefinition"


def test_a_function_is_called_with_the_variables_of_its_parameters() -> None:
    doubled = text("literalExpression", "两倍(加数) + 被 加 数")
    file = document(
        decision(text("literalExpression", "1"), id="one"),
        knowledge("k", "合 计", {"加数": "number", "被 加 数": "number"}, doubled, knows=["l"]),
        knowledge("l", "两倍", {"数": "number"}, text("literalExpression", "数 * 2")),
    )
    answer = engine.decide(file, "r.dmn", "合 计", "{加数: 3, 被 加 数: 4}")
    assert (answer["result"], answer["error"]) == (10, None)
    assert engine.decide(file, "r.dmn", "l", "{数: 4}")["result"] == 8
    assert "应为数字" in engine.decide(file, "r.dmn", "l", '{数: "四"}')["error"]["message"]
