"""DMN files: versions that are read, and everything that is refused, with element id and line."""

from __future__ import annotations

import pytest

from engine.errors import InvalidDefinition, Problem
from engine.parsing.dmn import parse_dmn
from tests.unit.decisions.build import decision, document, input_data, knowledge, table, text

ROWS = table([("甲",)], [("果",)], [["-", "1"]])
LITERAL = text("literalExpression", "1")


def problems(*parts: str) -> tuple[Problem, ...]:
    with pytest.raises(InvalidDefinition) as caught:
        parse_dmn(document(*parts), "rules.dmn")
    assert all(problem.resource == "rules.dmn" for problem in caught.value.problems)
    return caught.value.problems


def only(*parts: str) -> Problem:
    found = problems(*parts)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_versions(namespace: str) -> None:
    model = parse_dmn(document(decision(ROWS, name="规则"), namespace=namespace), "rules.dmn")[0]
    assert (model.id, model.name, model.resource, model.line) == ("d", "规则", "rules.dmn", 3)


def test_a_file_of_camunda_modeler_is_read() -> None:
    content = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
  xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"
  xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0" xmlns:camunda="http://camunda.org/schema/1.0/dmn"
  id="dish" name="Dish" namespace="http://camunda.org/schema/1.0/dmn" exporter="Camunda Modeler">
  <decision id="dish-decision" name="Dish Decision" camunda:historyTimeToLive="P180D" camunda:versionTag="1">
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i" label="Season" biodi:width="192" camunda:inputVariable="cellInput">
        <inputExpression id="ie" typeRef="string" expressionLanguage="feel">
          <text>=season</text></inputExpression>
      </input>
      <output id="o" label="Dish" name="desiredDish" typeRef="string" />
      <rule id="r1"><description>Save money</description>
        <inputEntry id="c1"><text>"Fall"</text></inputEntry>
        <outputEntry id="c2"><text>"Spareribs"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="dish-decision">
    <dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape></dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>"""
    model = parse_dmn(content.encode(), "dish.dmn")[0]
    assert model.variable == "Dish Decision"
    assert model.logic.inputs[0].feel == "season"  # type: ignore[union-attr]
    assert model.logic.rules[0].annotation == "Save money"  # type: ignore[union-attr]


def test_annotation_columns_are_joined() -> None:
    logic = ROWS.replace("<rule", '<annotation name="依据"/><annotation name="说明"/><rule').replace(
        "</rule>",
        "<annotationEntry><text>某条</text></annotationEntry><annotationEntry><text>某款</text></annotationEntry></rule>",
    )
    model = parse_dmn(document(decision(logic)), "rules.dmn")[0]
    assert model.logic.rules[0].annotation == "某条；某款"  # type: ignore[union-attr]


def test_each_wrong_cell_is_told_with_its_id_and_line() -> None:
    rows = [['"x', "1"], ["-", "nosuch(1)"], ["1 2", "1"], ["-", "1"]]
    found = problems("\n\n", decision(table([("甲",)], [("果",)], rows)))
    assert [(problem.element, problem.line) for problem in found] == [("r1i1", 6), ("r2o1", 6), ("r3i1", 6)]
    assert found[0].message.startswith("第1条规则的条件“甲栏”：")
    assert found[1].message == "第2条规则的结论“果”：没有函数“nosuch”（第1个字符）。"
    assert "第3个字符" in found[2].message


@pytest.mark.parametrize(
    ("logic", "element", "said"),
    [
        (table([("甲 +",)], [("果",)], [["-", "1"]]), "in1", "输入“甲 +栏”：表达式“甲 +”不完整"),
        (table([("",)], [("果",)], [["-", "1"]]), "in1", "没有写表达式"),
        (table([("甲", "", "1 2")], [("果",)], [["-", "1"]]), "in1", "的允许值：表达式“1 2”"),
        (table([("甲",)], [("果", "", "", "1 +")], [["-", "1"]]), "out1", "的默认值：表达式“1 +”不完整"),
        (table([("甲",)], [("果", "", "1 2 3")], [["-", "1"]]), "out1", "的允许值"),
        (table([("甲", "money")], [("果",)], [["-", "1"]]), "in1", "不认识类型“money”"),
        (table([("甲",)], [("果",)], []), "table", "规则表没有规则"),
        (table([("甲",)], [("果",), ("果",)], [["-", "1", "2"]]), "out1", "结论的名称“果”重复"),
        (table([("甲",)], [("果",), ("",)], [["-", "1", "2"]]), "out2", "每项都要有名称"),
        (table([("甲",)], [("果",)], [["-", "1"]], policy="PRIORITY"), "table", "没有列出允许值"),
        (table([("甲",)], [("果",)], [["-", "1"]], policy="OUTPUT ORDER"), "table", "没有列出允许值"),
        (table([("甲",)], [("果",)], [["-", "1"]], policy="FIRST", aggregation="SUM"), "table", "不能汇总"),
        (
            table([("甲",)], [("果",), ("因",)], [["-", "1", "2"]], policy="COLLECT", aggregation="SUM"),
            "table",
            "有几项结论的规则表不能汇总",
        ),
        (text("literalExpression", "1 +", id="e"), "e", "规则“d”：表达式“1 +”不完整"),
        (text("literalExpression", "${a ? b : c}", id="e"), "e", "不是简单的比较"),
        (text("literalExpression", "a", id="e", expressionLanguage="juel"), "e", "只支持 FEEL"),
        (text("literalExpression", "没有的(1)", id="e"), "e", "没有函数“没有的”"),
        ("", "d", "没有规则表，也没有表达式"),
        (f'<functionDefinition id="f" kind="Java">{LITERAL}</functionDefinition>', "f", "不支持 Java 函数"),
        ('<functionDefinition id="f"/>', "f", "没有写表达式"),
        (
            f'<invocation id="n">{text("literalExpression", "没有的", id="e")}</invocation>',
            "e",
            "不是所引用的函数",
        ),
        (
            '<context id="c"><contextEntry id="ce"><variable name="a(b"/>'
            + LITERAL
            + "</contextEntry></context>",
            "ce",
            "“a(b”不能用作变量名",
        ),
        (
            f'<relation id="l"><column name="a"/><row id="w">{LITERAL}{LITERAL}</row></relation>',
            "w",
            "有2格，应有1格",
        ),
    ],
)
def test_refused(logic: str, element: str, said: str) -> None:
    found = problems(decision(logic))
    assert any(
        problem.element == element and said in problem.message and problem.line for problem in found
    ), [str(problem) for problem in found]
    assert all(problem.hint for problem in found), [str(problem) for problem in found]


def test_a_rule_of_a_wrong_width_is_told() -> None:
    logic = table([("甲",), ("乙",)], [("果",)], [["-", "-", "1"]])
    lacking = logic.replace('<inputEntry id="r1i2"><text>-</text></inputEntry>', "")
    problem = only(decision(lacking))
    assert problem.element == "r1"
    assert problem.message == "第1条规则有1个条件，规则表有2个输入，两者应当相等。"
    doubled = logic.replace("</rule>", '<outputEntry id="x"><text>2</text></outputEntry></rule>')
    assert "有2个结论，规则表有1个结论" in only(decision(doubled)).message


def test_requirements_that_lead_nowhere_or_round_are_refused() -> None:
    assert "所要求的“#x”在文件中没有" in only(decision(LITERAL, needs=["x"])).message
    assert "所要求的“#x”在文件中没有" in only(decision(LITERAL, reads=["x"])).message
    assert "所要求的“#x”在文件中没有" in only(decision(LITERAL, knows=["x"])).message
    round_trip = [decision(LITERAL, id="a", needs=["b"]), decision(LITERAL, id="b", needs=["a"])]
    assert any("要求了自身" in problem.message for problem in problems(*round_trip))


def test_a_function_must_be_required_to_be_called() -> None:
    parts = [knowledge("k", "翻倍", {"数": ""}, text("literalExpression", "数 * 2"))]
    call = text("literalExpression", "翻倍(2)")
    assert "没有函数“翻倍”" in only(*parts, decision(call)).message
    assert parse_dmn(document(*parts, decision(call, knows=["k"])), "rules.dmn")


def test_a_type_that_refers_to_itself_is_refused() -> None:
    items = '<itemDefinition name="甲型"><typeRef>甲型</typeRef></itemDefinition>'
    found = problems(items, input_data("i", "甲", "甲型"), decision(LITERAL, reads=["i"]))
    assert "类型“甲型”引用了自身" in found[0].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<definitions", "XML"),
        (b"<a/>", "不是 DMN 1.1 至 1.5 的规则文件"),
        (
            b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
            "不是 DMN 1.1 至 1.5 的规则文件",
        ),
        (document(), "没有规则（decision）"),
        (document(input_data("i", "甲")), "没有规则（decision）"),
        (
            document(
                '<import namespace="x" importType="y" name="z" locationURI="other.dmn"/>', decision(LITERAL)
            ),
            "不支持引用“y”类型的文件",
        ),
        (document(decision("<nonsense/>")), "nonsense"),
        (document(decision(ROWS.replace("<decisionTable", '<decisionTable hitPolicy="BEST"'))), "BEST"),
        (document(decision(LITERAL), decision(LITERAL)), "重复"),
        (
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + document(decision(LITERAL))[39:],
            "DOCTYPE",
        ),
    ],
)
def test_files_that_are_no_rules(content: bytes, said: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        parse_dmn(content, "rules.dmn")
    assert any(said in str(problem) for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("logic", "said"),
    [
        ("<conditional/>", "conditional 中应依次有 if、then、else，实为 没有"),
        (f"<conditional><if>{LITERAL}</if><then>{LITERAL}</then></conditional>", "实为 if、then。"),
        (f"<filter><match>{LITERAL}</match><in>{LITERAL}</in></filter>", "应依次有 in、match"),
        (
            f"<filter><in>{LITERAL}</in><match>{LITERAL}</match><match>{LITERAL}</match></filter>",
            "match、match。",
        ),
        (f'<for iteratorVariable="x"><in>{LITERAL}</in></for>', "应依次有 in、return"),
        (
            f'<some iteratorVariable="("><in>{LITERAL}</in><satisfies>{LITERAL}</satisfies></some>',
            "“(”不能用作变量名",
        ),
        (
            f'<every iteratorVariable="x"><in/><satisfies>{LITERAL}</satisfies></every>',
            "every 的 in 中应有一个表达式，实为0个元素",
        ),
        (
            f'<for iteratorVariable="x"><in>{LITERAL}{LITERAL}</in><return>{LITERAL}</return></for>',
            "实为2个元素",
        ),
        (
            f'<filter><in typeRef="number">{LITERAL}</in><match>{LITERAL}</match></filter>',
            "不应有属性 typeRef",
        ),
        (
            f"<filter><in>{LITERAL}</in><match><nonsense/></match></filter>",
            "filter 的 match 中应有一个表达式",
        ),
    ],
)
def test_boxed_expressions_of_later_versions_of_another_form(logic: str, said: str) -> None:
    content = document(decision(logic), namespace="https://www.omg.org/spec/DMN/20230324/MODEL/")
    with pytest.raises(InvalidDefinition) as caught:
        parse_dmn(content, "rules.dmn")
    assert any(said in problem.message and problem.line for problem in caught.value.problems)


def test_what_later_versions_add_to_types() -> None:
    def file(*constraints: str) -> bytes:
        item = f'<itemDefinition name="数型"><typeRef>number</typeRef>{"".join(constraints)}</itemDefinition>'
        parts = [item, input_data("i", "甲", "数型"), decision(LITERAL, reads=["i"])]
        return document(*parts, namespace="https://www.omg.org/spec/DMN/20211108/MODEL/")

    allowed, constraint = text("allowedValues", "1, 2"), text("typeConstraint", "1")
    assert parse_dmn(file(constraint), "rules.dmn")
    assert parse_dmn(file(allowed, constraint), "rules.dmn")
    for wrong in (file(constraint, constraint), file(constraint.replace("text>", "some>"))):
        with pytest.raises(InvalidDefinition) as caught:
            parse_dmn(wrong, "rules.dmn")
        assert all(problem.line for problem in caught.value.problems)


def test_extensions_may_hold_any_word() -> None:
    held = '<extensionElements><x:for xmlns:x="urn:x"/></extensionElements>'
    made = decision(LITERAL).replace("<literalExpression", f"{held}<literalExpression", 1)
    assert parse_dmn(document(made, namespace="https://www.omg.org/spec/DMN/20230324/MODEL/"), "rules.dmn")
