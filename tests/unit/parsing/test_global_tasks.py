"""Global tasks become processes of one step; what is wrong with them is told by element and line."""

from __future__ import annotations

import pytest

from engine.model.definition import Assignment, Expression, Text
from engine.parsing import check_deployment, parse_bpmn
from tests.unit.parsing.xml_text import HEAD, around, document, errors, parsed, problems

TASK = '<bpmn:globalUserTask id="g" name="核对" camunda:candidateGroups="甲组" camunda:formRef="f"/>'


def test_a_global_user_task() -> None:
    own, task = parsed(around('<bpmn:callActivity id="a" calledElement="g"/>'), TASK).processes
    assert (own.is_task, task.is_task, task.key, task.name) == (False, True, "g", "核对")
    found = task.node("g")
    assert found is not None and found.kind == "userTask"
    assert found.assignment == Assignment(candidate_groups=Text("甲组"), form_ref="f")
    assert task.form_refs() == {"f"}


@pytest.mark.parametrize(
    "language", ["", 'scriptLanguage="feel"', 'scriptLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/"']
)
def test_a_global_script_task(language: str) -> None:
    script = (
        f'<bpmn:globalScriptTask id="g" {language} camunda:resultVariable="x">'
        "<bpmn:script>1</bpmn:script></bpmn:globalScriptTask>"
    )
    task = parsed(around('<bpmn:task id="a"/>'), script).processes[1]
    found = task.node("g")
    assert found is not None and found.script == Expression("1", found.line)


def test_a_file_of_global_tasks_alone() -> None:
    content = f"{HEAD}{TASK}</bpmn:definitions>".encode()
    assert [each.key for each in parse_bpmn(content, "a.bpmn").processes] == ["g"]


WRONG = [
    (
        '<bpmn:globalScriptTask id="g" scriptLanguage="groovy" camunda:resultVariable="x">'
        "<bpmn:script>1</bpmn:script></bpmn:globalScriptTask>",
        "不支持groovy脚本",
    ),
    ('<bpmn:globalScriptTask id="g" camunda:resultVariable="x"/>', "没有脚本"),
    ('<bpmn:globalBusinessRuleTask id="g" camunda:resultVariable="x"/>', "没有指明规则表"),
    ('<bpmn:globalUserTask id="g" camunda:asyncBefore="true" camunda:assignee="x"/>', "asyncBefore"),
    ('<bpmn:globalUserTask id="g" camunda:topic="x"/>', "camunda:topic"),
]


@pytest.mark.parametrize(("task", "text"), WRONG, ids=[text for _, text in WRONG])
def test_what_is_wrong_names_the_task(task: str, text: str) -> None:
    found = [each for each in errors(around('<bpmn:task id="a"/>'), task) if text in each.message]
    assert [(each.element, each.line) for each in found] == [("g", 11)]


def test_a_global_task_without_anybody_is_a_warning() -> None:
    (warning,) = problems(around('<bpmn:task id="a"/>'), '<bpmn:globalUserTask id="g"/>')
    assert (warning.element, warning.severity) == ("g", "warning")


def test_a_call_finds_its_global_task() -> None:
    bpmn = parse_bpmn(document(around('<bpmn:callActivity id="a" calledElement="g"/>'), TASK), "a.bpmn")
    assert check_deployment([bpmn], (), ("f",), None, (), ()) == ()
