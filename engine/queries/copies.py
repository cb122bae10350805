"""What was copied to a person for information."""

from __future__ import annotations

from collections.abc import Collection

from engine.model.views import Copy
from engine.queries.reader import Reader, person
from engine.store import copies as rows


def copies(reader: Reader, by: str, *, unread: bool) -> tuple[Copy, ...]:
    """A user's copies, newest first."""
    with reader.database.reading() as work:
        person(work, by)
        return rows.of_user(work, by, unread=unread)


def copied(reader: Reader, by: str, ids: Collection[str]) -> tuple[Copy, ...]:
    """Those of these copies that are this user's."""
    with reader.database.reading() as work:
        person(work, by)
        return rows.some(work, by, ids)
