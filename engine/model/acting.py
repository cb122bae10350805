"""From where somebody acts, and for whom: set once around a request or command, read by the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

SYSTEM = "系统"  #: the program itself: jobs, and whatever names no other place
COMMAND_LINE = "命令行"


@dataclass(frozen=True, slots=True)
class Origin:
    """An address, `COMMAND_LINE` or `SYSTEM`, and the person in whose stead somebody acts ("": his own)."""

    place: str = SYSTEM
    on_behalf_of: str = ""


_acting: ContextVar[Origin] = ContextVar("acting", default=Origin())  # noqa: B039  it is frozen


def acting() -> Origin:
    """From where this thread acts now."""
    return _acting.get()


@contextmanager
def acting_from(place: str, on_behalf_of: str = "") -> Iterator[None]:
    """What happens within is done from this place; `on_behalf_of` is the id of who is represented."""
    token = _acting.set(Origin(place or SYSTEM, on_behalf_of))
    try:
        yield
    finally:
        _acting.reset(token)
