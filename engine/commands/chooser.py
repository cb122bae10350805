"""In a trial nobody is there to choose in ad-hoc subprocesses: each step is taken in the diagram's order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from engine import execution
from engine.commands import choosing, steps
from engine.commands.context import Context
from engine.model.choosing import Choice
from engine.store import instances


class Chooser:
    """Starts each step once or as often as it has answers, one by one; then ends what nothing else ends."""

    def __init__(self, context: Context, answers: Mapping[str, Sequence[object]]) -> None:
        self._context, self._answers = context, answers
        self._begun: Counter[tuple[str, str]] = Counter()

    def choose(self, instance_ids: Iterable[str]) -> bool:
        """Make one choice; False when there is none to make."""
        return any(self._one(case, choice) for case in instance_ids for choice in self._choices(case))

    def _choices(self, instance_id: str) -> tuple[Choice, ...]:
        with self._context.database.reading() as work:
            case = instances.load(work, instance_id)
            if case is None or case.instance.status != "active":
                return ()
            return execution.choices(steps.program_of(self._context, work, case), case.state)

    def _one(self, instance_id: str, choice: Choice) -> bool:
        activity_id = steps.outer_id(instance_id, choice.activity_id)
        for offer in () if choice.busy else choice.offers:
            key = (activity_id, offer.element_id)
            if self._begun[key] < max(1, len(self._answers.get(offer.element_id, ()))):
                self._begun[key] += 1
                choosing.begin(self._context, instance_id, activity_id, offer.element_id, by="")
                return True
        if choice.busy or not choice.may_end:
            return False
        choosing.end(self._context, instance_id, activity_id, by="")
        return True
