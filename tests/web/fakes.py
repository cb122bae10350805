"""A hand-written engine for page tests: it keeps tasks in memory and records what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import (
    ActivityInstance,
    Box,
    CaseRow,
    CaseView,
    Conflict,
    DecisionEvaluation,
    DecisionRecord,
    Diagram,
    DocumentInfo,
    Engine,
    FilledForm,
    FormDefinition,
    HistoryEvent,
    InvalidInput,
    JsonObject,
    NotAllowed,
    NotFound,
    Notice,
    Office,
    Opinion,
    Page,
    Problem,
    ProcessDefinition,
    ProcessInstance,
    RuleHit,
    Stage,
    TaskRow,
    TaskView,
    User,
    UserTask,
    ViewTable,
)
from engine.model.records import TimeLeft

NOW = datetime.now(UTC)
PASSWORD = "a good password"
USERS = {
    "cb1": User("cb1", "第三室 承办人", "第三室", frozenset({"承办部门"})),
    "sl1": User("sl1", "审理室 审理员", "审理室", frozenset({"审理室"})),
}
XML = (
    '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="t"><process id="review" '
    'isExecutable="true"><startEvent id="start" name="受理"/><sequenceFlow id="f1" sourceRef="start" '
    'targetRef="propose"/><userTask id="propose" name="提出建议"/><sequenceFlow id="f2" sourceRef="propose" '
    'targetRef="check"/><userTask id="check" name="审理建议"/><sequenceFlow id="f3" sourceRef="check" '
    'targetRef="end"/><endEvent id="end" name="办结"/></process><bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane '
    'id="pl" bpmnElement="review"><bpmndi:BPMNShape id="s1" bpmnElement="start"><dc:Bounds x="160" y="102" '
    'width="36" height="36"/></bpmndi:BPMNShape><bpmndi:BPMNShape id="s2" bpmnElement="propose"><dc:Bounds '
    'x="250" y="80" width="116" height="80"/></bpmndi:BPMNShape><bpmndi:BPMNShape id="s3" bpmnElement="check">'
    '<dc:Bounds x="430" y="80" width="116" height="80"/></bpmndi:BPMNShape><bpmndi:BPMNShape id="s4" '
    'bpmnElement="end"><dc:Bounds x="610" y="102" width="36" height="36"/></bpmndi:BPMNShape><bpmndi:BPMNEdge '
    'id="e1" bpmnElement="f1"><di:waypoint x="196" y="120"/><di:waypoint x="250" y="120"/></bpmndi:BPMNEdge>'
    '<bpmndi:BPMNEdge id="e2" bpmnElement="f2"><di:waypoint x="366" y="120"/><di:waypoint x="430" y="120"/>'
    '</bpmndi:BPMNEdge><bpmndi:BPMNEdge id="e3" bpmnElement="f3"><di:waypoint x="546" y="120"/><di:waypoint '
    'x="610" y="120"/></bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>'
)
FORM = FormDefinition(
    id="proposal",
    title="处理建议表",
    schema={
        "type": "object",
        "required": ["意见", "对象", "结论"],
        "properties": {
            "事实": {"type": "string", "title": "认定的事实", "readOnly": True},
            "意见": {"type": "string", "title": "意见", "x-opinion": True, "maxLength": 500},
            "结论": {"type": "string", "title": "结论", "enum": ["同意", "不同意"]},
            "理由": {
                "type": "string",
                "title": "理由",
                "x-widget": "textarea",
                "x-visible": '结论 = "不同意"',
                "x-required": '结论 = "不同意"',
                "description": "不同意的，写明理由。",
            },
            "涉及金额": {"type": "number", "title": "涉及金额"},
            "办结日期": {"type": "string", "format": "date", "title": "办结日期"},
            "会议时间": {"type": "string", "format": "date-time", "title": "会议时间"},
            "来源": {"type": "string", "title": "来源", "enum": ["群众来信来访", "上级机关交办", "媒体反映", "巡视巡察移交", "其他部门移送"]},
            "对象": {
                "type": "array",
                "title": "对象",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["名称"],
                    "properties": {
                        "名称": {"type": "string", "title": "职务或组织名称"},
                        "类别": {"type": "string", "title": "类别", "enum": ["个人", "组织"]},
                        "人数": {"type": "integer", "title": "人数", "default": 1},
                        "领导干部": {"type": "boolean", "title": "是领导干部"},
                        "情节": {"type": "array", "title": "情节", "items": {"type": "string", "enum": ["主动纠正", "积极配合", "造成损失"]}},
                        "说明": {"type": "string", "title": "说明", "x-widget": "textarea"},
                    },
                },
            },
            "组员": {
                "type": "array",
                "title": "组员",
                "items": {
                    "type": "object",
                    "properties": {
                        "岗位": {"type": "string", "title": "岗位"},
                        "分工": {"type": "string", "title": "分工", "enum": ["组长", "组员"]},
                    },
                },
            },
            "核对": {
                "type": "object",
                "title": "质量核对",
                "properties": {name: {"type": "boolean", "title": name} for name in ("事实清楚", "证据确凿", "依据充分", "程序合规")},
            },
            "公开": {"type": "boolean", "title": "是否公开", "x-widget": "radio"},
            "线索": {"type": "array", "title": "相关线索", "items": {"type": "string"}},
            "附件": {"type": "array", "title": "附件", "x-widget": "files", "items": {"type": "string"}},
        },
    },
    layout=(
        {"title": "一、事实和意见", "basis": "办案规程第六条", "fields": ["事实", "意见", "结论", "理由", "来源", "涉及金额", "办结日期", "会议时间"]},
        {"title": "二、对象", "help": "个人和组织分别填写。", "fields": ["对象", "组员"]},
        {"title": "三、核对和附件", "fields": ["核对", "公开", "线索", "附件"]},
    ),
    submit="提交审理",
    basis="办案规程第五条",
)
DEFINITION = ProcessDefinition(
    "review:3", "review", 3, "审查", "review.bpmn", "dep", NOW, "", "0", ("承办部门",),
    {"secrecy": "工作秘密", "startLabel": "登记事项"}, "从受理到办结的全过程",
)  # fmt: skip
STAGE_TWO = replace(DEFINITION, id="decide:1", key="decide", version=1, name="决定", starter_groups=())
CASE = ProcessInstance(
    "case-1", "review:3", "review", "审〔2026〕12号", "设施管理失职", "active", NOW - timedelta(days=21), "cb1",
    None, 3, "", {"secrecy": "工作秘密"},
)  # fmt: skip
DOCUMENT = DocumentInfo("doc-1", "case-1", "a1", "受理登记表.docx", "application/msword", 18_200, "0", NOW, "")


def task(
    name: str = "提出建议", *, id: str = "task-1", days: float | None = 2, unit: str = "WD", **changes: Any
) -> UserTask:
    """An open task of cb1, due in so many days."""
    due = None if days is None else NOW + timedelta(days=days)
    left = None
    if days is not None:
        over = days < 0
        left = TimeLeft("WD" if unit == "WD" else "D", abs(round(days)), over, days == 0, over or days <= 3, 0.6)
    made = UserTask(
        id=id, instance_id="case-1", definition_id="review:3", element_id="propose", name=name, lane="承办部门",
        assignee="cb1", candidate_groups=("承办部门",), candidate_users=(), form_ref="proposal", priority=50,
        created_at=NOW - timedelta(days=3), due_at=due, warn_at=None if due is None else due - timedelta(days=2),
        clock="5WD" if due else "", clock_basis="本机关办案时限规定第8条" if due else "", status="open",
        completed_at=None, completed_by=None, revision=4, properties={"clockUnverified": "true"}, local={},
        left=left,
    )  # fmt: skip
    return replace(made, **changes)


def row(of: UserTask, title: str = "设施管理失职", **changes: Any) -> TaskRow:
    """A line of the inbox for this task."""
    made = TaskRow(of, "审〔2026〕12号", title, "审查", "调查组组长", "工作秘密")
    return replace(made, **changes)


class FakeEngine(Engine):
    """One case, a few tasks; `asked` holds the calls that change something."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.tasks: dict[str, UserTask] = {"task-1": task()}
        self.offered: dict[str, UserTask] = {}
        self.rows: list[TaskRow] = []
        self.values: JsonObject = {"事实": "围墙全长1700余米，仅500米达到标准。"}
        self.form: FormDefinition | None = FORM
        self.refusal: Exception | None = None
        self.following: tuple[UserTask, ...] = ()
        self.kept: dict[str, tuple[DocumentInfo, bytes]] = {"doc-1": (DOCUMENT, b"PK text")}
        self.case_status = CASE
        self.can_cancel = False
        self.editor = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    def _maybe_refuse(self) -> None:
        if self.refusal:
            raise self.refusal

    # identity and office
    def sign_in(self, login: str, password: str) -> User:
        if login in USERS and password == PASSWORD:
            return USERS[login]
        raise NotAllowed("账号或密码不对。再错3次，账号锁定30分钟。")

    def user(self, user_id: str) -> User | None:
        return USERS.get(user_id)

    def office(self) -> Office:
        return Office("办案", "办", "某市某局", "某局", "案件", ("本系统存储工作秘密，不得处理国家秘密", "查看、办理、下载均留痕", "演示数据"))

    def may_edit_processes(self, by: str) -> bool:
        return self.editor

    # definitions
    def definitions(self, *, all_versions: bool = False) -> tuple[ProcessDefinition, ...]:
        return (DEFINITION, STAGE_TWO)

    def definition_xml(self, definition_id: str) -> bytes:
        return XML.encode()

    def startable(self, by: str) -> tuple[ProcessDefinition, ...]:
        return (DEFINITION,) if by == "cb1" else ()

    def start_form(self, key: str, *, by: str) -> FormDefinition | None:
        if key != "review":
            raise NotFound
        if by != "cb1":
            raise NotAllowed
        return self.form

    def start(self, key: str, variables: JsonObject, *, by: str) -> ProcessInstance:
        self._maybe_refuse()
        self.asked.append(("start", key, variables, by))
        return CASE

    def cancel(self, instance_id: str, reason: str, *, by: str) -> None:
        self._maybe_refuse()
        self.asked.append(("cancel", instance_id, reason, by))

    # tasks
    def claim(self, task_id: str, *, by: str) -> None:
        self._maybe_refuse()
        self.asked.append(("claim", task_id, by))

    def release(self, task_id: str, *, by: str) -> None:
        self._maybe_refuse()
        self.asked.append(("release", task_id, by))

    def save_draft(self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None) -> int:
        self._maybe_refuse()
        if revision != self._task(task_id, by).revision:
            raise Conflict
        self.asked.append(("draft", task_id, values, by))
        return 5

    def complete(
        self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None
    ) -> tuple[UserTask, ...]:
        self._maybe_refuse()
        if revision != self._task(task_id, by).revision:
            raise Conflict
        missing = [name for name in ("意见", "对象", "结论") if not values.get(name)]
        if self.form and missing:
            raise InvalidInput(problems=[Problem("请填写。", element=name) for name in missing])
        self.asked.append(("complete", task_id, values, by))
        return self.following

    def attach(
        self, name: str, content: bytes, media_type: str, *, by: str,
        task_id: str | None = None, instance_id: str | None = None,
    ) -> DocumentInfo:  # fmt: skip
        self._maybe_refuse()
        self.asked.append(("attach", name, media_type, by, task_id or instance_id))
        info = replace(DOCUMENT, id=f"new-{len(self.asked)}", name=name, media_type=media_type, size=len(content))
        self.kept[info.id] = (info, content)
        return info

    # reads
    def inbox(
        self, by: str, box: Box, *, search: str = "", process: str = "", due: str = "", page: int = 1, size: int = 50
    ) -> Page[TaskRow]:  # fmt: skip
        self.asked.append(("inbox", by, box, search, process, due, page))
        mine = self.rows or [row(one) for one in self.tasks.values()]
        rows = [row(one) for one in self.offered.values()] if box == "claimable" else mine
        found = tuple(one for one in rows if search in one.title)
        return Page(found, len(found), page, size)

    def counts(self, by: str) -> Mapping[Box, int]:
        return {"todo": len(self.rows or self.tasks), "claimable": len(self.offered), "done": 0}

    def urgency(self, by: str) -> Mapping[str, int]:
        return {"over": 2, "today": 1, "soon": 4}

    def _task(self, task_id: str, by: str) -> UserTask:
        found = self.tasks.get(task_id) or self.offered.get(task_id)
        if found is None or (found.assignee not in (None, by)):
            raise NotFound
        return found

    def task(self, task_id: str, *, by: str) -> TaskView:
        of = self._task(task_id, by)
        mine = of.assignee == by and of.status == "open"
        return TaskView(
            row=row(of), instance=CASE, form=self.form, values=self.values, variables=dict(self.values),
            summary=(("情形", "第九项　安全事故事件"), ("对象", "2人，1个组织"), ("启动", "2026-10-19　主要负责人批准")),
            opinions=(
                Opinion("调查组意见", "事实清楚。制度长期不落实，班子未研究过整改。建议一并认定集体责任。", "调查组组长", NOW - timedelta(days=8)),
                Opinion("承办部门意见", "同意调查组意见。请区分二人责任，分别提出处理建议。", "第三室主任", NOW - timedelta(days=6)),
            ),
            documents=tuple(info for info, _content in self.kept.values()), decisions=DECISIONS[:1],
            diagram=DIAGRAM, can_claim=of.assignee is None, can_release=mine, can_complete=mine,
            reason="" if mine else "先认领才能办理。", next_steps="审理建议（审理室）", people=PEOPLE,
        )  # fmt: skip

    def case(self, instance_id: str, *, by: str) -> CaseView:
        if instance_id != "case-1" or by not in ("cb1", "sl1"):
            raise NotFound
        return CaseView(
            instance=self.case_status, process_name="审查", variables={},
            summary=(("情形", "第九项　安全事故事件"), ("对象", "2人，1个组织")), tables=TABLES, stages=STAGES,
            diagrams=(DIAGRAM, replace(DIAGRAM, definition=STAGE_TWO, active=False, activities=(), flows_taken=())),
            open_tasks=tuple(self.tasks.values()), history=HISTORY, forms=FORMS,
            documents=tuple(info for info, _content in self.kept.values()), decisions=DECISIONS, people=PEOPLE,
            can_cancel=self.can_cancel,
        )  # fmt: skip

    def cases(
        self, by: str, *, search: str = "", status: str = "", process: str = "", page: int = 1, size: int = 50
    ) -> Page[CaseRow]:
        self.asked.append(("cases", by, search, status, process, page))
        first = task()
        rows = (
            CaseRow(CASE, "审查", "决定", ("提出建议",), first.due_at, "工作秘密", first.left),
            CaseRow(replace(CASE, id="case-2", business_key="审〔2026〕9号", title="擅自公开内部材料", status="completed", ended_at=NOW), "审查", "", (), None, "内部"),
        )
        found = tuple(one for one in rows if search in one.instance.title and status in ("", one.instance.status))
        return Page(found, len(found), page, size)

    def document(self, document_id: str, *, by: str) -> tuple[DocumentInfo, bytes]:
        if document_id not in self.kept or by != "cb1":
            raise NotFound
        return self.kept[document_id]

    def notifications(self, by: str) -> tuple[Notice, ...]:
        return (Notice("n1", "case-1", "承办部门", "已批准启动，请组织调查。", NOW),)


