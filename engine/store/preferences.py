"""What a person likes for himself: a JSON value by key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.store.database import Work
from engine.store.sql import upsert
from engine.store.tables import preference


def get(work: Work, user: str, key: str) -> Any:
    """A person's preference, or None."""
    mine = (preference.c.user_id == user, preference.c.key == key)
    return work.connection.execute(select(preference.c.value).where(*mine)).scalar()


def put(work: Work, user: str, key: str, value: Any) -> None:
    """Keep a preference; None forgets it."""
    if value is None:
        mine = (preference.c.user_id == user, preference.c.key == key)
        work.connection.execute(preference.delete().where(*mine))
        return
    statement = upsert(work, preference).values(user_id=user, key=key, value=value)
    work.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "key"], set_={"value": statement.excluded.value}
        )
    )
