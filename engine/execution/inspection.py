"""Looking into a state: where its tokens stand and why, and opening again what they wait for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from engine.execution import codec
from engine.execution.case import ScopeRun, Token
from engine.execution.program import Program
from engine.execution.specs.ad_hoc import AdHocSubProcess
from engine.execution.specs.base import COUNT
from engine.execution.specs.events import CatchEvent, TimerCatch
from engine.execution.specs.gateways import EventGateway
from engine.execution.specs.tasks import HandlerTask, HumanTask
from engine.execution.timers import Timer
from engine.model.execution import JsonObject, OpenedJob, OpenedSubscription, OpenedTask, Step
from engine.model.findings import Standing

_ANY_TIME = datetime.min.replace(tzinfo=UTC)  #: for reading, which asks for no time


def standing(program: Program, state: JsonObject) -> tuple[Standing, ...]:
    """The tokens that wait by themselves, oldest first; KeyError if the program lacks an element."""
    case = codec.load(program, state, _ANY_TIME)
    return tuple(
        Standing(
            token.id,
            token.task_spec.node.id,
            token.workflow.spec.definition_id,
            bool(token.internal_data.get("open")),
            _why(token),
            _is_choice(token),
        )
        for token in case.live.values()
        if not _encloses(token)
    )


def reopen(program: Program, state: JsonObject, activity_ids: Collection[str], now: datetime) -> Step:
    """Open once more what these tokens wait for; their timers count anew from `now`, cycles go on."""
    case = codec.load(program, state, now)
    for token in list(case.live.values()):
        if token.id in activity_ids and token.internal_data.get("open"):
            _open(token)
    case.compact()
    return case.step(codec.dump(case))


def opening(token: Token) -> OpenedTask | OpenedJob | OpenedSubscription | None:
    """What a token waits for, as it would be opened now; None for timers, whose due date stays."""
    keep, case = token.internal_data, token.case
    timer = isinstance(token.task_spec, TimerCatch)
    if not keep.get("open") or "async" in keep or timer:
        return None
    _open(token)
    return case.tasks.get(token.id) or case.jobs.get(token.id) or case.subscriptions.get(token.id)


def _open(token: Token) -> None:
    spec, keep = token.task_spec, token.internal_data
    if "async" in keep:
        definition_id = token.workflow.spec.definition_id
        token.case.open(token, OpenedJob(token.id, "continue", spec.node.id, definition_id))
    elif isinstance(spec, TimerCatch) and "cycle" in keep:
        spec.reopen(token, Timer.from_json(keep["cycle"]))
    elif isinstance(spec, CatchEvent):
        spec.wait(token)
    elif isinstance(spec, HumanTask | HandlerTask):
        spec._run_hook(token)


def _encloses(token: Token) -> bool:
    """Whether it waits for other tokens, which tell more."""
    if token.inner is not None and token.inner.live:
        return True
    around = token.task_spec.shares_node or isinstance(token.task_spec, EventGateway)
    return (around and bool(token.dependants())) or "hidden" in token.internal_data


def _is_choice(token: Token) -> bool:
    spec = token.task_spec
    return isinstance(spec, AdHocSubProcess) and bool(spec.choices(token))


def _why(token: Token) -> str:
    node, keep = token.task_spec.node, token.internal_data
    name = f"“{node.name or node.id}”"
    if _is_choice(token):
        return f"{name}等人选办下一步。"
    if COUNT in keep:
        return f"{name}要到齐{node.start_quantity}次才开始，只到了{keep[COUNT]}次。"
    if "arrived" in keep:
        return _why_join(token, name)
    if "async" in keep:
        return f"{name}等待作业继续。"
    if isinstance(token.task_spec, HumanTask):
        return f"{name}等人办理。"
    if isinstance(token.task_spec, HandlerTask):
        return f"{name}等待处理程序。"
    if node.event is not None:
        return f"{name}等待{_EVENTS.get(node.event.kind, '事件')}。"
    return f"{name}停着，不等待任何事情。"


_EVENTS = {"timer": "到时", "message": "消息", "signal": "信号", "conditional": "条件成立"}


def _why_join(token: Token, name: str) -> str:
    spec, arrived = token.workflow.spec, token.internal_data["arrived"]
    nodes, flows = spec.scope.nodes, spec.scope.flows
    sources = [flows[flow].source for flow in token.task_spec.node.incoming if flow not in arrived]
    coming = _ahead(token.workflow, (one for one in token.workflow.live.values() if one is not token))
    lost = [source for source in sources if source not in coming]
    shown = "、".join(f"“{nodes[one].name or one}”" for one in lost or sources)
    if lost:
        return f"{name}要等从{shown}来的一路，但已没有能走到那里的步骤。"
    return f"{name}在等从{shown}来的一路。" if sources else f"{name}在等其他各路。"


def _ahead(run: ScopeRun, tokens: Iterable[Token]) -> set[str]:
    """The nodes that these tokens are at or can reach within their scope."""
    scope = run.spec.scope
    todo, seen = [one.task_spec.node.id for one in tokens], set[str]()
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        if here not in scope.nodes:
            continue
        todo.extend(scope.flows[flow].target for flow in scope.nodes[here].outgoing)
        todo.extend(target for link, target in run.spec.links.items() if link == here)
        todo.extend(node.id for node in scope.nodes.values() if node.attached_to == here)
    return seen
