"""Common opinions: what a person often writes, kept for himself in his own order."""

from __future__ import annotations

from collections.abc import Sequence

from engine.commands import preferences
from engine.commands.context import Context
from engine.errors import InvalidInput

KEY = "opinions.common"
MOST = 30
LONGEST = 200  #: characters of one


def keep(context: Context, texts: Sequence[str], *, by: str) -> None:
    """Keep these as one's common opinions, in this order; InvalidInput for what is empty, long or double."""
    found = [text.strip() for text in texts]
    if len(found) > MOST:
        raise InvalidInput(f"常用语最多{MOST}条，请先删去不用的。")
    for text in found:
        if not text or len(text) > LONGEST:
            raise InvalidInput(f"请写明常用语，不超过{LONGEST}字。")
        if found.count(text) > 1:
            raise InvalidInput(f"“{text}”已经有了。")
    preferences.prefer(context, KEY, found or None, by=by)
