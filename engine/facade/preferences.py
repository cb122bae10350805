"""What people like for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.commands import phrases, preferences
from engine.commands.once import again
from engine.facade.part import Part
from engine.queries import preferences as kept


class Preferences(Part):
    """A JSON value for each person and key."""

    def preference(self, user: str, key: str) -> Any:
        """What this user keeps under a key such as `inbox.columns`, or None."""
        return kept.preference(self._reader, user, key)

    def prefer(self, key: str, value: Any, *, by: str) -> None:
        """Keep a JSON value for oneself; None forgets it."""
        again(lambda: preferences.prefer(self._context, key, value, by=by))

    def common_opinions(self, user: str) -> tuple[str, ...]:
        """What this user often writes, in his own order."""
        return tuple(kept.preference(self._reader, user, phrases.KEY) or ())

    def keep_common_opinions(self, texts: Sequence[str], *, by: str) -> None:
        """Keep what one often writes, in this order, instead of what was kept before."""
        again(lambda: phrases.keep(self._context, texts, by=by))
