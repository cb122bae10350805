"""Events with several definitions (BPMN 10.5.1): any or all of them must come; all of them are thrown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from SpiffWorkflow.util.task import TaskState

from engine.execution.case import ARMED, Token
from engine.execution.conditions import HELD
from engine.execution.program import ScopeSpec
from engine.execution.specs.base import NodeSpec
from engine.execution.specs.conditional import ConditionCatch
from engine.execution.specs.events import (
    CatchEvent,
    EndEvent,
    EscalationThrow,
    MessageCatch,
    ThrowEvent,
    TimerCatch,
)
from engine.execution.specs.signals import SignalCatch, SignalThrow
from engine.model.definition import Node
from engine.model.execution import JsonObject

Part = TypeVar("Part", bound=NodeSpec)
PARTS = "parts"  #: what the definitions that have come have brought

_CATCHING: Mapping[str, type[CatchEvent]] = {
    "timer": TimerCatch,
    "message": MessageCatch,
    "signal": SignalCatch,
    "conditional": ConditionCatch,
}
_THROWING: Mapping[str, type[ThrowEvent]] = {
    "message": ThrowEvent,
    "signal": SignalThrow,
    "escalation": EscalationThrow,
}


class MultiCatch(CatchEvent):
    """Waits for several definitions, each by a token of its own, of which this one is the host."""

    def __init__(self, spec: ScopeSpec, node: Node, *, instance: bool = False) -> None:
        super().__init__(spec, node, instance=instance)
        self.parts = _parts(spec, node, _CATCHING)
        for part in self.parts:
            part.whole = self

    def wait(self, token: Token) -> None:
        token.internal_data[PARTS] = {}
        for part in self.parts:
            one = Token(token.workflow, part, token, TaskState.WAITING)
            one.internal_data["host"] = token.id
            if ARMED in token.internal_data:
                one.internal_data[ARMED] = True
            part.wait(one)

    def again(self, token: Token, host: Token | None) -> None:
        anew = self.anew(token, host)
        self.wait(anew)
        for part in anew.dependants():
            if HELD in part.internal_data:
                part.internal_data[HELD] = True

    def came(self, part: Token, payload: JsonObject) -> None:
        """What one of the definitions waits for has come."""
        token = part.host
        part.case.close(part)
        part._set_state(TaskState.COMPLETED)
        if token is None:
            return
        token.internal_data[PARTS] |= payload
        others = token.dependants()
        if others and self.node.all_of:
            return
        for other in others:
            token.case.cancel(other)
        self.fire(token, token.internal_data.pop(PARTS))


class MultiThrow(ThrowEvent):
    """Throws all its definitions, in their order, when it is over."""

    def __init__(self, spec: ScopeSpec, node: Node, *, instance: bool = False) -> None:
        super().__init__(spec, node, instance=instance)
        self.parts = _parts(spec, node, _THROWING)

    def _run_hook(self, token: Token) -> bool | None:
        return True

    def leave(self, token: Token) -> None:
        super().leave(token)
        for part in self.parts:
            one = Token(token.workflow, part, token.workflow.task_tree)
            one.internal_data["hidden"] = True
            part.enter(one)


class MultiEnd(MultiThrow, EndEvent):
    """Ends its token and throws all its definitions."""


def of(node: Node) -> type[NodeSpec] | None:
    """What an event with several definitions is; None if one of them cannot be among several."""
    known, kind = (_CATCHING, MultiCatch) if node.kind in _WAITING else (_THROWING, MultiThrow)
    if any(event.kind not in known for event in node.events):
        return None
    return MultiEnd if node.kind == "endEvent" else kind


_WAITING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


def _parts(spec: ScopeSpec, node: Node, kinds: Mapping[str, type[Part]]) -> list[Part]:
    """One specification for each definition; its name in the scope is the element's id with a number."""
    made = []
    bare = replace(node, others=(), incoming=(), outgoing=(), async_before=False, async_after=False)
    for number, event in enumerate(node.events, 1):
        single = replace(bare, id=f"{node.id} {number}", event=event)
        part = kinds[event.kind](spec, single)
        part.node = replace(single, id=node.id)
        made.append(part)
    return made
