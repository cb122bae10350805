"""A case told in words: where it stands, what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine import ActivityInstance, CaseView, DocumentInfo, HistoryEvent, UserTask
from web.i18n import _, later
from web.wording import clock_words, days_between, said_date

MOST_TASKS = 4
WAITING = frozenset({"intermediateCatchEvent", "receiveTask", "eventBasedGateway"})
AUTOMATIC = frozenset({"serviceTask", "sendTask", "businessRuleTask", "scriptTask"})

SAYINGS = {
    "instance.started": later("发起"),
    "instance.completed": later("全部办结"),
    "instance.cancelled": later("终止"),
    "instance.jumped": later("跳转"),
    "activity.chosen": later("选办"),
    "activity.ended": later("结束选办"),
    "task.claimed": later("认领"),
    "task.released": later("退回待认领"),
    "task.completed": later("办理"),
    "task.sent_back": later("退回"),
    "task.taken_back": later("取回"),
    "instance.withdrawn": later("撤回"),
    "task.transferred": later("转办"),
    "task.substituted": later("交代理人办理"),
    "task.not_substituted": later("没有交给代理人"),
    "task.fell_back": later("没有找到指定的办理人"),
    "task.delegated": later("委派"),
    "task.resolved": later("交回委派"),
    "task.recalled": later("收回委派"),
    "task.signers_added": later("加签"),
    "task.signed": later("签署"),
    "task.signer_removed": later("减签"),
    "task.urged": later("催办"),
    "instance.copied": later("抄送"),
    "instance.circulated": later("传阅"),
    "instance.read": later("已阅"),
    "instance.exported": later("导出卷宗"),
    "data.revealed": later("查看保密内容"),
    "register.entered": later("登记"),
    "instance.suspended": later("挂起"),
    "instance.resumed": later("恢复"),
    "document.created": later("形成"),
    "document.attached": later("上传"),
    "decision.made": later("按规则表得出结论"),
    "notification.sent": later("发出通知"),
    "publication.created": later("登入公开栏"),
    "number.allocated": later("编号"),
    "message.delivered": later("收到消息"),
    "signal.delivered": later("收到信号"),
    "message.unheard": later("发出的消息没有人等待"),
    "timer.fired": later("计时届满"),
    "incident.created": later("自动步骤出错"),
    "variables.corrected": later("更正案件数据"),
    "case.repaired": later("修复案件"),
    "instance.migrated": later("迁移到流程的另一版"),
    "instance.graded": later("确定等级"),
    "task.kept_out": later("因回避退回"),
    "access.team_added": later("加为办案人员"),
    "access.team_removed": later("移出办案人员"),
    "access.given": later("批准查看"),
    "access.ended": later("撤销查看"),
    "access.role_entered": later("登记身份"),
    "recusal.asked": later("申请回避"),
    "recusal.ordered": later("指令回避"),
    "recusal.approved": later("批准回避"),
    "recusal.refused": later("不予回避"),
    "recusal.lifted": later("解除回避"),
    "clock.paused": later("批准暂停计时"),
    "clock.resumed": later("恢复计时"),
    "clock.extended": later("批准延长期限"),
    "clock.unmoved": later("没有可暂停、恢复或延长的期限"),
    "clock.reckoned": later("按新的工作日历重算期限"),
    "clock.soon": later("提醒期限将到"),
    "clock.today": later("提醒今天到期"),
    "clock.over": later("提醒已超期限"),
    "incident.retried": later("重新执行出错的步骤"),
}
BACKWARD = frozenset(
    {"task.released", "task.sent_back", "task.taken_back", "instance.cancelled", "instance.withdrawn"}
)
QUIET = frozenset({"job.completed"})  #: what it did has an entry of its own


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of the sentence."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    who: str
    what: str
    step: str
    quote: str
    tone: str  #: "", "sys", "now", "back"
    documents: tuple[DocumentInfo, ...]


def sentence(view: CaseView) -> list[Span]:
    """Where the case stands, in one plain sentence."""
    instance = view.instance
    if instance.ended_at is not None:
        day, days = said_date(instance.ended_at), days_between(instance.started_at, instance.ended_at)
        if instance.status == "terminated":
            reason = instance.end_reason or _("未写明")
            return [Span(_("已于%(day)s终止，历时%(n)s天。理由：%(why)s", day=day, n=days, why=reason))]
        return [Span(_("已于%(day)s办结，历时%(n)s天。", day=day, n=days))]
    spans = [Span(_stage_words(view))]
    if instance.suspended_at is not None:
        spans.append(
            Span(_("已于%(day)s挂起，恢复前不能办理。", day=said_date(instance.suspended_at)), strong=True)
        )
    if view.incidents:
        spans.append(Span(_("有%(n)s个自动步骤出错，等待处理。", n=len(view.incidents)), strong=True))
    return [*spans, *_task_words(view)]


def _stage_words(view: CaseView) -> str:
    for stage in view.stages:
        if stage.status == "active" and stage.started_at:
            days = days_between(stage.started_at, None)
            return _("%(stage)s阶段第%(days)s天。", stage=stage.name.removesuffix(_("阶段")), days=days)
    return _("办理第%(days)s天。", days=days_between(view.instance.started_at, None))


def _task_words(view: CaseView) -> Iterator[Span]:
    tasks = sorted(view.open_tasks, key=lambda task: (task.due_at is None, task.due_at or task.created_at))
    if not tasks:
        live = [one for diagram in view.diagrams for one in diagram.activities if one.status == "active"]
        waiting = _waiting(view, live)
        running = [one.name for one in live if one.name and one.kind in AUTOMATIC]
        if waiting:
            yield Span(
                _("没有待办的任务，正在等待：%(events)s。", events=_("、").join(dict.fromkeys(waiting)))
            )
        if view.choices:
            parts = _("、").join(dict.fromkeys(choice.name for choice in view.choices))
            yield Span(_("“%(parts)s”等待选办下一步。", parts=parts), strong=True)
        if running and not view.incidents:
            yield Span(_("正在自动办理：%(steps)s。", steps=_("、").join(dict.fromkeys(running))))
        return
    yield Span(_("现在：") if len(tasks) == 1 else _("现有%(n)s件事同时进行：", n=len(tasks)))
    for number, task in enumerate(tasks[:MOST_TASKS]):
        if number:
            yield Span(_("；"))
        yield Span(_one_task(task, view.people), strong=True)
    yield Span(_("；等。") if len(tasks) > MOST_TASKS else _("。"))


def _waiting(view: CaseView, live: Sequence[ActivityInstance]) -> list[str]:
    """Names of what waits for no person; events behind a gateway stand on no activity of their own."""
    here = {one.element_id for one in live}
    names = [one.name or view.awaited.get(one.element_id, "") for one in live if one.kind in WAITING]
    behind = [name for element, name in view.awaited.items() if element not in here]
    return [name for name in (*names, *behind) if name]


def _one_task(task: UserTask, people: Mapping[str, str]) -> str:
    who = people.get(task.assignee or "", "")
    clock = clock_words(task).text if task.due_at else ""
    offered = "" if who else _("（%(groups)s待认领）", groups=_("、").join(task.candidate_groups))
    return "，".join(part for part in (f"{who} {task.name}{offered}".strip(), clock) if part)


def timeline(view: CaseView) -> list[Entry]:
    """What happened, newest first; reading and drafting stay out of it."""
    by_activity: dict[str | None, list[DocumentInfo]] = {}
    for document in view.documents:
        by_activity.setdefault(document.activity_id, []).append(document)
    opinions = {form.task.id: _opinion(form.values) for form in view.forms}
    steps = {activity.id: activity.name for diagram in view.diagrams for activity in diagram.activities} | {
        form.task.id: form.task.name for form in view.forms
    }
    return [
        Entry(
            at=event.at,
            who=_who(event, view.people),
            what=str(SAYINGS.get(event.kind, event.kind)),
            step=str(event.data.get("name") or steps.get(event.activity_id or "", "")),
            quote=_quote(event, opinions, view.people),
            tone=_tone(event),
            documents=_documents_of(event, view, by_activity),
        )
        for event in view.history
        if event.kind not in QUIET
    ]


def _who(event: HistoryEvent, people: Mapping[str, str]) -> str:
    """Who did it, and in whose stead."""
    if not event.actor:
        return _("系统")
    who, absent = people.get(event.actor, event.actor), event.on_behalf_of
    return _("%(who)s（代%(absent)s办理）", who=who, absent=people.get(absent, absent)) if absent else who


def _tone(event: HistoryEvent) -> str:
    if not event.actor:
        return "sys"
    return "back" if event.kind in BACKWARD else ""


def view_name(people: Mapping[str, str], user: object) -> str:
    """How a person is shown."""
    return people.get(str(user), str(user))


def _quote(event: HistoryEvent, opinions: Mapping[str, str], people: Mapping[str, str]) -> str:
    if event.kind == "task.substituted":
        absent, to = (view_name(people, event.data.get(name)) for name in ("for", "to"))
        return _("%(absent)s不在，由%(to)s代办", absent=absent, to=to)
    if event.kind == "task.completed":
        return opinions.get(event.activity_id or "", "")
    told = (event.data.get(name) for name in ("reason", "answer", "text", "message", "note", "remark"))
    return next((str(one) for one in told if one), "")


def _opinion(values: Mapping[str, object]) -> str:
    return next((str(value) for name, value in values.items() if name.endswith("意见") and value), "")


def _documents_of(
    event: HistoryEvent, view: CaseView, by_activity: Mapping[str | None, list[DocumentInfo]]
) -> tuple[DocumentInfo, ...]:
    if not event.kind.startswith("document."):
        return ()
    wanted = event.data.get("id")
    return tuple(document for document in view.documents if document.id == wanted) or tuple(
        by_activity.get(event.activity_id, ())[:1]
    )