PEOPLE = {user.id: user.display for user in USERS.values()}


def _activity(id: str, element: str, name: str, status: Any, kind: str = "userTask") -> ActivityInstance:
    ended = None if status == "active" else NOW
    return ActivityInstance(
        id, "case-1", "review:3", element, kind, name, None, None, status, NOW - timedelta(days=5), ended, "cb1",
        "cb1", None,
    )  # fmt: skip


DIAGRAM = Diagram(
    DEFINITION, None,
    (_activity("a0", "start", "受理", "completed", "startEvent"), _activity("a1", "propose", "提出建议", "completed"),
     _activity("a2", "propose", "提出建议", "active")),
    ("f1",), True,
)  # fmt: skip
STAGES = (
    Stage("s1", "启动", "completed", NOW - timedelta(days=21), NOW - timedelta(days=16)),
    Stage("s2", "归集", "active", NOW - timedelta(days=16), None),
    Stage("s3", "决定", "waiting", None, None),
)
TABLES = (
    ViewTable(
        "对象与认定", ("对象", "责任", "处理", "影响期至"),
        (("所长", "主要领导责任", "免职", "2028-11-16"), ("分管副所长", "重要领导责任", "诫勉", "2027-05-16"), ("班子", "不另追究", "—", "—")),
    ),
)  # fmt: skip
DECISIONS = tuple(
    DecisionRecord(
        "a1", "decide", NOW - timedelta(hours=number),
        DecisionEvaluation(
            "d1", name, {"类别": "个人", "情节": "较重"}, {"责任": "主要领导责任", "措施": ["免职", "责令辞职"]},
            (RuleHit(2, "r2", "主管的，负主要领导责任", {}), RuleHit(3, "r3", "", {})),
        ),
    )
    for number, name in enumerate(("责任类型", "处理幅度", "决定权限"))
)  # fmt: skip
FORMS = (
    FilledForm(
        task("提出建议", id="a1"), "处理建议表", "第三室 承办人", NOW - timedelta(days=2),
        {"意见": "建议分别处理。", "对象": [{"名称": "所长", "人数": 1}, {"名称": "副所长", "领导干部": True}], "公开": False},
    ),
)  # fmt: skip
HISTORY = tuple(
    HistoryEvent("case-1", 30 - number, NOW - timedelta(hours=number * 7), actor, kind, activity, data, "0")
    for number, (actor, kind, activity, data) in enumerate(
        [
            ("cb1", "task.claimed", "a2", {"name": "提出建议"}),
            ("", "document.created", "a1", {"document_id": "doc-1", "name": "受理登记表.docx"}),
            ("cb1", "task.completed", "a1", {"name": "提出建议"}),
            ("sl1", "task.released", "a1", {"name": "审理建议"}),
            ("", "decision.made", "a1", {"name": "责任类型"}),
            ("cb1", "instance.started", None, {}),
        ]
        * 4
    )
)
