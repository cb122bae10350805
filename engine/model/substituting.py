"""Substitutes: who does somebody's new tasks while he is away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

MOST_HOPS = 3  #: how far a substitute's own substitutes are followed


@dataclass(frozen=True, slots=True)
class Substitution:
    """From `since` to before `until` new tasks of `person` go to `substitute`."""

    id: str
    person: str
    substitute: str
    since: datetime
    until: datetime
    processes: tuple[str, ...]  #: keys; none: of all processes
    reason: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""

    def covers(self, key: str, now: datetime) -> bool:
        """Whether it holds for a new task of this process now."""
        return self.ended_at is None and self.since <= now < self.until and self._of(key)

    def meets(self, other: Substitution) -> bool:
        """Whether both may hold for one task."""
        if self.ended_at is not None or other.ended_at is not None:
            return False
        shared = not self.processes or not other.processes or bool({*self.processes} & {*other.processes})
        return shared and self.since < other.until and other.since < self.until

    def _of(self, key: str) -> bool:
        return not self.processes or key in self.processes


def chain(person: str, key: str, now: datetime, known: Iterable[Substitution]) -> tuple[Substitution, ...]:
    """The substitutions that lead from a person to who does his task, at most MOST_HOPS."""
    by_person = {one.person: one for one in known if one.covers(key, now)}
    found: list[Substitution] = []
    seen = {person}
    while len(found) < MOST_HOPS and person in by_person and by_person[person].substitute not in seen:
        found.append(by_person[person])
        person = by_person[person].substitute
        seen.add(person)
    return tuple(found)


def leads_back(new: Substitution, known: Iterable[Substitution]) -> bool:
    """Whether somebody would come to stand in for himself."""
    others = [one for one in known if one.meets(new)]
    reached, waiting = set[str](), [new.substitute]
    while waiting:
        person = waiting.pop()
        if person == new.person:
            return True
        if person not in reached:
            reached.add(person)
            waiting += [one.substitute for one in others if one.person == person]
    return False
