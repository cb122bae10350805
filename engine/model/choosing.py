"""What people may choose to do next in an ad-hoc subprocess."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity that may be started."""

    element_id: str
    name: str
    names: frozenset[str] = frozenset()  #: groups and users that the diagram names for it; empty: none


@dataclass(frozen=True, slots=True)
class Choice:
    """A live ad-hoc subprocess."""

    activity_id: str
    element_id: str
    name: str
    offers: tuple[Offer, ...]  #: what may be started now
    names: frozenset[str]  #: whom the diagram names for any of its activities
    busy: bool  #: something in it is being done
    may_end: bool  #: a person says that it is over; otherwise its completion condition does
