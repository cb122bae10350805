"""What is wrong with data that is drawn, by element and line."""

from __future__ import annotations

from engine.model.definition import Expression, Parameter
from tests.unit.parsing.xml_text import FIRST_LINE, around, errors, parsed, problems

STORE = '<bpmn:dataStoreReference id="D" name="台账"/>'
OBJECT = (
    '<bpmn:dataObject id="O"/><bpmn:dataObjectReference id="R" name="调查 报告" dataObjectRef="O"/>'
    '<bpmn:dataObject id="N"/><bpmn:dataObjectReference id="T" name="结论" dataObjectRef="N"/>'
)


def task(inside: str, kind: str = "task", attributes: str = "") -> str:
    return around(f'<bpmn:{kind} id="a" {attributes}>{inside}</bpmn:{kind}>')


def given(source: str, target: str, more: str = "") -> str:
    return (
        f"<bpmn:dataInputAssociation><bpmn:sourceRef>{source}</bpmn:sourceRef>"
        f"<bpmn:targetRef>{target}</bpmn:targetRef>{more}</bpmn:dataInputAssociation>"
    )


PLACEHOLDER = '<bpmn:property id="P" name="__targetRef_placeholder"/>'


def test_a_data_store_is_told_of_wherever_it_stands() -> None:
    inner = f'{task("")}\n{STORE}\n<bpmn:subProcess id="b"><bpmn:startEvent id="s"/>\n' + STORE.replace(
        '"D"', '"E"'
    )
    found = [each for each in problems(inner + "</bpmn:subProcess>") if "数据存储" in each.message]
    assert [(each.element, each.line, each.severity) for each in found] == [
        ("D", FIRST_LINE + 4, "warning"),
        ("E", FIRST_LINE + 6, "warning"),
    ]
    assert all("服务任务" in each.hint for each in found)


def test_drawing_a_line_to_a_data_store_is_no_error_but_computing_with_it_is() -> None:
    assert errors(task(PLACEHOLDER + given("D", "P")) + STORE) == ()
    more = "<bpmn:assignment><bpmn:from>1</bpmn:from><bpmn:to>x</bpmn:to></bpmn:assignment>"
    (problem,) = errors(task(PLACEHOLDER + given("D", "P", more)) + STORE)
    assert (problem.element, problem.line) == ("a", FIRST_LINE)
    assert "读写数据存储" in problem.message and problem.hint


def test_an_association_with_nothing() -> None:
    (problem,) = errors(task(PLACEHOLDER + given("gone", "P")))
    assert (problem.element, "不存在的数据 gone" in problem.message) == ("a", True)


def test_a_name_that_is_none_matters_only_where_it_is_computed_with() -> None:
    assert problems(task(PLACEHOLDER + given("R", "P")) + OBJECT) == ()
    call = task(PLACEHOLDER + given("R", "P"), "callActivity", 'calledElement="q"')
    (warning,) = problems(call + OBJECT)
    assert (warning.element, warning.severity) == ("a", "warning")
    assert "“调查 报告”" in warning.message
    io = (
        '<bpmn:ioSpecification><bpmn:dataInput id="I" name="材料"/><bpmn:inputSet/><bpmn:outputSet/>'
        "</bpmn:ioSpecification>"
    )
    found = errors(task(io + given("R", "I")) + OBJECT)
    assert [each.element for each in found] == ["a"]


def test_a_broken_expression_is_told_of() -> None:
    more = "<bpmn:assignment><bpmn:from>1 +</bpmn:from><bpmn:to>x</bpmn:to></bpmn:assignment>"
    (problem,) = errors(task(PLACEHOLDER + given("T", "P", more)) + OBJECT)
    assert (problem.element, "数据关联有错误" in problem.message) == ("a", True)


def test_assignments_are_parameters() -> None:
    more = "<bpmn:assignment><bpmn:from>结论</bpmn:from><bpmn:to>T</bpmn:to></bpmn:assignment>"
    node = parsed(task(PLACEHOLDER + given("T", "P", more)) + OBJECT).processes[0].node("a")
    assert node is not None
    assert node.inputs == (Parameter("结论", Expression("结论", FIRST_LINE)),)


def test_a_data_object_of_a_subprocess_that_hides_another_is_told_of() -> None:
    inner = task(
        '<bpmn:startEvent id="s"/><bpmn:dataObject id="M" name="结论"/><bpmn:endEvent id="e"/>'
        '<bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/>',
        "subProcess",
    )
    (warning,) = problems(inner + OBJECT)
    assert (warning.element, warning.severity) == ("a", "warning")
    assert "“结论”与外面的同名" in warning.message
    node = parsed(inner).processes[0].node("a")
    assert node is not None and node.data == ("结论",)
