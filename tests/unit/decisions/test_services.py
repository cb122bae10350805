"""Decision services: called from FEEL, asked for directly, with inputs of their own."""

from __future__ import annotations

from typing import Any

import pytest

import engine
from engine.errors import InvalidDefinition
from engine.parsing.dmn import parse_dmn
from tests.unit.decisions.build import decision, document, evaluate, input_data, service, text


def literal(feel: str) -> str:
    return text("literalExpression", feel)


PARTS = [
    input_data("i", "基数", "number"),
    decision(literal("基数 * 2"), id="a", variable="甲", kind="number", reads=["i"]),
    decision(literal("甲 + 基数"), id="b", variable="乙", needs=["a"], reads=["i"]),
    decision(literal("甲 - 1"), id="c", variable="丙", needs=["a"]),
]


@pytest.mark.parametrize(
    ("given", "call", "expected"),
    [
        (service("s", ["b"], encapsulated=["a"], inputs=["i"]), "s(10)", 30),
        (service("s", ["b"], decisions=["a"], inputs=["i"]), "s(10, 1)", 11),
        (service("s", ["b"], decisions=["a"], inputs=["i"]), "s(甲: 1, 基数: 10)", 11),
        (service("s", ["b", "c"], encapsulated=["a"], inputs=["i"]), "s(10)", {"乙": 30, "丙": 19}),
        (service("s", ["c"], decisions=["a"]), "[s(5), s(7)]", [4, 6]),
        (service("s", ["c"], decisions=["a"], kind="string"), "s(5)", None),
    ],
)
def test_called_from_feel(given: str, call: str, expected: Any) -> None:
    file = document(*PARTS, given, decision(literal(call), knows=["s"]))
    assert engine.decide(file, "r.dmn", "d", "{基数: 3}")["result"] == expected


def test_what_it_is_given_does_not_reach_others() -> None:
    last = decision(literal("[甲, s(100), 甲]"), needs=["a"], knows=["s"])
    evaluation = evaluate(*PARTS, service("s", ["c"], decisions=["a"]), last, 基数=3)
    assert evaluation.result == [6, 99, 6]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("s()", "“s()”的参数个数或名称不对"),
        ("s(1, 2)", "“s(1, 2)”的参数个数或名称不对"),
        ("s(乙: 1)", "“s(乙: 1)”的参数个数或名称不对"),
        ('s("x")', "给“s”的参数“甲”应为数字，实为文字“x”"),
    ],
)
def test_a_wrong_call_gives_null_and_is_told(call: str, said: str) -> None:
    file = document(*PARTS, service("s", ["c"], decisions=["a"]), decision(literal(call), knows=["s"]))
    answer = engine.decide(file, "r.dmn", "d", "{基数: 3}")
    assert answer["result"] is None
    assert said in answer["error"]["message"]


def test_asked_for_directly() -> None:
    file = document(*PARTS, service("服务", ["b", "c"], decisions=["a"], inputs=["i"]))
    answer = engine.decide(file, "r.dmn", "服务", "{基数: 10, 甲: 1}")
    assert (answer["result"], answer["feel"]) == ({"乙": 11, "丙": 0}, "{乙: 11, 丙: 0}")
    assert "应为数字" in engine.decide(file, "r.dmn", "服务", '{甲: "x"}')["error"]["message"]


def test_a_service_is_a_decision_of_the_file() -> None:
    evaluation = evaluate(*PARTS, service("s", ["c"], decisions=["a"]), id="s", 甲=5)
    assert (evaluation.result, evaluation.inputs) == (4, {"甲": 5})
    assert [each.decision_id for each in evaluation.required] == ["c"]


def test_a_service_that_names_nothing_is_refused() -> None:
    with pytest.raises(InvalidDefinition) as caught:
        parse_dmn(document(*PARTS, service("s", []), service("t", ["无"])), "r.dmn")
    said = [(each.element, each.message) for each in caught.value.problems]
    assert ("s", "规则服务“s”没有输出规则（outputDecision）。") in said
    assert ("t", "所要求的“#无”在文件中没有。") in said
