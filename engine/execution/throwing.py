"""Errors and escalations go outward from where they are thrown until something catches them (BPMN 10.5.1)."""

from __future__ import annotations

from typing import Any

from engine.execution import event_subprocesses, moves
from engine.execution.case import ScopeRun, Token


def throw(kind: str, code: str, run: ScopeRun, by: Token | None = None) -> bool:
    """Let the nearest catcher around have what is thrown in this run; False if nobody catches it.

    Each scope's event subprocesses come before the boundary events of the activity that it is inside of.

    `by`: the activity that throws it as a whole, whose boundary events come first.
    """
    if by is None and _in_scope(run, None, kind, code):
        return True
    token = by or run.owner
    while token is not None:
        activity = token.body or token
        if _at_boundary(activity, kind, code) or _in_scope(activity.workflow, activity, kind, code):
            return True
        token = activity.workflow.owner
    return False


def _in_scope(run: ScopeRun, thrower: Token | None, kind: str, code: str) -> bool:
    """Let an event subprocess of this run catch it; False if it has none for it."""
    start = chosen(event_subprocesses.starts(run, thrower), kind, code)
    if start is not None:
        event_subprocesses.begin(run, start, {})
    return start is not None


def _at_boundary(activity: Token, kind: str, code: str) -> bool:
    """Let a boundary event of this activity catch it; False if it has none for it."""
    if "hidden" in activity.internal_data:
        return False
    run = activity.workflow
    event = chosen([run.spec.task_specs[name] for name in activity.task_spec.boundaries], kind, code)
    if event is None:
        return False
    if event.node.interrupting:
        moves.give_up(activity)
        activity.case.cancel(activity)
    event.enter_fired(Token(run, event, run.task_tree), {})
    return True


def chosen(specs: list[Any], kind: str, code: str) -> Any:
    """The specification that catches this; one that names the code goes before one for all; else None."""
    catching = [spec for spec in specs if spec.node.event is not None and spec.node.event.kind == kind]
    for wanted in (code, ""):
        for spec in catching:
            if spec.node.event.name == wanted:
                return spec
    return None
