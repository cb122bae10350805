"""Whether a user sees a thing at all, asked before anything else is."""

from __future__ import annotations

from typing import Literal

from engine.queries import access
from engine.queries.reader import Reader, person
from engine.store.seeing import Thing, seen


def sees(reader: Reader, thing: Thing | Literal["recusal"], thing_id: str, *, by: str) -> bool:
    """Whether the thing is there and belongs to an instance that this user may see."""
    if thing == "recusal":  # who decides needn't see the case
        return any(one.tie.id == thing_id for one in access.recusals(reader, by))
    with reader.database.reading() as work:
        person(work, by)
        return seen(work, thing, thing_id, by)
