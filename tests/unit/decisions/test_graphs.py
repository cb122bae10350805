"""Decision graphs, literal expressions, knowledge models and boxed expressions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine import decisions
from engine.errors import DecisionError
from tests.unit.decisions.build import decision, evaluate, input_data, knowledge, parse, table, text


def literal(feel: str) -> str:
    return text("literalExpression", feel)


def entry(name: str, value: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{value}</contextEntry>"


def test_a_literal_expression_records_what_it_read() -> None:
    evaluation = evaluate(
        decision(literal("甲 + 乙 * 2"), name="合计", variable="合计", reads=["i1", "i2"]),
        input_data("i1", "甲", "number"),
        input_data("i2", "乙"),
        甲=1,
        乙=2,
    )
    assert (evaluation.result, evaluation.inputs, evaluation.hits) == (5, {"甲": 1, "乙": 2}, ())
    assert (evaluation.decision_id, evaluation.name) == ("d", "合计")


def test_required_decisions_are_seen_by_their_variables_and_recorded() -> None:
    parts = [
        decision(literal("基数 + 1"), id="a", variable="甲数"),
        decision(
            table([("甲数", "number")], [("级别",)], [["> 5", '"高"'], ["<= 5", '"低"']]), id="b", needs=["a"]
        ),
        decision(literal("级别 + string(甲数) + b"), needs=["b", "a"]),
    ]
    evaluation = evaluate(*parts, 基数=9)
    assert evaluation.result == "高10高"
    assert [each.decision_id for each in evaluation.required] == ["b", "a"]
    b, a = evaluation.required
    assert (a.result, b.result, b.hits[0].number, b.required) == (10, "高", 1, (a,))
    assert evaluation.inputs == {"b": "高", "甲数": 10}


def test_outputs_of_a_required_table_are_seen_by_name_but_do_not_hide_variables() -> None:
    rows = table([("数",)], [("甲",), ("乙",)], [["-", '"表甲"', '"表乙"']])
    last = decision(literal("甲 + 乙 + 表.甲"), needs=["a"])
    assert evaluate(decision(rows, id="a", variable="表"), last, 数=1).result == "表甲表乙表甲"
    assert evaluate(decision(rows, id="a", variable="表"), last, 数=1, 甲="变量").result == "变量表乙表甲"


def test_a_shared_decision_is_evaluated_once() -> None:
    parts = [
        decision(literal("1"), id="base", variable="底"),
        decision(literal("底"), id="left", variable="左", needs=["base"]),
        decision(literal("底"), id="right", variable="右", needs=["base"]),
        decision(literal("左 + 右"), needs=["left", "right"]),
    ]
    evaluation = evaluate(*parts)
    left, right = evaluation.required
    assert evaluation.result == 2
    assert left.required[0] is right.required[0]


def test_what_is_not_required_is_not_seen() -> None:
    parts = [decision(literal("1"), id="a", variable="甲"), decision(literal("甲 = null"))]
    assert evaluate(*parts).result is True


def test_input_data_of_a_declared_type() -> None:
    parts = [input_data("i", "日", "date"), decision(literal("日.year + 1"), reads=["i"])]
    assert evaluate(*parts, 日="2026-01-02").result == 2027
    assert evaluate(*parts).result is None
    with pytest.raises(DecisionError, match="规则表“d”的输入“日”应为日期"):
        evaluate(*parts, 日="明天")


def test_item_definitions_are_checked_in_depth() -> None:
    parts = [
        '<itemDefinition name="级别"><typeRef>string</typeRef><allowedValues><text>"高", "低"</text>'
        "</allowedValues></itemDefinition>",
        '<itemDefinition name="人员" isCollection="true"><itemComponent name="名称"><typeRef>string</typeRef>'
        '</itemComponent><itemComponent name="年龄"><typeRef>number</typeRef></itemComponent>'
        "</itemDefinition>",
        input_data("i", "名单", "人员"),
        input_data("j", "级", "级别"),
        decision(literal("count(名单)"), reads=["i", "j"]),
    ]
    assert evaluate(*parts, 名单=[{"名称": "甲", "年龄": 3}], 级="高").result == 1
    with pytest.raises(DecisionError, match="的输入“名单”中的“年龄”应为数字，实为文字“三”"):
        evaluate(*parts, 名单=[{"名称": "甲", "年龄": "三"}])
    assert evaluate(*parts, 名单={"名称": "甲"}).result == 1, "one stands for a list of one"
    with pytest.raises(DecisionError, match="的输入“名单”应为一组数据"):
        evaluate(*parts, 名单="甲")
    with pytest.raises(DecisionError, match="的输入“级”不能是文字“中”"):
        evaluate(*parts, 级="中")


def test_a_result_of_a_wrong_type_is_refused() -> None:
    with pytest.raises(DecisionError, match="规则“d”的结果应为数字"):
        evaluate(decision(literal('"x"'), variable="果", kind="number"))


def test_knowledge_models_call_one_another_and_themselves() -> None:
    parts = [
        knowledge("k1", "翻倍", {"数": "number"}, literal("数 * 2")),
        knowledge("k2", "再加", {"数": "number"}, literal("翻倍(数) + 1"), knows=["k1"]),
        knowledge("k3", "阶 乘", {"n": ""}, literal("if n <= 1 then 1 else n * 阶 乘(n - 1)")),
        decision(literal("再加(3) + 阶 乘(4)"), knows=["k2", "k3"]),
    ]
    assert evaluate(*parts).result == 31


def test_a_knowledge_model_that_is_a_table_is_invoked_with_arguments() -> None:
    rows = table([("年限", "number")], [("级别",)], [["> 5", '"高"'], ["<= 5", '"低"']])
    parts = [
        knowledge("k", "分级", {"年限": "number"}, rows),
        decision(
            f'<invocation>{literal("分级")}<binding><parameter name="年限"/>{literal("工龄")}</binding>'
            "</invocation>",
            knows=["k"],
        ),
    ]
    evaluation = evaluate(*parts, 工龄=8)
    assert (evaluation.result, evaluation.inputs, evaluation.hits[0].number) == ("高", {"年限栏": 8}, 1)
    with pytest.raises(DecisionError, match="给“分级”的参数“年限”应为数字"):
        evaluate(*parts, 工龄="七")


@pytest.mark.parametrize(
    ("logic", "result"),
    [
        (
            "<context>" + entry("甲", literal("1")) + entry("乙", literal("甲 + 1")) + "</context>",
            {"甲": 1, "乙": 2},
        ),
        ("<context>" + entry("甲 数", literal("1")) + entry("", literal("甲 数 + 5")) + "</context>", 6),
        (
            "<context>"
            + entry(
                "加",
                '<functionDefinition><formalParameter name="x"/>'
                + literal("x + 1")
                + "</functionDefinition>",
            )
            + entry("", literal("加(2)"))
            + "</context>",
            3,
        ),
        ("<list>" + literal("1") + literal('"x"') + "</list>", [1, "x"]),
        (
            '<relation><column name="名"/><column name="数"/><row>'
            + literal('"甲"')
            + literal("1 + 1")
            + "</row>"
            "<row>" + literal('"乙"') + literal("3") + "</row></relation>",
            [{"名": "甲", "数": 2}, {"名": "乙", "数": 3}],
        ),
        (
            f'<invocation>{literal("相加")}<binding><parameter name="b"/>{literal("2")}</binding>'
            f'<binding><parameter name="a"/>{literal("10")}</binding></invocation>',
            8,
        ),
    ],
)
def test_boxed_expressions(logic: str, result: Any) -> None:
    parts = [knowledge("k", "相加", {"a": "", "b": ""}, literal("a - b")), decision(logic, knows=["k"])]
    assert evaluate(*parts).result == result


def test_names_with_blanks_are_known() -> None:
    parts = [input_data("i", "月 工资", "number"), decision(literal("月 工资 * 12"), reads=["i"])]
    assert evaluate(*parts, **{"月 工资": 2}).result == 24


def test_names_with_signs_are_known() -> None:
    rows = table([("Pre-bureau", "number")], [("级别",)], [["> 5", '"高"'], ["<= 5", '"低"']])
    call = f'<binding><parameter name="Pre-bureau"/>{literal("a/b + 1")}</binding>'
    parts = [
        input_data("i", "a/b", "number"),
        knowledge("k", "Risk-Table", {"Pre-bureau": "number"}, rows),
        decision(
            f"<invocation>{literal('Risk-Table')}{call}</invocation>", id="x-1", knows=["k"], reads=["i"]
        ),
        decision(literal('x-1 + "!"'), needs=["x-1"]),
    ]
    assert evaluate(*parts, **{"a/b": 5}).result == "高!"


def test_a_decision_without_logic_is_made_by_people() -> None:
    parts = [
        decision("", id="p", variable="领导意见", kind="string"),
        decision(literal('"意见：" + 领导意见'), needs=["p"]),
    ]
    evaluation = evaluate(*parts, 领导意见="同意")
    assert (evaluation.result, evaluation.inputs) == ("意见：同意", {"领导意见": "同意"})
    with pytest.raises(DecisionError, match="规则“p”的结果应为文字"):
        evaluate(*parts, 领导意见=3)


def test_now_is_the_callers() -> None:
    models = parse(decision(literal("today()")))
    now = datetime(2026, 5, 6, tzinfo=UTC)
    assert decisions.evaluate(models, "d", {}, now=now).result == "2026-05-06"


def test_an_unknown_decision_and_a_failing_one_are_named() -> None:
    with pytest.raises(DecisionError, match="没有规则表“x”"):
        decisions.evaluate({}, "x", {})
    with pytest.raises(DecisionError, match="规则“d”无法计算：“count\\(1, 2\\)”的参数个数"):
        evaluate(decision(literal("count(1, 2)")))
