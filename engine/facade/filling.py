"""What helps to fill in a form."""

from __future__ import annotations

from engine.commands import presence
from engine.commands.once import again
from engine.facade.part import Part
from engine.model.directory import Choice
from engine.model.forms import FormDefinition
from engine.queries import picking


class Filling(Part):
    """What helps to fill in a form."""

    def pick(self, form: FormDefinition | None, path: str, query: str, *, by: str) -> tuple[Choice, ...]:
        """Whom an opened form's picker offers for a query, 20 at most."""
        return picking.pick(self._reader, form, path, query, by=by)

    def look_at_task(self, task_id: str, *, by: str) -> tuple[str, ...]:
        """Say that one has the task's page open; gives how the others are called who have it open, too."""
        return again(lambda: presence.look(self._context, task_id, by=by))
