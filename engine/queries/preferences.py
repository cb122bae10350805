"""What a person likes for himself."""

from __future__ import annotations

from typing import Any

from engine.queries.reader import Reader
from engine.store import preferences


def preference(reader: Reader, user: str, key: str) -> Any:
    """The value that this user keeps under a key, or None."""
    with reader.database.reading() as work:
        return preferences.get(work, user, key)
