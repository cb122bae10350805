"""Posted forms become typed values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from engine import Problem
from web.forms import Posted, problem_key, read_only, typed_values


def read(properties: dict[str, Any], *pairs: tuple[str, str], **known: Any) -> dict[str, Any]:
    posted = Posted(MultiDict(pairs), known.get("base", {}), frozenset(known.get("documents", ())))
    return typed_values({"type": "object", "properties": properties}, posted)


def one(spec: dict[str, Any], *texts: str) -> Any:
    return read({"甲": spec}, *(("甲", text) for text in texts)).get("甲", "absent")


TABLE = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "名称": {"type": "string"},
            "人数": {"type": "integer", "default": 1},
            "党员": {"type": "boolean"},
            "情节": {"type": "array", "items": {"enum": ["轻", "重"]}},
        },
    },
}


def test_text_loses_outer_blanks_and_control_characters() -> None:
    assert one({"type": "string"}, "  一\r\n二\x00\x08  ") == "一\n二"


def test_empty_text_is_absent() -> None:
    assert one({"type": "string"}, "   ") == "absent"


def test_field_that_was_not_posted_is_absent() -> None:
    assert read({"甲": {"type": "string"}, "乙": {"type": "boolean"}, "丙": TABLE}) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-3", -3), ("１２", 12), ("1,200", 1200), ("1.5", "1.5"), ("1_0", "1_0"), ("十", "十")],
)
def test_integer_or_the_text_as_it_was(text: str, value: Any) -> None:
    assert one({"type": "integer"}, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("0.5", 0.5), (".5", 0.5), ("1e999", "1e999"), ("nan", "nan"), ("-1.25", -1.25)],
)
def test_number_is_finite_or_text(text: str, value: Any) -> None:
    assert one({"type": "number"}, text) == value


def test_checkbox_is_false_when_only_its_marker_came() -> None:
    assert one({"type": "boolean"}, "") is False
    assert one({"type": "boolean"}, "", "true") is True


def test_boolean_radio_without_choice_is_absent() -> None:
    spec = {"type": "boolean", "x-widget": "radio"}
    assert one(spec, "") == "absent"
    assert one(spec, "", "false") is False
    assert one(spec, "", "true") is True


def test_radio_posts_its_marker_before_the_choice() -> None:
    assert one({"type": "string", "enum": ["同意", "不同意"]}, "", "不同意") == "不同意"


def test_enum_keeps_the_type_of_its_options() -> None:
    assert one({"enum": [1, 2, "三"]}, "2") == 2
    assert one({"enum": [True, "未知"]}, "true") is True


def test_checkbox_list() -> None:
    spec = {"type": "array", "items": {"type": "string", "enum": ["一", "二"]}}
    assert one(spec, "", "一", "二") == ["一", "二"]
    assert one(spec, "") == []


def test_lines_of_text_are_a_list() -> None:
    assert one({"type": "array", "items": {"type": "string"}}, "甲\r\n\r\n 乙 ") == ["甲", "乙"]


def test_options_with_line_ends_are_not_split() -> None:
    assert one({"type": "array", "x-options": "选项", "items": {"type": "string"}}, "甲\n乙") == ["甲\n乙"]


def test_local_time_gets_the_offices_zone() -> None:
    assert one({"type": "string", "format": "date-time"}, "2026-11-24T09:30") == "2026-11-24T09:30:00+08:00"
    assert one({"type": "string", "format": "date-time"}, "2026-13-99T09:30") == "2026-13-99T09:30"


def test_date_stays_text() -> None:
    assert one({"type": "string", "format": "date"}, "2026-11-24") == "2026-11-24"


def test_rows_in_the_order_of_their_numbers() -> None:
    pairs = [("对象", ""), ("对象-10-名称", "丙"), ("对象-2-名称", "乙"), ("对象-2-党员", "true")]
    assert read({"对象": TABLE}, *pairs) == {"对象": [{"名称": "乙", "党员": True}, {"名称": "丙"}]}


def test_blank_rows_are_dropped() -> None:
    pairs = [("对象-0-名称", " "), ("对象-0-人数", "1"), ("对象-0-党员", ""), ("对象-0-情节", "")]
    assert read({"对象": TABLE}, *pairs) == {"对象": []}


def test_row_with_another_number_than_the_default_is_kept() -> None:
    assert read({"对象": TABLE}, ("对象-0-人数", "2")) == {"对象": [{"人数": 2}]}


def test_table_marker_alone_is_an_empty_table() -> None:
    assert read({"对象": TABLE}, ("对象", "")) == {"对象": []}


def test_lists_in_rows() -> None:
    pairs = [("对象-0-情节", ""), ("对象-0-情节", "轻"), ("对象-0-情节", "重")]
    assert read({"对象": TABLE}, *pairs) == {"对象": [{"情节": ["轻", "重"]}]}


FIXED = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"名称": {"type": "string", "readOnly": True}, "意见": {"type": "string"}},
    },
}


def test_read_only_cells_come_from_the_server_only() -> None:
    base = {"对象": [{"名称": "甲"}, {"名称": "乙"}]}
    pairs = [("对象-0-名称", "伪造"), ("对象-0-意见", "好"), ("对象-1-意见", "")]
    assert read({"对象": FIXED}, *pairs, base=base) == {
        "对象": [{"名称": "甲", "意见": "好"}, {"名称": "乙"}]
    }


def test_read_only_fields_are_left_out() -> None:
    spec = {"type": "string", "readOnly": True}
    assert read({"甲": spec}, ("甲", "伪造"), base={"甲": "真"}) == {}
    assert read_only({"properties": {"甲": spec, "乙": {}}}, {"甲": 1, "乙": 2}) == {"甲": 1}


def test_object_of_ticks() -> None:
    spec = {"type": "object", "properties": {"清楚": {"type": "boolean"}, "合规": {"type": "boolean"}}}
    pairs = [("核对-清楚", ""), ("核对-清楚", "true"), ("核对-合规", "")]
    assert read({"核对": spec}, *pairs) == {"核对": {"清楚": True, "合规": False}}


def test_files_are_only_those_the_case_has() -> None:
    spec = {"type": "array", "x-widget": "files", "items": {"type": "string"}}
    pairs = [("附件", ""), ("附件", "d1"), ("附件", "foreign"), ("附件", "d1")]
    assert read({"附件": spec}, *pairs, documents=["d1", "d2"]) == {"附件": ["d1"]}


@pytest.mark.parametrize("element", ["对象[0].名称", "对象.0.名称", "/对象/0/名称", "对象-0-名称"])
def test_problem_names_its_control(element: str) -> None:
    assert problem_key(Problem("", element=element)) == "对象-0-名称"


NAMES = ["甲", "乙", "对象", "对象-0-名称", "对象-1-人数", "对象-0-党员", "对象-x-名称", "核对-清楚", "附件"]
EVERY = {
    "甲": {"type": "integer"},
    "乙": {"type": "string", "format": "date-time"},
    "对象": TABLE,
    "核对": {"type": "object", "properties": {"清楚": {"type": "boolean"}}},
    "附件": {"type": "array", "x-widget": "files", "items": {"type": "string"}},
}


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=20))))
def test_whatever_is_posted_gives_json_of_known_fields(pairs: list[tuple[str, str]]) -> None:
    values = read(EVERY, *pairs)
    assert set(values) <= set(EVERY)
    json.dumps(values, allow_nan=False)
    assert values.get("附件", []) == []


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_every_integer_comes_back(number: int) -> None:
    assert one({"type": "integer"}, str(number)) == number


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_text_comes_back_without_outer_blanks(text: str) -> None:
    assert one({"type": "string"}, text) == (text.strip() or "absent")


@given(st.text())
def test_no_control_characters_come_through(text: str) -> None:
    assert not any(ord(char) < 32 and char not in "\t\n" for char in one({"type": "string"}, text))
