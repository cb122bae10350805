"""Extensions that would not take effect are refused, on their own line."""

from __future__ import annotations

import pytest

from engine.errors import Problem
from tests.unit.parsing.xml_text import FIRST_LINE, around, errors


def only(inner: str) -> Problem:
    (problem,) = errors(inner)
    assert problem.hint
    return problem


EXTENSIONS = [
    ('<camunda:executionListener event="start" class="x"/>', "执行监听器"),
    ('<camunda:taskListener event="create" class="x"/>', "任务监听器"),
    ('<camunda:formData><camunda:formField id="f" type="string"/></camunda:formData>', "camunda:formData"),
    ("<camunda:connector/>", "连接器"),
    ('<camunda:field name="x"/>', "字段注入"),
    ("<camunda:unheardOf/>", "camunda:unheardOf"),
    ('<camunda:in variables="all"/>', "camunda:in"),
    (
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:list/></camunda:inputParameter>'
        "</camunda:inputOutput>",
        "列表",
    ),
    (
        '<camunda:inputOutput><camunda:outputParameter name="x"><camunda:map/></camunda:outputParameter>'
        "</camunda:inputOutput>",
        "映射",
    ),
    (
        '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="js">1'
        "</camunda:script></camunda:inputParameter></camunda:inputOutput>",
        "脚本",
    ),
    ("<camunda:inputOutput><camunda:inputParameter/></camunda:inputOutput>", "没有名称"),
    ("<camunda:inputOutput><camunda:other/></camunda:inputOutput>", "camunda:other"),
    (
        '<camunda:properties><camunda:property name="clock" value="15 days"/></camunda:properties>',
        "期限 clock",
    ),
    ('<camunda:properties><camunda:property name="a" value="=1 +"/></camunda:properties>', "属性 a有错误"),
    (
        '<camunda:properties><camunda:property name="a" value="1"/><camunda:property name="a" value="2"/>'
        "</camunda:properties>",
        "写了两次",
    ),
    ('<camunda:properties><camunda:property value="1"/></camunda:properties>', "没有名称"),
    ('<zeebe:taskDefinition type="x"/>', "Camunda 8"),
]


@pytest.mark.parametrize(("extension", "text"), EXTENSIONS, ids=[text for _, text in EXTENSIONS])
def test_refused_extensions_have_their_own_line(extension: str, text: str) -> None:
    inner = around(
        f'<bpmn:userTask id="a" camunda:assignee="x"><bpmn:extensionElements>\n{extension}'
        "</bpmn:extensionElements></bpmn:userTask>"
    )
    problem = only(inner)
    assert text in problem.message
    assert (problem.element, problem.line) == ("a", FIRST_LINE + 1)


CALLS = [
    ('<camunda:in source="x"/>', "缺少"),
    ('<camunda:in target="x"/>', "缺少"),
    ('<camunda:in source="a.b" target="x"/>', "不能作变量名"),
    ('<camunda:out sourceExpression="1 +" target="x"/>', "有错误"),
    ('<camunda:in businessKey="#{other}"/>', "业务编号"),
    ('<camunda:in variables="all" local="true"/>', "local"),
]


@pytest.mark.parametrize(("mapping", "text"), CALLS)
def test_refused_mappings(mapping: str, text: str) -> None:
    inner = around(
        f'<bpmn:callActivity id="a" calledElement="p"><bpmn:extensionElements>\n{mapping}'
        "</bpmn:extensionElements></bpmn:callActivity>"
    )
    problem = only(inner)
    assert text in problem.message
    assert (problem.element, problem.line) == ("a", FIRST_LINE + 1)
