"""A published notice as a case: how each form is filled so that the case ends as published."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine import JsonObject, TaskView
from tests.acceptance.desk import Desk
from tests.acceptance.tables import ask, person, propose

DAY = "2026-03-02"
TEAM = ["组长", "组员"]
BODIES = re.compile(r"(党委|党组|总支|支部|委员会|领导班子|班子|政法委|公安局|分局|法院|检察院|司法局|大队)$")
STAFF = re.compile(r"科员|干警|民警|辅警|职工|员工|工作人员|聘用|法官|检察官|书记员|公职人员|其他干部")
OUTSIDE = re.compile(r"辅警|聘用|职工|员工|合同|临时")
LEFT = {"退休": "退休", "离休": "退休", "离职": "离职", "辞职": "离职", "已故": "死亡", "死亡": "死亡"}
CRIME = re.compile(r"移送司法|移送检察|审查起诉|立案侦查|判刑|判处|有期徒刑|刑事")
PARTY = re.compile(r"党内|党籍|留党察看|党纪")
ROLES: Mapping[str, JsonObject] = {
    "直接责任": {"直接行为人": True},
    "主要领导责任": {"直接主管": True},
    "重要领导责任": {"参与决策": True},
    "监督责任": {"监督职责": True},
}
GRAVITY = ("轻", "较轻", "较重", "严重", "特别严重")
SIX = ("事实清楚", "证据确凿", "依据充分", "责任分明", "程序合规", "处理恰当")
REVIEWED = ("事实清楚", "证据确凿", "定性准确", "处理恰当", "程序合规", "个人集体分别认定")
OPINION = "同意。"
TYPES = (*ROLES, "全面领导责任", "领导责任", "不承担责任", "不另追究")

Answers = Callable[["Notice", TaskView], JsonObject]


class Notice:
    """One published notice: positions with responsibility and measures, nothing else."""

    def __init__(self, record: JsonObject) -> None:
        self.record = record
        self.persons: list[JsonObject] = record["persons"]

    def clue(self) -> JsonObject:
        """The registered clue."""
        return {
            "线索标题": self.record["title"],
            "来源渠道": self.record.get("channel", "上级交办"),
            "收到日期": "2026-02-27",
            "密级": "工作秘密",
            "反映问题": self.record["facts"] or self.record["title"],
            "对象": [subject(number, one) for number, one in enumerate(self.persons, 1)],
            **self.record.get("clue", {}),
        }

    def about(self, page: TaskView) -> JsonObject:
        """Whom of the notice this task is about; nobody for who was added by the process."""
        shown = page.variables.get("当事人") or page.variables.get("当前对象")
        return self.persons[shown["编号"] - 1] if shown["编号"] <= len(self.persons) else {}


def subject(number: int, one: JsonObject) -> JsonObject:
    """A row of the clue for a position."""
    kind = "组织" if is_body(one) else "个人"
    found = {
        "编号": number,
        "类别": kind,
        "名称": one["position"],
        "人数": one["count"],
        "管理权限": "同级党委管理",
        **({} if kind == "组织" else traits(one)),
    }
    return {**found, **one.get("subject", {})}


def is_body(one: JsonObject) -> bool:
    return bool(BODIES.search(one["position"])) and one["count"] == 1


def traits(one: JsonObject) -> JsonObject:
    """What the position and the measures say of a person."""
    position, measures = one["position"], "，".join(one["measures"])
    official = not OUTSIDE.search(position)
    member = "非党员" not in position and (official or bool(PARTY.search(measures)))
    left = next((kind for word, kind in LEFT.items() if word in position), "在职")
    return {
        "是否领导干部": official and not STAFF.search(position),
        "是否党员": member,
        "是否公职人员": official,
        "任职状态": left,
    }


def finding(one: JsonObject) -> JsonObject:
    """Role and gravity with which most of the published measures lie in the range of the rules."""
    crime = bool(CRIME.search("，".join(one["measures"])))
    likely = {"直接行为人": True} if STAFF.search(one["position"]) else {"直接主管": True}
    role = ROLES.get(one["responsibility"], likely)
    facts = {"事实": "查明的事实。", **role, "涉嫌犯罪": crime, **one.get("finding", {})}
    if "情节" in facts:
        return facts
    known = {**traits(one), **one.get("subject", {})}
    fits = {grade: fitting(known | facts | {"情节": grade}, one["measures"]) for grade in GRAVITY}
    return facts | {"情节": max(GRAVITY, key=lambda grade: fits[grade])}


def fitting(facts: JsonObject, measures: list[str]) -> int:
    """How many of the measures lie in the range for these facts."""
    allowed = propose(person(**facts))["措施范围"]
    words = ask("standard-measures", 当事人=person(**facts), 措施=measures).result
    return sum(any(word.startswith(each) for each in allowed) for word in words)


def find_collective(notice: Notice, page: TaskView) -> JsonObject:
    one = notice.about(page)
    if not one:
        return {"事实": "集体研究过。", "集体责任": "不另追究", "不另追究理由": "个人擅自所为。"}
    words = "，".join(one["measures"])
    grade = "严重" if re.search("改组|调整", words) else "较重" if "通报" in words else "较轻"
    facts = {"事实": "集体没有落实责任。", "集体责任": "全面领导责任", "情节": grade}
    return {**facts, **one.get("finding", {})}


def find_person(notice: Notice, page: TaskView) -> JsonObject:
    one = notice.about(page)
    return finding(one) if one else {"事实": "没有个人失职。", "情节": "轻"}


def propose_measures(notice: Notice, page: TaskView) -> JsonObject:
    """The published measures: those of the range ticked, the others outside it, with a reason."""
    one = notice.about(page)
    rules = page.variables["规则建议"]
    wanted = list(one["measures"]) if one else []
    answers: JsonObject = {
        "幅度内措施": leading(wanted, rules["措施范围"]),
        "幅度外选用": leading(wanted, rules["幅度外措施"]),
        "其他措施": wanted,
        "处理结论": conclusion(one, rules),
        "偏离理由": "按公开通报。",
        "承办意见": "按认定的事实处理。",
    }
    kind = one.get("responsibility") if one else ""
    if kind:
        answers |= {"责任类型": kind} if kind in TYPES else {"责任类型": "其他", "其他责任类型": kind}
    elif rules["责任类型"] == "待认定":
        answers["责任类型"] = "不承担责任"
    return answers


def leading(wanted: list[str], offered: list[str]) -> list[str]:
    """Take off the front of the wanted measures what the form offers; the order of the notice stays."""
    taken: list[str] = []
    while wanted and wanted[0] in offered:
        taken.append(wanted.pop(0))
    return taken


def conclusion(one: JsonObject, rules: JsonObject) -> str:
    if not one:
        return str(rules["处理结论"])
    given: str = one.get("conclusion", "予以追究" if one["measures"] else "另案处理")
    return given


def decide(notice: Notice, page: TaskView) -> JsonObject:
    votes = [{**row, "同意": 5, "反对": 0, "弃权": 0} for row in page.values["表决情况"]]
    present = ["组长", "副组长", "委员一", "委员二", "委员三"]
    meeting = {"集体审议日": DAY, "主持人": "组长", "应到人数": 5, "到会人员": present}
    return {**meeting, "表决情况": votes, "审议结论": "通过", "审议意见": OPINION}


def finished(table: str, **more: Any) -> Answers:
    """Every row of the table dated."""

    def answers(notice: Notice, page: TaskView) -> JsonObject:
        return {table: [{**row, "办结日期": DAY} for row in page.values[table]], **more}

    return answers


def always(**values: Any) -> Answers:
    return lambda notice, page: values


ANSWERS: Mapping[str, Answers] = {
    "check_duplicates": always(查重结果="无重复", 指定管辖="省纪〔2026〕1号"),
    "assign_clue": always(承办部门名称="承办室", 分办意见="请研判。"),
    "propose_disposition": always(
        研判情况="具体、可查。",
        问责情形="第七条第十一项 其他失职失责情形",
        启动主体="纪委",
        处置建议="启动问责",
        拟承办人=TEAM,
        处置日期=DAY,
        处置意见="建议启动。",
    ),
    "approve_start": always(负责人决定="同意", 审批日期=DAY, 负责人意见=OPINION),
    "approve_party": always(党委决定="同意启动", 审批日期=DAY, 党委意见=OPINION),
    "form_team": always(调查组成员=TEAM, 调查组组长="组长", 回避审查=True),
    "plan": always(
        调查事项="责任。", 取证安排=[{"手段": "检查", "事项": "履职", "完成日期": DAY}], 方案日期=DAY
    ),
    "approve_plan": always(方案审批="同意", 方案审批意见=OPINION),
    "inspect": always(
        取证经过="已核。", 取得证据=[{"名称": "台账", "种类": "书证", "证明事项": "履职"}], 取证结论="属实。"
    ),
    "list_evidence": always(证据综合="相互印证。"),
    "find_person": find_person,
    "find_collective": find_collective,
    "meet": always(
        见面人员=TEAM,
        见面日期=DAY,
        陈述申辩="没有申辩。",
        采纳情况="无。",
        本人意见="同意",
        材料有重大变化=False,
    ),
    "discuss": always(讨论日期=DAY, 讨论结论="一致。", 处理建议意见="分别处理。"),
    "write_report": always(报告调查经过="谈话、调档。", 报告态度认识="端正。", 报告日期=DAY),
    "check_quality": always(核对结论="六项合格", 质量核对=dict.fromkeys(SIX, True)),
    "approve_report": always(报告审批="同意", 报告审批日期=DAY, 报告审批意见=OPINION),
    "propose": propose_measures,
    "review": always(
        **dict.fromkeys(REVIEWED, True), 分别认定说明="个人所为。", 审理结论="同意", 审理意见=OPINION
    ),
    "leader_review": always(提请意见="批准提请审议", 提请日期=DAY, 提请批示=OPINION),
    "decide": decide,
    "approve_superior": always(上级意见="同意", 上级批准日=DAY, 上级批示=OPINION),
    "approve_committee": always(批准形式="党委会议审议", 党委意见="批准", 批准日=DAY, 党委批示=OPINION),
    "compose": always(决定机关名称="纪委"),
    "sign": always(签发日=DAY, 签发意见=OPINION),
    "announce": always(宣布日期=DAY, 宣布人员=TEAM, 宣布范围="本人和所在党组织"),
    "transfer_crime": always(
        接收机关="人民检察院", 移送日期=DAY, 涉嫌罪名="渎职", 移送材料="案卷", 移送意见=OPINION
    ),
    "discipline": finished("处分手续"),
    "handle": finished("组织处理手续"),
    "resign": finished("辞职手续"),
    "rectify": always(书面检讨=True, 检查会议="民主生活会", 检查日期=DAY, 整改措施="完善制度。"),
    "report_execution": always(报告日期=DAY, 执行情况="已执行。"),
    "file": always(廉政档案=True, 人事档案=True, 保管期限="永久", 归档日期=DAY),
    "review_period": always(期间表现="良好。", 复核结论="影响期解除，正常使用", 复核意见=OPINION),
}


def work(desk: Desk, notice: Notice, until: str = "", **other: Answers) -> None:
    """Do every open step but the appeal's, until there is none or the step `until` waits."""
    answers = {**ANSWERS, **other}
    while True:
        tasks = [task for task in desk.view.open_tasks if task.element_id in answers]
        if not tasks or any(task.element_id == until for task in tasks):
            return
        for task in tasks:
            complete(desk, notice, task.id, answers[task.element_id])
        desk.run()


def complete(desk: Desk, notice: Notice, task_id: str, answers: Answers) -> None:
    """Claim one step, fill its form as it opens and as the notice says, complete it."""
    page = desk.engine.task(task_id, by="")
    login = page.row.task.assignee or f"{page.row.task.candidate_groups[0]}1"
    if page.row.task.assignee is None:
        desk.engine.claim(task_id, by=login)
    assert page.form is not None
    fields = page.form.schema["properties"]
    given = {name: page.values.get(name) for name, field in fields.items() if not field.get("readOnly")}
    answered = {name: value for name, value in answers(notice, page).items() if name in fields}
    desk.engine.complete(task_id, {**given, **answered}, by=login)
