"""Whether a user sees a thing at all, asked before anything else is."""

from __future__ import annotations

from engine.queries.reader import Reader, person
from engine.store import reading
from engine.store.seeing import Thing, instance_of


def sees(reader: Reader, thing: Thing, thing_id: str, *, by: str) -> bool:
    """Whether the thing is there and belongs to an instance that this user may see."""
    with reader.database.reading() as work:
        person(work, by)
        instance_id = instance_of(work, thing, thing_id, by)
        return instance_id is not None and reading.may_see(work, instance_id, by)
