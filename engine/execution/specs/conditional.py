"""Conditional events: what they wait for is asked by `execution.conditions`."""

from __future__ import annotations

from engine.execution.case import Token
from engine.execution.conditions import HELD
from engine.execution.specs.events import CatchEvent


class ConditionCatch(CatchEvent):
    """Waits until its condition holds; one that did not interrupt, until it holds again."""

    def wait(self, token: Token) -> None:
        token.internal_data[HELD] = False

    def again(self, token: Token, host: Token | None) -> None:
        self.anew(token, host).internal_data[HELD] = True

    def resume(self, token: Token) -> None:
        if token.internal_data.get("async") != "condition":
            super().resume(token)
            return
        token.case.close(token)
        del token.internal_data["async"]
