"""The tables that check a proposal, and those of initiation: authority, match, citation, periods ..."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.acceptance.tables import ask, body, check, person, row

# -- kinds, authority ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "kinds"),
    [
        ("党内严重警告", ["党纪处分"]),
        ("留党察看两年", ["党纪处分"]),
        ("政务记过", ["政务处分"]),
        ("开除公职", ["政务处分"]),
        ("行政记大过", ["任免机关处分"]),
        ("党纪政务处分", ["党纪处分", "政务处分"]),
        ("免职", ["组织处理"]),
        ("停职检查", ["组织处理"]),
        ("调离审判岗位", ["组织处理"]),
        ("责令辞职", ["组织处理"]),
        ("引咎辞职", ["引咎辞职"]),
        ("改组", ["改组"]),
        ("移送审查起诉", ["移送司法"]),
        ("立案侦查(2020-03-04)", ["移送司法"]),
        ("判刑7至15年", ["移送司法"]),
        ("谈话提醒", ["问责"]),
        ("检查", ["问责"]),
        ("缴纳燃油费200元", ["其他"]),
    ],
)
def test_kinds_of_measures(measure: str, kinds: list[str]) -> None:
    assert ask("measure-kind", 措施=[measure]).result == kinds


@pytest.mark.parametrize(
    ("subject", "measures", "rules", "committee", "superior"),
    [
        (body(), ["通报"], [1], True, False),
        (body(), ["改组"], [2], True, True),
        (person(), ["诫勉"], [3], True, False),
        (person(), ["免职"], [4], True, False),
        (person(), ["引咎辞职"], [4], True, False),
        (person(), ["党内严重警告"], [5], False, False),
        (person(), ["撤销党内职务"], [6], True, False),
        (person(), ["政务降级"], [7], False, False),
        (person(), ["政务撤职"], [8], True, False),
        (person(), ["行政记过"], [9], True, False),
        (person(管理权限="本机关管理"), ["免职", "党内警告"], [13], False, False),
        (person(管理权限="上级管理"), ["政务记过"], [14], False, True),
        (person(管理权限="其他单位管理"), ["政务记过"], [15], False, False),
        (person(管理权限="本机关管理"), ["移送审查起诉"], [13, 16], False, False),
        (person(), [], [17], False, False),
        (person(), ["禁闭"], [10], False, False),
        (person(), ["缴纳燃油费200元"], [11], True, False),
        (body(), ["缴纳燃油费200元"], [11], True, False),
        (body(), ["免职"], [12], True, False),
        (person(), ["党内严重警告", "政务撤职"], [5, 8], True, False),
    ],
)
def test_authority(
    subject: dict[str, Any], measures: list[str], rules: list[int], committee: bool, superior: bool
) -> None:
    found = ask("authority", 当事人=subject, 措施=measures)
    assert [hit.number for hit in found.hits] == rules
    assert any(each["党委批准"] for each in found.result) is committee
    assert any(each["上级批准"] for each in found.result) is superior


# -- party and government ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measures", "conclusion", "rule"),
    [
        (["政务记过", "行政记过"], "不匹配", 4),
        (["免职"], "不涉及", 7),
        (["政务记大过"], "单独使用", 9),
        (["行政记过"], "单独使用", 10),
        (["党内警告"], "单独使用", 11),
        (["党内警告", "政务记过"], "匹配", 14),
        (["党内警告", "行政记过"], "匹配", 15),
        (["党内严重警告", "政务记大过"], "匹配", 16),
        (["党内严重警告", "政务降级"], "匹配", 16),
        (["行政记大过", "党内严重警告", "缴纳燃油费200元"], "匹配", 17),
        (["撤销党内职务", "政务撤职"], "匹配", 18),
        (["留党察看一年", "政务撤职"], "匹配", 18),
        (["撤销党内职务", "行政撤职"], "匹配", 19),
        (["开除党籍", "开除公职"], "匹配", 20),
        (["开除党籍", "政务撤职"], "匹配", 20),
        (["开除党籍", "行政开除"], "匹配", 21),
        (["留党察看一年", "开除公职"], "不匹配", 22),
        (["党内严重警告", "行政开除"], "不匹配", 23),
        (["党内警告", "政务撤职"], "不匹配", 24),
        (["撤销党内职务"], "不匹配", 24),
        (["政务撤职"], "不匹配", 24),
    ],
)
def test_party_and_government_discipline_match(measures: list[str], conclusion: str, rule: int) -> None:
    found = ask("party-match", 当事人=person(), 措施=measures)
    assert (found.result["结论"], [hit.number for hit in found.hits]) == (conclusion, [rule])


@pytest.mark.parametrize(
    ("subject", "measures", "conclusion", "rule"),
    [
        (person(是否党员=False), ["党内警告"], "不匹配", 1),
        (person(是否公职人员=False), ["政务警告"], "不匹配", 2),
        (person(是否公职人员=False), ["行政警告"], "不匹配", 3),
        (person(是否党员=False), ["政务撤职"], "单独使用", 8),
        (person(是否公职人员=False), ["开除党籍"], "单独使用", 12),
        (person(任职状态="退休"), ["政务记过"], "不匹配", 5),
        (person(任职状态="离职"), ["行政记过"], "不匹配", 6),
        (person(任职状态="退休"), ["撤销党内职务"], "单独使用", 13),
        (person(任职状态="退休"), ["党内警告"], "单独使用", 11),
    ],
)
def test_discipline_of_those_who_have_one_standing(
    subject: dict[str, Any], measures: list[str], conclusion: str, rule: int
) -> None:
    found = ask("party-match", 当事人=subject, 措施=measures)
    assert (found.result["结论"], [hit.number for hit in found.hits]) == (conclusion, [rule])


# -- citation, period, deadlines, publication ----------------------------------------------------------


def test_citations_stand_in_their_order() -> None:
    found = ask("citation", 当事人=person(), 责任类型="主要领导责任", 措施=["撤销党内职务", "政务撤职"])
    assert [hit.number for hit in found.hits] == [1, 3, 4, 5]
    assert [re.sub("》.*", "", text) for text in found.result] == [
        *("《中国共产党问责条例", "《中国共产党纪律处分条例"),
        *("《中华人民共和国监察法", "《中华人民共和国公职人员政务处分法"),
    ]


@pytest.mark.parametrize(
    ("subject", "kind", "measures", "rules"),
    [
        (person(), "直接责任", ["诫勉"], [2]),
        (person(是否公职人员=False), "直接责任", ["批评教育"], []),
        (person(), "直接责任", ["行政记过"], [6]),
        (person(), "主要领导责任", ["免职"], [1, 7]),
        (person(), "失职失责", ["诫勉"], [1]),
        (person(), "直接责任", ["禁闭"], [8]),
        (person(), "主要领导责任", ["引咎辞职"], [1, 9]),
        (body(), "全面领导责任", ["改组"], [1, 10]),
        (person(), "直接责任", ["移送审查起诉"], [11]),
        (person(), "不承担责任", [], [12]),
    ],
)
def test_citation(subject: dict[str, Any], kind: str, measures: list[str], rules: list[int]) -> None:
    assert row("citation", 当事人=subject, 责任类型=kind, 措施=measures) == rules


@pytest.mark.parametrize(
    ("words", "standard"),
    [
        *(("严重警告处分", "党内严重警告"), ("给予政务记大过处分", "政务记大过"), ("停职", "停职检查")),
        *(("留党察看二年处分", "留党察看两年"), ("撤销其党内一切职务", "撤销党内职务"), ("诫勉谈话", "诫勉")),
        *(("提醒谈话", "谈话提醒"), ("全市通报批评", "通报批评"), ("党内通报", "通报"), ("通报", "通报")),
        *(("责令作出书面检查", "书面检查"), ("作出检查", "责令检查"), ("免去党委书记职务", "免职")),
        *(
            ("留党察看1年", "留党察看一年"),
            ("责令辞去领导职务", "责令辞职"),
            ("引咎辞去局长职务", "引咎辞职"),
        ),
        *(("调离公安机关", "调离岗位"), ("调离执法一线", "调离执法岗位"), ("判刑7至15年", "移送司法机关")),
        *(("其中1人立案侦查(2020-03-04)", "立案侦查"), ("移送检察机关依法审查起诉", "移送审查起诉")),
        *(("取消评优推荐资格", "取消评优资格"), ("解除聘用合同", "解除劳动合同"), ("政务开除", "开除公职")),
        *(("取消退休待遇", "调整退休待遇"), ("党纪政务处分", "党纪政务"), ("缴纳燃油费", "缴纳燃油费")),
    ],
)
def test_words_of_notices_are_read_as_those_of_the_catalogue(words: str, standard: str) -> None:
    assert ask("standard-measures", 当事人=person(), 措施=[words]).result == [standard]


def test_words_of_the_catalogue_stand_for_themselves() -> None:
    known = [each for kind in (person(), person(是否公职人员=False), body()) for each in catalogue(kind)]
    assert len(set(known)) == 47
    for subject in (person(), person(是否公职人员=False), body()):
        words = catalogue(subject)
        assert ask("standard-measures", 当事人=subject, 措施=words).result == words


def catalogue(subject: dict[str, Any]) -> list[str]:
    """Every measure that the catalogue has for this subject."""
    return [each for group in ask("catalogue", 当事人=subject).result for each in group]


@pytest.mark.parametrize(
    ("measure", "months"),
    [
        *(("党内警告", 12), ("党内严重警告", 18), ("撤销党内职务", 24), ("留党察看一年", 36)),
        *(("留党察看两年", 48), ("开除党籍", 0), ("政务警告", 6), ("政务记过", 12), ("政务记大过", 18)),
        *(("政务降级", 24), ("政务撤职", 24), ("开除公职", 0), ("行政记大过", 18), ("诫勉", 6)),
        *(("停职检查", 6), ("调整职务", 12), ("责令辞职", 24), ("免职", 24), ("引咎辞职", 24), ("降职", 24)),
    ],
)
def test_period(measure: str, months: int) -> None:
    assert [each["月"] for each in ask("period", 措施=[measure]).result] == [months]


def test_the_longest_period_counts() -> None:
    assert check(person(直接主管=True), "党内严重警告", "政务降级")["影响期月"] == 24
    assert check(person(直接主管=True), "通报")["影响期月"] == 0


@pytest.mark.parametrize(
    ("matter", "measures", "length", "unchecked"),
    [
        ("案件审理", [], "P1M", False),
        ("提出申诉", ["问责"], "P1M", True),
        ("处理申诉", ["党纪处分"], "P90D", True),
        ("处理申诉", ["党纪处分", "政务处分"], "P1M", True),
        ("办理手续", ["组织处理"], "P1M", False),
        ("报告执行情况", [], "P6M", False),
        ("谈话函询回复", [], "15WD", True),
        ("上级复核", [], "P2M", False),
    ],
)
def test_deadline(matter: str, measures: list[str], length: str, unchecked: bool) -> None:
    found = ask("deadline", 事项=matter, 措施种类=measures).result
    assert (found["期限"], found["待核"]) == (length, unchecked)


def test_an_unknown_matter_has_no_deadline() -> None:
    assert ask("deadline", 事项="别的", 措施种类=[]).result is None


@pytest.mark.parametrize(
    ("secrecy", "measures", "way"),
    [
        ("机密", ["免职"], "不公开"),
        ("工作秘密", ["免职"], "公开"),
        ("工作秘密", ["政务记过", "诫勉"], "公开"),
        ("工作秘密", ["诫勉"], "范围内通报"),
        ("工作秘密", ["移送审查起诉"], "范围内通报"),
        ("工作秘密", [], "不公开"),
    ],
)
def test_publication(secrecy: str, measures: list[str], way: str) -> None:
    assert ask("publication", 密级=secrecy, 措施=measures).result["公开方式"] == way


@pytest.mark.parametrize(
    ("measures", "form"),
    [
        (["开除党籍", "移送审查起诉"], "第四种形态"),
        (["党内严重警告", "政务降级"], "第三种形态"),
        (["政务记过"], "第二种形态"),
        (["免职"], "第二种形态"),
        (["诫勉"], "第一种形态"),
        ([], "不适用"),
    ],
)
def test_four_forms(measures: list[str], form: str) -> None:
    assert ask("four-forms", 措施=measures).result == form


# -- what leaves the range -----------------------------------------------------------------------------


def test_measures_within_the_range_leave_nothing_to_explain() -> None:
    found = check(person(直接主管=True, 情节="严重"), "撤销党内职务", "政务撤职")
    assert (found["偏离"], found["须上级批准"], found["须党委批准"]) == ([], False, True)


@pytest.mark.parametrize(
    ("measures", "given", "word"),
    [
        (["诫勉"], {}, "诫勉不在规则幅度内"),
        (["政务撤职", "写检查"], {}, "写检查不在规则幅度内"),
        (["免职"], {"责任类型": "重要领导责任"}, "责任类型与规则认定不同"),
        ([], {"处理结论": "免予或者不予追究"}, "处理结论与规则结论不同"),
        ([], {}, "予以追究而没有提出措施"),
        (["撤销党内职务", "政务降级"], {}, "党纪处分与政务处分轻重不相匹配"),
    ],
)
def test_what_leaves_the_range_needs_the_superior(
    measures: list[str], given: dict[str, Any], word: str
) -> None:
    found = check(person(直接主管=True, 情节="严重"), *measures, **given)
    assert word in found["偏离"]
    assert found["须上级批准"] is True


# -- individual and collective -------------------------------------------------------------------------


def finding(kind: str, conclusion: str, together: bool = False) -> dict[str, Any]:
    return {"类别": kind, "处理结论": conclusion, "集体研究决定": together}


@pytest.mark.parametrize(
    ("proposals", "conclusion", "rule"),
    [
        ([finding("组织", "予以追究"), finding("个人", "免予或者不予追究")], "须说明", 1),
        ([finding("组织", "不另追究", True), finding("个人", "予以追究")], "须说明", 2),
        ([finding("个人", "予以追究")], "须说明", 3),
        ([finding("组织", "不另追究")], "须说明", 4),
        ([finding("组织", "不另追究"), finding("个人", "予以追究")], "相当", 5),
        ([finding("组织", "予以追究", True), finding("个人", "予以追究")], "相当", 5),
    ],
)
def test_nobody_stands_in_for_the_other(proposals: list[dict[str, Any]], conclusion: str, rule: int) -> None:
    found = ask("coherence", 处理建议=proposals)
    assert (found.result["结论"], [hit.number for hit in found.hits]) == (conclusion, [rule])


# -- initiation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subjects", "conclusion"),
    [
        ([person(管理权限="其他单位管理")], "移送其他单位"),
        ([person(), person(管理权限="上级管理")], "报上级"),
        ([person(已被立案审查=True)], "并入已立案案件"),
        ([person(), person(管理权限="其他单位管理")], "本机关管辖"),
        ([person(), body()], "本机关管辖"),
    ],
)
def test_jurisdiction(subjects: list[dict[str, Any]], conclusion: str) -> None:
    assert ask("jurisdiction", 对象=subjects).result["结论"] == conclusion


@pytest.mark.parametrize(
    ("subjects", "committee"),
    [
        ([body()], True),
        ([person(班子主要负责人=True)], True),
        ([person()], False),
        ([body(管理权限="本机关管理")], False),
    ],
)
def test_who_approves_the_start(subjects: list[dict[str, Any]], committee: bool) -> None:
    assert ask("initiation-authority", 对象=subjects).result["须党委主要负责人批准"] is committee
