"""The properties of countersigning: what they mean, and what is refused."""

from __future__ import annotations

import pytest

from engine.errors import InvalidDefinition
from engine.model.definition import Countersign
from engine.parsing import parse_bpmn
from tests.builders import Builder, feel, many


def parsed(properties: dict[str, str], *, multiple: bool = True) -> tuple[Countersign | None, list[str]]:
    loop = many("人员", element="人") if multiple else None
    diagram = Builder().start().user("vote", loop=loop, properties=properties).end()
    try:
        file = parse_bpmn(diagram.xml(), "p.bpmn")
    except InvalidDefinition as error:
        return None, [f"{one.element} {one.message}" for one in error.problems if one.severity == "error"]
    loop = file.processes[0].scope.nodes["vote"].loop
    return loop.countersign if loop else None, []


@pytest.mark.parametrize(
    ("text", "rule", "amount", "above"),
    [
        ("all", "all", 0, False),
        ("any", "any", 0, False),
        ("2", "count", 2, False),
        ("2.5", "count", 2.5, False),
        ("60%", "share", 0.6, False),
        (">50%", "share", 0.5, True),
        ("2/3", "share", 2 / 3, False),
        ("> 1/2", "share", 0.5, True),
        ("100%", "share", 1, False),
    ],
)
def test_rules(text: str, rule: str, amount: float, above: bool) -> None:
    found, problems = parsed({"countersign": text, "countersignVote": "=同意"})
    assert problems == []
    assert found is not None
    assert (found.rule, found.amount, found.above) == (rule, amount, above)
    assert (found.vote.feel, found.result, found.rejections) == ("同意", "countersign", "rest")


def test_all_the_rest() -> None:
    more = {"Weight": "=人.权", "Rejections": "one", "Absent": "leaveOut", "Ends": "late", "Result": "结果"}
    given = {"countersign": "all", "countersignVote": '=意见 = "同意"'}
    found, problems = parsed(given | {f"countersign{name}": text for name, text in more.items()})
    assert problems == []
    assert found is not None
    assert found.weight is not None
    assert (found.weight.feel, found.rejections, found.leave_out) == ("人.权", "one", True)
    assert (found.late, found.result) == (True, "结果")
    assert feel('=意见 = "同意"').feel == found.vote.feel  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("properties", "word"),
    [
        ({"countersign": "most"}, "会签规则“most”不对"),
        ({"countersign": ""}, "没有会签规则"),
        ({"countersign": "0"}, "不能达到，或者不必有人同意"),
        ({"countersign": "101%"}, "不能达到"),
        ({"countersign": ">100%"}, "不能达到"),
        ({"countersign": "3/2"}, "不能达到"),
        ({"countersign": "1/0"}, "不能达到"),
        ({"countersign": "all", "countersignVote": ""}, "没有说明怎样算同意"),
        ({"countersign": "all", "countersignVote": "=同意 and"}, "countersignVote有错误"),
        ({"countersign": "all", "countersignRejections": "two"}, "countersignRejections 的值“two”不对"),
        ({"countersign": "all", "countersignAbsent": "x"}, "countersignAbsent 的值“x”不对"),
        ({"countersign": "all", "countersignEnds": "x"}, "countersignEnds 的值“x”不对"),
        ({"countersign": "all", "countersignResult": "a b"}, "不能作变量名"),
        ({"countersign": "all", "countersignWieght": "1"}, "没有属性 countersignWieght"),
    ],
)
def test_bad_values_are_named_with_their_element(properties: dict[str, str], word: str) -> None:
    _, problems = parsed({"countersignVote": "=同意", **properties})
    assert problems
    assert all(one.startswith("vote ") for one in problems)
    assert any(word in one for one in problems)


def test_only_a_multi_instance_activity_is_countersigned() -> None:
    _, problems = parsed({"countersign": "all", "countersignVote": "=同意"}, multiple=False)
    assert any("不是多实例" in one for one in problems)
