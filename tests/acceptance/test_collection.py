"""Collection, each branch to its end: team, plan, five means, findings, meetings, discussion, report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import Engine, InvalidInput, NotAllowed, User
from tests.acceptance.desk import PASSWORD, Desk
from tests.conftest import Clock

TEAM = ["室主任", "室干部"]
GATES = ("事实清楚", "证据确凿", "依据充分", "责任分明", "程序合规", "处理恰当")
MEANS = {
    "监察": ("supervise", "调查组"),
    "质询": ("inquire", "调查组"),
    "检查": ("inspect", "督察部门"),
    "审计": ("audit", "审计部门"),
    "民主评议": ("appraise", "组织部"),
}


def subject(number: int, kind: str, name: str, **more: Any) -> dict[str, Any]:
    fixed = {"单位": "某监狱", "人数": 1, "管理权限": "本机关管理", "是否党员": True, "是否公职人员": True}
    return {"编号": number, "类别": kind, "名称": name, **fixed, **more}


WARDEN = subject(1, "个人", "监狱长", 班子主要负责人=True)
DEPUTY = subject(2, "个人", "分管副监狱长")
PARTY = subject(3, "组织", "监狱党委")


def started(*subjects: dict[str, Any]) -> dict[str, Any]:
    return {
        "线索标题": "罪犯脱逃",
        "反映问题": "制度落实不力。",
        "密级": "工作秘密",
        "问责情形": "第七条第九项 发生安全、群体、公共安全事故事件",
        "对象": list(subjects) or [WARDEN, DEPUTY, PARTY],
        "启动结论": "启动",
        "启动批准人": "纪委主要负责人",
        "启动日期": "2026-03-05",
    }


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with people and this diagram, to be copied."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copy(sqlite_template, path)
    engine = Engine.open(f"sqlite:///{path}")
    Desk(engine, Clock(), "collection")
    engine.close()
    return path


@pytest.fixture
def desk(office: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    shutil.copy(office, tmp_path / "case.db")
    engine = Engine.open(f"sqlite:///{tmp_path / 'case.db'}", clock=clock)
    yield Desk(engine, clock)
    engine.close()


def form_team(desk: Desk, **more: Any) -> None:
    values = {"调查组成员": TEAM, "调查组组长": TEAM[0], "回避审查": True}
    desk.do("form_team", **{**values, **more})


def plan(desk: Desk, *means: tuple[str, str], decision: str = "同意") -> None:
    rows = [{"手段": kind, "事项": matter} for kind, matter in means or (("监察", "谈话"),)]
    desk.do("plan", 调查事项="脱逃经过、职责和后果。", 取证安排=rows)
    desk.do("approve_plan", 方案审批=decision, 方案审批意见=f"{decision}。")


def evidence(name: str) -> dict[str, str]:
    return {"名称": name, "种类": "书证", "证明事项": "围墙长期不达标"}


def gather(desk: Desk, element: str, about: str, *found: dict[str, str]) -> None:
    desk.do(element, about=about, 取证经过="当面核实。", 取证结论=f"{about}已查明。", 取得证据=list(found))


def to_findings(desk: Desk, *subjects: dict[str, Any]) -> None:
    desk.start("collection", started(*subjects))
    form_team(desk)
    plan(desk)
    gather(desk, "supervise", "谈话", evidence("谈话笔录"))
    desk.do("list_evidence", 证据综合="相互印证。")


def blame(desk: Desk, name: str, **more: Any) -> None:
    values = {"事实": f"{name}履职不力。", "履职情形": "执行不力", "情节": "较重"}
    desk.do("find_person", about=name, **{**values, **more})


def blame_body(desk: Desk, name: str, kind: str = "全面领导责任") -> None:
    reason = {"不另追究理由": "已经研究过整改。"} if kind == "不另追究" else {"情节": "较轻"}
    desk.do("find_collective", about=name, 事实="没有研究整改。", 集体责任=kind, **reason)


def meet(desk: Desk, name: str, opinion: str = "同意", *, changed: bool = False, **more: Any) -> None:
    values = {"见面人员": TEAM, "陈述申辩": "没有申辩。", "采纳情况": "无。"}
    desk.do("meet", about=name, **{**values, "本人意见": opinion, "材料有重大变化": changed, **more})


def to_report(desk: Desk) -> None:
    to_findings(desk, WARDEN)
    blame(desk, "监狱长")
    blame_body(desk, "某监狱领导班子", "不另追究")
    meet(desk, "监狱长")
    desk.do("discuss", 讨论结论="一致。", 处理建议意见="建议免职。")


def report(desk: Desk) -> None:
    desk.do("write_report", 报告调查经过="谈话、调档。", 报告态度认识="态度端正。")


def check_quality(desk: Desk, **more: Any) -> None:
    desk.do("check_quality", 核对结论="六项合格", 质量核对={**dict.fromkeys(GATES, True), **more})


def test_collection_from_team_to_approved_report(engine: Engine, clock: Clock) -> None:
    desk = Desk(engine, clock, "collection")
    desk.start("collection", started())
    form_team(desk)
    plan(desk, ("审计", "资金"), ("检查", "围墙"), ("检查", "点名"))
    gather(desk, "audit", "资金", evidence("审计报告"))
    gather(desk, "inspect", "点名")
    assert desk.waiting == ["inspect"]
    gather(desk, "inspect", "围墙", evidence("检查记录"), evidence("照片"))
    assert [each["名称"] for each in desk.look("list_evidence").values["证据"]] == [
        "检查记录",
        "照片",
        "审计报告",
    ]
    desk.do("list_evidence", 证据综合="相互印证。")
    blame(desk, "分管副监狱长", 直接主管=True)
    blame(desk, "监狱长", 涉嫌犯罪=True)
    blame_body(desk, "监狱党委")
    for name in ("监狱党委", "分管副监狱长", "监狱长"):
        meet(desk, name)
    desk.do("discuss", 讨论结论="一致。", 处理建议意见="建议免职。")
    report(desk)
    check_quality(desk)
    desk.do("approve_report", 报告审批="同意", 报告审批意见="同意。")
    assert desk.ends == ["collection_done"]
    found = desk.values["对象认定"]
    assert [(each["编号"], each["名称"], each["本人意见"]) for each in found] == [
        (1, "监狱长", "同意"),
        (2, "分管副监狱长", "同意"),
        (3, "监狱党委", "同意"),
    ]
    assert (found[0]["班子主要负责人"], found[0]["涉嫌犯罪"], found[1]["直接主管"]) == (True, True, True)
    assert (found[2]["集体责任"], found[2]["情节"]) == ("全面领导责任", "较轻")
    assert desk.documents == [
        "事实材料（分管副监狱长）.docx",
        "事实材料（监狱党委）.docx",
        "事实材料（监狱长）.docx",
        "调查报告.docx",
    ]


def test_all_five_means_run_at_the_same_time_each_with_its_department(desk: Desk) -> None:
    desk.start("collection", started())
    form_team(desk)
    plan(desk, *((kind, f"{kind}一") for kind in MEANS), ("审计", "审计二"))
    assert desk.waiting == sorted([*(element for element, _ in MEANS.values()), "audit"])
    for kind, (element, group) in MEANS.items():
        assert desk.look(element, f"{kind}一").row.task.candidate_groups == (group,)
        gather(desk, element, f"{kind}一")
    assert desk.waiting == ["audit"]
    gather(desk, "audit", "审计二")
    assert desk.waiting == ["list_evidence"]


def test_a_plan_without_means_is_refused_and_may_be_sent_back(desk: Desk) -> None:
    desk.start("collection", started())
    form_team(desk)
    with pytest.raises(InvalidInput):
        desk.do("plan", 调查事项="经过。", 取证安排=[])
    plan(desk, decision="退回")
    assert desk.waiting == ["plan"]
    plan(desk)
    assert desk.waiting == ["supervise"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"调查组成员": ["室主任"]}, "调查组成员"),
        ({"调查组成员": ["室主任", "室主任"]}, "调查组成员"),
        ({"调查组组长": "局长"}, "调查组组长"),
        ({"回避审查": False}, "回避审查"),
    ],
)
def test_a_team_is_two_led_by_one_of_them_and_examined_for_bias(
    desk: Desk, values: dict[str, Any], field: str
) -> None:
    desk.start("collection", started())
    with pytest.raises(InvalidInput) as refused:
        form_team(desk, **values)
    assert {problem.element for problem in refused.value.problems} == {field}


def test_the_collective_is_found_on_even_if_only_persons_were_reported(desk: Desk) -> None:
    to_findings(desk, WARDEN, DEPUTY)
    assert desk.waiting == ["find_collective", "find_person", "find_person"]
    blame(desk, "监狱长")
    blame(desk, "分管副监狱长")
    assert desk.waiting == ["find_collective"]
    blame_body(desk, "某监狱领导班子", "不另追究")
    assert desk.waiting == ["meet", "meet"]
    for name in ("监狱长", "分管副监狱长"):
        meet(desk, name)
    found = desk.look("discuss").variables["对象认定"]
    assert [(each["编号"], each.get("集体责任"), each["本人意见"]) for each in found] == [
        (1, None, "同意"),
        (2, None, "同意"),
        (3, "不另追究", ""),
    ]


def test_persons_are_found_on_even_if_only_a_collective_was_reported(desk: Desk) -> None:
    to_findings(desk, PARTY)
    assert desk.waiting == ["find_collective", "find_person"]
    blame_body(desk, "监狱党委")
    assert desk.waiting == ["find_person"]
    blame(desk, "班子成员")
    assert desk.waiting == ["meet", "meet"]


def test_leaving_the_collective_aside_needs_a_reason(desk: Desk) -> None:
    to_findings(desk)
    with pytest.raises(InvalidInput) as refused:
        desk.do("find_collective", 事实="集体研究过。", 集体责任="不另追究")
    assert [problem.element for problem in refused.value.problems] == ["不另追究理由"]


@pytest.mark.parametrize(
    ("opinion", "step", "values", "kept"),
    [
        ("不同意", "explain", {"不同意说明": "逐点回应。"}, "不同意说明"),
        ("拒绝签字", "note_refusal", {"拒签说明": "当面拒签。", "拒签见证人": TEAM}, "拒签说明"),
    ],
)
def test_other_opinions_have_their_own_path(
    desk: Desk, opinion: str, step: str, values: dict[str, Any], kept: str
) -> None:
    to_findings(desk, WARDEN)
    blame(desk, "监狱长")
    blame_body(desk, "某监狱领导班子", "不另追究")
    meet(desk, "监狱长", opinion)
    assert desk.waiting == [step]
    desk.do(step, **values)
    found = desk.look("discuss").variables["对象认定"][0]
    assert (found["本人意见"], found[kept]) == (opinion, values[kept])


def test_a_material_change_is_met_again(desk: Desk) -> None:
    to_findings(desk, WARDEN)
    blame(desk, "监狱长")
    blame_body(desk, "某监狱领导班子", "不另追究")
    meet(desk, "监狱长", "不同意", changed=True, 陈述申辩="曾书面报告过。", 采纳情况="采纳。")
    desk.do("explain", 不同意说明="采纳。")
    desk.do("revise", 补核情况="查到报告。", 修改后事实="曾报告但没有跟踪。", 修改后情节="较轻")
    again = desk.look("meet").values
    assert again["出示事实"] == "曾报告但没有跟踪。"
    assert "本人意见" not in again
    meet(desk, "监狱长")
    found = desk.look("discuss").variables["对象认定"][0]
    assert (found["事实"], found["情节"], found["本人意见"]) == ("曾报告但没有跟踪。", "较轻", "同意")
    assert desk.documents == ["事实材料（监狱长）.docx", "事实材料（监狱长）.docx"]


def test_one_person_alone_does_not_meet_a_subject(desk: Desk) -> None:
    to_findings(desk, WARDEN)
    blame(desk, "监狱长")
    blame_body(desk, "某监狱领导班子", "不另追究")
    for people in (["室主任"], ["室主任", "室主任"]):
        with pytest.raises(InvalidInput):
            meet(desk, "监狱长", 见面人员=people)


@pytest.mark.parametrize("gate", GATES)
def test_no_quality_gate_can_be_skipped(desk: Desk, gate: str) -> None:
    to_report(desk)
    report(desk)
    with pytest.raises(InvalidInput) as refused:
        check_quality(desk, **{gate: False})
    assert [problem.element for problem in refused.value.problems] == [f"质量核对.{gate}"]
    with pytest.raises(InvalidInput):
        desk.do("check_quality", 核对结论="六项合格")
    assert desk.waiting == ["check_quality"]


def test_the_report_is_sent_back_until_it_is_good(desk: Desk) -> None:
    to_report(desk)
    report(desk)
    desk.do("check_quality", 核对结论="退回补正", 补正要求="补充证据。")
    report(desk)
    check_quality(desk)
    desk.do("approve_report", 报告审批="退回", 报告审批意见="再核。")
    assert desk.waiting == ["write_report"]
    report(desk)
    check_quality(desk)
    desk.do("approve_report", 报告审批="同意", 报告审批意见="同意。")
    assert desk.ends == ["collection_done"]


def test_the_report_has_all_its_parts_and_signatures(desk: Desk) -> None:
    to_report(desk)
    shown = desk.look("write_report").values
    assert shown["报告调查依据"].startswith("2026年3月5日经纪委主要负责人批准启动。")
    assert shown["报告签名"] == TEAM
    with pytest.raises(InvalidInput) as refused:
        desk.do("write_report")
    assert {problem.element for problem in refused.value.problems} == {"报告调查经过", "报告态度认识"}
    with pytest.raises(InvalidInput) as refused:
        desk.do("write_report", 报告调查经过="谈话。", 报告态度认识="端正。", 报告签名=["室主任", "他人"])
    assert [problem.element for problem in refused.value.problems] == ["报告签名"]


def test_who_wrote_the_report_neither_checks_nor_approves_it(desk: Desk) -> None:
    groups = frozenset({"调查组", "承办部门", "纪委主要负责人"})
    desk.engine.add_user(User("all", "all", "", groups), PASSWORD)
    to_report(desk)
    desk.do("write_report", by="all", 报告调查经过="谈话。", 报告态度认识="端正。")
    with pytest.raises(NotAllowed):
        desk.do("check_quality", by="all", 核对结论="退回补正", 补正要求="补。")
    check_quality(desk)
    with pytest.raises(NotAllowed):
        desk.do("approve_report", by="all", 报告审批="同意", 报告审批意见="同意。")


def test_a_group_of_persons_keeps_its_number_and_text(desk: Desk) -> None:
    """Published notices name groups: 33 officers of one rank, or a list of posts in one text."""
    text = "公职人员（县公安局政委、副局长、刑侦大队长等8名公安，校长等2名）"
    to_findings(desk, subject(1, "个人", text, 人数=10), subject(2, "个人", "科级干部", 人数=33))
    blame(desk, text)
    blame(desk, "科级干部")
    blame_body(desk, "某监狱领导班子", "不另追究")
    for name in (text, "科级干部"):
        meet(desk, name)
    found = desk.look("discuss").variables["对象认定"]
    assert [(each["名称"], each["人数"]) for each in found][:2] == [(text, 10), ("科级干部", 33)]
