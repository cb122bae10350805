"""What is wrong about compensation and transactions as drawn."""

from __future__ import annotations

import pytest

from engine import parsing
from tests.builders import Builder
from tests.unit.parsing.xml_text import around, errors, flow

HOST = '<bpmn:userTask id="a" name="订房" camunda:assignee="x"/>\n'
EVENT = (
    '<bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>\n'
)
HANDLER = '<bpmn:userTask id="h" name="退房" isForCompensation="true" camunda:assignee="x"/>\n'
LINE = '<bpmn:association id="l" sourceRef="b" targetRef="h"/>'
CANCEL = '<bpmn:boundaryEvent id="c" attachedToRef="a"><bpmn:cancelEventDefinition/></bpmn:boundaryEvent>'
OTHER = '<bpmn:userTask id="o" camunda:assignee="x"/>'


def throwing(ref: str) -> str:
    """A process that undoes `ref` at its end."""
    end = f'<bpmn:endEvent id="x"><bpmn:compensateEventDefinition activityRef="{ref}"/></bpmn:endEvent>'
    return (
        HOST
        + EVENT
        + HANDLER
        + OTHER
        + f'<bpmn:startEvent id="s"/>{end}'
        + flow("s", "a")
        + (flow("a", "o") + flow("o", "x") + LINE)
    )


#: nodes, association, and the elements refused with words of the message
WRONG = [
    (HOST + EVENT + HANDLER.replace("true", "false"), [("b", "没有用关联线")]),
    (HOST + EVENT + HANDLER, [("b", "没有用关联线"), ("h", "没有补偿边界事件连到")]),
    (HOST + EVENT + HANDLER + LINE + flow("b", "end"), [("b", "不能有出线")]),
    (HOST + EVENT + HANDLER + LINE + flow("h", "end"), [("h", "不能有进线或出线")]),
    (HOST + EVENT + EVENT.replace('"b"', '"b2"') + HANDLER + LINE, [("b2", "没有用"), ("b2", "同类")]),
    (HOST + CANCEL + flow("c", "end"), [("c", "只能附着在事务子流程")]),
]


@pytest.mark.parametrize(("inner", "expected"), WRONG)
def test_what_cannot_run_is_refused(inner: str, expected: list[tuple[str, str]]) -> None:
    line = LINE if LINE in inner else ""
    found = errors(around(inner.replace(LINE, "")) + line)
    assert sorted(each.element for each in found) == sorted(element for element, _ in expected)
    for element, text in expected:
        assert any(each.element == element and text in each.message and each.hint for each in found)
        assert all(each.line for each in found)


@pytest.mark.parametrize(("ref", "text"), [("nowhere", "不存在"), ("o", "没有补偿活动")])
def test_compensated_activity_must_be_there_and_have_a_handler(ref: str, text: str) -> None:
    (problem,) = errors(throwing(ref))
    assert problem.element == "x" and text in problem.message


def test_cancel_end_event_only_in_a_transaction_with_a_cancel_boundary() -> None:
    end = '<bpmn:startEvent id="s"/><bpmn:endEvent id="x"><bpmn:cancelEventDefinition/></bpmn:endEvent>'
    (outside,) = errors(end + flow("s", "x"))
    assert outside.element == "x" and "只能直接放在事务子流程里" in outside.message
    inner = f'<bpmn:transaction id="a">{end}{flow("s", "x")}</bpmn:transaction>'
    (without,) = errors(around(inner))
    assert without.element == "x" and "没有取消边界事件" in without.message


def test_an_event_subprocess_may_undo_what_it_stands_in_but_not_a_process() -> None:
    start = '<bpmn:startEvent id="on"><bpmn:compensateEventDefinition/></bpmn:startEvent>'
    inner = start + '<bpmn:endEvent id="off"/>' + flow("on", "off")
    event = f'<bpmn:subProcess id="e" triggeredByEvent="true">{inner}</bpmn:subProcess>'
    (top,) = errors(around('<bpmn:task id="a"/>') + event)
    assert top.element == "e" and "不会被补偿" in top.message and top.hint
    (plain,) = errors(around('<bpmn:task id="a"/>') + start + flow("on", "a"))
    assert plain.element == "on" and "事件子流程" in plain.message
    sub = '<bpmn:startEvent id="i"/><bpmn:endEvent id="o"/>' + flow("i", "o") + event
    assert not errors(around(f'<bpmn:subProcess id="a">{sub}</bpmn:subProcess>'))


def test_handler_is_not_unreachable() -> None:
    model = Builder().start().user("a", assignee="x").undo("a", "h").at("a").compensate("x").end()
    read = parsing.parse_bpmn(model.xml(), "a.bpmn")
    assert not [each for each in read.warnings if "走不到" in each.message]
    node = read.processes[0].node("c-a")
    assert node is not None and node.handler == "h"
