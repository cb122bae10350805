"""The looks of the last minutes, so that a page opened again and again is recorded as one look."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

PAUSE = timedelta(minutes=10)  #: within which the same look isn't recorded again


class Recent:
    """The looks of the last minutes; a look that was forgotten early is only recorded once more."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._seen: OrderedDict[tuple[str, ...], datetime] = OrderedDict()
        self._lock = Lock()

    def again(self, look: tuple[str, ...], now: datetime) -> bool:
        """Whether this look was recorded within the pause."""
        with self._lock:
            before = self._seen.get(look)
            return before is not None and before <= now < before + PAUSE

    def keep(self, look: tuple[str, ...], now: datetime) -> None:
        """From now on the look is recorded."""
        with self._lock:
            self._seen[look] = now
            self._seen.move_to_end(look)
            while len(self._seen) > self._most:
                self._seen.popitem(last=False)
