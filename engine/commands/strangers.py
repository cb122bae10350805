"""Failed sign-ins of logins that don't exist: the answers must not tell which ones do."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock

MOST = 1_000  #: logins remembered; the oldest is forgotten


class Strangers:
    """Failures and locks by unknown login, in memory."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()
        self._lock = Lock()

    def get(self, login: str) -> tuple[int, datetime | None]:
        """How often it failed, and until when it is locked."""
        with self._lock:
            return self._known.get(login, (0, None))

    def set(self, login: str, failures: int, until: datetime | None) -> None:
        """Keep this for the login."""
        with self._lock:
            self._known[login] = (failures, until)
            self._known.move_to_end(login)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
