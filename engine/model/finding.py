"""Finding: how texts are compared, what a list may be narrowed to, filters that are kept under a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

FieldKind = Literal["choice", "text", "date", "number"]
Place = Literal["tasks", "cases"]  #: the lists that a filter is for

MAX_WORDS = 8  #: of one search; what is behind them is left out
MAX_SEARCH = 200
MAX_VALUE = 500  #: characters of one value that can be found
COLOURS = ("ink", "blue", "green", "amber", "red", "violet")


@lru_cache(maxsize=20_000)
def _folded(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).casefold()


def fold(text: str) -> str:
    """The text as it is compared: full-width signs as plain ones, letter case aside; sign by sign."""
    return "".join(map(_folded, text))


def words_of(search: str) -> tuple[str, ...]:
    """The words of a search, each once, as they are compared; signs that no database keeps are left out."""
    plain = "".join(" " if sign == "\0" or "\ud800" <= sign <= "\udfff" else sign for sign in search)
    return tuple(dict.fromkeys(fold(plain[:MAX_SEARCH]).split()))[:MAX_WORDS]


def bigrams(text: str) -> frozenset[str]:
    """All neighbours of two signs in a folded text, none of them blank."""
    pairs = (text[at : at + 2] for at in range(len(text) - 1))
    return frozenset(one for one in pairs if not any(sign.isspace() for sign in one))


def spans(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the words stand in a text as it was written: beginnings and ends, in order, none overlapping."""
    places = [at for at, sign in enumerate(text) for _ in _folded(sign)]
    folded, found = fold(text), []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            found.append((places[at], places[at + len(word) - 1] + 1))
            at = folded.find(word, at + len(word))
    joined: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


@dataclass(frozen=True, slots=True)
class SearchField:
    """A form field marked `x-searchable`."""

    name: str
    title: str
    kind: FieldKind
    options: tuple[str, ...] = ()  #: of a choice; "true" and "false" of a yes or no


@dataclass(frozen=True, slots=True)
class FieldCriterion:
    """What the value of one field must be: this choice, with this text in it, or between two ends."""

    name: str
    kind: FieldKind
    text: str = ""
    low: str = ""  #: ISO date or number; included, as is the other end
    high: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list is narrowed to; empty values narrow nothing."""

    search: str = ""  #: words that must all be found
    process: str = ""  #: key of a top process
    step: str = ""
    unit: str = ""  #: code or name
    due: str = ""  #: "over", "today", "soon", "free"
    state: str = ""  #: of a task (TASK_STATES), or the status of a case
    priority: str = ""  #: "urgent", "normal"
    fields: tuple[FieldCriterion, ...] = ()

    def __bool__(self) -> bool:
        return self != Criteria()

    def to_json(self) -> dict[str, Any]:
        """As a saved filter keeps them: only what narrows."""
        plain = asdict(self) | {"fields": [asdict(one) for one in self.fields]}
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Criteria:
        """What `to_json` gave."""
        return cls(**{**data, "fields": tuple(FieldCriterion(**one) for one in data.get("fields", ()))})


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """Criteria under a name, for one person or for a group that he was in."""

    id: str
    owner: str
    name: str
    colour: str  #: one of COLOURS
    place: Place
    shared_with: str  #: a group, or "" for nobody
    criteria: Criteria
    position: int  #: among those of its owner
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Narrowings:
    """What there is to choose from when a list is narrowed."""

    steps: tuple[str, ...] = ()  #: of the chosen process
    units: tuple[tuple[str, str], ...] = ()  #: code and name
    fields: tuple[SearchField, ...] = ()  #: of the chosen process's forms


@dataclass(frozen=True, slots=True)
class Findable:
    """What of a case can be found: a folded text, and values by the names of their fields."""

    text: str
    values: Mapping[str, tuple[str, float | None]] = field(default_factory=dict)
    """Name -> folded text, and the number that the value is."""


def findable(
    number: str, title: str, fields: Mapping[str, FieldKind], variables: Mapping[str, Any]
) -> Findable:
    """What of a case with this number, title and variables can be found."""
    values: dict[str, tuple[str, float | None]] = {}
    lines = [fold(number), fold(title)]
    for name, kind in fields.items():
        value = variables.get(name)
        if isinstance(value, bool):
            values[name] = ("true" if value else "false", None)
        elif isinstance(value, int | float):
            text = f"{value:g}" if isinstance(value, float) else str(value)
            values[name] = (text[:MAX_VALUE], _number(value) if kind == "number" else None)
            lines.append(text[:MAX_VALUE])
        elif isinstance(value, str) and value.strip():
            text = fold(value)[:MAX_VALUE]
            values[name] = (text, None)
            lines.append(text)
    return Findable("\n".join(lines).replace("\0", " "), values)


def _number(value: float) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None
