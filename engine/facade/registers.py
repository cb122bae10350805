"""Registers: what is written down on a case, or outside of cases, and never changed."""

from __future__ import annotations

from engine.commands import registering
from engine.errors import Problem
from engine.facade.part import Part
from engine.model.execution import JsonObject
from engine.model.registers import RegisterView
from engine.queries import registers


class Registers(Part):
    """Registers: what is written down on a case, or outside of cases, and never changed."""

    def registers(self, by: str) -> tuple[RegisterView, ...]:
        """The registers that this user may read, or write outside of cases; without entries."""
        return registers.all_registers(self._reader, by)

    def register(self, key: str, register_id: str, *, by: str) -> RegisterView:
        """A register of the process with this key: the newest entries that this user may read."""
        return registers.register(self._reader, key, register_id, by)

    def case_register(self, instance_id: str, register_id: str, *, by: str) -> RegisterView:
        """A register of a case: the entries on it that this user may read, and the form."""
        return registers.form_on_case(self._reader, instance_id, register_id, by)

    def enter(
        self,
        register_id: str,
        values: JsonObject,
        *,
        by: str,
        key: str = "",
        instance_id: str = "",
        once: str = "",
    ) -> str:
        """Write an entry on a case, or outside of cases into the register of the process with this key.

        Gives its id. `once` is an idempotency key: a page sent twice counts once.
        """
        return registering.enter(
            self._context, key, register_id, values, by=by, instance_id=instance_id, once_key=once
        )

    def verify_registers(self) -> tuple[Problem, ...]:
        """Where entries of registers don't fit their hash chains; empty when all are whole."""
        return registers.verify(self._reader)
