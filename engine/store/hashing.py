"""Which hash the office has chosen for its record."""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from engine.model.digests import ALGORITHMS, SHA256
from engine.store import people
from engine.store.database import Work

SETTING = "record.hash"
_KNOWN_FOR = 30.0  #: seconds, so that the choice costs no statement of each step

_known: WeakKeyDictionary[Engine, tuple[str, float]] = WeakKeyDictionary()


def algorithm(work: Work) -> str:
    """The algorithm of what is recorded now; another process's choice is known within half a minute."""
    engine = work.connection.engine
    name, until = _known.get(engine, ("", 0.0))
    if until < time.monotonic():
        chosen = people.get_setting(work, SETTING)
        name = chosen if chosen in ALGORITHMS else SHA256
        _known[engine] = (name, time.monotonic() + _KNOWN_FOR)
    return name


def choose(work: Work, name: str) -> None:
    """Record by this algorithm from now on; what is recorded stays as it is."""
    engine = work.connection.engine
    people.put_setting(work, SETTING, name)
    work.after_commit(lambda: _forget(engine))


def _forget(engine: Engine) -> None:
    _known.pop(engine, None)
