"""Signals (BPMN 10.5.1): one throw reaches all that wait for it, in its instance within the same step."""

from __future__ import annotations

from engine.execution.case import Case, Token
from engine.execution.expressions import refuse
from engine.execution.sending import sent
from engine.execution.specs.events import CatchEvent, EndEvent, ThrowEvent
from engine.model.execution import JsonObject, OpenedJob, OpenedSubscription

MOST = 1_000  #: signals and messages thrown in one step, beyond which they surely call each other for ever


class SignalCatch(CatchEvent):
    """Waits for a signal."""

    def wait(self, token: Token) -> None:
        definition_id = token.workflow.spec.definition_id
        item = OpenedSubscription(token.id, self.node.id, definition_id, self.event.name, None, "signal")
        token.case.open(token, item)


class SignalThrow(ThrowEvent):
    """An intermediate event that throws a signal."""

    def leave(self, token: Token) -> None:
        super().leave(token)
        broadcast(token)


class SignalEnd(EndEvent):
    """An end event that throws a signal."""

    def leave(self, token: Token) -> None:
        super().leave(token)
        broadcast(token)


def broadcast(token: Token) -> None:
    """Reach all that wait in this instance, and leave a job for the others.

    The thrower's own tokens are on their way before: a catcher that interrupts what is around it takes them.
    """
    node = token.task_spec.node
    if len(token.case.messages) >= MOST:
        raise refuse(token, f"一步里抛出了{MOST}个信号还停不下来，流程可能在自己触发自己。")
    name, payload = node.event.name if node.event else "", sent(token)
    definition_id = token.workflow.spec.definition_id
    token.case.messages.append(
        OpenedJob(token.id, "signal", node.id, definition_id, topic=name, payload=payload)
    )
    reach(token.case, name, payload)


def reach(case: Case, name: str, payload: JsonObject) -> bool:
    """Fire all events of the instance that wait for the signal; the oldest goes on first. False for none."""
    waiting = [token for token in case.live.values() if _hears(token, name)]
    before, going = len(case.agenda), []
    for token in sorted(waiting, key=lambda one: int(one.id)):
        spec = token.task_spec
        if token.live and isinstance(spec, SignalCatch):
            spec.fire(token, payload)
            going.append(case.agenda[before:])
            del case.agenda[before:]
    for items in reversed(going):
        case.agenda.extend(items)
    return bool(waiting)


def _hears(token: Token, name: str) -> bool:
    spec, keep = token.task_spec, token.internal_data
    return (
        isinstance(spec, SignalCatch) and spec.event.name == name and "open" in keep and "async" not in keep
    )
