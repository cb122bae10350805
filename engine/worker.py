"""Worker: a thread that runs due jobs."""

from __future__ import annotations

from engine.facade import Engine


class Worker:
    """Runs the due jobs of an engine in a thread of its own; a due timer fires within a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def start(self) -> None:
        """Begin to run jobs."""
        raise NotImplementedError

    def stop(self) -> None:
        """Finish the job in hand and end the thread."""
        raise NotImplementedError
