"""Boxed expressions of every kind in every other, functions, and values that keep their FEEL types."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine.decisions import answer_of
from engine.errors import DecisionError
from engine.parsing.dmn import parse_dmn
from tests.unit.decisions.build import decision, document, evaluate, input_data, knowledge, table, text

DMN15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def literal(feel: str) -> str:
    return text("literalExpression", feel)


def entry(name: str, value: str, kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    variable = f'<variable name="{name}"{typed}/>' if name else ""
    return f"<contextEntry>{variable}{value}</contextEntry>"


def call(name: str, **given: str) -> str:
    bindings = "".join(f'<binding><parameter name="{key}"/>{value}</binding>' for key, value in given.items())
    return f"<invocation>{literal(name)}{bindings}</invocation>"


GRADES = table([("年限", "number")], [("级别",)], [["> 5", '"高"'], ["<= 5", '"低"']])


def result(*parts: str, **variables: Any) -> Any:
    models = {model.id: model for model in parse_dmn(document(*parts, namespace=DMN15), "rules.dmn")}
    answer = answer_of(models["d"], variables)
    assert answer.problems == ()
    return answer.evaluation.result


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (
            f"<conditional><if>{literal('数 > 2')}</if><then>{literal('1')}</then><else>{GRADES}</else>"
            "</conditional>",
            1,
        ),
        (
            f"<conditional><if>{literal('没有的')}</if><then>{literal('1')}</then><else>{GRADES}</else>"
            "</conditional>",
            "高",
        ),
        (
            f"<filter><in>{literal('[3, 1, 2]')}</in><match>{literal('item > 年限 - 7')}</match></filter>",
            [3, 2],
        ),
        (f"<filter><in>{literal('[3, 1, 2]')}</in><match>{literal('2')}</match></filter>", 1),
        (
            f"<filter><in>{literal('[{名 称: 1}, {名 称: 2}]')}</in>"
            f"<match>{literal('名 称 = 2')}</match></filter>",
            [{"名 称": 2}],
        ),
        (f"<filter><in>{literal('没有的')}</in><match>{literal('true')}</match></filter>", None),
        (
            f'<for iteratorVariable="年限"><in>{literal("[4, 6]")}</in><return>{GRADES}</return></for>',
            ["低", "高"],
        ),
        (
            f'<for iteratorVariable="x"><in>{literal("[1..3]")}</in>'
            f"<return>{literal('x + count(partial)')}</return></for>",
            [1, 3, 5],
        ),
        (
            f'<some iteratorVariable="x"><in>{literal("[1, 2]")}</in>'
            f"<satisfies>{literal('x > 1')}</satisfies></some>",
            True,
        ),
        (
            f'<every iteratorVariable="x"><in>{literal("[1, 2]")}</in>'
            f"<satisfies>{literal('x > 1')}</satisfies></every>",
            False,
        ),
        (
            f'<every iteratorVariable="x"><in>{literal("[]")}</in>'
            f"<satisfies>{literal('x > 1')}</satisfies></every>",
            True,
        ),
        ("<context>" + entry("级", GRADES) + entry("", literal('级 + "级"')) + "</context>", "高级"),
        ("<list>" + GRADES + literal("1") + "</list>", ["高", 1]),
        (
            f'<relation><column name="名"/><column name="级"/><row>{literal("1")}{GRADES}</row></relation>',
            [{"名": 1, "级": "高"}],
        ),
        (
            "<context>"
            + entry(
                "分级",
                f'<functionDefinition><formalParameter name="年限"/>{GRADES}</functionDefinition>',
            )
            + entry("", literal("[分级(3), 分级(9)]"))
            + "</context>",
            ["低", "高"],
        ),
        (
            "<context>"
            + entry("内", "<context>" + entry("甲 数", literal("数 * 2")) + "</context>")
            + entry("", literal("内.甲 数 + 1"))
            + "</context>",
            7,
        ),
        (call("string", **{"from": f"<list>{literal('1')}</list>"}), "[1]"),
        (call("max", list=GRADES), "高"),
    ],
)
def test_in_one_another(logic: str, expected: Any) -> None:
    assert result(decision(logic), 数=3, 年限=8) == expected


def test_a_table_in_a_function_is_called_from_literals_and_invocations_with_boxed_arguments() -> None:
    given = re.sub(' id="r1', ' id="x1', re.sub(' id="(table|in|out|r2)', r' id="other\1', GRADES))
    given = given.replace('"高"', "1")
    parts = [
        knowledge("k", "分级", {"年限": "number"}, GRADES),
        knowledge("m", "两级", {"a": "", "b": ""}, literal("[分级(a), 分级(年限: b)]"), knows=["k"]),
        decision(
            "<list>" + literal("两级(3, 7)") + call("分级", 年限=given) + "</list>",
            knows=["k", "m"],
        ),
    ]
    evaluation = evaluate(*parts, 年限=9)
    assert evaluation.result == [["低", "高"], "低"]
    assert [hit.rule_id for hit in evaluation.hits] == ["r2", "r1", "x1", "r2"]


def test_the_body_of_a_function_may_be_anything() -> None:
    body = "<context>" + entry("和", literal("a + b")) + entry("差", literal("a - b")) + "</context>"
    parts = [
        knowledge("k", "算", {"a": "number", "b": "number"}, body),
        decision(literal("算(5, 3)"), knows=["k"]),
    ]
    assert result(*parts) == {"和": 8, "差": 2}


def test_a_function_does_not_see_what_it_is_not_given() -> None:
    parts = [knowledge("k", "看", {"a": ""}, literal("a = 外")), decision(literal("看(1)"), knows=["k"])]
    assert result(*parts, 外=1) is False or result(*parts, 外=1) is None


@pytest.mark.parametrize(
    ("call_text", "said"),
    [
        ("加一(1, 2)", "规则“d”无法计算：“加一(1, 2)”的参数个数或名称不对"),
        ("加一()", "规则“d”无法计算：“加一()”的参数个数或名称不对"),
        ("加一(b: 1)", "规则“d”无法计算：“加一(b: 1)”的参数个数或名称不对"),
        ('加一("x")', "给“加一”的参数“a”应为数字，实为文字“x”"),
    ],
)
def test_a_wrong_call_is_told(call_text: str, said: str) -> None:
    parts = [
        knowledge("k", "加一", {"a": "number"}, literal("a + 1")),
        decision(literal(call_text), knows=["k"]),
    ]
    with pytest.raises(DecisionError) as caught:
        evaluate(*parts)
    assert caught.value.message.startswith(said)


def test_dates_stay_dates_between_decisions_entries_and_functions() -> None:
    parts = [
        knowledge("k", "月底", {"日": "date"}, literal('日 + @"P1M"')),
        decision("<context>" + entry("起", literal('@"2026-01-31"')) + "</context>", id="a", variable="期"),
        decision(literal("月底(期.起) - 期.起"), needs=["a"], knows=["k"]),
    ]
    assert result(*parts) == "P28D"


def test_entries_and_results_are_of_their_types() -> None:
    logic = "<context>" + entry("数", literal('"x"'), "number") + entry("", literal("数")) + "</context>"
    with pytest.raises(DecisionError, match="规则“d”的“数”应为数字，实为文字“x”"):
        evaluate(decision(logic))
    one = "<context>" + entry("数", literal("[7]"), "number") + entry("", literal("数 + 1")) + "</context>"
    assert evaluate(decision(one)).result == 8


LISTS = (
    '<itemDefinition name="数表" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    '<itemDefinition name="表表" isCollection="true"><typeRef>数表</typeRef></itemDefinition>'
)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("number", "[5]", 5),
        ("数表", "5", [5]),
        ("表表", "[1, [2, 3]]", [[1], [2, 3]]),
        ("表表", "[[1]]", [[1]]),
        ("dateTime", '@"2026-01-02"', "2026-01-02T00:00:00Z"),
        ("any", "[5]", [5]),
    ],
)
def test_coercion(kind: str, value: str, expected: Any) -> None:
    assert evaluate(LISTS, decision(literal(value), variable="果", kind=kind)).result == expected


def test_a_constraint_on_a_collection_as_a_whole() -> None:
    item = (
        '<itemDefinition name="短表" isCollection="true"><typeRef>number</typeRef>'
        "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"
    )
    parts = (item, input_data("i", "表", "短表"), decision(literal("sum(表)"), reads=["i"]))
    models = {model.id: model for model in parse_dmn(document(*parts, namespace=DMN15), "rules.dmn")}
    assert answer_of(models["d"], {"表": [1, 2]}).evaluation.result == 3
    assert answer_of(models["d"], {"表": [1, 2, 3]}).refused == (
        "规则表“d”的输入“表”不能是列表（3项），允许的值：count(?) < 3"
    )


def test_text_of_declared_dates_deep_in_the_data_is_read() -> None:
    item = (
        '<itemDefinition name="期限"><itemComponent name="起"><typeRef>date</typeRef></itemComponent>'
        "</itemDefinition>"
    )
    parts = [item, input_data("i", "期", "期限"), decision(literal("期.起.month"), reads=["i"])]
    assert evaluate(*parts, 期={"起": "2026-03-04", "其他": 1}).result == 3
    with pytest.raises(DecisionError, match="的输入“期”中的“起”应为日期"):
        evaluate(*parts, 期={"起": "三月"})


def test_parameters_of_a_wrong_type_are_null_as_are_contexts_that_lack_an_entry() -> None:
    item = (
        '<itemDefinition name="人"><itemComponent name="名"><typeRef>string</typeRef></itemComponent>'
        '<itemComponent name="龄"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    )
    parts = [item, knowledge("k", "有", {"某": "人"}, literal("某 != null"))]
    calls = decision(literal('[有({名: "甲", 龄: 3, 他: 1}), 有({名: "甲"})]'), knows=["k"])
    models = {model.id: model for model in parse_dmn(document(*parts, calls), "rules.dmn")}
    answer = answer_of(models["d"], {})
    assert answer.evaluation.result == [True, False]
    assert answer.problems == ("给“有”的参数“某”缺少“龄”这一项",)


@pytest.mark.parametrize(
    ("feel", "expected"),
    [
        ("5 instance of 小数目", True),
        ("50 instance of 小数目", True),
        ("[1, 2] instance of 数表", True),
        ("1 instance of 数表", False),
        ("[1] instance of 小数目", False),
        ('"5" instance of 小数目', False),
        ('["a"] instance of 数表', False),
        ("null instance of 小数目", False),
        ("[5, 7] instance of list<小数目>", True),
        ("有(3)", True),
    ],
)
def test_instances_of_named_types(feel: str, expected: bool) -> None:
    small = (
        '<itemDefinition name="小数目"><typeRef>number</typeRef><allowedValues><text>[0..10]</text>'
        "</allowedValues></itemDefinition>"
    )
    asks = knowledge("k", "有", {"数": ""}, literal("数 instance of 小数目"))
    assert result(LISTS, small, asks, decision(literal(feel), knows=["k"])) is expected


def test_a_list_of_one_in_a_list_of_one_is_its_item() -> None:
    assert result(decision(literal("[[7]]"), variable="数", kind="number")) == 7


@pytest.mark.parametrize(("given", "expected"), [("5", 5), ("50", None), ('"五"', None)])
def test_a_function_in_feel_knows_the_types_of_its_file(given: str, expected: int | None) -> None:
    small = (
        '<itemDefinition name="小数目"><typeRef>number</typeRef><allowedValues><text>[0..10]</text>'
        "</allowedValues></itemDefinition>"
    )
    called = decision(literal(f"{{取: function (数: 小数目) 数, 得: 取({given})}}.得"))
    assert result(small, called) == expected


def test_within_a_context_lists_of_one_are_not_taken_for_items() -> None:
    kinds = (
        '<itemDefinition name="记录"><itemComponent name="名"><typeRef>string</typeRef></itemComponent>'
        '<itemComponent name="电话" isCollection="true"><typeRef>string</typeRef></itemComponent>'
        "</itemDefinition>"
    )
    made = [kinds]
    for key, feel in enumerate(
        ('"名": "甲", "电话": ["1"]', '"名": ["甲"], "电话": []', '"名": "甲", "电话": "1"')
    ):
        made.append(decision(literal(f"{{{feel}}}"), id=f"d{key}", variable="得", kind="记录"))
    models = {model.id: model for model in parse_dmn(document(*made), "rules.dmn")}
    answers = [answer_of(models[f"d{key}"], {}) for key in range(3)]
    assert [each.evaluation.result for each in answers] == [{"名": "甲", "电话": ["1"]}, None, None]
    assert "电话”应为列表" in answers[2].problems[0]


def test_a_relation_column_has_a_type() -> None:
    rows = "".join(f"<row>{literal(cell)}{literal('1')}</row>" for cell in ("5", '"五"', "[6]"))
    made = f'<relation><column name="数" typeRef="number"/><column name="次"/>{rows}</relation>'
    models = {model.id: model for model in parse_dmn(document(decision(made)), "rules.dmn")}
    answer = answer_of(models["d"], {})
    assert [each["数"] for each in answer.evaluation.result] == [5, None, 6]
    assert "应为数字" in answer.problems[0]
