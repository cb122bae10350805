"""How a token passes a flow node: arrive, enter, do, complete, leave. Each kind of node overrides a little.

SpiffWorkflow's hooks are kept (`_on_ready_hook`, `_run_hook`, `_on_complete_hook`); its routing is not, nor
its tree of predicted tasks (specifications have no outputs for Spiff), nor its copies of all data per task.
"""

from __future__ import annotations

from collections.abc import Collection

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.execution import compensation, moves
from engine.execution.case import ScopeRun, Token
from engine.execution.expressions import computed, evaluate_all, refuse
from engine.execution.program import ScopeSpec
from engine.execution.variables import assign
from engine.model.definition import Node
from engine.model.execution import Fault, JsonObject, OpenedJob

COUNT = "gathered"  #: how many tokens have come to an activity that needs several to begin


class NodeSpec(TaskSpec):  # type: ignore[misc]
    """A flow node; by itself it does nothing and takes its outgoing flows.

    `instance`: it is the inside of a multi-instance activity, whose body has the node's id. `part`: what else
    it is of the activity that has the node's id.
    """

    name: str
    late_join = False
    by_hand = False  #: CompleteActivity may complete it
    arms = False  #: it waits for an event and can be armed by a boundary or an event-based gateway

    def __init__(self, spec: ScopeSpec, node: Node, *, instance: bool = False, part: str = "") -> None:
        part = part or ("instance" if instance else "")
        super().__init__(spec, f"{node.id} {part}" if part else node.id)
        self.node = node
        self.kind = node.kind
        self.instance = instance
        self.boundaries = () if instance else spec.boundaries(node.id)
        self.flows = {flow: spec.scope.flows[flow] for flow in node.outgoing}
        self.default = node.default

    # SpiffWorkflow's hooks -------------------------------------------------------------------------------
    def test(self) -> None:
        """Spiff refuses nodes without inputs, which start events and boundary events are."""

    def _update_hook(self, token: Token) -> bool:
        """Tokens arrive by the agenda, in order; Spiff would make all children ready at once."""
        return False

    def _on_ready_hook(self, token: Token) -> None:
        token.case.record("entered", token)
        for name, value in computed(token, self.node.inputs):
            token.data[name] = value
        for event in self.boundaries:
            self.arm(token, event)

    def _run_hook(self, token: Token) -> bool | None:
        return True

    def _on_complete_hook(self, token: Token) -> None:
        self._publish(token)
        if self.boundaries:
            for event in token.dependants():
                token.case.cancel(event)
        token.case.close(token)
        token.case.record("completed", token)
        compensation.remember(token)
        owner = token.workflow.owner
        if owner is None or not owner.task_spec.inner_completed(owner, token):
            self.leave(token)

    # the way of a token ----------------------------------------------------------------------------------
    def arrive(self, token: Token) -> None:
        """Take the token up from the agenda."""
        flow = token.internal_data.get("flow")
        if flow is not None:
            token.case.take(token.workflow, flow)
        if self.node.start_quantity > 1 and not self.instance and not self._enough(token):
            return
        if self.node.async_before and not self.instance:
            self._defer(token, "before")
        else:
            self.enter(token)

    def enter(self, token: Token) -> None:
        """Enter the node and do its work; it stays STARTED if the work needs somebody else."""
        token.internal_data.pop("flow", None)
        token._ready()
        token.run()

    def finish(self, token: Token, result: JsonObject) -> None:
        """What the node waited for has come, with these variables."""
        token.result = result
        token.complete()

    def leave(self, token: Token) -> None:
        """Go on from a completed node."""
        if "undo" in token.internal_data:
            token.case.wake(token)
        elif self.instance:
            body = token.body
            if body is not None:
                body.task_spec.instance_done(body, token)
        elif self.node.async_after:
            after = Token(token.workflow, self, token)
            moves.carry(token, after)
            self._defer(after, "after")
        else:
            self.go_on(token)

    def resume(self, token: Token) -> None:
        """Run an asynchronous continuation."""
        token.case.close(token)
        when = token.internal_data.pop("async")
        if when == "before":
            self.enter(token)
        elif when == "undo":
            self.proceed(token)
        elif when == "inside":
            self.inner_done(token)
        else:
            token._set_state(TaskState.COMPLETED)
            self.go_on(token)

    def go_on(self, token: Token) -> None:
        """Send tokens along the chosen flows, or back to the sender; the run ends with its last token."""
        if not moves.come_back(token):
            self.spread(token, self.choose(token) * self.node.completion_quantity)

    def spread(self, token: Token, flows: list[str]) -> None:
        """Send a token along each of these flows."""
        run = token.workflow
        token.case.schedule([self._along(run, token, flow) for flow in flows])
        token.case.settle(run)

    def _along(self, run: ScopeRun, token: Token, flow: str) -> Token:
        target = Token(run, run.spec.task_specs[self.flows[flow].target], token)
        target.internal_data["flow"] = flow
        return target

    def choose(self, token: Token) -> list[str]:
        """The flows out of an activity or event: all without a condition or whose condition holds."""
        if not any(flow.condition for flow in self.flows.values()):
            return list(self.flows)
        return self.choose_all(token)

    def choose_all(self, token: Token) -> list[str]:
        """All flows whose condition holds, else the default flow; ExecutionError if there is none."""
        candidates = [flow for flow in self.flows.values() if flow.id != self.default]
        conditions = {flow.id: flow.condition for flow in candidates if flow.condition}
        answers = evaluate_all(token, conditions)
        chosen = [flow.id for flow in candidates if answers.get(flow.id, flow.condition is None) is True]
        return chosen or [self.default_flow(token)]

    def default_flow(self, token: Token) -> str:
        """The default flow; ExecutionError if there is none."""
        if self.default is None:
            raise refuse(token, f"“{self.node.name or self.node.id}”的出口条件都不成立，又没有默认出口。")
        return self.default

    def _enough(self, token: Token) -> bool:
        """Whether as many tokens have come as the activity needs to begin; the first waits for the others."""
        first = self._gathered(token.workflow)
        if first is None:
            token.internal_data.pop("flow", None)
            self._gather(token)
            return False
        first.internal_data[COUNT] += 1
        if first.internal_data[COUNT] < self.node.start_quantity:
            token._set_state(TaskState.COMPLETED)
            return False
        first._set_state(TaskState.COMPLETED)
        return True

    def _gathered(self, run: ScopeRun) -> Token | None:
        waiting = (one for one in run.live.values() if one.task_spec is self)
        return next((one for one in waiting if COUNT in one.internal_data), None)

    def _gather(self, token: Token) -> None:
        token.internal_data[COUNT] = 1
        token._set_state(TaskState.WAITING)

    def make_up(self, run: ScopeRun, missing: Collection[str]) -> None:
        """Take all tokens but one for come."""
        first = self._gathered(run)
        if first is None:
            first = Token(run, self, run.task_tree)
            self._gather(first)
        first.internal_data[COUNT] = self.node.start_quantity - 1

    # events and ends -------------------------------------------------------------------------------------
    def arm(self, token: Token, event: str, flow: str | None = None) -> None:
        """Let an event wait on behalf of the token: a boundary event, or the target of a gateway's flow."""
        spec = token.workflow.spec.task_specs[event]
        if spec.arms:
            spec.wait(spec.armed(token, flow))

    def armed(self, host: Token, flow: str | None = None) -> Token:
        """A token of this event that waits on behalf of another token."""
        token = Token(host.workflow, self, host, TaskState.WAITING)
        token.internal_data["host"] = host.id
        if flow is not None:
            token.internal_data["flow"] = flow
        return token

    def wait(self, token: Token) -> None:
        """Open what the token waits for."""
        raise NotImplementedError

    def inner_completed(self, token: Token, inner: Token) -> bool:
        """A node of the run inside has completed; True if that ends the run, so that it goes no further."""
        return False

    def inner_done(self, token: Token) -> None:
        """The run inside has ended."""
        raise NotImplementedError

    def instance_done(self, token: Token, instance: Token) -> None:
        """An instance of this multi-instance body has completed."""
        raise NotImplementedError

    def again(self, token: Token, host: Token | None) -> None:
        """An event that did not interrupt waits anew."""
        raise NotImplementedError

    def fire_late(self, token: Token, alone: bool) -> bool:
        """Only joins fire late."""
        return False

    # compensation ----------------------------------------------------------------------------------------
    def proceed(self, token: Token) -> None:
        """Undo the next of what this token has undone."""
        compensation.proceed(token)

    def undone(self, token: Token) -> None:
        """All that this token had undone is undone."""
        token.complete()

    # details ---------------------------------------------------------------------------------------------
    def _publish(self, token: Token) -> None:
        """Let the results leave: all of them, or by the output parameters."""
        result, token.result = token.result, {}
        if self.node.outputs and not self.shares_node:
            token.data.update(result)
            for name, value in computed(token, self.node.outputs):
                assign(token, name, value)
            return
        for name, value in result.items():
            assign(token, name, value)

    @property
    def shares_node(self) -> bool:
        """A multi-instance body leaves parameters to its instances."""
        return False

    def hold(self, token: Token, when: str, fault: Fault) -> None:
        """Let a token stand where it failed, before its element, undoing, or after the run inside."""
        if when == "before":
            token._set_state(TaskState.WAITING)
            if "flow" in token.internal_data:
                token.case.take(token.workflow, token.internal_data["flow"])
        self._continue(token, when, fault)

    def _defer(self, token: Token, when: str) -> None:
        token._set_state(TaskState.WAITING)
        self._continue(token, when)

    def _continue(self, token: Token, when: str, fault: Fault | None = None) -> None:
        token.internal_data["async"] = when
        definition_id = token.workflow.spec.definition_id
        token.case.open(token, OpenedJob(token.id, "continue", self.node.id, definition_id, fault=fault))
