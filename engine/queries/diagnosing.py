"""What is stuck, and why: from rows alone, or (deep) from every live case's state and record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engine import execution
from engine.errors import EngineError
from engine.model.findings import Finding, Standing
from engine.queries.reader import ZONE, Reader
from engine.store import clocks, definitions, deliveries, diagnosis, instances, start_timers
from engine.store.database import Work
from engine.store.diagnosis import Spot
from engine.store.instances import Case

_GIVEN_UP = timedelta(days=14)  #: that what was given up is told of
GRACE = timedelta(minutes=5)  #: that a job may be late, and that clocks may differ
_MANY = (
    "definition.broken",
    "delivery.failed",
    "start.failing",
    "clock.ahead",
    "more",
)  #: of one subject
_REASONS = 5  #: of one case in one line
_SERVE = "请确认 wenze serve 或 wenze worker 正在运行。"
_KINDS = {"timer": "定时", "handler": "自动步骤", "continue": "继续办理", "message": "消息", "signal": "信号"}
_WAITS = {"task": "待办", "job": "作业", "subscription": "消息或信号等待"}


@dataclass(frozen=True, slots=True)
class _Doctor:
    reader: Reader
    work: Work
    now: datetime
    far: datetime  #: no lease reaches further

    # -- from rows ------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[Finding]:
        """What rows alone tell."""
        work = self.work
        yield from self._each(diagnosis.stuck(work), self._stuck)
        yield from self._each(diagnosis.incidents(work), self._incident)
        yield from self._each(diagnosis.unseen(work), self._unseen)
        yield from self._each(diagnosis.overdue(work, self.now - GRACE), self._overdue)
        dead, far = diagnosis.leases(work, self.now, self.far)
        yield from self._each(dead, self._dead)
        yield from self._each(far, self._far)
        yield from self._each(diagnosis.missing_tasks(work), self._missing)
        yield from self._each(diagnosis.orphan_tasks(work), self._orphan_task)
        yield from self._each(diagnosis.orphan_waits(work), self._orphan_wait)
        yield from self._starts()
        yield from self._clock()
        yield from self._deliveries()
        yield from self._calendar()
        yield from self._definitions()

    def _calendar(self) -> Iterator[Finding]:
        for year, number in sorted(clocks.guessing(self.work).items()):
            text = f"{year}年的放假安排尚未公布，有{number}个期限暂按周末推算。"
            hint = "公布后请更新 chinesecalendar，或用 wenze calendar load 载入本单位的日历，期限随之重算。"
            yield Finding("calendar.unpublished", text, hint, subject=str(year), severity="warning")

    def _each(
        self, spots: Sequence[Spot], tell: Callable[[Spot], Finding | Iterator[Finding]]
    ) -> Iterator[Finding]:
        for spot in spots:
            told = tell(spot)
            yield from (told,) if isinstance(told, Finding) else told
        if len(spots) == diagnosis.LIMIT:
            yield Finding("more", f"这一类只列出了前{len(spots)}项。", hint="处理后请再检查一次。")

    def _name(self, definition_id: str, element_id: str) -> str:
        try:
            node = self.reader.library.process(self.work, definition_id).node(element_id)
        except (EngineError, StopIteration):
            node = None
        return f"“{node.name if node is not None and node.name else element_id}”"

    def _at(self, spot: Spot) -> str:
        return self._name(spot.definition_id, spot.element_id)

    def _stuck(self, spot: Spot) -> Iterator[Finding]:
        """What a case lacks of what its tokens wait for, else why they can't go on."""
        case = instances.load(self.work, spot.instance_id)
        try:
            found = self._standing(case) if case is not None else ()
            why = "".join(one.why for one in found[:_REASONS]) or "没有停着的步骤。"
        except (EngineError, LookupError, StopIteration) as error:
            found, why = (), f"案件的状态读不出来（{type(error).__name__}）。"
        lost = [one for one in found if one.open]
        if case is not None and lost:
            yield from (self._lost(case, one) for one in lost)
            return
        if any(one.choice for one in found):
            return
        hint = "请更正数据后重试，或跳转、终止本案。"
        yield _placed(spot, Finding("case.stuck", f"没有待办、作业和消息等待，不会再往下走：{why}", hint))

    def _lost(self, case: Case, one: Standing) -> Finding:
        name = self._name(one.definition_id, one.element_id)
        text = f"{name}在等的事没有登记：{one.why}"
        finding = Finding("wait.missing", text, repair="按案件状态重新登记")
        return _of(case, finding, one.element_id, f"{case.instance.id}-{one.activity_id}")

    def _standing(self, case: Case) -> tuple[Standing, ...]:
        program = self.reader.library.program(self.work, case.instance.definition_id, case.bindings)
        return execution.standing(program, case.state)

    def _incident(self, spot: Spot) -> Finding:
        hint = f"改正后用 wenze case retry {spot.id} 重新执行。"
        return _placed(
            spot, Finding("incident.open", f"{self._at(spot)}出错停住：{_sentence(spot.text)}", hint)
        )

    def _unseen(self, spot: Spot) -> Finding:
        text = f"{self._at(spot)}的作业已放弃，却没有登记出错。"
        return _placed(spot, Finding("incident.missing", text, repair="登记为出错的步骤"))

    def _overdue(self, spot: Spot) -> Finding:
        late = _span(self.now - spot.at) if spot.at else ""
        text = f"{self._at(spot)}的{_KINDS.get(spot.text, '作业')}已到期{late}，没有执行。"
        return _placed(spot, Finding("job.overdue", text, _SERVE))

    def _dead(self, spot: Spot) -> Finding:
        text = f"{self._at(spot)}的作业被取走后没有做完，执行它的程序可能已中断。"
        hint = "下一个执行程序会重新执行。"
        return _placed(spot, Finding("lease.dead", text, hint, repair="释放作业", severity="warning"))

    def _far(self, spot: Spot) -> Finding:
        until = _told(spot.at)
        text = f"{self._at(spot)}的作业被占用到{until}，比任何程序占用的都久。"
        hint = "取走它的机器时钟可能走快了，请校准。"
        return _placed(spot, Finding("lease.far", text, hint, repair="释放作业"))

    def _missing(self, spot: Spot) -> Finding:
        text = f"流程停在{self._at(spot)}，却没有待办。"
        return _placed(spot, Finding("task.missing", text, repair="按案件状态重建待办"))

    def _orphan_task(self, spot: Spot) -> Finding:
        text = f"待办“{spot.text}”还开着，流程却已不在这一步。"
        return _placed(spot, Finding("task.orphan", text, repair="撤销待办"))

    def _orphan_wait(self, spot: Spot) -> Finding:
        text = f"案件已经结束，{self._at(spot)}还留着作业或消息等待。"
        return _placed(spot, Finding("wait.orphan", text, repair="清除", severity="warning"))

    def _starts(self) -> Iterator[Finding]:
        for one in start_timers.failing(self.work, diagnosis.LIMIT):
            place = self._name(one.definition_id, one.element_id)
            text = f"定时发起{place}已连续失败{one.attempts}次：{_sentence(one.failure)}"
            hint = f"{_told(one.due_at)}会再试，请先改正并重新部署。"
            yield Finding("start.failing", text, hint, element_id=one.element_id, subject=one.definition_id)

    def _clock(self) -> Iterator[Finding]:
        for name, at in diagnosis.newest(self.work).items():
            if at > self.now + GRACE:
                text = f"最新的{name}登记于{_told(at)}，比现在晚{_span(at - self.now)}。"
                yield Finding("clock.ahead", text, hint="有机器的时钟走快或走慢了，请校准各台机器。")

    def _deliveries(self) -> Iterator[Finding]:
        for one in deliveries.undelivered(self.work, self.now - _GIVEN_UP):
            what = f"给“{one.target}”的邮件" if one.channel == "mail" else f"推送“{one.target}”的调用"
            text = f"{what}有{one.count}件没有送到，已放弃：{_sentence(one.failure)}"
            hint = "请核对邮箱或邮件服务器。" if one.channel == "mail" else "请核对网址，或停用这个推送。"
            yield Finding("delivery.failed", text, hint, subject=one.target, severity="warning")
        if late := deliveries.late(self.work, self.now - GRACE):
            text = f"有{late}件邮件或推送到时没有人发送。"
            yield Finding("delivery.late", text, _SERVE, severity="warning")

    # -- versions -------------------------------------------------------------------------------------------

    def _definitions(self) -> Iterator[Finding]:
        latest = {one.id for one in definitions.latest_definitions(self.work)}
        deployments: set[str] = set()
        for one in sorted(latest | {*diagnosis.definitions_in_use(self.work)}):
            try:
                self._readable(one)
            except (EngineError, LookupError, StopIteration, ValueError) as error:
                text = error.message if isinstance(error, EngineError) else type(error).__name__
                yield _broken(one, f"流程版本“{one}”的文件读不出来：{_sentence(text)}")
            definition = definitions.get(self.work, one)
            if definition is None or definition.deployment_id in deployments:
                continue
            deployments.add(definition.deployment_id)
            for name in diagnosis.damaged_files(self.work, definition.deployment_id):
                yield _broken(one, f"流程版本“{one}”的文件“{name}”与部署时不同。")

    def _readable(self, definition_id: str) -> None:
        library = self.reader.library
        for ref in library.process(self.work, definition_id).form_refs():
            library.form(self.work, definition_id, ref)
        library.view(self.work, definition_id)

    # -- from states ----------------------------------------------------------------------------------------

    def states(self) -> Iterator[Finding]:
        """What only the states and records of all live cases tell."""
        for case in diagnosis.live_cases(self.work):
            yield from self._state(case)
            backwards = diagnosis.goes_backwards(self.work, case.instance.id)
            if backwards is not None:
                text = f"第{backwards}条记录的时间早于前一条。"
                yield _of(case, Finding("case.backwards", text, "办理它的机器时钟走慢了，请校准。"))

    def _state(self, case: Case) -> Iterator[Finding]:
        try:
            found = self._standing(case)
        except (EngineError, LookupError, StopIteration) as error:
            text = f"案件的状态与所用版本不符（{type(error).__name__}：{error}）。"
            yield _of(case, Finding("case.unreadable", text))
            return
        prefix = f"{case.instance.id}-"
        waits = diagnosis.waits(self.work, case.instance.id)
        tokens = {f"{prefix}{one.activity_id}": one for one in found if one.open}
        for activity_id, one in tokens.items():
            if activity_id not in waits:
                yield self._lost(case, one)
        for activity_id, kind in waits.items():
            if activity_id not in tokens:
                text = f"有一项{_WAITS[kind]}（{activity_id}），流程中却没有与它相应的步骤。"
                yield _of(case, _orphan(kind, text), "", activity_id)


