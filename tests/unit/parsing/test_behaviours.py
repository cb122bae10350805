"""What is wrong with a multi-instance behaviour."""

from __future__ import annotations

from tests.unit.parsing.xml_text import FIRST_LINE, around, errors, problems

ROOTS = '<bpmn:terminateEventDefinition id="stop"/>'


def told(attributes: str, inner: str = "") -> list[tuple[str, int | None, str]]:
    loop = (
        f"<bpmn:multiInstanceLoopCharacteristics {attributes}><bpmn:loopCardinality>2</bpmn:loopCardinality>"
        f"{inner}</bpmn:multiInstanceLoopCharacteristics>"
    )
    found = problems(around(f'<bpmn:task id="a">{loop}</bpmn:task>'), ROOTS)
    assert all(each.hint for each in found)
    return [(each.element, each.line, each.severity) for each in found]


def test_an_event_definition_that_is_not_there_or_cannot_be_thrown() -> None:
    assert told('behavior="One" oneBehaviorEventRef="gone"') == [("a", FIRST_LINE, "error")]
    assert told('behavior="None" noneBehaviorEventRef="stop"') == [("a", FIRST_LINE, "error")]


def test_a_behaviour_that_throws_nothing_is_a_warning() -> None:
    assert told('behavior="One"') == [("a", FIRST_LINE, "warning")]
    inner = (
        "<bpmn:complexBehaviorDefinition><bpmn:condition>x</bpmn:condition></bpmn:complexBehaviorDefinition>"
    )
    assert told("", inner) == [("a", FIRST_LINE, "warning")]


def test_complex_needs_conditions() -> None:
    assert told('behavior="Complex"') == [("a", FIRST_LINE, "error")]
    blank = "<bpmn:complexBehaviorDefinition><bpmn:condition/></bpmn:complexBehaviorDefinition>"
    assert told('behavior="Complex"', blank) == [("a", FIRST_LINE, "error")]


def test_a_wrong_word_is_told_by_the_schema() -> None:
    loop = '<bpmn:multiInstanceLoopCharacteristics behavior="Some"/>'
    found = errors(around(f'<bpmn:task id="a">{loop}</bpmn:task>'))
    assert any("behavior" in each.message for each in found)
