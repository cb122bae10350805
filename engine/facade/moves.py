"""Verbs that let a case go on elsewhere."""

from __future__ import annotations

from typing import Literal

from engine.commands import (
    choosing,
    moving,
    taking_back,
)
from engine.commands.once import again
from engine.facade.part import Part


class Moves(Part):
    """Sending back, taking back, withdrawing, jumping, choosing."""

    def send_back(
        self,
        task_id: str,
        to: str,
        reason: str,
        *,
        by: str,
        then: Literal["replay", "return"] = "replay",
        revision: int | None = None,
    ) -> None:
        """Send one's task back to "previous", to "initiator" or to the element id of an earlier step.

        `then`: "replay" has the steps between done again, "return" brings the task straight back.
        """
        again(
            lambda: moving.send_back(self._context, task_id, to, reason, by=by, then=then, revision=revision)
        )

    def take_back(self, task_id: str, reason: str = "", *, by: str) -> None:
        """Take a task that one has completed back, while nobody has acted upon what has come of it."""
        again(lambda: taking_back.take_back(self._context, task_id, reason, by=by))

    def withdraw(self, instance_id: str, reason: str, *, by: str) -> None:
        """End a case that one has started, while nobody else has completed a step (or `withdrawUntil`)."""
        again(lambda: taking_back.withdraw(self._context, instance_id, reason, by=by))

    def jump(
        self,
        instance_id: str,
        to: str,
        reason: str,
        *,
        by: str,
        activity_id: str | None = None,
        revision: int | None = None,
    ) -> None:
        """Let a live activity, or all of a case, go on at element `to`, as a process administrator."""
        again(
            lambda: moving.jump(
                self._context, instance_id, to, reason, by=by, activity_id=activity_id, revision=revision
            )
        )

    def start_activity(self, instance_id: str, activity_id: str, element_id: str, *, by: str) -> None:
        """Choose what is done next in a live ad-hoc subprocess (`CaseView.choices`)."""
        again(lambda: choosing.begin(self._context, instance_id, activity_id, element_id, by=by))

    def end_activity(self, instance_id: str, activity_id: str, *, by: str) -> None:
        """Say that an ad-hoc subprocess is over which no condition ends."""
        again(lambda: choosing.end(self._context, instance_id, activity_id, by=by))
