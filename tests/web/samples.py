"""Realistic values for page tests: one case of a neutral field, its tasks, forms, record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import (
    ActivityInstance,
    DecisionEvaluation,
    DecisionRecord,
    Diagram,
    DocumentInfo,
    FilledForm,
    FormDefinition,
    HistoryEvent,
    ProcessDefinition,
    ProcessInstance,
    RuleHit,
    Stage,
    TaskRow,
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
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><definitions id="d" targetNamespace="t" '
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">'
)
SHAPES = (
    ("startEvent", "start", "受理", 36),
    ("userTask", "propose", "提出建议", 116),
    ("userTask", "check", "审理建议", 116),
    ("endEvent", "end", "办结", 36),
)


def _xml() -> str:
    """A line of four elements with its picture."""
    nodes, flows, drawn, x = "", "", "", 160
    for at, (kind, element, name, size) in enumerate(SHAPES):
        nodes += f'<{kind} id="{element}" name="{name}"/>'
        y, height = (102, 36) if size == 36 else (80, 80)
        drawn += (
            f'<bpmndi:BPMNShape id="s{at}" bpmnElement="{element}"><dc:Bounds x="{x}" y="{y}" '
            f'width="{size}" height="{height}"/></bpmndi:BPMNShape>'
        )
        if at:
            flows += f'<sequenceFlow id="f{at}" sourceRef="{SHAPES[at - 1][1]}" targetRef="{element}"/>'
            drawn += (
                f'<bpmndi:BPMNEdge id="e{at}" bpmnElement="f{at}"><di:waypoint x="{x - 60}" y="120"/>'
                f'<di:waypoint x="{x}" y="120"/></bpmndi:BPMNEdge>'
            )
        x += size + 60
    return (
        f'{HEAD}<process id="review" isExecutable="true">{nodes}{flows}</process><bpmndi:BPMNDiagram id="g">'
        f'<bpmndi:BPMNPlane id="p" bpmnElement="review">{drawn}</bpmndi:BPMNPlane>'
        "</bpmndi:BPMNDiagram></definitions>"
    )


XML = _xml()
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
            "来源": {
                "type": "string",
                "title": "来源",
                "enum": ["群众来信来访", "上级机关交办", "媒体反映", "巡视巡察移交", "其他部门移送"],
            },
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
                        "情节": {
                            "type": "array",
                            "title": "情节",
                            "items": {"type": "string", "enum": ["主动纠正", "积极配合", "造成损失"]},
                        },
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
                "properties": {
                    name: {"type": "boolean", "title": name}
                    for name in ("事实清楚", "证据确凿", "依据充分", "程序合规")
                },
            },
            "公开": {"type": "boolean", "title": "是否公开", "x-widget": "radio"},
            "线索": {"type": "array", "title": "相关线索", "items": {"type": "string"}},
            "附件": {"type": "array", "title": "附件", "x-widget": "files", "items": {"type": "string"}},
        },
    },
    layout=(
        {
            "title": "一、事实和意见",
            "basis": "办案规程第六条",
            "fields": ["事实", "意见", "结论", "理由", "来源", "涉及金额", "办结日期", "会议时间"],
        },
        {"title": "二、对象", "help": "个人和组织分别填写。", "fields": ["对象", "组员"]},
        {"title": "三、核对和附件", "fields": ["核对", "公开", "线索", "附件"]},
    ),
    submit="提交审理",
    basis="办案规程第五条",
)
DEFINITION = ProcessDefinition(
    "review:3",
    "review",
    3,
    "审查",
    "review.bpmn",
    "dep",
    NOW,
    "",
    "0",
    ("承办部门",),
    {"secrecy": "工作秘密", "startLabel": "登记事项"},
    "从受理到办结的全过程",
)
STAGE_TWO = replace(DEFINITION, id="decide:1", key="decide", version=1, name="决定", starter_groups=())
CASE = ProcessInstance(
    "case-1",
    "review:3",
    "review",
    "审〔2026〕12号",
    "设施管理失职",
    "active",
    NOW - timedelta(days=21),
    "cb1",
    None,
    3,
    "",
    {"secrecy": "工作秘密"},
)
DOCUMENT = DocumentInfo(
    "doc-1", "case-1", "a1", "受理登记表.docx", "application/msword", 18_200, "0", NOW, ""
)


def task(
    name: str = "提出建议", *, id: str = "task-1", days: float | None = 2, unit: str = "WD", **changes: Any
) -> UserTask:
    """An open task of cb1, due in so many days."""
    due = None if days is None else NOW + timedelta(days=days)
    left = None
    if days is not None:
        over = days < 0
        left = TimeLeft(
            "WD" if unit == "WD" else "D", abs(round(days)), over, days == 0, over or days <= 3, 0.6
        )
    made = UserTask(
        id=id,
        instance_id="case-1",
        definition_id="review:3",
        element_id="propose",
        name=name,
        lane="承办部门",
        assignee="cb1",
        candidate_groups=("承办部门",),
        candidate_users=(),
        form_ref="proposal",
        priority=50,
        created_at=NOW - timedelta(days=3),
        due_at=due,
        warn_at=None if due is None else due - timedelta(days=2),
        clock="5WD" if due else "",
        clock_basis="本机关办案时限规定第8条" if due else "",
        status="open",
        completed_at=None,
        completed_by=None,
        revision=4,
        properties={"clockUnverified": "true"},
        local={},
        left=left,
    )
    return replace(made, **changes)


def row(of: UserTask, title: str = "设施管理失职", **changes: Any) -> TaskRow:
    """A line of the inbox for this task."""
    made = TaskRow(of, "审〔2026〕12号", title, "审查", "调查组组长", "工作秘密")
    return replace(made, **changes)


PEOPLE = {user.id: user.display for user in USERS.values()}


def _activity(id: str, element: str, name: str, status: Any, kind: str = "userTask") -> ActivityInstance:
    ended = None if status == "active" else NOW
    return ActivityInstance(
        id,
        "case-1",
        "review:3",
        element,
        kind,
        name,
        None,
        None,
        status,
        NOW - timedelta(days=5),
        ended,
        "cb1",
        "cb1",
        None,
    )


DIAGRAM = Diagram(
    DEFINITION,
    None,
    (
        _activity("a0", "start", "受理", "completed", "startEvent"),
        _activity("a1", "propose", "提出建议", "completed"),
        _activity("a2", "propose", "提出建议", "active"),
    ),
    ("f1",),
    True,
)
STAGES = (
    Stage("s1", "启动", "completed", NOW - timedelta(days=21), NOW - timedelta(days=16)),
    Stage("s2", "归集", "active", NOW - timedelta(days=16), None),
    Stage("s3", "决定", "waiting", None, None),
)
TABLES = (
    ViewTable(
        "对象与认定",
        ("对象", "责任", "处理", "影响期至"),
        (
            ("所长", "主要领导责任", "免职", "2028-11-16"),
            ("分管副所长", "重要领导责任", "诫勉", "2027-05-16"),
            ("班子", "不另追究", "—", "—"),
        ),
    ),
)
DECISIONS = tuple(
    DecisionRecord(
        "a1",
        "decide",
        NOW - timedelta(hours=number),
        DecisionEvaluation(
            "d1",
            name,
            {"类别": "个人", "情节": "较重"},
            {"责任": "主要领导责任", "措施": ["免职", "责令辞职"]},
            (RuleHit(2, "r2", "主管的，负主要领导责任", {}), RuleHit(3, "r3", "", {})),
        ),
    )
    for number, name in enumerate(("责任类型", "处理幅度", "决定权限"))
)
FORMS = (
    FilledForm(
        task("提出建议", id="a1"),
        "处理建议表",
        "第三室 承办人",
        NOW - timedelta(days=2),
        {
            "意见": "建议分别处理。",
            "对象": [{"名称": "所长", "人数": 1}, {"名称": "副所长", "领导干部": True}],
            "公开": False,
        },
    ),
)
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
