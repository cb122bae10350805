"""Whether a user sees a thing at all, asked before anything else is."""

from __future__ import annotations

from engine.queries.reader import Reader, person
from engine.store.seeing import Thing, seen


def sees(reader: Reader, thing: Thing, thing_id: str, *, by: str) -> bool:
    """Whether the thing is there and belongs to an instance that this user may see."""
    with reader.database.reading() as work:
        person(work, by)
        return seen(work, thing, thing_id, by)
