"""Two saves of one form: what the other says otherwise, for the one who comes second to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import TaskForm
from web.forms import properties
from web.wording import shown

MOST = 8  #: fields that are told apart
LONGEST = 120  #: characters that are shown of a value


@dataclass(frozen=True, slots=True)
class Line:
    """A field that the two say differently."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Who saved what, and the revision to save over if one's own is to stay."""

    message: str
    revision: int
    lines: tuple[Line, ...]


def clash(message: str, fresh: TaskForm, mine: Mapping[str, Any]) -> Clash:
    """What the saved draft says otherwise than what was just sent."""
    fields = properties(fresh.form.schema) if fresh.form else {}
    lines = [
        Line(str(spec.get("title") or name), _short(mine.get(name)), _short(fresh.values.get(name)))
        for name, spec in fields.items()
        if not spec.get("readOnly") and (mine.get(name) or None) != (fresh.values.get(name) or None)
    ]
    return Clash(message, fresh.task.revision, tuple(lines[:MOST]))


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"
