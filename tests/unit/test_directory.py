"""Finding persons, positions and units by Chinese and pinyin, and settling what a form names."""

from __future__ import annotations

import pytest

from engine.model import pinyin
from engine.model.directory import Directory
from engine.model.forms import FormDefinition
from engine.model.organisation import Holding, Organisation, Person, Position, Unit
from engine.model.records import User
from engine.parsing import check_form, has_pickers

WHOLE = Organisation(
    units=(Unit("j", "某局"), Unit("za", "治安大队", "j"), Unit("xz", "刑侦大队", "j"), Unit("w", "外单位")),
    positions=(
        Position("zadd", "治安大队大队长", "za", head=True, rank="股级", managed_by="局党委"),
        Position("xzdd", "刑侦大队大队长", "xz"),
        Position("wdd", "外单位负责人", "w"),
    ),
    persons=(
        Person("a", "单一", "a1"),
        Person("b", "吕重", "b1"),
        Person("c", "单一", "c1"),
        Person("d", "离任"),
    ),
    holdings=(Holding("a", "zadd"), Holding("b", "xzdd"), Holding("c", "wdd")),
)
USERS = (
    User("a1", "", "", frozenset({"承办岗"})),
    User("b1", "", "", frozenset({"登记岗"})),
    User("c1", "", "", frozenset()),
)
OFFICE = Directory(WHOLE, USERS)


@pytest.mark.parametrize(
    ("text", "letters", "at"),
    [
        ("单一", "sy", 0),  # a surname read otherwise than the word
        ("单一", "danyi", 0),
        ("吕重", "lvzhong", 0),
        ("吕重", "lc", 0),
        ("治安大队", "zhad", 0),
        ("治安大队", "anda", 1),
        ("治安大队", "x", None),
        ("治安大队", "zadx", None),
        ("a" * 5000, "b" * 39, None),
        ("啊" * 5000, "a" * 40, 0),
        ("啊" * 5000, "a" * 5000, None),
    ],
)
def test_letters_find_what_they_spell(text: str, letters: str, at: int | None) -> None:
    assert pinyin.found(text, letters) == at


def names(kind: str, query: str, *among: str) -> list[str]:
    return [one.name for one in OFFICE.find(kind, query, frozenset(among) if among else None)]


def test_choices_are_found_by_name_unit_and_pinyin_and_only_within_their_circles() -> None:
    assert names("unit", "zaddui") == ["治安大队"]
    assert names("position", "治安 ddz") == ["治安大队大队长"]
    assert names("person", "lz") == ["吕重"]
    assert names("person", "sy", "承办岗") == ["单一（治安大队 治安大队大队长）"]
    assert names("person", "", "某局") == ["单一（治安大队 治安大队大队长）", "吕重"]  # below it, too
    assert names("unit", "", "j") == ["某局", "治安大队", "刑侦大队"]
    assert names("person", "离任") == []  # holds nothing today
    assert names("unit", "x" * 4000) == names("person", "'") == names("person", "%_\\") == []
    assert OFFICE.find("position", "zadd")[0].facts["managedBy"] == "局党委"


def test_no_more_than_twenty_are_ever_listed() -> None:
    many = Directory(Organisation(units=tuple(Unit(f"u{n}", f"第{n}所") for n in range(300))))
    assert len(many.find("unit", "所")) == len(many.find("unit", "")) == 20


@pytest.mark.parametrize(
    ("kind", "text", "among", "settled", "wrong"),
    [
        ("unit", "治安大队", None, "治安大队", ""),
        ("unit", "za", None, "治安大队", ""),
        ("unit", "xzdadui", None, "刑侦大队", ""),
        ("unit", "大队", None, "大队", "可以是治安大队、刑侦大队"),
        ("unit", "外单位", {"j"}, "外单位", "不在可选的范围内"),
        ("unit", "<script>", None, "<script>", "没有找到"),
        ("person", "吕重", {"承办岗"}, "吕重", "不在可选的范围内"),
    ],
)
def test_what_a_text_means(kind: str, text: str, among: set[str] | None, settled: str, wrong: str) -> None:
    found, problem = OFFICE.settle(kind, text, among)
    assert found == settled
    assert wrong in problem and bool(wrong) == bool(problem)


FIELDS = {
    "承办": {"type": "string", "title": "承办人", "x-widget": "person", "x-among": "允许"},
    "单位": {"type": "array", "title": "涉及单位", "x-widget": "unit", "items": {"type": "string"}},
    "外人": {"type": "string", "title": "外人", "x-widget": "person", "x-free": True},
    "损失": {"type": "number", "title": "损失", "x-widget": "amount"},
    "意见": {"type": "string", "title": "意见", "x-widget": "richtext", "maxLength": 20},
    "名单": {
        "type": "array",
        "title": "名单",
        "items": {
            "type": "object",
            "properties": {"谁": {"type": "string", "title": "谁", "x-widget": "person"}},
        },
    },
}
FORM = FormDefinition("f", "表", {"type": "object", "properties": FIELDS}, ({"fields": list(FIELDS)},))


def checked(values: dict, office: Directory | None = OFFICE) -> tuple[dict, dict[str, str]]:
    kept, problems = check_form(FORM, values, {"允许": ["登记岗"]}, directory=office)
    return kept, {problem.element: problem.message for problem in problems}


def test_a_form_keeps_the_names_that_were_meant() -> None:
    assert has_pickers(FORM.schema)
    kept, problems = checked(
        {"承办": "lvz", "单位": ["za", "治安大队", "xz"], "外人": "某人", "名单": [{"谁": "lc"}, {"谁": "b"}]}
    )
    assert problems == {}
    assert (kept["承办"], kept["单位"], kept["外人"]) == ("吕重", ["治安大队", "刑侦大队"], "某人")
    assert kept["名单"] == [{"谁": "吕重"}, {"谁": "吕重"}]


def test_a_form_names_the_field_that_names_nobody() -> None:
    _, problems = checked({"承办": "a", "单位": ["za", {"x": 1}], "名单": [{"谁": "吕重"}, {"谁": "zz"}]})
    assert "“承办人”里的“a”不在可选的范围内" in problems["承办"]
    assert "“名单”第2行的“谁”里的“zz”在组织机构里没有找到" in problems["名单.1.谁"]
    assert set(problems) == {"承办", "单位", "名单.1.谁"}


def test_an_office_without_an_organisation_can_still_fill_in_its_forms() -> None:
    for office in (None, Directory(Organisation())):
        assert checked({"承办": "谁都行"}, office) == ({"承办": "谁都行"}, {})


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (12000.5, ""),
        (0.1, ""),
        (3, ""),
        (0.001, "两位小数"),
        (10**13, "太大"),
        ("12元半", "应填金额"),
        (1e300, "太大"),
    ],
)
def test_amounts_are_money(value: object, wrong: str) -> None:
    _, problems = checked({"损失": value})
    assert wrong in problems.get("损失", "") and bool(wrong) == ("损失" in problems)


def test_long_text_is_kept_as_text_and_measured_as_such() -> None:
    kept, problems = checked({"意见": "<p>同<b>意</b></p><script>alert(1)</script>"})
    assert (kept["意见"], problems) == ("同**意**", {})
    assert "最多20个字" in checked({"意见": "字" * 21})[1]["意见"]
    assert "意见" not in checked({"意见": "<p></p>"})[0]
