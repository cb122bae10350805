"""Fields by step and reader, protected data and registers: what files may say, and where they are wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import InvalidDefinition, Problem
from engine.model.case_rules import CaseRules, Protected, Register
from engine.model.curtain import Curtain, Guarded
from engine.model.definition import Bpmn
from engine.model.forms import FieldAccess, FormDefinition
from engine.parsing import at_step, check_field_access, form_for, parse_case_rules, parse_form
from tests.builders import Builder

FIELDS: dict[str, Any] = {
    "甲": {"type": "string", "title": "甲", "x-value": '"x"'},
    "乙": {"type": "string", "title": "乙", "readOnly": True},
    "丙": {"type": "array", "title": "丙", "items": {"type": "string"}, "x-readers": ["主管"]},
}
FORM: dict[str, Any] = {
    "id": "f",
    "title": "表",
    "schema": {"type": "object", "required": ["甲", "丙"], "properties": FIELDS},
    "layout": [{"fields": ["甲", {"field": "乙"}]}, {"fields": ["丙"]}],
    "rules": [{"assert": "甲 != 乙", "message": "不同", "field": "甲"}, {"assert": "true", "message": "好"}],
    "steps": {"one": {"hidden": ["甲"]}, "two": {"readonly": ["甲"], "editable": ["乙"]}},
}
WHO = {"id": "who", "title": "来信人", "variables": ["甲"], "groups": ["收发"]}
BOOK = {"id": "book", "title": "登记簿", "form": "f", "readers": ["主管"], "help": "随时登记"}


def read(**changes: Any) -> FormDefinition:
    return parse_form(json.dumps({**FORM, **changes}).encode(), "x/f.form.json")


def rules(**parts: Any) -> CaseRules:
    return parse_case_rules(json.dumps({"process": "p", **parts}).encode(), "x/p.case.json")


def pointers(refusal: pytest.ExceptionInfo[InvalidDefinition]) -> list[str]:
    return [one.element for one in refusal.value.problems]


def at(element: str, **properties: str) -> FormDefinition:
    form = read()
    return form_for(form, at_step(form, element, properties))


def shown(form: FormDefinition) -> dict[str, bool]:
    """Fields, and whether they can be filled in."""
    return {name: not spec.get("readOnly") for name, spec in form.schema["properties"].items()}


def test_a_form_says_what_becomes_of_its_fields_at_single_steps() -> None:
    assert shown(at("elsewhere")) == {"甲": True, "乙": False, "丙": True}
    assert shown(at("one")) == {"乙": False, "丙": True}
    assert shown(at("two")) == {"甲": False, "乙": True, "丙": True}
    assert at("elsewhere") == read()


def test_a_step_says_more_by_its_properties() -> None:
    assert shown(at("elsewhere", hidden="甲，丙", editable="乙")) == {"乙": True}
    assert shown(at("two", readonly="乙、丙")) == {"甲": False, "乙": False, "丙": False}
    assert shown(at("one", readonly="甲")) == {"乙": False, "丙": True}, "hidden goes before read"


def test_what_is_hidden_leaves_layout_required_and_rules() -> None:
    form = at("one")
    assert form.layout == ({"fields": [{"field": "乙"}]}, {"fields": ["丙"]})
    assert form.schema["required"] == ["丙"]
    assert [rule["message"] for rule in form.rules] == ["好"]
    assert "x-value" not in at("two").schema["properties"]["甲"], "what is only read shows what is there"


def test_a_field_for_readers_is_there_for_them_alone() -> None:
    guarded = Guarded(readers={"丙": frozenset({"主管"})})
    assert "丙" in form_for(read(), FieldAccess(), guarded.curtain({"主管"})).schema["properties"]
    assert "丙" not in form_for(read(), FieldAccess(), guarded.curtain({"收发"})).schema["properties"]


def test_a_protected_field_can_be_filled_in_once() -> None:
    curtain = Curtain(frozenset({"甲"}))
    assert form_for(read(), FieldAccess(), curtain, {"甲": ""}) == read()
    held = form_for(read(), FieldAccess(), curtain, {"甲": "某人"}).schema["properties"]["甲"]
    assert held == {"type": "string", "readOnly": True, "title": "甲"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"steps": []}, "/steps"),
        ({"steps": {"one": []}}, "/steps"),
        ({"steps": {"one": {"hide": ["甲"]}}}, "/steps/one/hide"),
        ({"steps": {"one": {"hidden": "甲"}}}, "/steps/one/hidden"),
        ({"steps": {"a/b": {"readonly": ["甲", "丁"]}}}, "/steps/a~1b/readonly/1"),
        ({"steps": {"one": {"editable": ["乙", "乙"]}}}, "/steps/one/editable/1"),
    ],
)
def test_what_is_wrong_with_steps(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        read(**changes)
    assert pointer in pointers(refusal)


@pytest.mark.parametrize("readers", [[], "主管", [3], ["主管", "主管"]])
def test_readers_are_groups(readers: Any) -> None:
    schema = {"type": "object", "properties": {"甲": {"type": "string", "title": "甲", "x-readers": readers}}}
    with pytest.raises(InvalidDefinition, match="x-readers"):
        read(schema=schema, layout=[{"fields": ["甲"]}], rules=[], steps={})


def test_readers_are_of_whole_fields() -> None:
    inner = {"type": "object", "properties": {"名": {"type": "string", "x-readers": ["主管"]}}}
    schema = {"type": "object", "properties": {"甲": {"type": "array", "title": "甲", "items": inner}}}
    with pytest.raises(InvalidDefinition, match="不能另设读者"):
        read(schema=schema, layout=[{"fields": ["甲"]}], rules=[], steps={})


def test_protected_data_and_registers() -> None:
    found = rules(
        protected=[WHO], registers=[BOOK, {**BOOK, "id": "b", "writers": ["收发"], "standing": True}]
    )
    assert found.protected == (Protected("who", "来信人", ("甲",), ("收发",)),)
    assert found.registers[0] == Register("book", "登记簿", "f", ("主管",), help="随时登记")
    assert (found.registers[1].writers, found.registers[1].standing) == (("收发",), True)


@pytest.mark.parametrize(
    ("parts", "pointer"),
    [
        ({"protected": [{**WHO, "variables": []}]}, "/protected/0/variables"),
        ({"protected": [{**WHO, "variables": ["有 空格"]}]}, "/protected/0/variables/0"),
        ({"protected": [{**WHO, "groups": []}]}, "/protected/0/groups"),
        ({"protected": [{**WHO, "who": 1}]}, "/protected/0/who"),
        ({"protected": [WHO, {**WHO, "variables": ["乙"]}]}, "/protected"),
        ({"protected": [WHO, {**WHO, "id": "other"}]}, "/protected"),
        ({"registers": [{**BOOK, "readers": []}]}, "/registers/0/readers"),
        ({"registers": [{**BOOK, "form": ""}]}, "/registers/0/form"),
        ({"registers": [BOOK, BOOK]}, "/registers"),
        ({"registers": [{**BOOK, "standing": True}]}, "/registers/0/writers"),
        ({"registers": [{**BOOK, "standing": "ja"}]}, "/registers/0/standing"),
    ],
)
def test_what_is_wrong_with_protected_data_and_registers(parts: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        rules(**parts)
    assert pointer in pointers(refusal)


def checked(
    builder: Builder,
    found: CaseRules | None = None,
    groups: tuple[str, ...] | None = ("主管", "收发"),
    **form: Any,
) -> list[Problem]:
    bpmn = Bpmn("x/p.bpmn", (builder.build(),))
    by_file = {"x/p.case.json": found} if found else {}
    return list(check_field_access([bpmn], {"f": read(**form)}, by_file, groups))


def plain() -> Builder:
    return (
        Builder("p").start().user("one", groups="收发", form="f").user("two", groups="收发", form="f").end()
    )


def test_names_fit_together() -> None:
    assert checked(plain(), rules(protected=[WHO], registers=[BOOK])) == []


def test_a_step_names_fields_of_its_form() -> None:
    odd = plain().at("one").user("x", groups="收发", form="f", properties={"hidden": "甲 丁"})
    (problem,) = checked(odd.user("y", groups="收发", properties={"readonly": "甲"}))[:1]
    assert "hidden 所列的“丁”不是表单“表”的字段" in problem.message
    assert (problem.element, problem.severity) == ("x", "error")
    assert any("没有表单，readonly 用不上" in one.message for one in checked(odd))


def test_forms_name_steps_and_groups_that_are_there() -> None:
    texts = [one.message for one in checked(plain(), groups=(), steps={"seven": {"hidden": ["甲"]}})]
    assert texts == ["没有使用本表单的环节“seven”。", "字段“丙”的“x-readers”中没有组“主管”。"]


def test_registers_have_forms_and_protected_variables_fields() -> None:
    odd = rules(protected=[{**WHO, "variables": ["丁"]}], registers=[{**BOOK, "form": "g"}])
    texts = [(one.message, one.severity) for one in checked(plain(), odd)]
    assert texts == [
        ("“登记簿”的表单“g”不存在。", "error"),
        ("没有表单有字段“丁”，无从保护。", "warning"),
    ]


@pytest.mark.parametrize(
    "builder",
    [
        Builder("p").start().script("s", '"由" + 甲', "戊").end(),
        Builder("p").start().call("c", "q", given={"戊": "=甲"}).end(),
        Builder("p").start().user("u", groups="收发", properties={"about": "=甲"}).end(),
    ],
)
def test_a_protected_value_does_not_go_on_under_another_name(builder: Builder) -> None:
    (problem,) = checked(builder, rules(protected=[WHO]), steps={})
    assert "受保护的“甲”写进了" in problem.message
    assert problem.severity == "error"


def test_a_field_that_begins_with_a_protected_value_is_told() -> None:
    fields = {**FIELDS, "乙": {"type": "string", "title": "乙", "x-value": "甲"}}
    (problem,) = checked(plain(), rules(protected=[WHO]), schema={"type": "object", "properties": fields})
    assert "字段“乙”取自受保护的“甲”" in problem.message


def test_text_in_quotes_and_longer_names_are_not_the_variable() -> None:
    builder = Builder("p").start().script("s", '"甲" + 甲乙', "戊").end()
    assert checked(builder, rules(protected=[WHO]), steps={}) == []


def test_a_curtain_hides_at_any_depth_of_the_record() -> None:
    curtain = Curtain(frozenset({"甲"}), frozenset({"乙"}))
    told = {"values": {"甲": "x", "乙": 1, "丙": [{"甲": "y"}]}, "甲": ""}
    assert curtain.deep(told) == {"values": {"甲": "（保密）", "丙": [{"甲": "（保密）"}]}, "甲": ""}
    assert curtain.before({"甲": None, "丁": {"甲": "z"}}) == {"甲": None, "丁": {"甲": "z"}}
    assert curtain.told("不能把某人变成数", {"甲": ["某人"]}) == "不能把（保密）变成数"
