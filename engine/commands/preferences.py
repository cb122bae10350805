"""Keeping what a person likes for himself, which is no part of any case's record."""

from __future__ import annotations

import re
from typing import Any

from engine.commands.context import Context, person
from engine.errors import InvalidInput
from engine.store import preferences
from engine.store.tables import compact

MOST = 20_000  #: characters of one preference
_KEY = re.compile(r"[a-z][a-z0-9_.-]{0,79}")


def prefer(context: Context, key: str, value: Any, *, by: str) -> None:
    """Keep a JSON value for oneself under a key such as `inbox.columns`; None forgets it."""
    if not _KEY.fullmatch(key):
        raise InvalidInput("没有这项个人设置。")
    if len(compact(value)) > MOST:
        raise InvalidInput(f"个人设置太长，请少保存一些（最多{MOST}字）。")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        if user.id:
            preferences.put(work, user.id, key, value)
