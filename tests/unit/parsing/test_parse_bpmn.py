"""One test per supported construct: what is drawn is what the tree says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model.definition import (
    Assignment,
    Call,
    Event,
    Expression,
    Flow,
    Loop,
    Node,
    Parameter,
    Text,
)
from engine.parsing import parse_bpmn
from tests.unit.parsing.xml_text import FIRST_LINE, around, document, errors, flow, node, parsed, problems


def feel(text: str, line: int = FIRST_LINE) -> Expression:
    return Expression(text, line)


def test_process() -> None:
    content = document(
        "<bpmn:documentation>办法第一条</bpmn:documentation><bpmn:extensionElements><camunda:properties>"
        '<camunda:property name="caseNumber" value="〔{year}〕{n}号"/></camunda:properties>'
        "</bpmn:extensionElements>\n" + around('<bpmn:task id="a"/>'),
        attributes='name="登记" isExecutable="true" camunda:versionTag="1.0" camunda:historyTimeToLive="180"'
        ' camunda:candidateStarterGroups="登记室, 督办员"',
    )
    bpmn = parse_bpmn(content, "a.bpmn")
    (process,) = bpmn.processes
    assert (bpmn.resource, process.resource, process.key, process.name) == ("a.bpmn", "a.bpmn", "p", "登记")
    assert (process.version_tag, process.documentation, process.line) == ("1.0", "办法第一条", 5)
    assert process.properties == {"caseNumber": "〔{year}〕{n}号"}
    assert process.starter_groups == ("登记室", "督办员")
    assert bpmn.warnings == ()


def test_nodes_keep_document_order_and_know_their_flows() -> None:
    scope = parsed(around('<bpmn:task id="a" name="通过"/>')).processes[0].scope
    assert list(scope.nodes) == ["a", "start", "end"]
    assert scope.nodes["a"] == Node("a", "task", "通过", FIRST_LINE, incoming=("in",), outgoing=("out",))
    assert scope.flows["in"] == Flow("in", "start", "a", line=FIRST_LINE + 2)
    assert scope.nodes["start"].event == scope.nodes["end"].event == Event("none")


@pytest.mark.parametrize("kind", ["userTask", "manualTask"])
def test_user_and_manual_tasks(kind: str) -> None:
    found = node(
        f'<bpmn:{kind} id="a" camunda:assignee="${{承办人}}" camunda:candidateGroups="审理室,督办员"'
        ' camunda:candidateUsers="=候选人" camunda:dueDate="2030-01-31" camunda:followUpDate="=跟进日"'
        ' camunda:priority="80" camunda:formRef="opinion" camunda:formRefBinding="latest"'
        ' camunda:asyncBefore="true" camunda:asyncAfter="true"/>'
    )
    assert found.assignment == Assignment(
        assignee=feel("承办人"),
        candidate_groups=Text("审理室,督办员"),
        candidate_users=feel("候选人"),
        due_date=Text("2030-01-31"),
        follow_up_date=feel("跟进日"),
        priority=Text("80"),
        form_ref="opinion",
    )
    assert found.kind == kind
    assert found.async_before and found.async_after


@pytest.mark.parametrize(
    "attribute",
    [
        'camunda:formRef="opinion"',
        'camunda:formKey="opinion"',
        'camunda:formKey="camunda-forms:deployment:opinion.form"',
        'camunda:formKey="camunda-forms:bpmn:opinion"',
        'camunda:formKey="forms/opinion.form.json"',
    ],
)
def test_a_form_is_named_in_any_of_camundas_ways(attribute: str) -> None:
    found = node(f'<bpmn:userTask id="a" camunda:assignee="x" {attribute}/>')
    assert found.assignment == Assignment(assignee=Text("x"), form_ref="opinion")


def test_a_start_form_stands_in_the_start_events_assignment() -> None:
    inner = around('<bpmn:task id="a"/>').replace('id="start"', 'id="start" camunda:formRef="register"')
    process = parsed(inner).processes[0]
    assert process.scope.nodes["start"].assignment == Assignment(form_ref="register")
    assert process.form_refs() == {"register"}


@pytest.mark.parametrize("language", ["", 'scriptFormat="feel"', 'scriptFormat="FEEL"'])
def test_script_task_is_feel(language: str) -> None:
    found = node(
        f'<bpmn:scriptTask id="a" {language} camunda:resultVariable="人数"><bpmn:script>'
        "=count(对象)</bpmn:script></bpmn:scriptTask>"
    )
    assert (found.script, found.result_variable) == (feel("count(对象)"), "人数")


def test_service_task() -> None:
    found = node(
        '<bpmn:serviceTask id="a" camunda:type="external" camunda:topic="document"><bpmn:extensionElements>'
        '<camunda:properties><camunda:property name="document" value="a.docx"/>'
        '<camunda:property name="documentName" value="=标题"/></camunda:properties></bpmn:extensionElements>'
        "</bpmn:serviceTask>"
    )
    assert found.topic == "document"
    assert found.properties == {"document": "a.docx", "documentName": "=标题"}


def test_business_rule_task() -> None:
    found = node(
        '<bpmn:businessRuleTask id="a" camunda:decisionRef="d1" camunda:resultVariable="结论"'
        ' camunda:mapDecisionResult="singleEntry" camunda:decisionRefBinding="deployment"/>'
    )
    assert (found.decision_ref, found.result_variable, found.map_decision_result) == (
        "d1",
        "结论",
        "singleEntry",
    )
    plain = node('<bpmn:businessRuleTask id="a" camunda:decisionRef="d1" camunda:resultVariable="r"/>')
    assert plain.map_decision_result == ""


MESSAGE = '<bpmn:message id="M" name="到案"/>'


def test_send_task_with_topic_or_message() -> None:
    assert node('<bpmn:sendTask id="a" camunda:type="external" camunda:topic="notify"/>').topic == "notify"
    assert node('<bpmn:sendTask id="a" messageRef="M"/>', MESSAGE).event == Event("message", name="到案")
    assert node('<bpmn:sendTask id="a" name="通报"/>').event == Event("message", name="通报")


def test_receive_task_with_correlation() -> None:
    found = node(
        '<bpmn:receiveTask id="a" messageRef="M"><bpmn:extensionElements><camunda:properties>'
        '<camunda:property name="correlationKey" value="=编号"/></camunda:properties>'
        "</bpmn:extensionElements></bpmn:receiveTask>",
        MESSAGE,
    )
    assert found.event == Event("message", name="到案", correlation=feel("编号"))


def test_call_activity() -> None:
    found = node(
        '<bpmn:callActivity id="a" calledElement="collection" camunda:calledElementBinding="latest">'
        '<bpmn:extensionElements><camunda:in variables="all"/><camunda:out variables="all"/>'
        '<camunda:in businessKey="#{execution.processBusinessKey}"/>'
        '<camunda:in source="线索" target="题目"/>'
        '<camunda:in sourceExpression="${级别 == \'高\'}" target="高级"/>'
        '<camunda:out source="报告" target="调查报告"/></bpmn:extensionElements></bpmn:callActivity>'
    )
    assert found.call == Call(
        "collection",
        all_in=True,
        all_out=True,
        inputs=(Parameter("题目", feel("线索")), Parameter("高级", feel('级别 = "高"'))),
        outputs=(Parameter("调查报告", feel("报告")),),
    )
    prefixed = node('<bpmn:callActivity id="a" calledElement="bpmn:other"/>')
    assert prefixed.call == Call("other")


def test_embedded_subprocess_inherits_its_lane() -> None:
    inner = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="外"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        '<bpmn:childLaneSet id="c"><bpmn:lane id="l2" name="内"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>start</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>"
        '<bpmn:lane id="l3" name="旁"/></bpmn:laneSet>'
        + around(
            f'<bpmn:subProcess id="a">{flow("s", "u")}{flow("u", "e")}<bpmn:startEvent id="s"/>'
            '<bpmn:userTask id="u"/><bpmn:endEvent id="e"/></bpmn:subProcess>'
        )
    )
    process = parsed(inner).processes[0]
    assert process.lanes == ("内", "旁")
    assert process.scope.nodes["start"].lane == "内"
    scope = process.scope.nodes["a"].scope
    assert scope is not None
    assert [(each.id, each.lane) for each in scope.nodes.values()] == [("s", "内"), ("u", "内"), ("e", "内")]
    assert scope.nodes["u"].incoming == ("s_u",)
    assert list(scope.flows) == ["s_u", "u_e"]


def test_multi_instance_in_camundas_way() -> None:
    found = node(
        '<bpmn:userTask id="a" camunda:assignee="=人"><bpmn:extensionElements><camunda:properties>'
        '<camunda:property name="outputCollection" value="意见"/>'
        '<camunda:property name="outputElement" value="=本人意见"/></camunda:properties>'
        "</bpmn:extensionElements>"
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true" camunda:collection="${组员}"'
        ' camunda:elementVariable="人"><bpmn:completionCondition>=nrOfCompletedInstances > 1'
        "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )
    assert found.loop == Loop(
        sequential=True,
        collection=feel("组员"),
        element_variable="人",
        completion=feel("nrOfCompletedInstances > 1"),
        output_collection="意见",
        output_element=feel("本人意见"),
    )


def test_multi_instance_by_cardinality_and_in_bpmns_own_way() -> None:
    counted = node(
        '<bpmn:task id="a"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3'
        "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:task>"
    )
    assert counted.loop == Loop(sequential=False, cardinality=feel("3"))
    standard = node(
        '<bpmn:task id="a"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>组员'
        "</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>结果</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="i" name="人"/><bpmn:outputDataItem id="o" name="一项"/>'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:task>"
    )
    assert standard.loop == Loop(
        sequential=False,
        collection=feel("组员"),
        element_variable="人",
        output_collection="结果",
        output_element=feel("一项"),
    )


def test_input_and_output_parameters() -> None:
    found = node(
        '<bpmn:userTask id="a" camunda:assignee="x"><bpmn:extensionElements><camunda:inputOutput>'
        '<camunda:inputParameter name="题目">文字</camunda:inputParameter>'
        '<camunda:inputParameter name="数">=1 + 2</camunda:inputParameter>'
        '<camunda:inputParameter name="空"/>'
        '<camunda:outputParameter name="结果">${意见}</camunda:outputParameter>'
        "</camunda:inputOutput></bpmn:extensionElements></bpmn:userTask>"
    )
    assert found.inputs == (
        Parameter("题目", Text("文字")),
        Parameter("数", feel("1 + 2")),
        Parameter("空", feel("null")),
    )
    assert found.outputs == (Parameter("结果", feel("意见")),)


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_conditions_and_default_of_a_gateway(kind: str) -> None:
    inner = (
        f'<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/><bpmn:{kind} id="g" default="d"/>'
        + flow("start", "g")
        + flow("g", "end", "=级别 = &quot;高&quot;", "a")
        + flow("g", "end", "${级别 == '低'}", "b")
        + flow("g", "end", "级别 = null", "c")
        + flow("g", "end", name="d")
    )
    scope = parsed(inner).processes[0].scope
    assert scope.nodes["g"].default == "d"
    assert scope.nodes["g"].outgoing == ("a", "b", "c", "d")
    conditions = [each.condition.feel if each.condition else None for each in scope.flows.values()]
    assert conditions == [None, '级别 = "高"', '级别 = "低"', "级别 = null", None]


def test_event_based_gateway() -> None:
    timer = (
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    )
    inner = (
        '<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/><bpmn:eventBasedGateway id="g"/>'
        f'<bpmn:intermediateCatchEvent id="t">{timer}</bpmn:intermediateCatchEvent>'
        '<bpmn:receiveTask id="r" messageRef="M"/>'
        + "".join(
            flow(*pair) for pair in (("start", "g"), ("g", "t"), ("g", "r"), ("t", "end"), ("r", "end"))
        )
    )
    bpmn = parsed(inner, MESSAGE)
    assert bpmn.processes[0].scope.nodes["g"].outgoing == ("g_t", "g_r")
    assert bpmn.warnings == ()


def test_pools_message_flows_and_artifacts_are_taken_or_ignored() -> None:
    inner = (
        around('<bpmn:task id="a"><bpmn:property id="pr" name="x"/></bpmn:task>')
        + '<bpmn:dataObject id="do"/><bpmn:dataObjectReference id="dor" dataObjectRef="do"/>'
        '<bpmn:dataStoreReference id="dsr"/>'
        '<bpmn:textAnnotation id="ta"><bpmn:text>注</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="as" sourceRef="a" targetRef="ta"/><bpmn:group id="gr"/>'
    )
    top = (
        '<bpmn:collaboration id="c"><bpmn:participant id="own" name="本机关" processRef="p"/>'
        '<bpmn:participant id="other" name="对方"/>'
        '<bpmn:messageFlow id="mf" sourceRef="a" targetRef="other"/></bpmn:collaboration>'
        '<bpmn:process id="partner" isExecutable="false"><bpmn:transaction id="tx"/></bpmn:process>'
    )
    bpmn = parsed(inner, top)
    (process,) = bpmn.processes
    assert process.name == "本机关"
    assert list(process.scope.nodes) == ["a", "start", "end"]
    assert [each.element for each in bpmn.warnings] == ["dsr"], "a data store does nothing"


def test_ids_may_be_chinese() -> None:
    process = parsed(around('<bpmn:task id="审批环节"/>', "审批环节")).processes[0]
    assert process.node("审批环节") is not None
    assert process.scope.flows["in"].target == "审批环节"


def test_a_only_process_needs_no_mark() -> None:
    assert parse_bpmn(document(around('<bpmn:task id="a"/>'), attributes=""), "a.bpmn").processes


def test_several_processes_and_their_references() -> None:
    second = (
        '<bpmn:process id="q" isExecutable="true">'
        + around('<bpmn:callActivity id="a2" calledElement="p"/>', "a2")
        .replace('"start"', '"s2"')
        .replace('"end"', '"e2"')
        .replace('"in"', '"i2"')
        .replace('"out"', '"o2"')
        + "</bpmn:process>"
    )
    bpmn = parsed(around('<bpmn:task id="a"/>'), second)
    assert [each.key for each in bpmn.processes] == ["p", "q"]
    assert bpmn.processes[1].called_keys() == {"p"}


def test_conditions_of_a_parallel_gateway_are_dropped_with_a_warning() -> None:
    inner = (
        '<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/>\n<bpmn:parallelGateway id="g"/>'
        + flow("start", "g")
        + flow("g", "end", "x > 1")
    )
    bpmn = parsed(inner)
    assert bpmn.processes[0].scope.flows["g_end"].condition is None
    (warning,) = problems(inner)
    assert (warning.severity, warning.element, warning.line) == ("warning", "g_end", FIRST_LINE + 1)
    assert errors(inner) == ()


def test_round_trip_of_a_subprocess_keeps_parallel_conditions_out() -> None:
    inner = around(
        f'<bpmn:subProcess id="a"><bpmn:startEvent id="s"/><bpmn:parallelGateway id="g"/>'
        f'<bpmn:endEvent id="e"/>{flow("s", "g")}{flow("g", "e", "x > 1")}</bpmn:subProcess>'
    )
    scope = parsed(inner).processes[0].scope.nodes["a"].scope
    assert scope is not None
    assert scope.flows["g_e"] == replace(scope.flows["g_e"], condition=None)
