"""Gateways: exclusive, parallel, inclusive, event-based (BPMN 10.6 and 13.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import ExecutionError
from engine.execution import moves
from engine.execution.case import ARMED, ScopeRun, Token
from engine.execution.expressions import evaluate, evaluate_all
from engine.execution.program import ScopeSpec
from engine.execution.specs.base import NodeSpec
from engine.model.definition import Flow, Node


class ExclusiveGateway(NodeSpec):
    """Takes the first flow whose condition holds, in the order of the file, else the default flow."""

    def choose(self, token: Token) -> list[str]:
        candidates = [flow for flow in self.flows.values() if flow.id != self.default]
        conditions = {flow.id: flow.condition for flow in candidates if flow.condition}
        try:
            answers = evaluate_all(token, conditions)
        except ExecutionError:  # of a condition that may not be asked for at all: one after the other
            answers = None
        for flow in candidates:
            if self.holds(token, flow, answers):
                return [flow.id]
        return [self.default_flow(token)] if self.flows else []

    def holds(self, token: Token, flow: Flow, answers: Mapping[str, Any] | None) -> bool:
        """Whether the flow may be taken; a flow without a condition may."""
        if flow.condition is None:
            return True
        answer = evaluate(token, flow.condition) if answers is None else answers[flow.id]
        return answer is True


class JoinGateway(NodeSpec):
    """Collects tokens in one waiting token, which counts the arrivals by flow; firing takes one of each."""

    @property
    def joins(self) -> bool:
        """Whether tokens wait here for others."""
        return len(self.node.incoming) > 1

    def enter(self, token: Token) -> None:
        if not self.joins:
            super().enter(token)
            return
        flow = token.internal_data.pop("flow", "")
        gather = self._gathering(token.workflow)
        if gather is None:
            gather = token
            self._begin(gather, {})
        else:
            token._set_state(TaskState.COMPLETED)
        arrived = gather.internal_data["arrived"]
        arrived[flow] = arrived.get(flow, 0) + 1
        self.arrived(gather)

    def arrived(self, gather: Token) -> None:
        """A token more has come."""

    def fire(self, gather: Token) -> None:
        """Go on with one token of each flow; the others wait for the next time."""
        arrived = gather.internal_data.pop("arrived")
        rest = {flow: count - 1 for flow, count in arrived.items() if count > 1}
        if rest:
            self._begin(Token(gather.workflow, self, gather), rest)
        gather.complete()

    def make_up(self, run: ScopeRun, missing: Collection[str]) -> None:
        """Take tokens for come by these flows, where none has."""
        gather = self._gathering(run)
        if gather is None and missing:
            gather = Token(run, self, run.task_tree)
            self._begin(gather, {})
        if gather is not None:
            gather.internal_data["arrived"] = dict.fromkeys(missing, 1) | gather.internal_data["arrived"]

    def _begin(self, token: Token, arrived: dict[str, int]) -> None:
        token.internal_data["arrived"] = arrived
        token._ready()
        token._set_state(TaskState.STARTED)

    def _gathering(self, run: ScopeRun) -> Token | None:
        for other in run.live.values():
            if other.task_spec is self and "arrived" in other.internal_data:
                return other
        return None


class ParallelGateway(JoinGateway):
    """Waits for a token on every incoming flow, then takes all outgoing ones."""

    def arrived(self, gather: Token) -> None:
        if len(gather.internal_data["arrived"]) == len(self.node.incoming):
            self.fire(gather)

    def choose(self, token: Token) -> list[str]:
        return list(self.flows)


class InclusiveGateway(JoinGateway):
    """Waits while a token elsewhere can reach an empty incoming flow and no flow that has a token already."""

    late_join = True

    def __init__(self, spec: ScopeSpec, node: Node, *, instance: bool = False) -> None:
        super().__init__(spec, node, instance=instance)
        self.reach = _reach(spec, node)

    def choose(self, token: Token) -> list[str]:
        return self.choose_all(token) if len(self.flows) > 1 else list(self.flows)

    def fire_late(self, token: Token, alone: bool) -> bool:
        others = [other for other in token.workflow.live.values() if other is not token and in_flow(other)]
        if alone:
            may = all("arrived" in other.internal_data for other in others)
        else:
            have = frozenset(token.internal_data["arrived"])
            may = not any(self.can_bring(other, have) for other in others)
        if may:
            self.fire(token)
        return may

    def can_bring(self, other: Token, have: frozenset[str]) -> bool:
        """Whether this token can bring one to an empty flow, and not to a flow that has one already."""
        if "host" in other.internal_data or "body" in other.internal_data:
            return False
        element = moves.at(other)
        if element == self.node.id:
            reached = frozenset({other.internal_data.get("flow", "")})
        else:
            reached = self.reach.get(element, frozenset())
        return bool(reached - have) and not reached & have


class EventGateway(NodeSpec):
    """Waits for the first of the events that follow it, unless one has come and begun the instance."""

    def _run_hook(self, token: Token) -> bool | None:
        if self.node.instantiate:
            return True
        for flow in self.flows.values():
            self.arm(token, flow.target, flow.id)
        return None

    def chosen(self, token: Token) -> None:
        """One of the events has come; the others are let go."""
        for event in token.dependants():
            token.case.cancel(event)
        token.complete()

    def leave(self, token: Token) -> None:
        """The event itself goes on; the one that has begun the instance comes next."""
        for flow in self.flows.values():
            if flow.target == token.internal_data.get("came"):
                event = self._along(token.workflow, token, flow.id)
                event.internal_data["fired"] = True
                token.case.schedule([event])


def in_flow(token: Token) -> bool:
    """Whether it can bring a token along the flows of its scope; event subprocesses stand beside them."""
    return ARMED not in token.internal_data and not token.task_spec.node.triggered


def _reach(spec: ScopeSpec, join: Node) -> dict[str, frozenset[str]]:
    """For every node, the incoming flows of the join that paths from it reach without passing the join."""
    before: dict[str, set[str]] = {}
    for flow in spec.scope.flows.values():
        before.setdefault(flow.target, set()).add(flow.source)
    for link, target in spec.links.items():
        before.setdefault(target, set()).add(link)
    for node in spec.scope.nodes.values():
        if node.attached_to:
            before.setdefault(node.id, set()).add(node.attached_to)
    found: dict[str, set[str]] = {}
    for incoming in join.incoming:
        todo = [spec.scope.flows[incoming].source]
        seen = {join.id}
        while todo:
            node_id = todo.pop()
            if node_id not in seen:
                seen.add(node_id)
                found.setdefault(node_id, set()).add(incoming)
                todo.extend(before.get(node_id, ()))
    return {node_id: frozenset(flows) for node_id, flows in found.items()}
