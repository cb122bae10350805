"""What the completing instances of a multi-instance activity throw (BPMN 10.3.8, `behavior`)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.execution import throwing
from engine.execution.case import Token
from engine.execution.expressions import evaluate, refuse
from engine.execution.specs.base import NodeSpec
from engine.model.definition import Throw


@dataclass(frozen=True)
class ImplicitThrow:
    """Throws one event; nobody has drawn it, so that it leaves no trace of its own."""

    thrown: Throw
    spec: NodeSpec

    def due(self, instance: Token, completed: int) -> bool:
        """Whether this completion, so many with it, throws the event; the condition sees the counters."""
        if self.thrown.when == "first":
            return completed == 1
        condition = self.thrown.condition
        return condition is None or evaluate(instance, condition) is True

    def throw(self, body: Token) -> None:
        """Throw it: errors and escalations come to the activity's own boundary events first."""
        event, run = self.thrown.event, body.workflow
        if event.kind in ("error", "escalation"):
            caught = throwing.throw(event.kind, event.name, run, by=body)
            if event.kind == "error" and not caught:
                raise refuse(body, f"多实例抛出的错误“{event.name}”没有人接。")
            return
        token = Token(run, self.spec, run.task_tree)
        token.data.update(body.data)
        token.internal_data["hidden"] = True
        self.spec.enter(token)
