"""Form and view files: what is accepted, and what is refused with its JSON pointer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import InvalidDefinition, Problem
from engine.parsing import parse_form, parse_view

FULL: dict[str, Any] = {
    "id": "clue",
    "title": "登记表",
    "basis": "《办法》第一条",
    "submit": "登记",
    "schema": {
        "type": "object",
        "required": ["标题"],
        "properties": {
            "标题": {"type": "string", "title": "标题", "maxLength": 80, "minLength": 2, "pattern": "^.+$"},
            "渠道": {"type": "string", "enum": ["来信", "来访"], "x-widget": "radio"},
            "日期": {"type": "string", "format": "date", "default": "2030-01-01"},
            "人数": {"type": "integer", "minimum": 1, "maximum": 9, "x-value": "count(对象)"},
            "同意": {"type": "boolean", "x-widget": "radio"},
            "理由": {"type": "string", "x-visible": "同意 = false", "x-required": "同意 = false"},
            "措施": {"type": "array", "items": {"enum": ["甲", "乙"]}, "minItems": 1, "uniqueItems": True},
            "承办": {"type": "string", "x-options": "候选", "x-basis": "第二条"},
            "对象": {
                "type": "array",
                "x-widget": "table",
                "items": {
                    "type": "object",
                    "required": ["名称"],
                    "properties": {"名称": {"type": "string"}, "编号": {"type": "number", "readOnly": True}},
                },
            },
            "核对": {"type": "object", "properties": {"清楚": {"type": "boolean", "const": True}}},
            "附件": {"type": "array", "x-widget": "files", "items": {"type": "string"}},
            "意见": {"type": "string", "x-opinion": True, "x-widget": "textarea", "description": "写明"},
        },
    },
    "layout": [
        {
            "title": "一",
            "basis": "第三条",
            "help": "说明",
            "fields": ["标题", "渠道", "日期", "人数", "同意", "理由"],
        },
        {
            "title": "二",
            "fields": ["措施", "承办", {"field": "对象", "widget": "table"}, "核对", "附件", "意见"],
        },
    ],
    "rules": [{"assert": "count(对象) >= 1", "message": "至少一个对象", "field": "对象"}],
}


def form_bytes(**changes: Any) -> bytes:
    return json.dumps({**FULL, **changes}, ensure_ascii=False).encode()


def problems(content: bytes, resource: str = "clue.form.json") -> tuple[Problem, ...]:
    with pytest.raises(InvalidDefinition) as caught:
        parse_form(content, resource)
    assert all(each.resource == resource for each in caught.value.problems)
    return caught.value.problems


def test_a_form_with_everything() -> None:
    form = parse_form(form_bytes(), "forms/clue.form.json")
    assert (form.id, form.title, form.submit, form.basis) == ("clue", "登记表", "登记", "《办法》第一条")
    assert form.schema == FULL["schema"]
    assert [section["title"] for section in form.layout] == ["一", "二"]
    assert form.rules[0]["message"] == "至少一个对象"
    assert form.resource == "forms/clue.form.json"


def test_submit_has_a_default() -> None:
    content = {key: value for key, value in FULL.items() if key not in ("submit", "basis", "rules")}
    form = parse_form(json.dumps(content).encode(), "clue.form.json")
    assert (form.submit, form.basis, form.rules) == ("提交", "", ())


def one_field(spec: Any, name: str = "甲", **schema: Any) -> bytes:
    return form_bytes(
        schema={"type": "object", "properties": {name: spec}, **schema},
        layout=[{"title": "一", "fields": [name]}],
        rules=[],
    )


@pytest.mark.parametrize(
    ("spec", "pointer", "text"),
    [
        ({"type": "string", "foo": 1}, "/foo", "foo"),
        ({"type": "string", "minimum": 1}, "/minimum", "minimum"),
        ({"type": "date"}, "/type", "date"),
        ({}, "/type", "不支持"),
        ("text", "", "对象"),
        ({"type": "string", "x-widget": "slider"}, "/x-widget", "slider"),
        ({"type": "string", "format": "email"}, "/format", "email"),
        ({"type": "string", "pattern": "("}, "/pattern", "正则"),
        ({"type": "string", "enum": []}, "/enum", "enum"),
        ({"type": "string", "maxLength": "9"}, "/maxLength", "JSON Schema"),
        ({"type": "string", "x-visible": "1 +"}, "/x-visible", "x-visible"),
        ({"type": "string", "x-required": "1 +"}, "/x-required", "x-required"),
        ({"type": "string", "x-value": "1 +"}, "/x-value", "x-value"),
        ({"type": "string", "x-options": "1 +"}, "/x-options", "x-options"),
        ({"type": "string", "x-visible": True}, "/x-visible", "文字"),
        ({"type": "string", "x-visible": ""}, "/x-visible", "空"),
        ({"type": "string", "readOnly": "yes"}, "/readOnly", "true"),
        ({"type": "string", "title": 1}, "/title", "文字"),
        ({"type": "array"}, "/items", "items"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, "/items/type", "列表"),
        ({"type": "object"}, "/properties", "至少一个"),
        (
            {"type": "array", "items": {"type": "object", "properties": {"b": {"type": "what"}}}},
            "/items/properties/b/type",
            "what",
        ),
        (
            {"type": "object", "required": ["c"], "properties": {"b": {"type": "string"}}},
            "/required/0",
            "“c”",
        ),
    ],
)
def test_a_wrong_field_is_named_by_pointer(spec: Any, pointer: str, text: str) -> None:
    (problem,) = problems(one_field(spec))
    assert problem.element == f"/schema/properties/甲{pointer}"
    assert text in problem.message


@pytest.mark.parametrize("name", ["a b", "a-b", "1a", "意见（一）", "and", "a/b"])
def test_a_name_that_feel_could_not_take(name: str) -> None:
    (problem,) = problems(one_field({"type": "string"}, name))
    assert problem.element == "/schema/properties/" + name.replace("/", "~1")
    assert "不能用在表达式里" in problem.message


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"title": None}, "/title"),
        ({"title": " "}, "/title"),
        ({"id": "other"}, "/id"),
        ({"submit": 1}, "/submit"),
        ({"schema": {**FULL["schema"], "required": ["无"]}}, "/schema/required/0"),
        ({"schema": {**FULL["schema"], "type": "array"}}, "/schema/type"),
        ({"schema": {**FULL["schema"], "oneOf": []}}, "/schema/oneOf"),
        ({"rules": [{"assert": "1 +", "message": "x"}]}, "/rules/0/assert"),
        ({"rules": [{"assert": "true"}]}, "/rules/0/message"),
        ({"rules": [{"message": "x"}]}, "/rules/0/assert"),
        ({"rules": [{"assert": "true", "message": "x", "field": "无"}]}, "/rules/0/field"),
        ({"rules": [{"assert": "true", "message": "x", "when": "y"}]}, "/rules/0/when"),
        ({"rules": {}}, "/rules"),
        ({"rules": [1]}, "/rules/0"),
        ({"layout": [*FULL["layout"], {"title": "三", "fields": ["无"]}]}, "/layout/2/fields/0"),
        ({"layout": [*FULL["layout"], {"title": "三", "fields": ["标题"]}]}, "/layout"),
        ({"layout": [*FULL["layout"], {"title": "三", "fields": [], "x": 1}]}, "/layout/2/x"),
        ({"layout": [*FULL["layout"], {"title": "三"}]}, "/layout/2/fields"),
        ({"layout": [*FULL["layout"], {"fields": [{"widget": "text"}]}]}, "/layout/2/fields/0"),
    ],
)
def test_a_wrong_file_is_named_by_pointer(changes: dict[str, Any], pointer: str) -> None:
    (problem,) = problems(form_bytes(**changes))
    assert problem.element == pointer


def test_every_field_is_laid_out_exactly_once_and_all_problems_come_at_once() -> None:
    found = problems(
        form_bytes(layout=[{"title": "一", "fields": ["标题", "标题"]}], rules=[{"assert": "1 +"}])
    )
    texts = [each.message for each in found]
    assert sum("没有排进版面" in text for text in texts) == 11
    assert "字段“标题”在版面中出现了两次。" in texts
    assert [each.element for each in found][-2:] == ["/rules/0/message", "/rules/0/assert"]


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"", 1, "JSON"),
        (b'{\n"id": }', 2, "JSON"),
        (b"[]", 1, "对象"),
        (b'{"id": "a", "id": "b"}', None, "写了两次"),
        (b'{"id": NaN}', None, "NaN"),
        (b"\xff", None, "UTF-8"),
        (b"[" * 100_000, None, "太深"),
        (b" " * 1_000_001, None, "太大"),
    ],
)
def test_strict_json(content: bytes, line: int | None, text: str) -> None:
    (problem,) = problems(content)
    assert text in problem.message
    assert problem.line == line


def test_a_mark_at_the_beginning_is_tolerated() -> None:
    assert parse_form(b"\xef\xbb\xbf" + form_bytes(), "clue.form.json").id == "clue"


VIEW: dict[str, Any] = {
    "process": "p",
    "title": "线索标题",
    "summary": [{"label": "情形", "feel": "问责情形"}],
    "tables": [{"title": "对象", "rows": "处理决定", "columns": [{"label": "对象", "feel": "名称"}]}],
}


def test_a_view() -> None:
    view = parse_view(json.dumps(VIEW).encode(), "x/p.view.json")
    assert (view.process, view.title, view.summary) == ("p", "线索标题", (("情形", "问责情形"),))
    assert view.tables == tuple(VIEW["tables"])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"process": "q"}, "/process"),
        ({"title": None}, "/title"),
        ({"title": "1 +"}, "/title"),
        ({"more": 1}, "/more"),
        ({"summary": [{"label": "x"}]}, "/summary/0/feel"),
        ({"summary": [{"label": "x", "feel": "1 +"}]}, "/summary/0/feel"),
        ({"summary": [{"label": "x", "feel": "1", "y": 1}]}, "/summary/0/y"),
        (
            {"tables": [{"title": "x", "rows": "1 +", "columns": VIEW["tables"][0]["columns"]}]},
            "/tables/0/rows",
        ),
        ({"tables": [{"title": "x", "rows": "y"}]}, "/tables/0/columns"),
        (
            {"tables": [{"title": "x", "rows": "y", "columns": [{"label": "z", "feel": "1 +"}]}]},
            "/tables/0/columns/0/feel",
        ),
    ],
)
def test_a_wrong_view_is_named_by_pointer(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        parse_view(json.dumps({**VIEW, **changes}).encode(), "p.view.json")
    assert [each.element for each in caught.value.problems] == [pointer]
