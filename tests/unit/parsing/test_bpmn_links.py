"""What is wrong about link and escalation events as drawn."""

from __future__ import annotations

import pytest

from tests.unit.parsing.xml_text import FIRST_LINE, around, errors, flow, parsed

TASK = '<bpmn:task id="a"/>\n'


def link(id: str, name: str, kind: str = "Throw") -> str:
    tag = f"bpmn:intermediate{kind}Event"
    return f'<{tag} id="{id}"><bpmn:linkEventDefinition name="{name}"/></{tag}>\n'


def linked(*events: str) -> str:
    """Task a leads to link t."""
    return TASK + "".join(events) + '<bpmn:startEvent id="s"/>' + flow("s", "a") + flow("a", "t")


WRONG = [
    ((link("t", "甲"),), "t", "没有对应的链接捕获事件“甲”"),
    ((link("t", "甲"), link("c", "乙", "Catch")), "t", "没有对应"),
    ((link("t", "甲"), link("c", "甲", "Catch"), link("d", "甲", "Catch")), "c", "有几个名为“甲”"),
    ((link("t", "甲"), link("c", "甲", "Catch"), flow("a", "c")), "c", "不能有进线"),
    ((link("t", "甲"), link("c", "甲", "Catch"), flow("t", "c")), "t", "不能有出线"),
    ((link("t", ""), link("c", "甲", "Catch")), "t", "没有链接名称"),
]


@pytest.mark.parametrize(("events", "element", "text"), WRONG)
def test_what_cannot_be_followed_is_refused(events: tuple[str, ...], element: str, text: str) -> None:
    found = errors(linked(*events))
    (problem,) = [each for each in found if text in each.message and each.element == element]
    assert problem.hint and problem.line is not None and problem.line > FIRST_LINE


def test_a_link_pair_in_different_scopes_does_not_match() -> None:
    inside = '<bpmn:startEvent id="i"/>' + link("t", "甲") + flow("i", "t")
    inner = f'<bpmn:subProcess id="a">{inside}</bpmn:subProcess>'
    (problem,) = errors(around(inner) + link("c", "甲", "Catch"))
    assert problem.element == "t"


def test_links_are_reached_and_reach_the_end() -> None:
    events = (link("t", "甲"), link("c", "甲", "Catch"), '<bpmn:endEvent id="e"/>', flow("c", "e"))
    assert not parsed(linked(*events)).warnings


def test_escalation_is_read_by_its_code() -> None:
    top = (
        '<bpmn:escalation id="E" name="超期" escalationCode="late"/><bpmn:escalation id="F" name="没有代码"/>'
    )
    thrown = (
        '<bpmn:intermediateThrowEvent id="a"><bpmn:escalationEventDefinition {}/>'
        "</bpmn:intermediateThrowEvent>"
    )
    (event,) = [
        node.event
        for node in parsed(around(thrown.format('escalationRef="E"')), top).processes[0].scope.walk()
        if node.id == "a"
    ]
    assert event is not None and (event.kind, event.name) == ("escalation", "late")
    for attribute, element, text in (
        ("", "a", "没有指明升级"),
        ('escalationRef="nowhere"', "a", "没有升级 nowhere"),
        ('escalationRef="F"', "F", "没有代码（escalationCode）"),
    ):
        (problem,) = errors(around(thrown.format(attribute)), top)
        assert problem.element == element and text in problem.message and problem.hint
