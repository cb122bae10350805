"""Carrying a command out once: again after a lost race, and not twice under one idempotency key."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from engine.commands.context import Context
from engine.errors import Conflict, EngineError, InvalidInput, LostRace
from engine.store import keys
from engine.store.database import Work
from engine.store.keys import Answered

T = TypeVar("T")

RACES = 8  #: how often a command that lost a race is carried out again
KEPT = timedelta(days=1)  #: how long a key is known
LONGEST = 200  #: characters of a key
_PURGE = 64  #: one key in so many has the expired ones forgotten
_OTHER = "这一页已经提交过，这次的内容与那次不同，没有再办。请核对后重新提交。"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A person's command; without a key it is carried out as often as it is asked for."""

    by: str
    key: str
    what: str

    def answered(self, context: Context, work: Work, answer: Any) -> None:
        """Keep the answer in the command's own transaction; Conflict if another was faster."""
        if not self.key:
            return
        now = context.clock()
        keys.keep(work, self.by, self.key, Answered(self.what, answer), now, now + KEPT)
        if sha256(self.key.encode()).digest()[0] % _PURGE == 0:
            keys.purge(work, now)


def ticket(by: str, key: str, verb: str, *given: Any) -> Ticket:
    """The ticket for this verb with what it was given."""
    if len(key) > LONGEST:
        raise InvalidInput(f"幂等键不能超过{LONGEST}个字符。")
    text = json.dumps(given, ensure_ascii=False, sort_keys=True, default=str) if key else ""
    return Ticket(by, key, f"{verb} {sha256(text.encode('utf-8', 'replace')).hexdigest()}")


def again(act: Callable[[], T]) -> T:
    """Carry out, once more from the beginning each time that another was faster."""
    for attempt in range(1, RACES):
        try:
            return act()
        except LostRace:
            time.sleep(random.uniform(0, 0.01 * attempt))  # noqa: S311  so that two do not meet again
    return act()


def once(
    context: Context, ticket: Ticket, act: Callable[[], T], replay: Callable[[Work, Any], T | None]
) -> T:
    """Carry out, or answer as before if it was carried out under this key; Conflict for another content."""
    try:
        return again(act)
    except EngineError:
        if not ticket.key:
            raise
        with context.database.reading() as work:
            found = keys.find(work, ticket.by, ticket.key, context.clock())
            if found is None:
                raise
            answer = replay(work, found.answer) if found.what == ticket.what else None
        if answer is None:
            raise Conflict(_OTHER) from None
        return answer
