"""The side ways of enforcement: returns, deviations, refusals, appeals, nothing to pursue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine import Engine, InvalidInput, NotAllowed, User
from tests.acceptance.clerks import PASSWORD, Clerks, open_office, run
from tests.acceptance.tables import body, person
from tests.conftest import Clock

HEAD = person(编号=1, 名称="监狱长", 单位="监狱", 人数=1, 直接主管=True, 情节="严重", 事实="失察。")
BODY = body(编号=2, 名称="监狱党委", 单位="监狱", 人数=1, 集体责任="不另追究", 集体研究决定=False, 情节=None)
GOOD = {"幅度内措施": ["撤销党内职务", "政务撤职"]}
SIX = dict.fromkeys(("事实清楚", "证据确凿", "定性准确", "处理恰当", "程序合规", "个人集体分别认定"), True)
DAY = "2026-03-02"
VOTES = [
    {"编号": 1, "名称": "监狱长", "同意": 3, "反对": 0, "弃权": 0},
    {"编号": 2, "名称": "监狱党委", "同意": 3, "反对": 0, "弃权": 0},
]
MEETING = {
    "集体审议日": DAY,
    "主持人": "组长",
    "应到人数": 3,
    "到会人员": ["组长", "副组长", "委员"],
    "表决情况": VOTES,
    "审议意见": "同意。",
}
SERVED = [
    {"编号": at, "名称": name, "送达方式": "直接送达", "送达日期": DAY, "签收情况": "已签收"}
    for at, name in enumerate(("监狱长", "监狱党委"), 1)
]


@pytest.fixture
def office(sqlite_url: str, clock: Clock) -> Iterator[Engine]:
    """The demo office on SQLite."""
    engine = Engine.open(sqlite_url, clock=clock)
    open_office(engine)
    yield engine
    engine.close()


@pytest.fixture
def case(office: Engine) -> Clerks:
    """A case of one head and his collective at the beginning of enforcement."""
    return begin(office, HEAD, BODY)


def begin(office: Engine, *subjects: dict[str, Any]) -> Clerks:
    given = {"线索标题": "罪犯脱逃", "反映问题": "失察。", "密级": "工作秘密", "对象认定": list(subjects)}
    started = office.start("enforcement", given, by="")
    run(office)
    return Clerks(office, started.id)


def propose(case: Clerks, subject: str = "监狱长", by: str = "cbr2", **values: Any) -> None:
    case.do("propose", by, subject, {"承办意见": "建议处理。", **values})


def review(case: Clerks, **values: Any) -> None:
    answers = {**SIX, "审理结论": "同意", "审理意见": "同意。", **values}
    case.do("review", "sly1", None, answers)


def lead(case: Clerks, **values: Any) -> None:
    case.do("leader_review", "jwsj", None, {"提请意见": "批准提请审议", "提请批示": "同意。", **values})


def decide(case: Clerks, **values: Any) -> None:
    case.do("decide", "cwh", None, {**MEETING, "审议结论": "通过", **values})


def committee(case: Clerks, opinion: str = "批准") -> None:
    answers = {"批准形式": "党委会议审议", "党委意见": opinion, "批准日": DAY, "党委批示": "已阅。"}
    case.do("approve_committee", "dwsj", None, answers)


def superior(case: Clerks, opinion: str) -> None:
    answers = {"上级意见": opinion, "上级批准日": DAY, "上级批示": "已阅。"}
    case.do("approve_superior", "sjjg", None, answers)


def announce(case: Clerks, served: list[dict[str, Any]] = SERVED) -> None:
    case.do("compose", "sly2", None, {"决定机关名称": "纪检监察组"})
    case.do("sign", "jwsj", None, {"签发日": DAY, "签发意见": "同意签发。"})
    told = {"宣布日期": DAY, "宣布人员": ["承办人", "审理员"], "宣布范围": "本人和支部", "送达情况": served}
    case.do("announce", "cbr3", None, told)


def to_review(case: Clerks, **values: Any) -> None:
    propose(case, **(values or GOOD))
    propose(case, "监狱党委", "cbzr")


def to_decision(case: Clerks, **values: Any) -> None:
    to_review(case, **values)
    review(case)
    lead(case)


def refused(case: Clerks, element: str, by: str, values: dict[str, Any], subject: str | None = None) -> str:
    """What the form says against these values."""
    with pytest.raises(InvalidInput) as caught:
        case.do(element, by, subject, values)
    return "".join(str(problem) for problem in caught.value.problems)


def test_form_opens_with_what_the_tables_say(case: Clerks) -> None:
    page = case.find("propose", "cbr2", "监狱长")
    assert page.values["责任类型"] == "主要领导责任"
    assert page.values["处理结论"] == "予以追究"
    assert "撤销党内职务" in page.values["规则幅度"]
    assert page.form is not None
    options = page.form.schema["properties"]["幅度内措施"]
    assert "政务撤职" in str(options)
    collective = case.find("propose", "cbr2", "监狱党委")
    assert (collective.values["责任类型"], collective.values["处理结论"]) == ("不另追究", "不另追究")


def test_what_leaves_the_range_needs_a_reason_and_the_superior(case: Clerks) -> None:
    light = {"承办意见": "建议从轻。", "幅度外选用": ["诫勉"]}
    assert "超出规则幅度的理由" in refused(case, "propose", "cbr2", light, "监狱长")
    to_decision(case, 幅度外选用=["诫勉"], 偏离理由="到任不足一月。")
    decide(case)
    assert case.waiting == ["approve_superior"]
    page = case.find("approve_superior", "sjjg")
    assert "诫勉不在规则幅度内。理由：到任不足一月。" in page.values["请示事项"][0]["偏离"]
    superior(case, "不同意")
    assert case.waiting == ["decide"]
    decide(case)
    superior(case, "同意")
    committee(case)
    assert case.values["处理决定"][0]["措施"] == ["诫勉"]
    assert case.values["处理决定"][0]["偏离理由"] == "到任不足一月。"


def test_another_measure_in_free_words_is_held_as_it_is(case: Clerks) -> None:
    to_decision(case, 幅度内措施=["政务撤职", "撤销党内职务"], 其他措施=["退赔损失"], 偏离理由="造成损失。")
    decide(case)
    superior(case, "同意")
    committee(case)
    assert case.values["处理决定"][0]["措施"] == ["政务撤职", "撤销党内职务", "退赔损失"]


def test_another_responsibility_needs_a_reason(case: Clerks) -> None:
    other = {"承办意见": "次要责任。", "责任类型": "其他", "其他责任类型": "领导责任", **GOOD}
    assert "理由" in refused(case, "propose", "cbr2", other, "监狱长")
    propose(case, **other | {"偏离理由": "通报如此表述。"})
    propose(case, "监狱党委", "cbzr")
    assert [one["责任类型"] for one in case.values["处理建议"]] == ["领导责任", "不另追究"]


def test_disciplines_that_do_not_match_come_back_to_the_clerk(case: Clerks) -> None:
    propose(case, 幅度内措施=["撤销党内职务", "政务降级"])
    page = case.find("propose", "cbr2", "监狱长")
    assert page.values["核对提示"] == "党纪处分与政务处分轻重不相匹配"
    propose(case, **GOOD)
    propose(case, "监狱党委", "cbzr")
    assert case.waiting == ["review"]
    assert case.values["处理建议"][0]["匹配"] == "匹配"


def test_measures_must_be_chosen_or_not_as_the_conclusion_says(case: Clerks) -> None:
    assert "至少选择一项措施" in refused(case, "propose", "cbr2", {"承办意见": "建议。"}, "监狱长")
    given = {"承办意见": "建议。", "幅度外选用": ["检查"], "偏离理由": "试试。"}
    assert "不能再选择措施" in refused(case, "propose", "cbzr", given, "监狱党委")


def test_every_head_may_return_for_more_work(case: Clerks) -> None:
    back = {"退回事项": "核对任职时间。"}
    more = {"补充情况": "已核对。", "事实有重大变化": False}
    to_review(case)
    review(case, 审理结论="退回补充", **back)
    assert case.find("supplement", "cbr3").values["退回事项"] == "核对任职时间。"
    case.do("supplement", "cbr3", None, more)
    to_review(case)
    review(case)
    lead(case, 提请意见="退回补充", **back)
    case.do("supplement", "cbr3", None, more)
    to_decision(case)
    decide(case, 审议结论="退回重议", **back)
    changed = case.find("supplement", "cbr3").values["认定更正"]
    changed[0] |= {"情节": "较轻", "事实": "到任不足一月。"}
    met = {"再次见面日期": DAY, "再次见面人员": ["承办人", "审理员"], "再次见面意见": "同意"}
    case.do("supplement", "cbr3", None, {**more, "事实有重大变化": True, "认定更正": changed, **met})
    page = case.find("propose", "cbr2", "监狱长")
    assert page.values["认定事实"] == "到任不足一月。"
    assert "诫勉" in page.values["规则幅度"]
    assert "政务撤职" not in page.values["规则幅度"]
    to_decision(case, 幅度内措施=["诫勉"])
    decide(case)
    committee(case)
    assert len(case.values["处理决定"]) == 2


def test_who_proposed_does_not_review(office: Engine, case: Clerks) -> None:
    office.add_user(User("both", "两边都在", "承办室", frozenset({"承办部门", "案件审理室"})), PASSWORD)
    propose(case, by="both", **GOOD)
    propose(case, "监狱党委", "cbzr")
    task = next(task for task in case.view.open_tasks if task.element_id == "review")
    with pytest.raises(NotAllowed):
        office.claim(task.id, by="both")
    assert office.task(task.id, by="sly1").can_claim


def test_six_checks_stand_before_consent(case: Clerks) -> None:
    to_review(case)
    answers = {**SIX, "处理恰当": False, "审理结论": "同意", "审理意见": "同意。"}
    assert "不能同意" in refused(case, "review", "sly1", answers)


def test_votes_are_counted(case: Clerks) -> None:
    to_decision(case)
    answers = {**MEETING, "审议结论": "通过"}
    one_against = [{**VOTES[0], "同意": 2, "反对": 1}, VOTES[1]]
    assert "不同意见记录" in refused(case, "decide", "cwh", {**answers, "表决情况": one_against})
    miscounted = [{**VOTES[0], "同意": 2}, VOTES[1]]
    assert "应等于到会人数" in refused(case, "decide", "cwh", {**answers, "表决情况": miscounted})
    few = {**answers, "应到人数": 7}
    assert "到会不足半数" in refused(case, "decide", "cwh", few)
    lost = [{**VOTES[0], "同意": 1, "反对": 2}, VOTES[1]]
    against = {**answers, "表决情况": lost, "不同意见": "二人反对。"}
    assert "不能通过" in refused(case, "decide", "cwh", against)
    decide(case, 表决情况=one_against, 不同意见="委员反对，认为过重。")
    assert case.values["不同意见"] == "委员反对，认为过重。"


def test_the_committee_may_refuse(case: Clerks) -> None:
    to_decision(case)
    decide(case)
    committee(case, "不批准")
    assert case.waiting == ["decide"]
    decide(case)
    committee(case)
    assert case.waiting == ["compose"]
    decided = case.values["处理决定"][0]
    assert (decided["决定日"], decided["影响期满"]) == (DAY, "2028-03-02")


def test_own_subjects_need_no_committee(office: Engine) -> None:
    case = begin(office, HEAD | {"管理权限": "本机关管理"}, BODY)
    to_decision(case)
    decide(case)
    assert case.waiting == ["compose"]
    assert case.values["批准日"] == DAY


def test_subjects_of_a_higher_body_are_put_to_it(office: Engine) -> None:
    case = begin(office, HEAD | {"管理权限": "上级管理"}, BODY)
    to_decision(case)
    decide(case)
    assert case.waiting == ["approve_superior"]


def test_an_appeal_may_change_the_decision(case: Clerks, clock: Clock) -> None:
    to_decision(case)
    decide(case)
    committee(case)
    announce(case)
    assert case.waiting == ["discipline", "rectify", "register_appeal"]  # carried out all the same
    appeal(case, "变更")
    corrected = {"更正日": DAY, "应到人数": 3, "同意人数": 3, "更正意见": "同意变更。"}
    rows = case.find("correct", "cwh").values["更正事项"]
    rows[0] |= {"变更后措施": "党内严重警告、政务降级", "影响期月": 24, "理由": "情节认定过重。"}
    case.do("correct", "cwh", None, {**corrected, "更正事项": rows})
    decided = case.values["处理决定"]
    assert decided[0]["措施"] == ["党内严重警告", "政务降级"]
    assert decided[0]["更正说明"] == "情节认定过重。"
    assert decided[1]["措施"] == []
    assert "register_appeal" in case.waiting  # the month goes on
    appeal(case, "维持")
    assert sum(paper.name.startswith("申诉复查决定书") for paper in case.view.documents) == 2
    clock.advance(days=33)
    run(case.engine)
    assert case.waiting == ["discipline", "rectify"]


def appeal(case: Clerks, opinion: str) -> None:
    given = {"申诉人": "监狱长", "申诉事项": "过重", "申诉理由": "已整改", "申诉请求": "减轻"}
    case.do("register_appeal", "ssfc", None, {**given, "申诉日期": DAY})
    found = {"复查情况": "已核。", "责任分析": "分管。", "复查意见": opinion, "复查结论": opinion + "。"}
    case.do("review_appeal", "ssfc2", None, {**found, "复查人员": ["组长", "成员"], "复查日期": DAY})


def test_a_withdrawn_decision_has_no_effect_period(case: Clerks, clock: Clock) -> None:
    to_decision(case)
    decide(case)
    committee(case)
    announce(case)
    appeal(case, "撤销")
    rows = case.find("correct", "cwh").values["更正事项"]
    rows[0] |= {"理由": "事实不清。"}
    answers = {"更正日": DAY, "应到人数": 3, "同意人数": 3, "更正意见": "同意撤销。", "更正事项": rows}
    case.do("correct", "cwh", None, answers)
    decided = case.values["处理决定"][0]
    assert (decided["措施"], decided["影响期月"], decided["处理结论"]) == ([], 0, "撤销")


def test_nothing_to_pursue_ends_after_service(office: Engine) -> None:
    innocent = HEAD | {"直接主管": False, "情节": "轻"}
    case = begin(office, innocent, BODY)
    propose(case)
    propose(case, "监狱党委", "cbzr")
    review(case, 分别认定说明="经查没有失职失责。")
    lead(case)
    decide(case)
    announce(case)
    assert case.view.instance.status == "completed"
    names = [paper.name for paper in case.view.documents]
    assert sum(name.startswith("不予追究决定书") for name in names) == 2
