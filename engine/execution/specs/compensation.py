"""Compensation events and transactions (BPMN 10.5.6, 10.7); what they undo is in `execution.compensation`."""

from __future__ import annotations

from engine.execution import compensation
from engine.execution.case import ScopeRun, Token
from engine.execution.specs.activities import SubProcess
from engine.execution.specs.events import CatchEvent, EndEvent, ThrowEvent


class SilentCatch(CatchEvent):
    """A compensation or cancel event at a boundary: waits for nothing, is looked for when needed."""

    arms = False


class CompensationThrow(ThrowEvent):
    """Has its scope, or one activity, undone; goes on when all is undone, or at once if it doesn't wait."""

    def _run_hook(self, token: Token) -> bool | None:
        event, run = self.node.event, _scope(token, self.node.event.name if self.node.event else "")
        if event is None or event.waits:
            compensation.begin(token, run, event.name if event else "")
            return None
        hidden = compensation.begin_hidden(token.workflow, self)
        compensation.begin(hidden, run, event.name)
        return True


class CompensationEnd(CompensationThrow, EndEvent):
    """Ends its token when its scope, or one activity, is undone."""


class CancelEnd(EndEvent):
    """Cancels its transaction: what is live ends, what is completed is undone."""

    def ending(self, token: Token, run: ScopeRun) -> None:
        transaction = run.owner
        token.case.cancel_run(run)
        if transaction is not None:
            transaction.internal_data["cancelling"] = True
            compensation.begin(transaction, run)


class Transaction(SubProcess):
    """A subprocess that a cancel end event undoes, and that is then left by its cancel boundary event."""

    def undone(self, token: Token) -> None:
        activity = token.body or token
        case, run = token.case, activity.workflow
        case.cancel(activity)
        for name in activity.task_spec.boundaries:
            spec = run.spec.task_specs[name]
            if isinstance(spec, SilentCatch) and spec.event.kind == "cancel":
                spec.enter_fired(Token(run, spec, run.task_tree), {})
        case.settle(run)


def _scope(token: Token, activity: str) -> ScopeRun:
    """The nearest run whose process or subprocess holds the activity, else the token's own.

    In an event subprocess, what it stands in is meant: nobody else could ask that to be undone from inside.
    """
    run: ScopeRun | None = token.workflow
    while not activity and run is not None and run.owner is not None and run.owner.task_spec.node.triggered:
        run = run.owner.workflow
    if not activity and run is not None:
        return run
    while activity and run is not None:
        if activity in run.spec.scope.nodes:
            return run
        run = None if run.spec.is_process or run.owner is None else run.owner.workflow
    return token.workflow
