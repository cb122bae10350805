"""One test per supported event: what is drawn is what the tree says."""

from __future__ import annotations

import pytest

from engine.model.definition import Event, Expression, Text
from tests.unit.parsing.xml_text import FIRST_LINE, around, flow, node, parsed

MESSAGE = '<bpmn:message id="M" name="到案"/>'


def feel(text: str) -> Expression:
    return Expression(text, FIRST_LINE)


@pytest.mark.parametrize(
    ("inner", "kind", "value"),
    [
        (
            "<bpmn:timeDate>2030-01-31T09:00:00+08:00</bpmn:timeDate>",
            "date",
            Text("2030-01-31T09:00:00+08:00"),
        ),
        ("<bpmn:timeDate>=期限</bpmn:timeDate>", "date", feel("期限")),
        ("<bpmn:timeDuration>P30D</bpmn:timeDuration>", "duration", Text("P30D")),
        ("<bpmn:timeDuration>${时长}</bpmn:timeDuration>", "duration", feel("时长")),
        ("<bpmn:timeCycle>R3/PT10M</bpmn:timeCycle>", "cycle", Text("R3/PT10M")),
        (
            "<bpmn:timeCycle>R/2030-01-01T00:00:00Z/P1D</bpmn:timeCycle>",
            "cycle",
            Text("R/2030-01-01T00:00:00Z/P1D"),
        ),
    ],
)
def test_timers(inner: str, kind: str, value: Text | Expression) -> None:
    definition = f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"
    found = node(f'<bpmn:intermediateCatchEvent id="a">{definition}</bpmn:intermediateCatchEvent>')
    assert found.event == Event("timer", timer=kind, value=value)  # type: ignore[arg-type]


def test_message_events() -> None:
    definition = '<bpmn:messageEventDefinition messageRef="M"/>'
    caught = node(f'<bpmn:intermediateCatchEvent id="a">{definition}</bpmn:intermediateCatchEvent>', MESSAGE)
    assert caught.event == Event("message", name="到案")
    thrown = node(f'<bpmn:intermediateThrowEvent id="a">{definition}</bpmn:intermediateThrowEvent>', MESSAGE)
    assert thrown.event == Event("message", name="到案")
    external = node(
        '<bpmn:intermediateThrowEvent id="a" name="通报"><bpmn:messageEventDefinition camunda:type="external"'
        ' camunda:topic="notify"/></bpmn:intermediateThrowEvent>'
    )
    assert (external.topic, external.event) == ("notify", Event("message", name="通报"))
    assert node('<bpmn:intermediateThrowEvent id="a"/>').event == Event("none")


def test_start_events_may_wait() -> None:
    inner = around('<bpmn:task id="a"/>') + (
        '<bpmn:startEvent id="m"><bpmn:messageEventDefinition messageRef="M"/></bpmn:startEvent>'
        '<bpmn:startEvent id="t"><bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle>'
        "</bpmn:timerEventDefinition></bpmn:startEvent>" + flow("m", "a") + flow("t", "a")
    )
    nodes = parsed(inner, MESSAGE).processes[0].scope.nodes
    assert nodes["m"].event == Event("message", name="到案")
    assert nodes["t"].event == Event("timer", timer="cycle", value=Text("R/P1D"))


ERROR = '<bpmn:error id="E" name="退回" errorCode="back"/>'


def boundary(definition: str, attributes: str = "") -> str:
    return around('<bpmn:userTask id="a" camunda:assignee="x"/>') + (
        f'<bpmn:boundaryEvent id="b" attachedToRef="a" {attributes}>{definition}</bpmn:boundaryEvent>'
        + flow("b", "end")
    )


def test_boundary_events() -> None:
    timer = (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )
    found = parsed(boundary(timer, 'cancelActivity="false"')).processes[0].scope.nodes["b"]
    assert (found.attached_to, found.interrupting) == ("a", False)
    assert found.event == Event("timer", timer="duration", value=Text("P3D"))
    error = parsed(boundary('<bpmn:errorEventDefinition errorRef="E"/>'), ERROR).processes[0].scope.nodes["b"]
    assert (error.interrupting, error.event) == (True, Event("error", name="back"))
    any_error = parsed(boundary("<bpmn:errorEventDefinition/>")).processes[0].scope.nodes["b"]
    assert any_error.event == Event("error")
    message = parsed(boundary('<bpmn:messageEventDefinition messageRef="M"/>'), MESSAGE)
    assert message.processes[0].scope.nodes["b"].event == Event("message", name="到案")


def test_end_events() -> None:
    inner = (
        '<bpmn:startEvent id="start"/><bpmn:parallelGateway id="g"/>'
        + flow("start", "g")
        + flow("g", "e")
        + flow("g", "t")
        + flow("g", "m")
        + '<bpmn:endEvent id="e"><bpmn:errorEventDefinition errorRef="E"/></bpmn:endEvent>'
        '<bpmn:endEvent id="t"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
        '<bpmn:endEvent id="m"><bpmn:messageEventDefinition messageRef="M"/></bpmn:endEvent>'
    )
    nodes = parsed(inner, ERROR + MESSAGE).processes[0].scope.nodes
    assert nodes["e"].event == Event("error", name="back")
    assert nodes["t"].event == Event("terminate")
    assert nodes["m"].event == Event("message", name="到案")


def test_event_definitions_by_reference() -> None:
    top = (
        '<bpmn:timerEventDefinition id="T"><bpmn:timeDuration>P1D</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition>"
    )
    found = node(
        '<bpmn:intermediateCatchEvent id="a"><bpmn:eventDefinitionRef>T</bpmn:eventDefinitionRef>'
        "</bpmn:intermediateCatchEvent>",
        top,
    )
    assert found.event == Event("timer", timer="duration", value=Text("P1D"))
