"""Whether a user may see what a thing belongs to, found without reading the thing."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, bindparam, select

from engine.store.database import Work
from engine.store.offers import USER
from engine.store.reading import asking, sees
from engine.store.tables import case_copy, document, process_instance, user_task

Thing = Literal["case", "task", "document", "copy"]


def _asked(key: ColumnElement[str], instance: ColumnElement[str]) -> Select[Any]:
    return select(sees(instance)).where(key == bindparam("thing", type_=String))


_SEEN = {
    "case": _asked(process_instance.c.id, process_instance.c.id),
    "task": _asked(user_task.c.id, user_task.c.instance_id),
    "document": _asked(document.c.id, document.c.instance_id),
    "copy": _asked(case_copy.c.id, case_copy.c.instance_id).where(case_copy.c.user_id == USER),
}


def seen(work: Work, thing: Thing, thing_id: str, user: str) -> bool:
    """Whether there is such a thing and the user may see its case; a copy only if it is his."""
    found = work.connection.execute(_SEEN[thing], {"thing": thing_id, **asking(work, user)}).scalar()
    return found is not None and (bool(found) or not user)
