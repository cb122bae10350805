"""What has happened on the diagrams of a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.model.definition import Node, ProcessModel, Scope
from engine.model.execution import FlowTaken
from engine.model.records import ActivityInstance
from engine.model.views import Diagram, Stage
from engine.queries.reader import Reader
from engine.store.database import Work

CALL = "callActivity"


@dataclass(slots=True)
class _Level:
    """One run of a process: the top-level one, or that of a call activity."""

    definition_id: str
    call: ActivityInstance | None
    activities: list[ActivityInstance] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The process's key."""
        return self.definition_id.rpartition(":")[0]


def diagrams(
    reader: Reader,
    work: Work,
    root: str,
    activities: Sequence[ActivityInstance],
    flows: Iterable[FlowTaken],
    *,
    active: bool,
) -> tuple[Diagram, ...]:
    """One diagram for each run of a process, in order of first entry; `root` is the top-level version."""
    ids = {one.definition_id for one in activities}
    tasks = {one for one in ids if reader.library.process(work, one).is_task}
    levels = _levels(root, activities, flows, tasks)
    return tuple(_diagram(reader, work, level, active) for level in levels.values())


def _levels(
    root: str, activities: Sequence[ActivityInstance], flows: Iterable[FlowTaken], tasks: Collection[str]
) -> dict[str | None, _Level]:
    """By the call activity around; global tasks (`tasks`), which nobody draws, are where they are called."""
    by_id = {one.id: one for one in activities}
    levels: dict[str | None, _Level] = {None: _Level(root, None)}
    for one in activities:
        call = _call(one.parent_id, by_id)
        if call and one.definition_id in tasks:
            call = _call(call.parent_id, by_id)
        level = levels.setdefault(call.id if call else None, _Level(one.definition_id, call))
        level.activities.append(one)
    for flow in flows:
        call = _call(flow.parent_id, by_id)
        level = levels.setdefault(call.id if call else None, _Level(flow.definition_id, call))
        if flow.flow_id not in level.flows:
            level.flows.append(flow.flow_id)
    for level in levels.values():
        level.definition_id = _newest(level)
    return levels


def _newest(level: _Level) -> str:
    """The version that the run is in now: a called one may have been moved to another."""
    drawn = [one for one in level.activities if one.definition_id.rpartition(":")[0] == level.key]
    live = [one for one in drawn if one.status == "active"]
    newest = (live or drawn)[-1:]
    return newest[0].definition_id if level.call is not None and newest else level.definition_id


def _call(parent: str | None, by_id: Mapping[str, ActivityInstance]) -> ActivityInstance | None:
    """The nearest call activity around, from this parent outward."""
    while parent is not None and (found := by_id.get(parent)):
        if found.kind == CALL:
            return found
        parent = found.parent_id
    return None


def _diagram(reader: Reader, work: Work, level: _Level, active: bool) -> Diagram:
    process = reader.library.process(work, level.definition_id)
    live = level.call.status == "active" if level.call else active
    return Diagram(
        definition=reader.library.definition(work, level.definition_id),
        call_element=level.call.element_id if level.call else None,
        activities=tuple(level.activities),
        flows_taken=tuple(level.flows),
        active=live,
        skipped=skipped(process, level.activities, live=live),
    )


def level_of(activity_id: str, diagrams_: Iterable[Diagram]) -> Diagram | None:
    """The diagram that shows this activity."""
    return next((one for one in diagrams_ if any(a.id == activity_id for a in one.activities)), None)


def skipped(process: ProcessModel, activities: Sequence[ActivityInstance], *, live: bool) -> tuple[str, ...]:
    """Elements never entered that no live element can reach any more."""
    entered = {one.element_id for one in activities}
    if not entered:
        return ()
    current = {one.element_id for one in activities if one.status == "active"} if live else set()
    reachable: set[str] = set()
    _reach(process.scope, current, reachable)
    return tuple(
        node.id for node in process.scope.walk() if node.id not in entered and node.id not in reachable
    )


