"""Signals: what is drawn is what the tree says, and what is missing is named."""

from __future__ import annotations

import pytest

from engine.model.definition import Event, Expression, Parameter
from engine.parsing import parse_bpmn
from tests.builders import Builder, event
from tests.unit.parsing.xml_text import FIRST_LINE, around, errors, node

SIGNAL = '<bpmn:signal id="S" name="开闸"/>'


def signal(ref: str = "S", carried: str = "", kind: str = "intermediateThrowEvent") -> str:
    inner = f"<bpmn:extensionElements>{carried}</bpmn:extensionElements>" if carried else ""
    definition = f"<bpmn:signalEventDefinition{ref and f' signalRef={chr(34)}{ref}{chr(34)}'}>{inner}"
    return f'<bpmn:{kind} id="a" name="喊">{definition}</bpmn:signalEventDefinition></bpmn:{kind}>'


@pytest.mark.parametrize("kind", ["intermediateCatchEvent", "intermediateThrowEvent"])
def test_a_signal_event_has_its_signals_name(kind: str) -> None:
    assert node(signal(kind=kind), SIGNAL).event == Event("signal", name="开闸")


def test_signal_events_of_every_place() -> None:
    model = Builder().start("s", event=event("signal", "甲")).user("u", groups="g").throw("t", signal="乙")
    model.end("e", "signal", "丙").boundary("b", "u", signal="甲", interrupting=False).end("e2")
    nodes = parse_bpmn(model.xml(), "a.bpmn").processes[0].scope.nodes
    assert [nodes[key].event for key in "stbe"] == [Event("signal", name=name) for name in "甲乙甲丙"]
    assert not nodes["b"].interrupting


def test_what_a_signal_carries() -> None:
    carried = '<camunda:in source="x" target="y"/><camunda:in sourceExpression="=x + 1" target="z"/>'
    line = FIRST_LINE
    assert node(signal(carried=carried), SIGNAL).inputs == (
        Parameter("y", Expression("x", line)),
        Parameter("z", Expression("x + 1", line)),
    )
    parameter = (
        '<camunda:inputOutput><camunda:inputParameter name="y">=x</camunda:inputParameter>'
        "</camunda:inputOutput>"
    )
    thrown = signal().replace(
        "<bpmn:signal", f"<bpmn:extensionElements>{parameter}</bpmn:extensionElements><bpmn:signal", 1
    )
    assert node(thrown, SIGNAL).inputs == (Parameter("y", Expression("x", line)),)


@pytest.mark.parametrize(
    ("inner", "top", "message"),
    [
        (signal(""), SIGNAL, "“喊”没有指明信号（signalRef）"),
        (signal("T"), SIGNAL, "“喊”：没有信号 T"),
        (signal(), '<bpmn:signal id="S"/>', "“喊”：信号 S 没有名称"),
        (signal(), '<bpmn:signal id="S" name=" "/>', "信号 S 没有名称"),
        (signal(), '<bpmn:signal id="S" name="${x}"/>', "不支持算出来的信号名称“${x}”"),
        (signal(carried='<camunda:in variables="all"/>'), SIGNAL, "不支持随信号带出全部变量"),
        (signal(carried='<camunda:in source="x"/>'), SIGNAL, "camunda:in 缺少"),
        (
            signal(carried='<camunda:in source="x" target="x"/>', kind="intermediateCatchEvent"),
            SIGNAL,
            "在等待信号，不能带出变量",
        ),
    ],
)
def test_what_is_wrong_with_a_signal_is_named(inner: str, top: str, message: str) -> None:
    (problem,) = errors(around(inner), top)
    assert message in problem.message
    assert problem.hint
    assert problem.element in ("a", "S")
    assert problem.line


def test_how_long_a_message_is_kept_is_a_duration() -> None:
    definition = '<bpmn:messageEventDefinition messageRef="M"/>'
    life = (
        '<bpmn:extensionElements><camunda:properties><camunda:property name="timeToLive" value="一周"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    thrown = f'<bpmn:intermediateThrowEvent id="a">{life}{definition}</bpmn:intermediateThrowEvent>'
    (problem,) = errors(around(thrown), '<bpmn:message id="M" name="回函"/>')
    assert "timeToLive）“一周”的写法不对" in problem.message
    assert problem.hint.startswith("请写时长")


def test_a_process_that_starts_itself_is_warned_of() -> None:
    model = (
        Builder().start("s", event=event("signal", "甲")).throw("other", signal="乙").end("e", "signal", "甲")
    )
    (warning,) = parse_bpmn(model.xml(), "a.bpmn").warnings
    assert (warning.element, warning.severity) == ("e", "warning")
    assert "又抛出它" in warning.message
