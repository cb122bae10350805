"""The tables behind a proposal, row by row: responsibility, exemption, gravity, method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from engine.model.decision import Table
from tests.acceptance.tables import ask, body, models, person, propose, row

RELAXED = "及时采取补救措施，挽回损失或者消除影响"
AGGRAVATED = "不如实报告，敷衍塞责、推卸责任，阻挠问责"


def tables() -> Iterator[tuple[str, Table]]:
    for name, model in models().items():
        if isinstance(model.logic, Table):
            yield name, model.logic


def test_every_rule_names_its_source() -> None:
    assert [name for name, table in tables() for rule in table.rules if not rule.annotation] == []


def test_the_ten_tables_are_there() -> None:
    assert {name for name, _ in tables()} >= {
        *("authority", "method", "responsibility", "exemption", "mitigation"),
        *("party-match", "citation", "period", "deadline", "publication"),
    }


# -- responsibility ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "kind", "rule"),
    [
        (body(集体责任="全面领导责任"), "全面领导责任", 1),
        (body(集体责任="监督责任"), "监督责任", 2),
        (body(集体责任="不另追究"), "不另追究", 3),
        (person(参与决策=True, 明确反对=True, 直接主管=True), "不承担责任", 4),
        (person(直接行为人=True, 班子主要负责人=True), "直接责任", 5),
        (person(班子主要负责人=True), "主要领导责任", 6),
        (person(直接主管=True, 参与决策=True), "主要领导责任", 7),
        (person(监督职责=True), "监督责任", 8),
        (person(参与决策=True), "重要领导责任", 9),
        (person(履职情形="执行不力"), "重要领导责任", 10),
        (person(是否领导干部=False, 监督职责=True), "监督责任", 11),
        (person(是否领导干部=False, 履职情形="不执行"), "待认定", 12),
        (person(), "不承担责任", 13),
    ],
)
def test_responsibility(subject: dict[str, Any], kind: str, rule: int) -> None:
    found = ask("responsibility", 当事人=subject)
    assert (found.result["责任类型"], [hit.number for hit in found.hits]) == (kind, [rule])


def test_opposition_does_not_free_the_one_who_acted() -> None:
    subject = person(参与决策=True, 明确反对=True, 直接行为人=True)
    assert propose(subject)["责任类型"] == "直接责任"
    assert propose(subject)["免责结论"] == "不适用"


def test_a_direct_actor_who_leads_nobody_bears_direct_responsibility() -> None:
    assert propose(person(是否领导干部=False, 直接行为人=True))["责任类型"] == "直接责任"


# -- exemption -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "conclusion", "rule"),
    [
        (person(从轻情节=["推进改革中无禁止规定的探索，出于公心的失误"]), "不予或者免予问责", 1),
        (person(参与决策=True, 明确反对=True), "不予或者免予问责", 2),
        (person(从轻情节=["已经履职尽责，因不可抗力、难以预见等因素造成损失"]), "不予或者免予问责", 3),
        (person(从轻情节=["对上级错误决定提出改正或者撤销意见未被采纳"]), "不予或者免予问责", 4),
        (person(情节="轻", 从轻情节=[RELAXED]), "可以免予政务处分", 6),
        (person(情节="轻", 任职状态="死亡", 从轻情节=[RELAXED]), "不予或者免予问责", 5),
        (person(情节="严重", 任职状态="死亡"), "不适用", 7),
        (person(情节="轻"), "不适用", 7),
        (person(情节="较轻", 从轻情节=[RELAXED]), "不适用", 7),
    ],
)
def test_exemption(subject: dict[str, Any], conclusion: str, rule: int) -> None:
    found = ask("exemption", 当事人=subject)
    assert (found.result["结论"], [hit.number for hit in found.hits]) == (conclusion, [rule])


# -- lighter and heavier -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        (RELAXED, 1),
        ("积极配合调查，主动承担责任", 2),
        ("主动交代本人违法行为", 3),
        ("检举他人违纪违法行为查证属实", 4),
        ("在共同违法行为中起次要或者辅助作用", 5),
        ("主动上交或者退赔违法所得", 6),
        ("党内法规、法律法规规定的其他从轻情形", 7),
    ],
)
def test_what_makes_lighter(fact: str, rule: int) -> None:
    assert row("mitigation", 当事人=person(从轻情节=[fact])) == [rule]
    gravity = ask("gravity", 当事人=person(从轻情节=[fact], 情节="严重")).result
    assert (gravity["最低档"], gravity["最高档"]) == (2, 3)


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ("对三令五申的指示要求不执行或者执行不力", 8),
        (AGGRAVATED, 9),
        ("处分期内再次故意违法", 10),
        ("阻止他人检举、提供证据", 11),
        ("串供或者伪造、隐匿、毁灭证据", 12),
        ("包庇同案人员", 13),
        ("胁迫、唆使他人实施违法行为", 14),
        ("拒不上交或者退赔违法所得", 15),
        ("党内法规、法律法规规定的其他从重情形", 16),
    ],
)
def test_what_makes_heavier(fact: str, rule: int) -> None:
    assert row("mitigation", 当事人=person(从重情节=[fact])) == [rule]
    gravity = ask("gravity", 当事人=person(从重情节=[fact], 情节="严重")).result
    assert (gravity["最低档"], gravity["最高档"]) == (3, 4)


def test_the_grades_end_at_both_ends() -> None:
    lightest = ask("gravity", 当事人=person(情节="轻", 从轻情节=[RELAXED])).result
    heaviest = ask("gravity", 当事人=person(情节="特别严重", 从重情节=[AGGRAVATED])).result
    assert (lightest["最低档"], heaviest["最高档"]) == (0, 4)


# -- method --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gravity", "inside", "outside"),
    [
        ("轻", {"谈话提醒", "批评教育", "责令检查"}, {"诫勉", "党内警告", "免职", "政务警告"}),
        ("较轻", {"通报", "诫勉", "党内警告", "党内严重警告", "政务记过"}, {"免职", "撤销党内职务"}),
        ("较重", {"诫勉", "免职", "引咎辞职", "党内严重警告", "政务降级"}, {"谈话提醒", "开除党籍"}),
        ("严重", {"免职", "撤销党内职务", "留党察看一年", "政务撤职"}, {"诫勉", "党内警告", "政务记过"}),
        ("特别严重", {"免职", "开除党籍", "开除公职"}, {"党内严重警告", "政务记大过", "停职检查"}),
    ],
)
def test_methods_by_gravity(gravity: str, inside: set[str], outside: set[str]) -> None:
    found = propose(person(直接主管=True, 情节=gravity))
    assert inside <= set(found["措施范围"])
    assert outside <= set(found["幅度外措施"])
    assert not set(found["措施范围"]) & set(found["幅度外措施"])


@pytest.mark.parametrize(
    ("gravity", "inside"),
    [
        ("轻", {"检查", "书面检查"}),
        ("较重", {"检查", "书面检查", "通报", "通报批评"}),
        ("严重", {"通报", "通报批评", "改组", "调整处理"}),
    ],
)
def test_methods_of_organisations(gravity: str, inside: set[str]) -> None:
    assert set(propose(body(情节=gravity))["措施范围"]) == inside


def test_a_person_and_an_organisation_share_no_discipline() -> None:
    gravest = propose(body(情节="特别严重"))["措施范围"]
    assert not [each for each in gravest if re.search("党内|党籍|政务|行政", each)]


def test_only_members_get_party_discipline_and_only_officials_government_discipline() -> None:
    plain_official = propose(person(是否党员=False, 直接行为人=True, 情节="严重"))
    member = propose(person(是否公职人员=False, 直接行为人=True, 情节="严重", 是否领导干部=False))
    outsider = propose(
        person(是否党员=False, 是否公职人员=False, 是否领导干部=False, 直接行为人=True, 情节="严重")
    )
    every = [*plain_official["措施范围"], *plain_official["幅度外措施"]]
    assert not [each for each in every if re.search("党内|党籍|留党", each)]
    assert "政务撤职" in plain_official["措施范围"]
    assert not [each for each in member["措施范围"] if each.startswith(("政务", "行政"))]
    assert "开除党籍" in member["措施范围"]
    assert set(outsider["措施范围"]) == {"取消评优资格", "建议所在单位处理", "解除劳动合同"}


def test_those_who_lead_nobody_are_not_removed_from_leading_posts() -> None:
    found = propose(person(是否领导干部=False, 直接行为人=True, 情节="较重"))
    assert "调离岗位" in found["措施范围"]
    assert not {"免职", "责令辞职", "引咎辞职", "通报"} & {*found["措施范围"], *found["幅度外措施"]}


@pytest.mark.parametrize("gravity", ["较轻", "特别严重"])
def test_a_suspected_crime_is_handed_over_at_any_gravity(gravity: str) -> None:
    assert "移送审查起诉" in propose(person(直接行为人=True, 情节=gravity, 涉嫌犯罪=True))["措施范围"]
    assert "移送审查起诉" in propose(person(直接行为人=True, 情节=gravity))["幅度外措施"]


def test_who_bears_nothing_has_no_range() -> None:
    for subject in (person(), body(集体责任="不另追究")):
        assert propose(subject)["措施范围"] == []
    assert propose(person())["处理结论"] == "免予或者不予追究"
    assert propose(body(集体责任="不另追究"))["处理结论"] == "不另追究"