def diagnose(reader: Reader, *, deep: bool, lease: timedelta) -> tuple[Finding, ...]:
    """What keeps cases from going on; `deep` also looks into the state and record of every live case."""
    now = reader.clock()
    with reader.database.reading() as work:
        doctor = _Doctor(reader, work, now, now + lease + GRACE)
        found = [*doctor.rows(), *(doctor.states() if deep else ())]
    tasks = {one.subject for one in found if one.kind == "task.missing"}
    once = {(one.kind, one.subject, one.message if one.kind in _MANY else ""): one for one in reversed(found)}
    return tuple(
        one
        for one in reversed(once.values())
        if one.kind != "wait.missing" or one.subject not in tasks  # the state says it once more
    )


def _placed(spot: Spot, finding: Finding) -> Finding:
    return replace(
        finding,
        instance_id=spot.instance_id,
        case=spot.case,
        element_id=spot.element_id,
        subject=spot.id,
    )


def _of(case: Case, finding: Finding, element_id: str = "", subject: str = "") -> Finding:
    one = case.instance
    return replace(finding, instance_id=one.id, case=one.business_key, element_id=element_id, subject=subject)


def _orphan(kind: str, text: str) -> Finding:
    if kind == "task":
        return Finding("task.orphan", text, repair="撤销待办")
    return Finding("wait.orphan", text, repair="清除")


def _broken(definition_id: str, text: str) -> Finding:
    return Finding("definition.broken", text, hint="请从备份恢复数据库中的文件。", subject=definition_id)


def _sentence(text: str) -> str:
    """The text with a full stop at its end."""
    return text if text.endswith(("。", "！", "？")) else f"{text}。"


def _told(at: datetime | None) -> str:
    return at.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M") if at is not None else ""


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    for size, word in ((1440, "天"), (60, "小时")):
        if minutes >= 2 * size:
            return f"{minutes // size}{word}"
    return f"{minutes}分钟"
