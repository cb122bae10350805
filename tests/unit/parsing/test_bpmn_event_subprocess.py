"""What is wrong about event subprocesses as drawn."""

from __future__ import annotations

import pytest

from tests.unit.parsing.xml_text import FIRST_LINE, around, errors, flow, parsed

TOP = (
    '<bpmn:message id="M" name="m"/><bpmn:error id="E" errorCode="e"/>'
    '<bpmn:escalation id="X" escalationCode="x"/>'
)
MESSAGE = '<bpmn:messageEventDefinition messageRef="M"/>'
CONDITION = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>=金额 > 100</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)
LANGUAGE = 'xsi:type="bpmn:tFormalExpression" language="groovy"'
ERROR = '<bpmn:errorEventDefinition errorRef="E"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="X"/>'


def start(definition: str, id: str = "on", attributes: str = "") -> str:
    return f'<bpmn:startEvent id="{id}" {attributes}>{definition}</bpmn:startEvent>'


def sub(starts: str, id: str = "e", attributes: str = "", inner: str = "", tag: str = "subProcess") -> str:
    ids = [part.split('"')[0] for part in starts.split('startEvent id="')[1:]]
    flows = "".join(flow(each, f"t-{id}") for each in ids)
    task = f'<bpmn:task id="t-{id}"/>'
    return (
        f'\n<bpmn:{tag} id="{id}" triggeredByEvent="true" {attributes}>{starts}{task}{flows}{inner}'
        f"</bpmn:{tag}>"
    )


def beside(*parts: str) -> str:
    return around('<bpmn:task id="a"/>') + "".join(parts)


WRONG = [
    (sub(""), "e", "恰有一个开始事件，现有0个"),
    (sub(start(MESSAGE) + start(ERROR, "on2")), "e", "现有2个"),
    (sub(start("")), "on", "没有事件定义"),
    (sub(start(ERROR, attributes='isInterrupting="false"')), "on", "必须是中断的"),
    (sub(start(MESSAGE)) + flow("a", "e"), "e", "不能有进线或出线"),
    (sub(start(MESSAGE)) + flow("e", "a"), "e", "不能有进线或出线"),
    (sub(start(MESSAGE), tag="transaction"), "e", "不能是事务、多实例"),
    (
        sub(start(ESCALATION)) + sub(start(ESCALATION, "on2"), "e2"),
        "on2",
        "有几个事件子流程等待同样的事件",
    ),
    (
        sub(start(MESSAGE)) + f'<bpmn:boundaryEvent id="b" attachedToRef="e">{MESSAGE}</bpmn:boundaryEvent>'
        '<bpmn:endEvent id="z"/>' + flow("b", "z"),
        "b",
        "的边上不能有",
    ),
    (start(ERROR) + flow("on", "a"), "on", "只能发起事件子流程"),
    (start(ESCALATION) + flow("on", "a"), "on", "只能发起事件子流程"),
    (start(CONDITION) + flow("on", "a"), "on", "只能发起事件子流程"),
    (sub(start(CONDITION.replace("=金额 > 100", ""))), "on", "没有条件"),
    (sub(start(CONDITION.replace(":condition>=", f":condition {LANGUAGE}>="))), "on", "groovy"),
]


@pytest.mark.parametrize(("inner", "element", "text"), WRONG)
def test_what_could_not_begin_is_refused(inner: str, element: str, text: str) -> None:
    (problem,) = errors(beside(inner), TOP)
    assert problem.element == element and text in problem.message
    assert problem.hint and problem.line is not None and problem.line > FIRST_LINE


def test_a_start_event_that_waits_in_a_plain_subprocess_is_refused() -> None:
    inner = start(ERROR) + '<bpmn:task id="t"/>' + flow("on", "t")
    (problem,) = errors(around(f'<bpmn:subProcess id="a">{inner}</bpmn:subProcess>'), TOP)
    assert problem.element == "on" and "事件子流程" in problem.hint


def test_what_is_drawn_is_read() -> None:
    inner = sub(start(ESCALATION, attributes='isInterrupting="false"')) + sub(start(ERROR, "on2"), "e2")
    read = parsed(beside(inner), TOP)
    node, first, second = (read.processes[0].node(id) for id in ("e", "on", "on2"))
    assert node is not None and node.triggered
    assert first is not None and first.event is not None
    assert (first.interrupting, first.event.kind, first.event.name) == (False, "escalation", "x")
    assert second is not None and second.interrupting
    assert not read.warnings
