"""What a person fills in: cleaned, checked, told in Chinese by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import feel
from engine.errors import FeelError
from engine.model.forms import FormDefinition
from engine.parsing import check_form, field_state, initial_values, parse_form


def form(
    properties: dict[str, Any], required: list[str] | None = None, rules: list[Any] | None = None
) -> FormDefinition:
    content = {
        "id": "f",
        "title": "表",
        "schema": {"type": "object", "required": required or [], "properties": properties},
        "layout": [{"title": "一", "fields": list(properties)}],
        "rules": rules or [],
    }
    return parse_form(json.dumps(content, ensure_ascii=False).encode(), "f.form.json")


def told(
    made: FormDefinition, values: dict[str, Any], visible: dict[str, Any] | None = None
) -> list[tuple[str, str]]:
    return [(each.element, each.message) for each in check_form(made, values, visible or {})[1]]


TABLE = {
    "type": "array",
    "title": "反映对象",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["名称"],
        "properties": {
            "名称": {"type": "string", "title": "职务"},
            "类别": {"enum": ["个人", "组织"], "title": "类别"},
            "人数": {
                "type": "integer",
                "title": "人数",
                "x-visible": '类别 = "组织"',
                "x-required": '类别 = "组织"',
            },
        },
    },
}


def test_good_values_pass_as_they_are() -> None:
    made = form(
        {"标题": {"type": "string"}, "日期": {"type": "string", "format": "date"}, "对象": TABLE}, ["标题"]
    )
    values = {
        "标题": "甲",
        "日期": "2030-02-28",
        "对象": [{"名称": "处长", "类别": "个人"}, {"名称": "某科", "类别": "组织", "人数": 3}],
    }
    assert check_form(made, values, {}) == (values, ())


def test_unknown_and_read_only_fields_are_dropped() -> None:
    made = form(
        {"标题": {"type": "string"}, "编号": {"type": "string", "readOnly": True}, "对象": TABLE}, ["编号"]
    )
    values = {"标题": "甲", "编号": "伪造", "管理员": True, "对象": [{"名称": "处长", "越权": 1}]}
    kept, problems = check_form(made, values, {"编号": "一号"})
    assert kept == {"标题": "甲", "对象": [{"名称": "处长"}]}
    assert problems == ()


def test_read_only_cells_come_from_what_was_shown() -> None:
    table = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"名称": {"type": "string", "readOnly": True}, "意见": {"type": "string"}},
        },
        "x-value": "for 人 in 名单 return {名称: 人}",
    }
    made = form({"表": table})
    visible = {"名单": ["甲", "乙"]}
    honest = [{"名称": "甲", "意见": "同意"}, {"名称": "乙", "意见": "不同意"}]
    assert check_form(made, {"表": honest}, visible)[0] == {"表": honest}
    without = [{"意见": "同意"}, {"意见": "不同意"}]
    assert check_form(made, {"表": without}, visible)[0] == {"表": honest}
    forged = [{"名称": "丙", "意见": "同意"}, {"名称": "丁", "意见": "不同意"}]
    assert check_form(made, {"表": forged}, visible)[0] == {"表": honest}
    removed = [{"名称": "乙", "意见": "不同意"}]
    assert check_form(made, {"表": removed}, visible)[0] == {"表": removed}
    added = [*honest, {"名称": "戊", "意见": "x"}]
    assert check_form(made, {"表": added}, visible)[0] == {"表": [*honest, {"意见": "x"}]}


@pytest.mark.parametrize("empty", [None, "", "  ", "\n"])
def test_blank_is_absent(empty: str | None) -> None:
    made = form({"标题": {"type": "string", "title": "题目"}, "旁注": {"type": "string"}}, ["标题"])
    kept, problems = check_form(made, {"标题": empty, "旁注": empty}, {})
    assert kept == {}
    assert [(each.element, each.message) for each in problems] == [("标题", "请填写“题目”。")]


def test_an_emptied_field_does_not_leave_its_variable_behind() -> None:
    made = form(
        {
            "标题": {"type": "string"},
            "旁注": {"type": "string"},
            "藏": {"type": "string", "x-visible": "false"},
        }
    )
    kept, _ = check_form(made, {"标题": "甲"}, {"标题": "旧", "旁注": "旧", "藏": "旧"})
    assert kept == {"标题": "甲", "旁注": None}


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"type": "string", "enum": ["a"]}, "请选择“项”。"),
        ({"type": "string", "x-options": '["a"]'}, "请选择“项”。"),
        ({"type": "boolean"}, "请选择“项”。"),
        ({"type": "array", "items": {"enum": ["a"]}}, "请选择“项”。"),
        ({"type": "array", "x-widget": "files", "items": {"type": "string"}}, "请上传“项”。"),
        (
            {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
            "“项”至少填写一行。",
        ),
        ({"type": "number"}, "请填写“项”。"),
    ],
)
def test_what_is_missing_is_asked_for(spec: dict[str, Any], text: str) -> None:
    made = form({"项": spec}, ["项"])
    assert told(made, {}) == [("项", text)]
    if spec["type"] == "array":
        assert told(made, {"项": []}) == [("项", text)]


def test_false_and_zero_are_values() -> None:
    made = form({"同意": {"type": "boolean"}, "票数": {"type": "integer"}}, ["同意", "票数"])
    assert check_form(made, {"同意": False, "票数": 0}, {}) == ({"同意": False, "票数": 0}, ())


@pytest.mark.parametrize(
    ("spec", "value", "text"),
    [
        ({"type": "string"}, 3, "“项”应填文字。"),
        ({"type": "integer"}, "三", "“项”应填整数。"),
        ({"type": "integer"}, 1.5, "“项”应填整数。"),
        ({"type": "integer"}, True, "“项”应填整数。"),
        ({"type": "number"}, "x", "“项”应填数字。"),
        ({"type": "number"}, float("nan"), "“项”应填数字。"),
        ({"type": "number"}, float("inf"), "“项”应填数字。"),
        ({"type": "boolean"}, "yes", "“项”应选“是”或“否”。"),
        ({"type": "array", "items": {"enum": ["a"]}}, "a", "“项”应为列表。"),
        ({"enum": ["a"]}, "b", "“项”的内容不在可选范围内，请重新选择。"),
        ({"type": "array", "items": {"enum": ["a"]}}, ["b"], "“项”的内容不在可选范围内，请重新选择。"),
        ({"type": "boolean", "const": True}, False, "“项”须确认（选“是”）才能提交。"),
        ({"type": "string", "const": "a"}, "b", "“项”只能是“a”。"),
        ({"type": "string", "minLength": 3}, "ab", "“项”至少3个字。"),
        ({"type": "string", "maxLength": 3}, "一二三四", "“项”最多3个字，现在有4个字。"),
        ({"type": "integer", "minimum": 3}, 2, "“项”不能小于3。"),
        ({"type": "integer", "maximum": 3}, 4, "“项”不能大于3。"),
        ({"type": "number", "exclusiveMinimum": 0}, 0, "“项”必须大于0。"),
        ({"type": "number", "exclusiveMaximum": 0}, 0, "“项”必须小于0。"),
        ({"type": "number", "multipleOf": 0.5}, 0.7, "“项”必须是0.5的倍数。"),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2}, ["a"], "“项”至少选择2项。"),
        ({"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 1}, ["a", "b"], "“项”最多1项。"),
        (
            {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            ["a", "a"],
            "“项”有重复的内容。",
        ),
        ({"type": "string", "pattern": "^[0-9]+$"}, "a", "“项”的写法不对。"),
        (
            {"type": "string", "pattern": "^[0-9]+$", "description": "只写数字"},
            "a",
            "“项”的写法不对（只写数字）。",
        ),
        ({"type": "string", "format": "date"}, "2030-02-30", "“项”不是正确的日期，应写作 2030-01-31。"),
        ({"type": "string", "format": "date"}, "20300228", "“项”不是正确的日期，应写作 2030-01-31。"),
        (
            {"type": "string", "format": "date-time"},
            "2030-01-31 25:00",
            "“项”不是正确的日期，应写作 2030-01-31T09:30:00+08:00。",
        ),
    ],
)
def test_wrong_values_are_told_in_chinese(spec: dict[str, Any], value: Any, text: str) -> None:
    assert told(form({"项": spec}), {"项": value}) == [("项", text)]


@pytest.mark.parametrize("value", ["2030-01-31T09:30", "2030-01-31T09:30:00+08:00", "2030-01-31T09:30:00.5Z"])
def test_date_times(value: str) -> None:
    assert told(form({"项": {"type": "string", "format": "date-time"}}), {"项": value}) == []


def test_cells_are_named_by_row_and_path() -> None:
    made = form({"对象": TABLE})
    values = {"对象": [{"名称": "处长", "类别": "别的"}, {"类别": "组织"}, "乱"]}
    assert told(made, values) == [
        ("对象", "“反映对象”内容格式不对。"),
        ("对象.0.类别", "“反映对象”第1行的“类别”的内容不在可选范围内，请重新选择。"),
        ("对象.1.名称", "请填写“反映对象”第2行的“职务”。"),
        ("对象.1.人数", "请填写“反映对象”第2行的“人数”。"),
    ]


def test_hidden_cells_are_dropped_and_not_asked_for() -> None:
    made = form({"对象": TABLE})
    kept, problems = check_form(made, {"对象": [{"名称": "处长", "类别": "个人", "人数": "许多"}]}, {})
    assert kept == {"对象": [{"名称": "处长", "类别": "个人"}]}
    assert problems == ()


def test_a_group_is_asked_for_even_if_nothing_of_it_came() -> None:
    part = {"type": "boolean", "const": True, "x-widget": "radio", "title": "事实清楚"}
    made = form(
        {"核对": {"type": "object", "title": "核对", "required": ["清楚"], "properties": {"清楚": part}}}
    )
    assert told(made, {}) == [("核对.清楚", "请选择“核对”的“事实清楚”。")]
    assert told(made, {"核对": {"清楚": False}}) == [
        ("核对.清楚", "“核对”的“事实清楚”须确认（选“是”）才能提交。")
    ]
    assert check_form(made, {"核对": {"清楚": True}}, {}) == ({"核对": {"清楚": True}}, ())


REASON = {
    "同意": {"type": "string", "enum": ["同意", "不同意"]},
    "理由": {"type": "string", "x-visible": '同意 = "不同意"', "x-required": '同意 = "不同意"'},
    "附言": {"type": "string", "x-visible": "理由 != null"},
}


def test_conditions_see_what_is_filled_in() -> None:
    made = form(REASON)
    assert told(made, {"同意": "不同意"}) == [("理由", "请填写“理由”。")]
    assert check_form(made, {"同意": "不同意", "理由": "x"}, {}) == ({"同意": "不同意", "理由": "x"}, ())


def test_hidden_values_are_dropped_and_hide_others_in_turn() -> None:
    kept, problems = check_form(form(REASON), {"同意": "同意", "理由": "旧的", "附言": "旧的"}, {})
    assert kept == {"同意": "同意"}
    assert problems == ()


def test_an_empty_field_is_null_though_a_variable_has_its_name() -> None:
    made = form(REASON)
    assert told(made, {}, {"同意": "不同意"}) == []
    assert field_state(made, {}, {"同意": "不同意"})["理由"]["visible"] is False


def test_conditions_see_variables_and_read_only_fields() -> None:
    made = form(
        {
            "级别": {"type": "string", "readOnly": True, "x-value": 'if 人数 > 3 then "高" else "低"'},
            "说明": {"type": "string", "x-required": '级别 = "高"'},
        }
    )
    assert told(made, {}, {"人数": 5}) == [("说明", "请填写“说明”。")]
    assert told(made, {}, {"人数": 2}) == []
    assert told(made, {"级别": "高"}, {"人数": 2}) == []


def test_options_come_from_the_variables() -> None:
    made = form(
        {
            "承办": {"type": "string", "x-options": "名单"},
            "组员": {"type": "array", "items": {"type": "string"}, "x-options": "名单"},
        }
    )
    visible = {"名单": ["甲", "乙"]}
    assert told(made, {"承办": "甲", "组员": ["甲", "乙"]}, visible) == []
    wrong = "的内容不在可选范围内，请重新选择。"
    assert told(made, {"承办": "丙", "组员": ["甲", "丙"]}, visible) == [
        ("承办", f"“承办”{wrong}"),
        ("组员", f"“组员”{wrong}"),
    ]
    assert told(made, {"承办": "甲"}, {}) == [("承办", f"“承办”{wrong}")], "no list is no choice"


def test_rules() -> None:
    rules = [{"assert": "count(组员) >= 2", "message": "调查组至少2人", "field": "组员"}]
    made = form({"组员": {"type": "array", "items": {"type": "string"}}}, ["组员"], rules)
    assert told(made, {"组员": ["甲"]}) == [("组员", "调查组至少2人")]
    assert told(made, {"组员": ["甲", "乙"]}) == []
    assert told(made, {}) == [("组员", "请填写“组员”。")], "not told twice"


def test_rules_without_field_and_those_that_cannot_be_decided() -> None:
    dates = {"始": {"type": "string", "format": "date"}, "末": {"type": "string", "format": "date"}}
    made = form(dates, rules=[{"assert": "date(末) >= date(始)", "message": "末日不能早于始日"}])
    assert told(made, {"始": "2030-02-01", "末": "2030-01-01"}) == [("", "末日不能早于始日")]
    assert told(made, {"始": "2030-02-01"}) == [("", "末日不能早于始日")], "null is not true"
    assert told(made, {"始": "2030-02-01", "末": "很久"}) == [
        ("末", "“末”不是正确的日期，应写作 2030-01-31。")
    ]
    bound = form(dates, rules=[{"assert": "date(末) >= date(始)", "message": "早", "field": "末"}])
    assert told(bound, {"始": "2030-02-01"}) == [], "a rule about an optional field that is empty"


def test_problems_stand_in_the_layouts_order() -> None:
    content = {
        "id": "f",
        "title": "表",
        "schema": {
            "type": "object",
            "required": ["甲", "乙"],
            "properties": {"甲": {"type": "string"}, "乙": {"type": "string"}},
        },
        "layout": [{"title": "一", "fields": ["乙", {"field": "甲"}]}],
    }
    made = parse_form(json.dumps(content).encode(), "f.form.json")
    assert [element for element, _ in told(made, {})] == ["乙", "甲"]


def test_initial_values() -> None:
    made = form(
        {
            "甲": {"type": "string", "default": "默认"},
            "乙": {"type": "string", "default": "默认", "x-value": "题目"},
            "丙": {"type": "string", "x-value": "题目"},
            "丁": {"type": "integer", "readOnly": True, "x-value": "count(名单)"},
            "戊": {"type": "string", "readOnly": True},
            "己": {"type": "string"},
        }
    )
    assert initial_values(made, {"题目": "案", "名单": [1, 2], "丙": "旧", "丁": 9, "戊": "定"}) == {
        "甲": "默认",
        "乙": "案",
        "丙": "旧",
        "丁": 2,
        "戊": "定",
    }
    assert initial_values(made, {}) == {"甲": "默认", "乙": "默认"}


def test_field_state_for_the_page() -> None:
    made = form({**REASON, "对象": TABLE, "承办": {"type": "string", "x-options": "名单"}}, ["同意"])
    values = {"同意": "不同意", "对象": [{"类别": "组织"}, {"类别": "个人"}]}
    states = field_state(made, values, {"名单": ["甲"]})
    assert states["同意"] == {"visible": True, "required": True, "options": None}
    assert states["理由"] == {"visible": True, "required": True, "options": None}
    assert states["附言"]["visible"] is False
    assert states["承办"]["options"] == ["甲"]
    assert states["对象.0.人数"] == {"visible": True, "required": True, "options": None}
    assert states["对象.1.人数"]["visible"] is False
    assert states["对象.1.名称"]["required"] is True


def test_conditions_that_hide_each_other_come_to_an_end() -> None:
    made = form(
        {
            "甲": {"type": "string", "x-visible": "乙 = null"},
            "乙": {"type": "string", "x-visible": "甲 = null"},
        }
    )
    kept, problems = check_form(made, {"甲": "1", "乙": "2"}, {})
    assert problems == ()
    assert set(kept) <= {"甲", "乙"}


def test_today_is_what_the_caller_says() -> None:
    made = form(
        {
            "日期": {"type": "string", "format": "date", "x-value": "string(today())"},
            "迟": {"type": "string", "x-required": "date(日期) < today()"},
        },
        rules=[{"assert": "date(日期) <= today()", "message": "不能晚于今天", "field": "日期"}],
    )
    now = datetime(2031, 5, 6, 12, tzinfo=UTC)
    assert initial_values(made, {}, now=now) == {"日期": "2031-05-06"}
    problems = check_form(made, {"日期": "2031-05-05"}, {}, now=now)[1]
    assert [each.element for each in problems] == ["迟"]
    problems = check_form(made, {"日期": "2031-05-07"}, {}, now=now)[1]
    assert [each.message for each in problems] == ["不能晚于今天"]
    assert field_state(made, {"日期": "2031-05-05"}, {}, now=now)["迟"]["required"] is True


def test_a_rule_that_cannot_be_computed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = form({"甲": {"type": "string"}}, rules=[{"assert": "甲 = 1", "message": "x"}])

    def broken(*_: object, **__: object) -> list[Any]:
        raise FeelError("超时")

    monkeypatch.setattr(feel, "evaluate_many", broken)
    assert told(made, {"甲": "1"}) == [("", "填写规则无法核对：超时。")]


def test_few_rows_and_files() -> None:
    files = {"type": "array", "x-widget": "files", "items": {"type": "string"}, "minItems": 2}
    made = form({"附件": files, "对象": {**TABLE, "minItems": 2}})
    assert told(made, {"附件": ["a"], "对象": [{"名称": "处长"}]}) == [
        ("附件", "“附件”至少上传2项。"),
        ("对象", "“反映对象”至少填写2行。"),
    ]
