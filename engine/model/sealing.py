"""Anchors: at intervals one hash over all that the record has become, short enough to keep on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from engine.model.digests import SHA256, canonical, digest, fits

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  #: Crockford's 32: none of them is taken for another
GROUPS, WIDTH = 4, 5
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry of the record beside the cases, as an anchor covers it."""

    event_id: int
    kind: str
    hash: str


@dataclass(frozen=True, slots=True)
class SealedHead:
    """The end of a case's chain, as an anchor covers it."""

    instance_id: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """Covers what has come to the record since the anchor before, and by `previous` all that was before."""

    number: int
    at: datetime
    previous: str  #: hash of the anchor before
    events: int  #: entries beside the cases that it covers
    events_digest: str
    cases: int  #: cases whose chain has grown
    cases_digest: str
    total: int  #: cases that have been covered by now
    hash: str = ""

    def hashed(self, algorithm: str = SHA256) -> Anchor:
        """The anchor with its hash."""
        return replace(self, hash=digest(self._covered(), algorithm))

    @property
    def whole(self) -> bool:
        """Whether it is as it was when it was hashed."""
        return fits(self.hash, self._covered())

    @property
    def code(self) -> str:
        """What the office keeps on paper: 95 bits of the hash and a letter that shows a slip of the pen."""
        bits = int(self.hash.rpartition(":")[2][:24], 16) >> 1
        letters = [LETTERS[bits >> 5 * place & 31] for place in reversed(range(GROUPS * WIDTH - 1))]
        text = "".join(letters)
        text += _check_letter(text)
        return "-".join(text[at : at + WIDTH] for at in range(0, len(text), WIDTH))

    def _covered(self) -> bytes:
        return canonical(
            {
                "number": self.number,
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "previous": self.previous,
                "events": [self.events, self.events_digest],
                "cases": [self.cases, self.cases_digest, self.total],
            }
        )


@dataclass(frozen=True, slots=True)
class Breach:
    """Something in the record that isn't as it was written, and where."""

    place: Literal["case", "audit", "anchor", "document"]
    message: str  #: in Chinese
    instance_id: str = ""
    number: int | None = None  #: of the entry or anchor


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what was found."""

    cases: int
    entries: int
    events: int
    anchors: int
    breaches: tuple[Breach, ...]


def events_digest(sealed: Iterable[Sealed], algorithm: str = SHA256) -> str:
    """One hash over entries in their order."""
    return _digest_of([[one.event_id, one.kind, one.hash] for one in sealed], algorithm)


def heads_digest(heads: Iterable[SealedHead], algorithm: str = SHA256) -> str:
    """One hash over ends of chains, by case."""
    told = sorted([one.instance_id, one.seq, one.hash] for one in heads)
    return _digest_of(told, algorithm)


def _digest_of(told: Sequence[Sequence[object]], algorithm: str) -> str:
    return digest(canonical(told), algorithm)


def read_code(text: str) -> str:
    """A code as it is written, from what somebody has typed; ValueError for a slip of the pen."""
    plain = text.strip().upper().translate(_READ_AS)
    wrong = len(plain) != GROUPS * WIDTH or set(plain) - set(LETTERS)
    if wrong or _check_letter(plain[:-1]) != plain[-1]:
        raise ValueError(text)
    return "-".join(plain[at : at + WIDTH] for at in range(0, len(plain), WIDTH))


def _check_letter(text: str) -> str:
    """Luhn's check over 32 letters: shows each single slip and nearly each exchange of neighbours."""
    total = 0
    for place, letter in enumerate(reversed(text)):
        value = LETTERS.index(letter) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return LETTERS[-total % 32]
