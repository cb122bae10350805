"""Complex gateways (BPMN 13.4.5): go on when enough tokens have come, then wait for the late ones.

Between the two the gateway is a hidden token, which is no activity of the history, until every incoming flow
has brought its token or can bring none any more (as an inclusive join would see it). The late ones end there,
unless an outgoing flow asks for `waitingForStart`.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.execution.case import Token
from engine.execution.expressions import evaluate, evaluate_all
from engine.execution.specs.gateways import InclusiveGateway
from engine.execution.variables import visible
from engine.model.execution import JsonObject

PHASE = "waitingForStart"


class ComplexGateway(InclusiveGateway):
    """Kept in its waiting token: `arrived`, and while it waits for late ones `taken`, the flows of before."""

    @property
    def joins(self) -> bool:
        return super().joins or self.node.activation is not None

    def arrived(self, gather: Token) -> None:
        if "taken" not in gather.internal_data:
            if self._enough_tokens(gather):
                self.fire(gather)
        elif not self._missing(gather):
            self._reset(gather)

    def fire_late(self, token: Token, alone: bool) -> bool:
        """Data may have changed since the last token came; late tokens may have become impossible."""
        if "taken" not in token.internal_data:
            may = not alone and self._enough_tokens(token)
            if may:
                self.fire(token)
            return may
        have = frozenset(token.internal_data["taken"]) | frozenset(token.internal_data["arrived"])
        others = [other for other in token.workflow.live.values() if other is not token]
        if alone:
            may = all("arrived" in other.internal_data for other in others)
        else:
            may = not any(self.can_bring(other, have) for other in others)
        if may:
            self._reset(token)
        return may

    def fire(self, gather: Token) -> None:
        """Take one token of each flow that has one, go on, and begin to wait for the others."""
        arrived = gather.internal_data.pop("arrived")
        gather.internal_data["counts"] = arrived
        rest = {flow: count - 1 for flow, count in arrived.items() if count > 1}
        waiting = Token(gather.workflow, self, gather.workflow.task_tree, TaskState.STARTED)
        waiting.internal_data.update(hidden=True, arrived=rest, taken=sorted(arrived))
        gather.complete()
        if not self._missing(waiting):
            self._reset(waiting)

    def choose(self, token: Token) -> list[str]:
        if not any(flow.condition for flow in self.flows.values()):
            return list(self.flows)
        context = self._context(token, token.internal_data.pop("counts", {}), True)
        return self._holding(token, context) or [self.default_flow(token)]

    def _holding(self, token: Token, context: JsonObject, mention: str = "") -> list[str]:
        """The flows but the default whose condition holds; those that mention something, or all."""
        candidates = [flow for flow in self.flows.values() if flow.id != self.default]
        if mention:
            candidates = [flow for flow in candidates if flow.condition and mention in flow.condition.feel]
        conditions = {flow.id: flow.condition for flow in candidates if flow.condition}
        answers = evaluate_all(token, conditions, context)
        return [flow.id for flow in candidates if answers.get(flow.id, flow.condition is None) is True]

    def _reset(self, waiting: Token) -> None:
        """The late tokens end here, or go on along the flows that ask for the phase; all begins anew."""
        keep = waiting.internal_data
        arrived, taken = keep["arrived"], keep["taken"]
        rest = {flow: count - (flow not in taken) for flow, count in arrived.items()}
        chosen = self._late(waiting, arrived)
        del keep["hidden"], keep["arrived"], keep["taken"]
        if chosen:
            waiting.case.record("entered", waiting)
            waiting.case.record("completed", waiting)
        waiting._set_state(TaskState.COMPLETED)
        again = {flow: count for flow, count in rest.items() if count}
        if again:
            gather = Token(waiting.workflow, self, waiting.workflow.task_tree)
            self._begin(gather, again)
        self.spread(waiting, chosen)
        if again:
            self.arrived(gather)

    def _late(self, waiting: Token, arrived: dict[str, int]) -> list[str]:
        asking = [flow for flow in self.flows.values() if flow.condition and PHASE in flow.condition.feel]
        if not asking:
            return []
        found = self._holding(waiting, self._context(waiting, arrived, False), PHASE)
        return found or ([self.default] if self.default else [])

    def _missing(self, waiting: Token) -> bool:
        """Whether an incoming flow has brought nothing yet."""
        keep = waiting.internal_data
        return bool(frozenset(self.node.incoming) - frozenset(keep["taken"]) - keep["arrived"].keys())

    def _enough_tokens(self, gather: Token) -> bool:
        if self.node.activation is None:
            return True
        context = self._context(gather, gather.internal_data["arrived"], True)
        return evaluate(gather, self.node.activation, context) is True

    def _context(self, token: Token, arrived: dict[str, int], phase: bool) -> dict[str, Any]:
        """What conditions see: variables, the phase, how many tokens there are by flow and in all."""
        counts = {flow: arrived.get(flow, 0) for flow in self.node.incoming}
        own = {"activationCount": sum(counts.values()), "activationCounts": counts, PHASE: phase}
        return counts | visible(token) | own