def _reach(scope: Scope, current: set[str], found: set[str]) -> None:
    """Everything that can still be entered from the current elements, in this scope and inside it."""
    boundary: dict[str, list[str]] = {}
    for node in scope.nodes.values():
        if node.attached_to:
            boundary.setdefault(node.attached_to, []).append(node.id)
    waiting = [id for id in scope.nodes if id in current]
    for node in scope.nodes.values():
        if node.scope and any(inner.id in current for inner in node.scope.walk()):
            waiting.append(node.id)
            _reach(node.scope, current, found)
    if waiting:
        waiting += _events_of(scope, waiting)
    seen: set[str] = set()
    links = scope.links()
    while waiting:
        id = waiting.pop()
        if id in seen or id not in scope.nodes:
            continue
        seen.add(id)
        node = scope.nodes[id]
        waiting += _onward(scope, links, node) + boundary.get(id, [])
        inside = node.scope
        if inside and id not in current:
            found.update(inner.id for inner in inside.walk())
    found |= seen


def stages(process: ProcessModel, activities: Iterable[ActivityInstance], *, live: bool) -> tuple[Stage, ...]:
    """The call activities of the top-level process in the order of its flows."""
    mine = [one for one in activities if one.kind in (CALL, "multiInstanceBody")]
    return tuple(_stage(process, id, mine, live) for id in _in_flow_order(process) if _is_call(process, id))


def _is_call(process: ProcessModel, element_id: str) -> bool:
    return process.scope.nodes[element_id].kind == CALL


def _stage(process: ProcessModel, id: str, activities: Sequence[ActivityInstance], live: bool) -> Stage:
    runs = [one for one in activities if one.element_id == id]
    name = process.scope.nodes[id].name
    if not runs:
        gone = id in skipped(process, activities, live=live) if activities or not live else False
        return Stage(id, name, "skipped" if gone else "waiting", None, None)
    active = any(one.status == "active" for one in runs)
    ended = [one.ended_at for one in runs if one.ended_at]
    done = any(one.status == "completed" for one in runs)
    return Stage(
        id,
        name,
        "active" if active else "completed" if done else "skipped",
        min(one.started_at for one in runs),
        None if active or not ended else max(ended),
    )


def _events_of(scope: Scope, live: Sequence[str]) -> list[str]:
    """The event subprocesses that can still begin, unless one that interrupts has taken over."""
    events = [node for node in scope.nodes.values() if node.triggered and node.scope]
    taking = {
        node.id
        for node in events
        for start in (node.scope.nodes.values() if node.scope else ())
        if start.kind == "startEvent" and start.interrupting
    }
    return [] if taking & set(live) else [node.id for node in events]


def _onward(scope: Scope, links: Mapping[str, str], node: Node) -> list[str]:
    """Where the flows out of a node, or its link, lead."""
    onward = [scope.flows[flow].target for flow in node.outgoing]
    return [*onward, links[node.id]] if node.id in links else onward


def _in_flow_order(process: ProcessModel) -> list[str]:
    """Ids of the top scope's nodes, breadth first from where nothing leads to."""
    nodes, links = process.scope.nodes, process.scope.links()
    waiting = list(process.scope.loose())
    waiting += [node.id for node in nodes.values() if node.attached_to]
    order: dict[str, None] = {}
    while waiting:
        id = waiting.pop(0)
        if id in order:
            continue
        order[id] = None
        waiting += _onward(process.scope, links, nodes[id])
    return [*order, *(id for id in nodes if id not in order)]


def next_steps(process: ProcessModel, element_id: str, limit: int = 4) -> str:
    """Names of what people do next in the model after this element, briefly."""
    found: dict[str, None] = {}
    scope = _scope_of(process.scope, element_id)
    if scope is None:
        return ""
    links = scope.links()
    waiting, seen = [element_id], {element_id}
    while waiting:
        node = scope.nodes[waiting.pop(0)]
        for target in _onward(scope, links, node):
            if target in seen:
                continue
            seen.add(target)
            after = scope.nodes[target]
            if after.kind in ("userTask", "manualTask", CALL, "receiveTask", "subProcess", "transaction"):
                found[after.name] = None
            elif after.kind == "endEvent":
                found[after.name or "结束"] = None
            else:
                waiting.append(target)
    names = [name for name in found if name]
    return "或".join(names[:limit]) + ("等" if len(names) > limit else "")


def _scope_of(scope: Scope, element_id: str) -> Scope | None:
    if element_id in scope.nodes:
        return scope
    inner = (node.scope for node in scope.nodes.values() if node.scope)
    return next((found for one in inner if (found := _scope_of(one, element_id))), None)
