"""Initiation, each branch to its end: registered clue, duplicates, jurisdiction, disposition, approval."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import Engine, InvalidInput, NotAllowed, User
from engine.parsing import check_form, parse_form
from tests.acceptance.desk import BPMN, PASSWORD, Desk
from tests.conftest import Clock

SITUATION = "第七条第九项 发生安全、群体、公共安全事故事件"
ISSUE_CHANNELS = (
    "纪检机关",
    "组织人事部门",
    "人大",
    "法院",
    "检察院",
    "新闻媒体",
    "政协",
    "上级交办",
    "信访举报",
)


def subject(**more: Any) -> dict[str, Any]:
    return {"类别": "个人", "名称": "监狱长", "单位": "某监狱", "管理权限": "本机关管理", **more}


def clue(*subjects: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "线索标题": "罪犯脱逃",
        "来源渠道": "上级交办",
        "收到日期": "2026-02-27",
        "密级": "工作秘密",
        "反映问题": "围墙1700余米中仅500米达标，制度落实不力。",
        "对象": list(subjects) or [subject()],
        **more,
    }


@pytest.fixture(scope="module")
def office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with people and this diagram, to be copied."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copy(sqlite_template, path)
    engine = Engine.open(f"sqlite:///{path}")
    Desk(engine, Clock(), "initiation")
    engine.close()
    return path


@pytest.fixture
def desk(office: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    shutil.copy(office, tmp_path / "case.db")
    engine = Engine.open(f"sqlite:///{tmp_path / 'case.db'}", clock=clock)
    yield Desk(engine, clock)
    engine.close()


def to_disposition(desk: Desk, *subjects: dict[str, Any], **more: Any) -> None:
    desk.start("initiation", clue(*subjects, **more))
    desk.do("check_duplicates", 查重结果="无重复")
    desk.do("assign_clue", 承办部门名称="第三监督检查室", 分办意见="请办理。")


def propose(desk: Desk, advice: str = "启动问责", **more: Any) -> None:
    extra = {
        "启动问责": {"拟承办人": ["室主任", "室干部"]},
        "不予启动": {"不启动理由": "经了解，反映失实。"},
    }
    values = {
        "研判情况": "线索具体、可查。",
        "问责情形": SITUATION,
        "处置建议": advice,
        "处置意见": "请审批。",
    }
    desk.do("propose_disposition", **values, **{**extra.get(advice, {}), **more})


def approve(desk: Desk, decision: str = "同意", **more: Any) -> None:
    desk.do("approve_start", 负责人决定=decision, 负责人意见=f"{decision}。", 审批日期="2026-03-05", **more)


def test_a_clue_is_started_by_the_head_of_the_discipline_office(engine: Engine, clock: Clock) -> None:
    desk = Desk(engine, clock, "initiation")
    to_disposition(desk)
    propose(desk)
    assert desk.waiting == ["approve_start"]
    approve(desk)
    assert desk.ends == ["started"]
    values = desk.values
    assert (values["启动结论"], values["启动批准人"], values["启动日期"]) == (
        "启动",
        "纪委主要负责人",
        "2026-03-05",
    )
    assert values["问责情形"] == SITUATION
    assert desk.documents == ["线索登记表.docx", "问责启动呈批表.docx"]


def test_subjects_get_a_number_and_a_count_at_the_check(desk: Desk) -> None:
    desk.start("initiation", clue(subject(), subject(名称="警员", 人数=8)))
    shown = desk.look("check_duplicates").values["对象"]
    assert [(each["编号"], each["人数"]) for each in shown] == [(1, 1), (2, 8)]
    desk.do("check_duplicates", 查重结果="无重复")
    assert [each["编号"] for each in desk.values["对象"]] == [1, 2]


@pytest.mark.parametrize(
    "who",
    [
        subject(类别="组织", 名称="监狱党委", 管理权限="同级党委管理"),
        subject(名称="司法局局长", 管理权限="同级党委管理", 班子主要负责人=True),
    ],
)
def test_the_party_committee_approves_for_what_it_leads_itself(desk: Desk, who: dict[str, Any]) -> None:
    to_disposition(desk, who)
    propose(desk)
    approve(desk)
    assert desk.waiting == ["approve_party"]
    desk.do("approve_party", 党委决定="同意启动", 党委意见="同意。", 审批日期="2026-03-06")
    assert desk.ends == ["started"]
    assert (desk.values["启动批准人"], desk.values["启动日期"]) == ("党委主要负责人", "2026-03-06")


def test_a_refusal_by_the_party_committee_is_explained_and_the_informant_answered(desk: Desk) -> None:
    to_disposition(desk, subject(类别="组织", 名称="监狱党委", 管理权限="同级党委管理"), 举报人="某单位职工")
    propose(desk)
    approve(desk)
    desk.do("approve_party", 党委决定="不同意启动", 党委意见="暂不启动。", 党委不启动理由="已经责令整改。")
    assert desk.look("record_reasons").values["不予启动理由"] == "已经责令整改。"
    desk.do("record_reasons", 理由类别="已作处理", 后续处理="了结")
    assert desk.look("reply_informant").values["答复内容"] == "已经责令整改。"
    desk.do("reply_informant", 答复方式="书面")
    assert desk.ends == ["informant_replied"]
    assert desk.values["启动结论"] == "不予启动"


@pytest.mark.parametrize(("advice", "decision"), [("不予启动", "同意"), ("启动问责", "不同意")])
def test_not_started_without_an_informant(desk: Desk, advice: str, decision: str) -> None:
    to_disposition(desk, subject(类别="组织", 管理权限="同级党委管理"))
    propose(desk, advice)
    approve(desk, decision, 不启动理由="反映失实。")
    assert desk.look("record_reasons").row.task.assignee == "承办部门1"
    desk.do("record_reasons", 理由类别="反映失实", 后续处理="了结")
    assert desk.ends == ["not_started"]
    assert desk.values["启动结论"] == "不予启动"


def test_not_starting_needs_a_reason(desk: Desk) -> None:
    to_disposition(desk)
    propose(desk)
    with pytest.raises(InvalidInput) as refused:
        approve(desk, "不同意")
    assert [problem.element for problem in refused.value.problems] == ["不启动理由"]


def test_a_duplicate_is_merged_and_its_case_told(desk: Desk) -> None:
    desk.start("initiation", clue())
    with pytest.raises(InvalidInput):
        desk.do("check_duplicates", 查重结果="并案处理")
    desk.do("check_duplicates", 查重结果="并案处理", 关联案号="问责〔2026〕3号", 查重说明="同一问题。")
    assert desk.ends == ["clue_merged"]
    assert desk.values["启动结论"] == "并案"
    told = [notice.text for notice in desk.engine.notifications("承办部门2")]
    assert told == ["线索“罪犯脱逃”与问责〔2026〕3号重复，已并入该案，请一并办理。"]


def test_a_related_clue_goes_on_with_its_link(desk: Desk) -> None:
    desk.start("initiation", clue())
    desk.do("check_duplicates", 查重结果="关联处理", 关联案号="问责〔2026〕3号", 查重说明="对象相同。")
    assert desk.waiting == ["assign_clue"]
    assert desk.values["关联案号"] == "问责〔2026〕3号"


@pytest.mark.parametrize("managed", ["其他单位管理", "上级管理"])
def test_what_is_not_ours_is_transferred(desk: Desk, managed: str) -> None:
    desk.start("initiation", clue(subject(管理权限=managed)))
    desk.do("check_duplicates", 查重结果="无重复")
    assert desk.waiting == ["transfer_clue"]
    desk.do("transfer_clue", 移送机关="省纪委监委")
    assert desk.ends == ["clue_transferred"]
    assert desk.values["启动结论"] == "移送"


def test_the_handler_may_find_that_another_body_is_competent(desk: Desk) -> None:
    to_disposition(desk)
    propose(desk, "移送有权机关")
    approve(desk)
    desk.do("transfer_clue", 移送机关="县公安局督察大队", 移送事由="属执法过错。")
    assert desk.ends == ["clue_transferred"]


def test_who_is_already_under_investigation_is_not_started_again(desk: Desk) -> None:
    to_disposition(desk, subject(已被立案审查=True))
    propose(desk)
    assert desk.ends == ["no_separate_start"]
    assert (desk.values["启动结论"], desk.values["启动批准人"]) == ("启动", "已立案审查，不另行批准")


def test_one_of_two_under_investigation_is_started_for_the_other(desk: Desk) -> None:
    to_disposition(desk, subject(已被立案审查=True), subject(名称="副监狱长"))
    propose(desk)
    assert desk.waiting == ["approve_start"]


def test_the_head_sends_back_and_decides_afresh(desk: Desk) -> None:
    to_disposition(desk)
    propose(desk)
    approve(desk, "退回补充")
    assert desk.waiting == ["propose_disposition"]
    propose(desk)
    assert "负责人决定" not in desk.look("approve_start").values
    approve(desk)
    assert desk.ends == ["started"]


def test_supervisors_are_told_when_a_month_has_passed(desk: Desk, clock: Clock) -> None:
    to_disposition(desk)
    clock.advance(days=30)
    desk.run()
    assert desk.engine.notifications("督办员1") == ()
    clock.advance(days=2)
    desk.run()
    assert [notice.text for notice in desk.engine.notifications("督办员1")] == [
        "线索“罪犯脱逃”收到已满一个月，尚未提出处置意见，请督办。"
    ]
    assert desk.waiting == ["propose_disposition"]
    propose(desk)
    approve(desk)
    assert desk.ends == ["reminded", "started"]


def test_clocks_have_their_legal_basis(desk: Desk) -> None:
    to_disposition(desk)
    task = desk.look("propose_disposition").row.task
    assert (task.clock, task.clock_basis) == ("P1M", "《监督执纪工作规则》第二十一条")
    assert task.due_at is not None
    assert task.due_at.date().isoformat() == "2026-04-02"


def test_nobody_approves_his_own_proposal(desk: Desk) -> None:
    both = User("both", "both", "", frozenset({"承办部门", "纪委主要负责人"}))
    desk.engine.add_user(both, PASSWORD)
    to_disposition(desk)
    values = {"研判情况": "可查。", "问责情形": SITUATION, "处置建议": "启动问责", "处置意见": "请审批。"}
    desk.do("propose_disposition", by="both", 拟承办人=["甲", "乙"], **values)
    with pytest.raises(NotAllowed):
        desk.do("approve_start", by="both", 负责人决定="同意", 负责人意见="同意。")


def test_handlers_are_two(desk: Desk) -> None:
    to_disposition(desk)
    with pytest.raises(InvalidInput) as refused:
        propose(desk, 拟承办人=["室主任"])
    assert [problem.message for problem in refused.value.problems] == ["拟承办人不少于两人。请补充。"]


@pytest.mark.parametrize("channel", ISSUE_CHANNELS)
def test_every_channel_can_be_registered(channel: str) -> None:
    path = BPMN / "accountability" / "clue-registration.form.json"
    form = parse_form(path.read_bytes(), path.name)
    _, problems = check_form(form, clue(来源渠道=channel), {})
    assert problems == ()
