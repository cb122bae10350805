"""To which instance a thing belongs, found without reading the thing."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import ColumnElement, select

from engine.store.database import Work
from engine.store.tables import case_copy, document, process_instance, user_task

Thing = Literal["case", "task", "document", "copy"]

_INSTANCE: dict[str, tuple[ColumnElement[str], ColumnElement[str]]] = {  # thing -> its id, its instance
    "case": (process_instance.c.id, process_instance.c.id),
    "task": (user_task.c.id, user_task.c.instance_id),
    "document": (document.c.id, document.c.instance_id),
    "copy": (case_copy.c.id, case_copy.c.instance_id),
}


def instance_of(work: Work, thing: Thing, thing_id: str, user: str) -> str | None:
    """The instance that the thing belongs to; None when there is no such thing, or the copy is another's."""
    key, instance = _INSTANCE[thing]
    statement = select(instance).where(key == thing_id)
    if thing == "copy":
        statement = statement.where(case_copy.c.user_id == user)
    found: str | None = work.connection.execute(statement).scalar()
    return found
