"""Everything unsupported is refused with element id, line, its Chinese name and what to do."""

from __future__ import annotations

import pytest

from engine import feel
from engine.errors import FeelError, InvalidDefinition, Problem
from engine.parsing import parse_bpmn
from tests.unit.parsing.xml_text import FIRST_LINE, around, document, errors, flow, problems


def only(inner: str, top: str = "") -> Problem:
    """The one error of a process; it must say where and what to do."""
    (problem,) = errors(inner, top)
    assert problem.resource == "a.bpmn"
    assert problem.hint
    return problem


def event(kind: str, inner: str, attributes: str = "") -> str:
    return around(f'<bpmn:{kind} id="a" name="等候" {attributes}>\n{inner}\n</bpmn:{kind}>')


def test_unsupported_start_boundary_and_end_events() -> None:
    signal = '<bpmn:linkEventDefinition name="x"/>'
    inner = (
        f'<bpmn:startEvent id="start">{signal}</bpmn:startEvent>\n'
        '<bpmn:userTask id="u" camunda:assignee="x"/>\n'
        f'<bpmn:boundaryEvent id="b" attachedToRef="u">{signal}</bpmn:boundaryEvent>\n'
        f'<bpmn:endEvent id="end">{signal}</bpmn:endEvent>' + flow("start", "u") + flow("u", "end")
    )
    found = [(each.element, each.line) for each in errors(inner)]
    assert found == [("start", FIRST_LINE), ("b", FIRST_LINE + 2), ("end", FIRST_LINE + 3)]


@pytest.mark.parametrize(
    ("kind", "definition", "chinese"),
    [
        ("intermediateThrowEvent", "timer", "定时事件"),
        ("intermediateThrowEvent", "error", "错误事件"),
        ("intermediateCatchEvent", "terminate", "终止事件"),
        ("intermediateCatchEvent", "escalation", "升级事件"),
        ("endEvent", "link", "链接事件"),
        ("intermediateThrowEvent", "conditional", "条件事件"),
        ("endEvent", "timer", "定时事件"),
    ],
)
def test_an_event_of_the_wrong_kind(kind: str, definition: str, chinese: str) -> None:
    found = errors(event(kind, f"<bpmn:{definition}EventDefinition/>"))
    assert any(each.element == "a" and f"不能是{chinese}" in each.message for each in found)


@pytest.mark.parametrize("kind", ["intermediateCatchEvent", "boundaryEvent"])
def test_an_event_without_definition(kind: str) -> None:
    task = '<bpmn:task id="t"/>' + flow("start", "t") + flow("t", "end", name="o2")
    attached = 'attachedToRef="t"' if kind == "boundaryEvent" else ""
    found = errors(
        f'<bpmn:{kind} id="a" {attached}/><bpmn:startEvent id="start"/><bpmn:endEvent id="end"/>' + task
    )
    assert any(each.element == "a" and "没有事件定义" in each.message for each in found)


def test_several_event_definitions() -> None:
    two = "<bpmn:terminateEventDefinition/><bpmn:terminateEventDefinition/>"
    inner = f'<bpmn:startEvent id="s"/><bpmn:endEvent id="a">{two}</bpmn:endEvent>' + flow("s", "a")
    assert "一起抛出而其中有终止事件" in only(inner).message
    top = '<bpmn:message id="M" name="m"/><bpmn:error id="E" errorCode="e"/>'
    mixed = '<bpmn:messageEventDefinition messageRef="M"/><bpmn:errorEventDefinition errorRef="E"/>'
    boundary = f'<bpmn:boundaryEvent id="b" attachedToRef="a">{mixed}</bpmn:boundaryEvent>' + flow("b", "end")
    problem = only(around('<bpmn:task id="a"/>') + boundary, top)
    assert problem.element == "b" and "有几个事件定义而其中有错误事件" in problem.message
    waits = '<bpmn:messageEventDefinition messageRef="M"/>' * 2
    start = f'<bpmn:startEvent id="x">{waits}</bpmn:startEvent>' + flow("x", "a")
    problem = only(around('<bpmn:task id="a"/>') + start, top)
    assert problem.element == "x" and "请为每个事件画一个开始事件" in problem.hint


