"""Worker: a thread that runs due jobs."""

from __future__ import annotations

import logging
from threading import Event, Thread

from engine.facade import Engine

_PAUSE = 0.5  #: seconds at most between two looks, since other processes add jobs too
_DELIVERY_PAUSE = 2.0  #: seconds between two looks for mails and calls to send

_log = logging.getLogger("wenze.worker")


class Worker:
    """Runs the due jobs of an engine in a thread of its own; a due timer fires within a second.

    Another thread sends mails and calls webhooks, so that a slow server holds no job up.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._wake = Event()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._sender: Thread | None = None

    def start(self) -> None:
        """Begin to run jobs; nothing happens when it runs already."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._engine.on_jobs(self._wake.set)
        self._thread = Thread(target=self._loop, name="wenze-worker", daemon=True)
        self._thread.start()
        self._sender = Thread(target=self._deliver, name="wenze-deliveries", daemon=True)
        self._sender.start()

    def stop(self) -> None:
        """Finish the job in hand and end the thread."""
        if self._thread is None:
            return
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        self._thread = None
        if self._sender is not None:
            self._sender.join()
            self._sender = None

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            if not self._run_some():
                self._wake.wait(self._pause())

    def _deliver(self) -> None:
        while not self._stopping.wait(_DELIVERY_PAUSE):
            try:
                self._engine.deliver_due(limit=5)
            except Exception:
                _log.exception("deliveries could not be sent")

    def _run_some(self) -> bool:
        """Run a few due jobs; False when there were none, or the database was out of reach."""
        try:
            return self._engine.run_due_jobs(limit=10) > 0
        except Exception:
            _log.exception("jobs could not be run")
            return False

    def _pause(self) -> float:
        try:
            due = self._engine.next_due()
        except Exception:
            return _PAUSE
        if due is None:
            return _PAUSE
        return min(max((due - self._engine.now()).total_seconds(), 0.01), _PAUSE)
