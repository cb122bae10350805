"""Standard loops: the same activity again while a condition holds (BPMN 13.3.6)."""

from __future__ import annotations

from engine.execution.case import Token
from engine.execution.expressions import evaluate
from engine.execution.specs.multi_instance import MultiInstance
from engine.execution.variables import visible
from engine.model.definition import Repeat


class StandardLoop(MultiInstance):
    """The body: one round after the other; what a round writes, the next one and the condition see.

    `loopCounter` is the number of rounds that are through, so 0 in the first. Kept between steps: `rounds`.
    """

    @property
    def repeat(self) -> Repeat:
        """Condition, when it is asked, and the most rounds."""
        return self.loop.repeat or Repeat()

    def _run_hook(self, token: Token) -> bool | None:
        token.internal_data["rounds"] = 0
        if self.repeat.test_before and not self._again(token):
            return True
        self._round(token)
        return None

    def instance_done(self, token: Token, instance: Token) -> None:
        token.internal_data["rounds"] += 1
        if self._again(token):
            self._round(token)
        else:
            token.complete()

    def _round(self, token: Token) -> None:
        token.case.schedule([self._instance(token, token.internal_data["rounds"], None)])

    def _again(self, token: Token) -> bool:
        rounds, repeat = token.internal_data["rounds"], self.repeat
        if repeat.maximum is not None and rounds >= repeat.maximum:
            return False
        if repeat.condition is None:
            return True
        return evaluate(token, repeat.condition, visible(token) | {"loopCounter": rounds}) is True