REFUSED = [
    ('<bpmn:adHocSubProcess id="a"/>', "没有可以选办的步骤"),
    (
        '<bpmn:complexGateway id="a"/><bpmn:sequenceFlow id="m" sourceRef="start" targetRef="a"/>',
        "没有激活条件",
    ),
    ('<bpmn:task id="a"><bpmn:standardLoopCharacteristics/></bpmn:task>', "标准循环没有条件或次数"),
    ('<bpmn:task id="a"><bpmn:standardLoopCharacteristics loopMaximum="0"/></bpmn:task>', "loopMaximum 是"),
    ('<bpmn:task id="a" completionQuantity="0"/>', "completionQuantity"),
    ('<bpmn:task id="a" startQuantity="100000"/>', "startQuantity"),
    (
        '<bpmn:scriptTask id="a" scriptFormat="groovy" camunda:resultVariable="r">'
        "<bpmn:script>x</bpmn:script></bpmn:scriptTask>",
        "groovy",
    ),
    ('<bpmn:serviceTask id="a" camunda:class="org.x.Y"/>', "camunda:class"),
    ('<bpmn:serviceTask id="a" camunda:expression="${x.y()}"/>', "camunda:expression"),
    ('<bpmn:serviceTask id="a" camunda:delegateExpression="${x}"/>', "camunda:delegateExpression"),
    ('<bpmn:serviceTask id="a" camunda:type="mail"/>', 'camunda:type="mail"'),
    ('<bpmn:sendTask id="a" camunda:type="external"/>', "camunda:topic"),
    ('<bpmn:serviceTask id="a" camunda:topic="x"/>', "camunda:type"),
    ('<bpmn:serviceTask id="a"/>', "没有指明由谁处理"),
    ('<bpmn:receiveTask id="a" name="x" instantiate="true"/>', "必须是流程最外层的第一步"),
    ('<bpmn:receiveTask id="a"/>', "消息没有名称"),
    ('<bpmn:receiveTask id="a" messageRef="nope"/>', "没有消息 nope"),
    ('<bpmn:sendTask id="a" name="${x}"/>', "算出来的消息名称"),
    ('<bpmn:businessRuleTask id="a" camunda:resultVariable="r"/>', "没有指明规则表"),
    ('<bpmn:businessRuleTask id="a" camunda:decisionRef="d"/>', "结果没有去处"),
    (
        '<bpmn:businessRuleTask id="a" camunda:decisionRef="d" camunda:resultVariable="r"'
        ' camunda:mapDecisionResult="x"/>',
        "mapDecisionResult",
    ),
    (
        '<bpmn:businessRuleTask id="a" camunda:decisionRef="d" camunda:resultVariable="r"'
        ' camunda:decisionRefBinding="version" />',
        "decisionRefBinding",
    ),
    (
        '<bpmn:businessRuleTask id="a" camunda:decisionRef="=d" camunda:resultVariable="r"/>',
        "算出来的规则表",
    ),
    (
        '<bpmn:scriptTask id="a" camunda:resultVariable="r"><bpmn:script/></bpmn:scriptTask>',
        "没有脚本",
    ),
    ('<bpmn:userTask id="a" camunda:assignee="x" zeebe:formId="f"/>', "Camunda 8"),
    ('<bpmn:callActivity id="a"/>', "没有指明被调用的流程"),
    (
        '<bpmn:callActivity id="a" calledElement="p" camunda:calledElementVersion="3"/>',
        "calledElementVersion",
    ),
    ('<bpmn:userTask id="a" camunda:assignee="x" camunda:formKey="embedded:app:x.html"/>', "网页表单"),
    ('<bpmn:userTask id="a" camunda:assignee="x" camunda:formRef="${f}"/>', "算出来的表单"),
    ('<bpmn:userTask id="a" camunda:assignee="x" camunda:dueDate="P3D"/>', "到期日“P3D”"),
    ('<bpmn:userTask id="a" camunda:assignee="x" camunda:priority="high"/>', "优先级“high”"),
    ('<bpmn:userTask id="a" camunda:assignee="x" camunda:somethingNew="1"/>', "camunda:somethingNew"),
    ('<bpmn:task id="a" camunda:assignee="x"/>', "camunda:assignee"),
    ('<bpmn:userTask id="a" camunda:assignee="${bean.find()}"/>', "bean.find()"),
    ('<bpmn:userTask id="a" camunda:assignee="= 1 +"/>', "办理人有错误"),
    ('<bpmn:task id="a"><bpmn:multiInstanceLoopCharacteristics/></bpmn:task>', "没有次数或集合"),
    (
        '<bpmn:task id="a"><bpmn:multiInstanceLoopCharacteristics camunda:collection="x"'
        ' camunda:elementVariable="a b"/></bpmn:task>',
        "元素变量“a b”",
    ),
    (
        '<bpmn:task id="a"><bpmn:multiInstanceLoopCharacteristics camunda:collection="x" behavior="Complex"/>'
        "</bpmn:task>",
        "behavior",
    ),
    ('<bpmn:eventBasedGateway id="a" instantiate="true"/>', "必须是流程最外层的第一步"),
    ('<bpmn:eventBasedGateway id="a" eventGatewayType="Parallel"/>', "并行的事件网关"),
    (
        '<bpmn:userTask id="a"><bpmn:potentialOwner><bpmn:resourceAssignmentExpression>'
        "<bpmn:formalExpression>user(x)</bpmn:formalExpression></bpmn:resourceAssignmentExpression>"
        "</bpmn:potentialOwner></bpmn:userTask>",
        "potentialOwner",
    ),
]


