"""The files of a deployment must fit together."""

from __future__ import annotations

from collections.abc import Collection

from engine.errors import Problem
from engine.model.definition import Bpmn
from engine.parsing import check_deployment, parse_bpmn
from tests.builders import Builder
from tests.unit.parsing.xml_text import FIRST_LINE, around, document


def bpmn(element: str, key: str = "p", attributes: str = "", resource: str = "", start: str = "") -> Bpmn:
    content = document(around(element), attributes=f'isExecutable="true" {attributes}').decode()
    content = content.replace('id="p"', f'id="{key}"').replace(
        '<bpmn:startEvent id="start"/>', start or '<bpmn:startEvent id="start"/>'
    )
    return parse_bpmn(content.encode(), resource or f"{key}.bpmn")


def found(
    *bpmns: Bpmn,
    decisions: Collection[str] = (),
    forms: Collection[str] = (),
    groups: Collection[str] | None = None,
    topics: Collection[str] = (),
    known: Collection[str] = (),
) -> list[tuple[str, str, int | None, str]]:
    problems = check_deployment(bpmns, decisions, forms, groups, topics, known)
    assert all(problem.hint for problem in problems)
    return [(each.severity, each.element, each.line, each.message) for each in problems]


def user(attributes: str = 'camunda:assignee="x"', properties: str = "", element_id: str = "a") -> str:
    extension = (
        f"<bpmn:extensionElements><camunda:properties>{properties}</camunda:properties></bpmn:extensionElements>"
        if properties
        else ""
    )
    return f'<bpmn:userTask id="{element_id}" name="审批" {attributes}>{extension}</bpmn:userTask>'


def test_forms() -> None:
    made = bpmn(user('camunda:assignee="x" camunda:formRef="opinion"'))
    assert found(made) == [("error", "a", FIRST_LINE, "人工任务“审批”的表单“opinion”不存在。")]
    assert found(made, forms=["opinion"]) == []


def test_start_forms() -> None:
    made = bpmn('<bpmn:task id="a"/>', start='<bpmn:startEvent id="start" camunda:formRef="register"/>')
    assert [(severity, element) for severity, element, _, _ in found(made)] == [("error", "start")]
    assert found(made, forms={"register"}) == []


def test_decisions() -> None:
    made = bpmn('<bpmn:businessRuleTask id="a" camunda:decisionRef="d1" camunda:resultVariable="r"/>')
    assert found(made) == [("error", "a", FIRST_LINE, "规则任务“a”的规则表“d1”不存在。")]
    assert found(made, decisions=["d1"]) == []


def test_topics_anywhere() -> None:
    made = bpmn(
        '<bpmn:subProcess id="a"><bpmn:startEvent id="is"/><bpmn:serviceTask id="inner"'
        ' camunda:type="external" camunda:topic="notify"/><bpmn:sequenceFlow id="f" sourceRef="is"'
        ' targetRef="inner"/></bpmn:subProcess>'
    )
    assert found(made) == [("error", "inner", FIRST_LINE, "服务任务“inner”的处理程序“notify”不存在。")]
    assert found(made, topics=["notify"]) == []


def test_called_processes() -> None:
    caller = bpmn('<bpmn:callActivity id="a" calledElement="q"/>')
    assert found(caller) == [("error", "a", FIRST_LINE, "调用活动“a”调用的流程“q”不存在。")]
    assert found(caller, known=["q"]) == []
    assert found(caller, bpmn('<bpmn:task id="a"/>', "q")) == []


def test_a_called_process_has_a_plain_start() -> None:
    waiting = (
        '<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle>'
        "</bpmn:timerEventDefinition></bpmn:startEvent>"
    )
    called = bpmn('<bpmn:task id="a"/>', "q", start=waiting)
    assert found(called) == []
    ((severity, element, _, message),) = found(bpmn('<bpmn:callActivity id="a" calledElement="q"/>'), called)
    assert (severity, element) == ("error", "a")
    assert "普通开始事件" in message


def separate(name: str, key: str = "separateFrom") -> str:
    return user(properties=f'<camunda:property name="{key}" value="{name}"/>')


def test_separate_from_and_same_as_name_user_tasks_of_the_case() -> None:
    made = bpmn(separate("b, gone"))
    other = bpmn(user(element_id="b").replace('id="a"', 'id="b"') + '<bpmn:task id="a"/>', "q")
    assert found(made, other) == [
        ("error", "a", FIRST_LINE, "人工任务“审批”的 separateFrom 所指的“gone”不存在。")
    ]
    assert found(bpmn(separate("b", "sameAs")), other) == []
    ((severity, _, _, message),) = found(bpmn(separate("start", "sameAs")))
    assert severity == "error"
    assert "不是人工任务" in message
    ((_, _, _, message),) = found(bpmn(separate("a, a", "sameAs")))
    assert "只能写一个" in message


def test_what_may_stand_in_a_process_deployed_before_is_a_warning() -> None:
    made = bpmn(separate("elsewhere"))
    caller = bpmn('<bpmn:callActivity id="a" calledElement="old"/>', "top")
    ((severity, element, _, _),) = found(made, caller, known=["old"])
    assert (severity, element) == ("warning", "a")


def test_groups_are_only_looked_at_if_they_are_known() -> None:
    made = bpmn(user('camunda:candidateGroups="甲, 乙"'), attributes='camunda:candidateStarterGroups="丙"')
    assert found(made) == []
    assert found(made, groups=["甲", "乙", "丙"]) == []
    assert found(made, groups=["甲"]) == [
        ("warning", "p", 5, "没有组“丙”。"),
        ("warning", "a", FIRST_LINE, "人工任务“审批”的候选组“乙”不存在。"),
    ]


def test_a_lane_is_the_group_of_a_task_that_names_nobody() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="审理室"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "</bpmn:lane></bpmn:laneSet>"
    )
    assert len(found(bpmn(lanes + user("")), groups=[])) == 1
    assert found(bpmn(lanes + user("")), groups=["审理室"]) == []
    assert found(bpmn(lanes + user('camunda:assignee="=谁"')), groups=[]) == []
    assert found(bpmn(lanes + user('camunda:candidateGroups="=组"')), groups=[]) == []


def test_a_process_id_may_be_used_once() -> None:
    first, second = bpmn('<bpmn:task id="a"/>'), bpmn('<bpmn:task id="a"/>', resource="again.bpmn")
    (problem,) = check_deployment([first, second], [], [], None, [], [])
    assert isinstance(problem, Problem)
    assert (problem.resource, problem.element) == ("again.bpmn", "p")
    assert "p.bpmn" in problem.message


def test_steps_that_end_the_time_for_withdrawing_exist() -> None:
    def named(until: str) -> list[str]:
        model = Builder(properties={"withdrawUntil": until}).start().user("a", assignee="x").end().build()
        return [one[3] for one in found(Bpmn("p.bpmn", (model,)))]

    assert named("never") == named("end") == named("a") == []
    assert named("a,b") == ["withdrawUntil 所指的“b”不存在。"]
