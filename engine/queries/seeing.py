"""Whether a user sees a thing at all, asked before anything else is."""

from __future__ import annotations

from typing import Literal

from engine import policy
from engine.queries import access
from engine.queries.reader import Reader, person
from engine.store import filters, people
from engine.store.seeing import Thing, seen


def sees(reader: Reader, thing: Thing | Literal["recusal", "filter"], thing_id: str, *, by: str) -> bool:
    """Whether the thing is there and belongs to an instance that this user may see."""
    if thing == "recusal":  # who decides needn't see the case
        return any(one.tie.id == thing_id for one in access.recusals(reader, by))
    with reader.database.reading() as work:
        user = person(work, by)
        if thing == "filter":
            found, admins = filters.get(work, thing_id), people.get_setting(work, "process_admins") or ""
            return found is not None and policy.reaches(user, found, admins)
        return seen(work, thing, thing_id, by)