@pytest.mark.parametrize(("element", "text"), REFUSED, ids=[text for _, text in REFUSED])
def test_refused(element: str, text: str) -> None:
    found = [each for each in errors(around(element)) if text in each.message]
    assert [(each.element, each.line) for each in found] == [("a", FIRST_LINE)]
    assert found[0].resource == "a.bpmn"


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<bpmn:timeDate/>",
        "<bpmn:timeDate>tomorrow</bpmn:timeDate>",
        "<bpmn:timeDate>2030-02-30</bpmn:timeDate>",
        "<bpmn:timeDuration>P</bpmn:timeDuration>",
        "<bpmn:timeDuration>PT</bpmn:timeDuration>",
        "<bpmn:timeDuration>3 days</bpmn:timeDuration>",
        "<bpmn:timeDuration>15WD</bpmn:timeDuration>",
        "<bpmn:timeCycle>0 0 9 * * ?</bpmn:timeCycle>",
        "<bpmn:timeCycle>R3</bpmn:timeCycle>",
        "<bpmn:timeCycle>R3/PT1H/PT1H</bpmn:timeCycle>",
        "<bpmn:timeDuration>=duration(</bpmn:timeDuration>",
    ],
)
def test_bad_times(inner: str) -> None:
    problem = only(
        event("intermediateCatchEvent", f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>")
    )
    assert "时间" in problem.message
    assert (problem.element, problem.line) == ("a", FIRST_LINE + 1)


@pytest.mark.parametrize(
    ("top", "text"),
    [
        ("", "没有错误 E"),
        ('<bpmn:error id="E" name="x"/>', "没有代码"),
    ],
)
def test_bad_errors(top: str, text: str) -> None:
    end = '<bpmn:endEvent id="a"><bpmn:errorEventDefinition errorRef="E"/></bpmn:endEvent>'
    assert text in only(f'<bpmn:startEvent id="s"/>{end}' + flow("s", "a"), top).message


def test_error_ends_need_an_error_and_error_boundaries_interrupt() -> None:
    end = '<bpmn:endEvent id="a"><bpmn:errorEventDefinition/></bpmn:endEvent>'
    assert "没有指明错误" in only(f'<bpmn:startEvent id="s"/>{end}' + flow("s", "a")).message
    inner = around('<bpmn:task id="a"/>') + (
        '<bpmn:boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><bpmn:errorEventDefinition/>'
        "</bpmn:boundaryEvent>"
    )
    assert "必须是中断的" in only(inner).message


def test_conditions_in_another_language() -> None:
    condition = (
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" language="groovy">x'
        "</bpmn:conditionExpression>"
    )
    inner = (
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:exclusiveGateway id="g" default="d"/>'
        + flow("s", "g")
        + flow("g", "e", name="d")
        + f'\n<bpmn:sequenceFlow id="f" sourceRef="g" targetRef="e">{condition}</bpmn:sequenceFlow>'
    )
    problem = errors(inner)[0]
    assert "groovy" in problem.message
    assert (problem.element, problem.line) == ("f", FIRST_LINE + 1)


def test_a_condition_that_is_no_feel_names_flow_and_line() -> None:
    inner = (
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:exclusiveGateway id="g" default="d"/>'
        + flow("s", "g")
        + flow("g", "e", name="d")
        + "\n"
        + flow("g", "e", "级别 = ", "f1")
        + "\n"
        + flow("g", "e", "${list.contains('x')}", "f2")
    )
    found = errors(inner)
    assert [(each.element, each.line) for each in found] == [("f1", FIRST_LINE + 1), ("f2", FIRST_LINE + 2)]
    assert "级别 =" in found[0].message
    assert "list.contains" in found[1].message


@pytest.mark.parametrize("attributes", ['isExecutable="false"'])
def test_a_file_without_executable_process(attributes: str) -> None:
    (problem,) = problems(around('<bpmn:task id="a"/>'), attributes=attributes)
    assert "没有可执行的流程" in problem.message
    assert (problem.element, problem.line) == ("p", 5)


def test_process_extensions_that_would_not_take_effect() -> None:
    found = problems(
        around('<bpmn:task id="a"/>'), attributes='isExecutable="true" camunda:candidateStarterUsers="x"'
    )
    assert [(each.element, each.line) for each in found] == [("p", 5)]
    assert "candidateStarterUsers" in found[0].message


@pytest.mark.parametrize("groups", ["=组", "${组}"])
def test_starter_groups_are_fixed(groups: str) -> None:
    attributes = f'isExecutable="true" camunda:candidateStarterGroups="{groups}"'
    (problem,) = problems(around('<bpmn:task id="a"/>'), attributes=attributes)
    assert (problem.element, problem.line) == ("p", 5)
    assert "发起组" in problem.message


def test_another_kind_of_file() -> None:
    for content in (b"<html/>", b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'):
        with pytest.raises(InvalidDefinition, match="不是BPMN"):
            parse_bpmn(content, "a.bpmn")


def test_all_problems_are_told_at_once_with_those_of_the_schema() -> None:
    inner = (
        '<bpmn:startEvent id="s"/>\n<bpmn:serviceTask id="one" camunda:class="x"/>\n'
        '<bpmn:userTask id="two" camunda:assignee="= 1 +" foo="1"/>\n<bpmn:callActivity id="three"/>\n'
        '<bpmn:fooTask id="four"/>'
    )
    with pytest.raises(InvalidDefinition) as caught:
        parse_bpmn(document(inner), "a.bpmn")
    found = [each for each in caught.value.problems if each.severity == "error"]
    assert [(each.element, each.line) for each in found] == [
        ("one", FIRST_LINE + 1),
        ("two", FIRST_LINE + 2),
        ("two", FIRST_LINE + 2),
        ("three", FIRST_LINE + 3),
        ("four", FIRST_LINE + 4),
    ]
    severities = [each.severity for each in caught.value.problems]
    assert severities == sorted(severities), "errors before warnings"


def test_an_output_collection_needs_an_output_element() -> None:
    inner = around(
        '<bpmn:task id="a"><bpmn:extensionElements><camunda:properties>'
        '<camunda:property name="outputCollection" value="结果"/></camunda:properties>'
        "</bpmn:extensionElements>\n"
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="组员"/></bpmn:task>'
    )
    problem = only(inner)
    assert "须同时填写" in problem.message
    assert (problem.element, problem.line) == ("a", FIRST_LINE + 1)


def test_a_computed_process_breaks_the_schema_and_is_explained() -> None:
    found = errors(around('<bpmn:callActivity id="a" calledElement="${x}"/>'))
    assert {(each.element, each.line) for each in found} == {("a", FIRST_LINE)}
    assert any("算出来的流程" in each.message for each in found)


def test_an_unknown_event_definition() -> None:
    inner = around(
        '<bpmn:intermediateThrowEvent id="a"><bpmn:eventDefinitionRef>gone</bpmn:eventDefinitionRef>'
        "</bpmn:intermediateThrowEvent>"
    )
    assert "没有事件定义 gone" in only(inner).message


def test_a_process_without_id() -> None:
    content = document(around('<bpmn:task id="a"/>')).replace(b'id="p" ', b"")
    with pytest.raises(InvalidDefinition) as caught:
        parse_bpmn(content, "a.bpmn")
    assert [(each.line, each.message) for each in caught.value.problems] == [(5, "流程没有id。")]


def test_expressions_that_cannot_be_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> list[str | None]:
        raise FeelError("超时")

    monkeypatch.setattr(feel, "check_over", broken)
    problem = errors(around('<bpmn:userTask id="a" camunda:assignee="=x"/>'))[0]
    assert (problem.element, problem.line) == ("a", FIRST_LINE)
    assert "无法检查：超时" in problem.message


def test_of_several_processes_those_to_run_are_marked() -> None:
    other = '<bpmn:process id="q"/>'
    (problem,) = problems(around('<bpmn:task id="a"/>'), other, attributes="")
    assert "没有可执行的流程" in problem.message
    assert problems(around('<bpmn:task id="a"/>'), other) == ()


@pytest.mark.parametrize("attributes", [f'id="a" name="{"长" * 201}"', f'id="{"a" * 201}" name="短"'])
def test_names_and_ids_that_no_list_could_hold(attributes: str) -> None:
    """PostgreSQL's indexes take 2,700 bytes."""
    found = errors(around(f"<bpmn:userTask {attributes}/>"))
    assert any("201个字，太长" in one.message and one.line == FIRST_LINE for one in found), found
