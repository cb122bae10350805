"""Event subprocesses (BPMN 13.5.4): what starts them belongs to the run of their scope.

A start event that waits is a token in the run around its event subprocess, but does not keep that alive
(`ScopeRun.busy`); one that is thrown to is looked for when it is needed. While one that interrupts runs, no
other can begin.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.execution.case import ARMED, ScopeRun, Token
from engine.model.execution import JsonObject


def arm(run: ScopeRun) -> None:
    """Let every event that can start an event subprocess of this run wait, as the run begins."""
    for start in run.spec.event_starts:
        if start.arms:
            start.wait(armed(run, start))


def armed(run: ScopeRun, start: Any) -> Token:
    """A token of this start event that waits on behalf of the run."""
    token = Token(run, start, run.task_tree, TaskState.WAITING)
    token.internal_data[ARMED] = True
    return token


def fire(token: Token, payload: JsonObject) -> None:
    """The event for which this armed token waits has come."""
    start, run = token.task_spec, token.workflow
    token.case.close(token)
    token._set_state(TaskState.COMPLETED)
    if not start.node.interrupting:
        start.again(token, None)
    begin(run, start, payload)


def begin(run: ScopeRun, start: Any, payload: JsonObject) -> None:
    """Start the event subprocess; all else in its scope ends first if it interrupts."""
    if start.node.interrupting:
        run.case.cancel_run(run)
    token = Token(run, start.opens, run.task_tree)
    if payload:
        token.internal_data["payload"] = payload
    run.case.schedule([token])


def starts(run: ScopeRun, thrower: Token | None) -> list[Any]:
    """The start events that can catch what is thrown in this run; not of what throws it outward itself."""
    if interrupted(run) or (run.owner is not None and "hidden" in run.owner.internal_data):
        return []
    return [one for one in run.spec.event_starts if thrower is None or one.opens is not thrower.task_spec]


def interrupted(run: ScopeRun) -> bool:
    """Whether an event subprocess has taken the place of all else in this run."""
    taking = [one.opens for one in run.spec.event_starts if one.node.interrupting]
    return any(token.task_spec in taking for token in run.live.values())
