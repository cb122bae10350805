"""From our AST of BPMN to SpiffWorkflow specifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.errors import InvalidDefinition, Problem
from engine.execution.program import Program, ScopeSpec
from engine.execution.specs import (
    activities,
    ad_hoc,
    compensation,
    complex,
    events,
    gateways,
    multiple,
    signals,
    tasks,
)
from engine.execution.specs.base import NodeSpec
from engine.execution.specs.behaviours import ImplicitThrow
from engine.execution.specs.conditional import ConditionCatch
from engine.execution.specs.loop import StandardLoop
from engine.execution.specs.multi_instance import MultiInstance
from engine.model.decision import DecisionModel
from engine.model.definition import Node, ProcessModel, Scope, Throw

_PLAIN: Mapping[str, type[NodeSpec]] = {
    "task": NodeSpec,
    "serviceTask": NodeSpec,
    "userTask": tasks.HumanTask,
    "manualTask": tasks.HumanTask,
    "scriptTask": tasks.ScriptTask,
    "sendTask": tasks.SendTask,
    "receiveTask": tasks.ReceiveTask,
    "businessRuleTask": tasks.BusinessRuleTask,
    "callActivity": activities.CallActivity,
    "subProcess": activities.SubProcess,
    "adHocSubProcess": ad_hoc.AdHocSubProcess,
    "transaction": compensation.Transaction,
    "exclusiveGateway": gateways.ExclusiveGateway,
    "parallelGateway": gateways.ParallelGateway,
    "inclusiveGateway": gateways.InclusiveGateway,
    "complexGateway": complex.ComplexGateway,
    "eventBasedGateway": gateways.EventGateway,
}
_EVENTS: Mapping[tuple[str, str], type[NodeSpec]] = {
    ("startEvent", "none"): events.StartEvent,
    ("startEvent", "timer"): events.StartEvent,
    ("startEvent", "message"): events.StartEvent,
    ("intermediateCatchEvent", "timer"): events.TimerCatch,
    ("intermediateCatchEvent", "message"): events.MessageCatch,
    ("boundaryEvent", "timer"): events.TimerCatch,
    ("boundaryEvent", "message"): events.MessageCatch,
    ("boundaryEvent", "error"): events.ThrownCatch,
    ("boundaryEvent", "escalation"): events.ThrownCatch,
    ("intermediateThrowEvent", "none"): events.ThrowEvent,
    ("intermediateThrowEvent", "message"): events.ThrowEvent,
    ("endEvent", "none"): events.EndEvent,
    ("endEvent", "message"): events.EndEvent,
    ("endEvent", "terminate"): events.TerminateEnd,
    ("endEvent", "error"): events.ErrorEnd,
    ("boundaryEvent", "compensate"): compensation.SilentCatch,
    ("boundaryEvent", "cancel"): compensation.SilentCatch,
    ("intermediateThrowEvent", "compensate"): compensation.CompensationThrow,
    ("endEvent", "compensate"): compensation.CompensationEnd,
    ("endEvent", "cancel"): compensation.CancelEnd,
    ("startEvent", "error"): events.StartEvent,
    ("startEvent", "escalation"): events.StartEvent,
    ("intermediateThrowEvent", "escalation"): events.EscalationThrow,
    ("endEvent", "escalation"): events.EscalationEnd,
    ("intermediateThrowEvent", "link"): events.LinkThrow,
    ("intermediateCatchEvent", "link"): NodeSpec,
    ("startEvent", "compensate"): events.StartEvent,
    ("startEvent", "conditional"): events.StartEvent,
    ("intermediateCatchEvent", "conditional"): ConditionCatch,
    ("boundaryEvent", "conditional"): ConditionCatch,
    ("startEvent", "signal"): events.StartEvent,
    ("intermediateCatchEvent", "signal"): signals.SignalCatch,
    ("boundaryEvent", "signal"): signals.SignalCatch,
    ("intermediateThrowEvent", "signal"): signals.SignalThrow,
    ("endEvent", "signal"): signals.SignalEnd,
}

#: what waits, or is looked for, on behalf of an event subprocess
_STARTING: Mapping[str, type[events.CatchEvent]] = {
    "timer": events.TimerCatch,
    "message": events.MessageCatch,
    "error": events.ThrownCatch,
    "escalation": events.ThrownCatch,
    "signal": signals.SignalCatch,
    "conditional": ConditionCatch,
}


def compile_program(
    processes: Mapping[str, ProcessModel],
    root: str,
    bindings: Mapping[str, str],
    decisions: Mapping[str, DecisionModel],
) -> Program:
    """The program of instances of process `root` (a definition id); InvalidDefinition lists what cannot run.

    `processes` are by definition id, `bindings` tell the definition id of each called process's key.
    """
    problems: list[Problem] = []
    specs = {
        definition_id: _scope(process, definition_id, process.scope, process.key, problems)
        for definition_id, process in processes.items()
    }
    if problems:
        raise InvalidDefinition(problems=problems)
    return Program(root, specs, dict(bindings), dict(decisions))


def _scope(
    process: ProcessModel, definition_id: str, scope: Scope, name: str, problems: list[Problem]
) -> ScopeSpec:
    spec = ScopeSpec(process, definition_id, scope, name)
    for node in scope.nodes.values():
        kind = _kind(node)
        if kind is None:
            message = f"不能执行“{node.name or node.id}”（{node.kind}）。"
            problems.append(Problem(message, process.resource, node.id, node.line))
            continue
        made = _node(spec, node, kind)
        inside = made.inside if isinstance(made, MultiInstance) else made
        if isinstance(inside, activities.SubProcess):
            inside.inside = _scope(process, definition_id, node.scope or Scope({}, {}), node.id, problems)
            if node.triggered:
                _add_starts(spec, inside)
    return spec


def _add_starts(spec: ScopeSpec, opened: activities.SubProcess) -> None:
    """What starts an event subprocess belongs to the scope around it."""
    for name in opened.inside.scope.starts():
        node = opened.inside.scope.nodes[name]
        what = node.event.kind if node.event else "none"
        if what == "compensate":
            spec.undoing = opened
        kind = multiple.of(node) if node.others else _STARTING.get(what)
        if kind is not None and issubclass(kind, events.CatchEvent):
            start = kind(spec, replace(node, outgoing=()))
            start.opens = opened
            spec.event_starts.append(start)


def _node(spec: ScopeSpec, node: Node, kind: type[NodeSpec]) -> NodeSpec:
    if node.loop is None:
        return kind(spec, node)
    body = MultiInstance if node.loop.repeat is None else StandardLoop
    made = body(spec, node, node.loop, kind(spec, node, instance=True))
    made.throws = tuple(_implicit(spec, node, thrown, n) for n, thrown in enumerate(node.loop.throws))
    return made


def _implicit(spec: ScopeSpec, node: Node, thrown: Throw, number: int) -> ImplicitThrow:
    """What throws an event for an activity; its specification stands in no flow."""
    event = Node(
        node.id, "intermediateThrowEvent", node.name, node.line, event=thrown.event, inputs=thrown.inputs
    )
    kind = _EVENTS.get((event.kind, thrown.event.kind), events.ThrowEvent)
    return ImplicitThrow(thrown, kind(spec, event, part=f"throws {number}"))


def _kind(node: Node) -> type[NodeSpec] | None:
    if node.triggered:
        return activities.EventSubProcess
    if node.kind in _PLAIN:
        return tasks.HandlerTask if node.topic else _PLAIN[node.kind]
    if node.others and node.kind != "startEvent":
        return multiple.of(node)
    kind = _EVENTS.get((node.kind, node.event.kind if node.event else "none"))
    if kind is not None and node.topic:
        return _with_topic(kind)
    return kind


def _with_topic(kind: type[NodeSpec]) -> type[NodeSpec]:
    """A throw or end event whose message a handler sends."""
    return tasks.HandlerEnd if issubclass(kind, events.EndEvent) else tasks.HandlerTask
