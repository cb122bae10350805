"""Decision tables: each hit policy, types, allowed values, defaults, what is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from engine import decisions
from engine.errors import DecisionError
from engine.feel import sandbox
from engine.model.execution import DecisionEvaluation, RuleHit
from tests.unit.decisions.build import decision, evaluate, parse, table

#: Rules that overlap: 1 alone below 10, 1 and 2 from 10, all from 20.
OVERLAPPING = [
    ["> 0", '"低"', "甲条"],
    [">= 10", '"中"', "乙条"],
    [">= 20", '"高"', "丙条"],
]


def run(
    policy: str | None,
    value: Any,
    rules: Sequence[Sequence[str]] = OVERLAPPING,
    *,
    output: tuple[str, ...] = ("级别", "string"),
    aggregation: str | None = None,
) -> DecisionEvaluation:
    logic = table([("数", "number")], [output], rules, policy=policy, aggregation=aggregation)
    return evaluate(decision(logic, name="分级"), 数=value)


def fired(evaluation: DecisionEvaluation) -> list[int]:
    return [hit.number for hit in evaluation.hits]


@pytest.mark.parametrize("policy", [None, "UNIQUE"])
def test_unique(policy: str | None) -> None:
    evaluation = run(policy, 5)
    assert evaluation.result == "低"
    assert evaluation.hits == (RuleHit(1, "r1", "甲条", {"级别": "低"}),)
    assert evaluation.inputs == {"数栏": 5}
    assert run(policy, -1).result is None
    with pytest.raises(DecisionError) as caught:
        run(policy, 15)
    assert "规则表“分级”只允许一条规则符合，现有第1条、第2条规则同时符合" in caught.value.message


def test_first() -> None:
    assert (run("FIRST", 25).result, fired(run("FIRST", 25))) == ("低", [1])
    assert run("FIRST", 0).result is None


def test_any_wants_agreement() -> None:
    agreeing = [["> 0", '"同"'], ["> 5", '"同"'], ["> 50", '"异"']]
    assert (run("ANY", 10, agreeing).result, fired(run("ANY", 10, agreeing))) == ("同", [1, 2])
    with pytest.raises(DecisionError, match="现第1条与第3条规则结论不同"):
        run("ANY", 60, agreeing)


def test_priority_goes_by_the_order_of_the_allowed_values() -> None:
    output = ("级别", "string", '"高", "中", "低"')
    evaluation = run("PRIORITY", 25, output=output)
    assert (evaluation.result, fired(evaluation)) == ("高", [3])
    assert run("PRIORITY", 15, output=output).result == "中"
    assert run("PRIORITY", 0, output=output).result is None


def test_output_order_lists_all_by_priority() -> None:
    evaluation = run("OUTPUT ORDER", 25, output=("级别", "string", '"高", "低", "中"'))
    assert (evaluation.result, fired(evaluation)) == (["高", "低", "中"], [3, 1, 2])
    assert run("OUTPUT ORDER", 0, output=("级别", "string", '"高"')).result == []


def test_priority_compares_the_next_output_among_equals() -> None:
    rules = [["-", '"甲"', "2"], ["-", '"甲"', "1"], ["-", '"乙"', "1"]]
    outputs = [("类", "string", '"甲", "乙"'), ("序", "number", "1, 2")]
    logic = table([("数",)], outputs, rules, policy="PRIORITY")
    assert evaluate(decision(logic), 数=1).result == {"类": "甲", "序": 1}
    logic = table([("数",)], outputs, rules, policy="OUTPUT ORDER")
    assert [row["序"] for row in evaluate(decision(logic), 数=1).result] == [1, 2, 1]


@pytest.mark.parametrize("policy", ["RULE ORDER", "COLLECT"])
def test_rule_order_and_collect_list_in_the_order_of_rules(policy: str) -> None:
    evaluation = run(policy, 25)
    assert (evaluation.result, fired(evaluation)) == (["低", "中", "高"], [1, 2, 3])
    assert run(policy, 0).result == []


@pytest.mark.parametrize(
    ("aggregation", "result", "empty"),
    [("SUM", 0.6, None), ("MIN", 0.1, None), ("MAX", 0.3, None), ("COUNT", 3, 0)],
)
def test_collect_aggregates(aggregation: str, result: float, empty: int | None) -> None:
    rules = [["> 0", "0.1"], ["> 0", "0.2"], ["> 0", "0.3"], ["> 9", "7"]]
    output = ("分", "number")
    assert run("COLLECT", 1, rules, output=output, aggregation=aggregation).result == result
    assert run("COLLECT", 0, rules, output=output, aggregation=aggregation).result == empty


def test_whole_sums_are_whole() -> None:
    result = run(
        "COLLECT", 1, [["-", "1.5"], ["-", "1.5"]], output=("分", "number"), aggregation="SUM"
    ).result
    assert (result, type(result)) == (3, int)


def test_texts_have_a_greatest_but_no_sum() -> None:
    assert run("COLLECT", 1, [["-", '"a"'], ["-", '"b"']], aggregation="MAX").result == "b"
    with pytest.raises(DecisionError, match="不能汇总"):
        run("COLLECT", 1, [["-", '"a"']], aggregation="SUM")


def test_several_outputs_and_inputs() -> None:
    logic = table(
        [("当事人.类别", "string"), ("当事人.级别", "number")],
        [("方式", "string"), ("期限", "number")],
        [['"个人"', "[1..3]", '"诫勉"', "6"], ['"个人"', "> 3", '"通报"', "当事人.级别 * 2"]],
        policy="FIRST",
    )
    evaluation = evaluate(decision(logic), 当事人={"类别": "个人", "级别": 5})
    assert evaluation.result == {"方式": "通报", "期限": 10}
    assert evaluation.inputs == {"当事人.类别栏": "个人", "当事人.级别栏": 5}


def test_cells_see_the_variables_and_the_value() -> None:
    logic = table([("数",)], [("果",)], [["? > 下限 and ? < 上限", '"内"'], ["-", '"外"']], policy="FIRST")
    assert evaluate(decision(logic), 数=5, 下限=1, 上限=9).result == "内"
    assert evaluate(decision(logic), 数=9, 下限=1, 上限=9).result == "外"


def test_defaults_where_no_rule_fires() -> None:
    assert run("UNIQUE", 0, output=("级别", "string", "", '"无"')).result == "无"
    assert run("UNIQUE", 5, output=("级别", "string", "", '"无"')).result == "低"
    assert run("COLLECT", 0, output=("级别", "string", "", '"无"')).result == ["无"]
    outputs = [("甲", "", "", "1 + 1"), ("乙",)]
    logic = table([("数",)], outputs, [["> 0", "1", "1"]])
    assert evaluate(decision(logic), 数=0).result == {"甲": 2, "乙": None}


def test_an_empty_output_is_null_and_an_empty_condition_accepts_all() -> None:
    assert run("FIRST", 1, [["", "", "说明"]]).hits == (RuleHit(1, "r1", "说明", {"级别": None}),)


def test_dates_are_compared_as_dates() -> None:
    logic = table(
        [("日", "date")],
        [("果",)],
        [
            ['< date("2024-01-01")', '"旧"'],
            ['[date("2024-01-01")..date("2025-01-01"))', '"中"'],
            ["-", '"新"'],
        ],
        policy="FIRST",
    )
    results = [evaluate(decision(logic), 日=day).result for day in ("2023-12-31", "2024-06-01", "2025-01-01")]
    assert results == ["旧", "中", "新"]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "三", "应为数字，实为文字“三”"),
        ("integer", True, "应为数字，实为是或否“true”"),
        ("string", 3, "应为文字，实为数字“3”"),
        ("boolean", "是", "应为是或否（true/false），实为文字“是”"),
        ("date", "2026/01/02", "应为日期（年-月-日），实为文字“2026/01/02”"),
        ("date", 20260102, "应为日期"),
        ("dateTime", "昨天", "应为日期时间"),
        ("time", "9点", "应为时间"),
        ("dayTimeDuration", "3天", "应为时间段"),
        ("string", ["甲", "乙"], "应为文字，实为列表（2项）"),
        ("number", {"甲": 1}, "应为数字，实为一组数据"),
    ],
)
def test_an_input_of_a_wrong_type_is_named(kind: str, value: Any, said: str) -> None:
    with pytest.raises(DecisionError) as caught:
        evaluate(decision(table([("甲", kind)], [("果",)], [["-", "1"]]), name="某表"), 甲=value)
    assert f"规则表“某表”的输入“甲栏”{said}" in caught.value.message


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", 1.5),
        ("long", 1),
        ("date", "2026-01-02"),
        ("date and time", "2026-01-02T10:00:00+08:00"),
        ("dateTime", "2026-01-02"),
        ("time", "10:00:00"),
        ("yearMonthDuration", "P1Y2M"),
        ("dayTimeDuration", "PT1H"),
        ("string", None),
        ("Any", ["x"]),
        ("feel:string", "x"),
    ],
)
def test_right_types_and_null_pass(kind: str, value: Any) -> None:
    assert evaluate(decision(table([("甲", kind)], [("果",)], [["-", "1"]])), 甲=value).result == 1


def test_an_input_outside_the_allowed_values_is_refused() -> None:
    logic = table([("甲", "string", '"是", "否"')], [("果",)], [["-", "1"]])
    assert evaluate(decision(logic), 甲="是").result == 1
    assert evaluate(decision(logic), 甲=None).result == 1
    with pytest.raises(DecisionError, match='的输入“甲栏”不能是文字“也许”，允许的值："是", "否"'):
        evaluate(decision(logic), 甲="也许")


@pytest.mark.parametrize(
    ("output", "cell", "said"),
    [
        (("果", "number"), '"x"', "规则表“d”第1条规则的结论“果”应为数字"),
        (("果", "string", '"甲", "乙"'), '"丙"', "第1条规则的结论“果”不能是文字“丙”"),
        (("果",), "count(1, 2)", "第1条规则的结论“果”无法计算：“count(1, 2)”的参数个数"),
    ],
)
def test_a_wrong_output_is_named(output: tuple[str, ...], cell: str, said: str) -> None:
    with pytest.raises(DecisionError) as caught:
        evaluate(decision(table([("甲",)], [output], [["-", cell]])), 甲=1)
    assert said in caught.value.message


def test_a_wrong_condition_is_named() -> None:
    with pytest.raises(DecisionError) as caught:
        evaluate(decision(table([("甲",)], [("果",)], [["-", "1"], ["count(?, 2) = 1", "1"]])), 甲=1)
    assert "规则表“d”第2条规则的条件“甲栏”无法计算" in caught.value.message


def test_an_unnamed_output_stands_under_its_label_or_the_variable() -> None:
    evaluation = evaluate(decision(table([("甲",)], [("",)], [["-", "1"]])), 甲=1)
    assert (evaluation.result, evaluation.hits[0].outputs) == (1, {"结论": 1})


@pytest.mark.parametrize(
    ("how", "single", "several", "none"),
    [
        ("", "低", ["低", "中"], None),
        ("singleEntry", "低", DecisionError, None),
        ("singleResult", {"级别": "低"}, DecisionError, None),
        ("collectEntries", ["低"], ["低", "中"], []),
        ("resultList", [{"级别": "低"}], [{"级别": "低"}, {"级别": "中"}], []),
    ],
)
def test_results_in_the_shapes_of_camunda(how: str, single: Any, several: Any, none: Any) -> None:
    def mapped(policy: str, value: int) -> Any:
        logic = table([("数",)], [("级别",)], OVERLAPPING, policy=policy)
        models = parse(decision(logic))
        return decisions.map_result(models["d"], decisions.evaluate(models, "d", {"数": value}), how)

    assert mapped("UNIQUE", 5) == single
    assert mapped("UNIQUE", 0) == none
    if several is DecisionError:
        with pytest.raises(DecisionError):
            mapped("COLLECT", 15)
    else:
        assert mapped("COLLECT", 15) == several


def test_a_decision_is_computed_in_one_call_of_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    original = sandbox._Process.call
    monkeypatch.setattr(
        sandbox._Process, "call", lambda self, *given: calls.append(1) or original(self, *given)
    )
    models = parse(decision(table([("数",)], [("级别",)], OVERLAPPING * 10, policy="COLLECT")))
    calls.clear()
    decisions.evaluate(models, "d", {"数": 25})
    assert len(calls) == 1


def test_a_cell_may_declare_a_type_of_its_own() -> None:
    made = table([("数", "number")], [("甲",), ("乙",)], [["-", "数", "数"]])
    typed = made.replace('<outputEntry id="r1o1"', '<outputEntry id="r1o1" typeRef="string"')
    assert typed != made
    model = parse(decision(typed))["d"]
    answer = decisions.answer_of(model, {"数": 3})
    assert answer.evaluation.result == {"甲": None, "乙": 3}
    assert "应为文字" in answer.problems[0]
