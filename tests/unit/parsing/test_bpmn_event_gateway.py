"""What cannot stand behind an event-based gateway."""

from __future__ import annotations

import pytest

from tests.unit.parsing.xml_text import FIRST_LINE, errors, flow

MESSAGE = '<bpmn:message id="M" name="m"/>'
LOOP = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="x"/>',
    "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>x</bpmn:loopCondition>"
    "</bpmn:standardLoopCharacteristics>",
)


def behind(attributes: str = "", inner: str = "", more: str = "") -> str:
    catch = '<bpmn:intermediateCatchEvent id="c"><bpmn:messageEventDefinition messageRef="M"/>'
    return (
        '<bpmn:startEvent id="s"/><bpmn:eventBasedGateway id="g"/><bpmn:endEvent id="end"/>\n'
        f'<bpmn:receiveTask id="r" messageRef="M" {attributes}>{inner}</bpmn:receiveTask>\n'
        f"{catch}</bpmn:intermediateCatchEvent>{more}"
        + flow("s", "g")
        + flow("g", "r")
        + flow("g", "c")
        + flow("r", "end")
        + flow("c", "end")
    )


def test_a_plain_receive_task_may_stand_there() -> None:
    assert not errors(behind(), MESSAGE)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (behind(inner=LOOP[0]), "多实例或循环"),
        (behind(inner=LOOP[1]), "多实例或循环"),
        (behind('camunda:asyncBefore="true"'), "asyncBefore"),
        (behind('startQuantity="2"'), "startQuantity"),
        (
            behind(
                more='<bpmn:boundaryEvent id="b" attachedToRef="r">'
                '<bpmn:messageEventDefinition messageRef="M"/></bpmn:boundaryEvent>' + flow("b", "end")
            ),
            "边界事件",
        ),
    ],
)
def test_what_the_gateway_could_not_let_wait_is_refused(inner: str, text: str) -> None:
    (problem,) = errors(inner, MESSAGE)
    assert (problem.element, problem.line) == ("r", FIRST_LINE + 1)
    assert text in problem.message and problem.hint
