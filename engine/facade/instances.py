"""Cases: beginning, ending, telling and putting them right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.commands import (
    cases,
    correcting,
    messages,
    revealing,
    signals,
    starting,
)
from engine.commands.once import again
from engine.facade.part import Part
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.model.records import (
    ProcessInstance,
    SignalSent,
)


class Instances(Part):
    """Cases: beginning, ending, telling and putting them right."""

    def start_form(self, key: str, *, by: str) -> FormDefinition | None:
        """The form that opens a case, its choices given and first values as defaults; None without one."""
        return starting.start_form(self._context, key, by=by)

    def start(self, key: str, variables: JsonObject, *, by: str, once: str = "") -> ProcessInstance:
        """Start a case of the latest version; InvalidInput with problems by field of the start form.

        `once` is an idempotency key: given again by this person within a day, it gives the same case.
        """
        return starting.start(self._context, key, variables, by=by, once_key=once)

    def cancel(self, instance_id: str, reason: str, *, by: str) -> None:
        """End a case with a reason."""
        again(lambda: cases.cancel(self._context, instance_id, reason, by=by))

    def deliver(
        self,
        message: str,
        payload: JsonObject,
        *,
        by: str,
        business_key: str | None = None,
        instance_id: str | None = None,
        correlation: str | None = None,
    ) -> None:
        """Hand a message to the one event that waits for it; NotFound for none, Conflict for several."""
        messages.deliver(
            self._context,
            message,
            payload,
            by=by,
            business_key=business_key,
            instance_id=instance_id,
            correlation=correlation,
        )

    def signal(self, name: str, payload: JsonObject, *, by: str) -> SignalSent:
        """Send a signal to all that wait for it, and begin what begins with it, as far as `by` may."""
        return signals.send(self._context, name, payload, by=by)

    def correct(
        self,
        instance_id: str,
        variables: JsonObject,
        reason: str,
        *,
        by: str,
        activity_id: str | None = None,
    ) -> None:
        """Put variables of a case (or of one live activity) right, as a process administrator."""
        again(
            lambda: correcting.correct(
                self._context, instance_id, variables, reason, by=by, activity_id=activity_id
            )
        )

    def reveal(self, instance_id: str, protected_id: str, reason: str, *, by: str) -> Mapping[str, Any]:
        """Protected variables of a case with their values, once the look and its reason are in the record."""
        return again(lambda: revealing.reveal(self._context, instance_id, protected_id, reason, by=by))
