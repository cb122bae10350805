"""What a form page shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from engine import FormDefinition, Problem
from tests.web.samples import DOCUMENT, FORM
from web.fields import Field, Filling, FormView, form_view
from web.widgets import field_kind


@pytest.fixture(autouse=True)
def _in_app(app: Flask):
    with app.test_request_context():
        yield


def form(properties: dict[str, Any], layout: tuple[Any, ...] = (), **schema: Any) -> FormDefinition:
    return FormDefinition("f", "表", {"type": "object", "properties": properties, **schema}, layout)


def fields(view: FormView) -> dict[str, Field]:
    return {one.key: one for section in view.sections for one in section.fields}


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 200}, "text"),
        ({"type": "string", "maxLength": 2000}, "textarea"),
        ({"type": "string", "x-opinion": True}, "textarea"),
        ({"type": "string", "x-widget": "textarea"}, "textarea"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "integer"}, "number"),
        ({"type": "number"}, "number"),
        ({"type": "boolean"}, "check"),
        ({"type": "boolean", "x-widget": "radio"}, "radio"),
        ({"enum": ["一", "二"]}, "radio"),
        ({"enum": ["一", "二"], "x-widget": "select"}, "select"),
        ({"enum": list("一二三四五六")}, "select"),
        ({"type": "string", "x-options": "选项"}, "select"),
        ({"type": "array", "items": {"enum": ["一"]}}, "checkboxes"),
        ({"type": "array", "items": {"type": "string"}}, "lines"),
        ({"type": "array", "items": {"type": "string"}, "x-widget": "files"}, "files"),
        ({"type": "array", "items": {"type": "object", "properties": {"甲": {}}}}, "table"),
        (
            {"type": "array", "readOnly": True, "items": {"type": "object", "properties": {"甲": {}}}},
            "readtable",
        ),
        ({"type": "object", "properties": {"甲": {}}}, "group"),
        ({"type": "string", "readOnly": True}, "read"),
    ],
)
def test_kind_of_widget(spec: dict[str, Any], kind: str) -> None:
    assert field_kind(spec) == kind


def test_sections_follow_the_layout_and_forget_nothing() -> None:
    made = form({"甲": {}, "乙": {}, "丙": {}}, ({"title": "一", "fields": ["乙", {"field": "甲"}]},))
    view = form_view(made, Filling())
    assert [[one.key for one in section.fields] for section in view.sections] == [["乙", "甲"], ["丙"]]


def test_optional_fields_are_marked_but_not_conditional_ones() -> None:
    made = form(
        {"甲": {}, "乙": {}, "丙": {"x-required": "甲 = 1"}, "丁": {"type": "boolean"}}, required=["甲"]
    )
    assert {key for key, one in fields(form_view(made, Filling())).items() if one.optional} == {"乙"}


def test_problem_finds_its_field_and_the_summary_links_to_it() -> None:
    problem = Problem("请填写“名称”。", element="对象.0.名称")
    view = form_view(FORM, Filling({"对象": [{"类别": "个人"}]}, problems=[problem]))
    cell = fields(view)["对象"].rows[0].fields[0]
    assert (cell.key, cell.error) == ("对象-0-名称", "请填写“名称”。")
    assert (view.faults[0].target, view.faults[0].text) == ("f-对象-0-名称", "职务或组织名称：请填写“名称”。")


def test_problem_without_field_stays_in_the_summary() -> None:
    view = form_view(FORM, Filling(problems=[Problem("不能提交。", hint="请核对。")]))
    assert [(fault.target, fault.text) for fault in view.faults] == [("", "不能提交。请核对。")]


def test_faults_come_in_the_order_of_the_page() -> None:
    problems = [Problem("丙", element="对象"), Problem("甲", element="意见")]
    assert [fault.target for fault in form_view(FORM, Filling(problems=problems)).faults] == [
        "f-意见",
        "f-对象",
    ]


def test_empty_table_offers_one_blank_row_and_adding_gives_another() -> None:
    assert len(fields(form_view(FORM, Filling()))["对象"].rows) == 1
    added = fields(form_view(FORM, Filling({"对象": [{"名称": "甲"}]}, added="对象")))["对象"]
    assert [row.number for row in added.rows] == [0, 1]
    assert added.rows[1].fields[0].attributes["autofocus"] == ""
    assert added.rows[1].fields[2].value == "1"  # the default


def test_table_with_read_only_cells_keeps_its_rows() -> None:
    cells = {"名称": {"type": "string", "readOnly": True}, "意见": {"type": "string"}}
    made = form({"对象": {"type": "array", "items": {"type": "object", "properties": cells}}})
    table = fields(form_view(made, Filling({"对象": [{"名称": "甲"}]})))["对象"]
    assert table.fixed
    assert table.rows[0].title == "甲"


def test_table_that_is_only_read_shows_texts_of_used_columns() -> None:
    cells = {"名称": {"title": "对象"}, "人数": {"type": "integer"}, "党员": {"type": "boolean"}}
    spec = {"type": "array", "readOnly": True, "items": {"type": "object", "properties": cells}}
    view = form_view(form({"对象": spec}), Filling({"对象": [{"名称": "甲", "党员": False}, {"名称": "乙"}]}))
    assert fields(view)["对象"].cells == (("对象", "党员"), ("甲", "否"), ("乙", "—"))


def test_value_outside_the_options_is_not_lost() -> None:
    made = form({"甲": {"type": "string", "enum": ["一", "二"]}})
    options = fields(form_view(made, Filling({"甲": "旧"})))["甲"].options
    assert [(one.value, one.chosen) for one in options] == [("一", False), ("二", False), ("旧", True)]


def test_moment_is_shown_in_the_offices_zone() -> None:
    made = form({"甲": {"type": "string", "format": "date-time"}})
    assert fields(form_view(made, Filling({"甲": "2026-11-24T01:30:00Z"})))["甲"].value == "2026-11-24T09:30"


def test_files_are_those_of_the_case() -> None:
    filling = Filling({"附件": [DOCUMENT.id, "foreign"]}, documents=[DOCUMENT])
    assert fields(form_view(FORM, filling))["附件"].files == (DOCUMENT,)


def test_browser_gets_only_the_variables_that_conditions_name() -> None:
    made = form({"甲": {"x-visible": '级别 = "高"'}, "乙": {"type": "string"}})
    view = form_view(made, Filling(variables={"级别": "高", "秘密": "不外传", "乙": 1}))
    assert json.loads(view.context) == {"级别": "高"}
    assert fields(view)["甲"].conditions == {"visible": '级别 = "高"'}


def test_checkboxes_of_a_row_stand_together_after_its_other_cells() -> None:
    items = {
        "type": "object",
        "properties": {"甲": {"type": "boolean"}, "乙": {"type": "string"}, "丙": {"type": "boolean"}},
    }
    view = form_view(form({"表": {"type": "array", "items": items}}), Filling({"表": [{"乙": "一"}]}))
    (row,) = fields(view)["表"].rows
    assert [(ticks, [cell.label for cell in run]) for ticks, run in row.runs] == [
        (False, ["乙"]),
        (True, ["甲", "丙"]),
    ]
