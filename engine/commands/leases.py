"""Leases: a runner holds the job in hand by a heartbeat, so that a dead runner's job is soon another's."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from threading import Event, Lock, Thread
from types import TracebackType

from engine.commands.context import Context
from engine.store import jobs
from engine.store.jobs import Job

LEASE = timedelta(minutes=1)  #: after which a job that nobody renews is taken to have died with its runner
BEAT = 15.0  #: seconds between two renewals
LONGEST = timedelta(hours=1)  #: that a handler may take; then it is taken to hang, and is renewed no more

_log = logging.getLogger("wenze.jobs")


class Held:
    """Due jobs that this runner has taken, to be run one after another within a `with` block.

    Meanwhile a heartbeat renews the job in hand and gives those back that it has yet to begin, so that
    nobody waits behind a long handler.
    """

    def __init__(self, context: Context, limit: int) -> None:
        self._context = context
        self._until = context.clock() + LEASE
        with context.database.unit_of_work() as work:
            self._rest = list(jobs.fetch_due(work, context.clock(), self._until, limit))
        self._hand: Job | None = None
        self._since = self._until
        self._lock = Lock()
        self._over = Event()
        self._heart = Thread(target=self._live, name="wenze-heartbeat", daemon=True)

    def __enter__(self) -> Held:
        if self._rest:
            self._heart.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._heart.is_alive():
            self._heart.join()
        self._give_back(self._rest)

    def __iter__(self) -> Iterator[Job]:
        """Each job that is still this runner's when its turn comes."""
        while (job := self._next()) is not None:
            yield job

    def beat(self) -> None:
        """Renew the job in hand, and give back those that have yet to begin."""
        with self._lock:
            rest, self._rest = self._rest, []
            self._give_back(rest)
            now = self._context.clock()
            if self._hand is None or now - self._since > LONGEST:
                return
            with self._context.database.unit_of_work() as work:
                if jobs.renew(work, self._hand.id, self._until, now + LEASE):
                    self._until = now + LEASE

    def _next(self) -> Job | None:
        with self._lock:
            self._hand, now = None, self._context.clock()
            if now + LEASE / 2 > self._until:  # too little is left of it to begin another
                rest, self._rest = self._rest, []
                self._give_back(rest)
            if not self._rest:
                return None
            self._hand, self._since = self._rest.pop(0), now
            return self._hand

    def _give_back(self, rest: Sequence[Job]) -> None:
        if not rest:
            return
        with self._context.database.unit_of_work() as work:
            jobs.give_back(work, [one.id for one in rest], self._until)

    def _live(self) -> None:
        while not self._over.wait(BEAT):
            try:
                self.beat()
            except Exception:
                _log.exception("a job's lease could not be renewed")
