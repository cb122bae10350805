"""One reading transaction for all that somebody reads together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Generic, TypeVar

W = TypeVar("W")


class Shared(Generic[W]):
    """A transaction begun when something is read first, and ended by a failure or before a change."""

    def __init__(self, begin: Callable[[], AbstractContextManager[W]]) -> None:
        self._begin = begin
        self._running = ExitStack()
        self._work: W | None = None
        self._readers = 0
        self._over = False

    @contextmanager
    def reading(self) -> Iterator[W]:
        """The transaction, begun if there is none."""
        if self._work is None:
            self._work = self._running.enter_context(self._begin())
        self._readers += 1
        failure: BaseException | None = None
        try:
            yield self._work
        except BaseException as raised:
            failure, self._over = raised, True
            raise
        finally:
            self._readers -= 1
            if self._over:
                self.end(failure)

    def end(self, failure: BaseException | None = None) -> None:
        """End the transaction, as soon as nobody reads: what is read next is read anew."""
        self._over = self._readers > 0
        if not self._over:
            self._work = None
            told = (type(failure), failure, failure.__traceback__) if failure else (None, None, None)
            self._running.__exit__(*told)
