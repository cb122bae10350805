"""Legal clocks as they are kept: when they began, stood still, were made longer, and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from engine.model.execution import JsonObject
from engine.model.records import TimeLeft

Stage = Literal["", "soon", "today", "over"]  #: the last thing that people were told of a clock
Outcome = Literal["", "done", "cancelled"]  #: "" while it runs
LedgerState = Literal["live", "soon", "over", "paused", "in_time", "late", "cancelled", "all"]

MOVES = ("clockPauses", "clockResumes", "clockExtends")  #: properties of steps that move clocks


@dataclass(frozen=True, slots=True)
class LegalClock:
    """A clock of a task, of a stretch of a process, or from an event on."""

    id: str  #: of the activity that it began with; a process's own ends in its key
    instance_id: str
    definition_id: str
    element_id: str
    activity_id: str  #: with whose end it ends; "": with the case
    scope_id: str  #: activity around its element; "": none
    name: str
    length: str  #: "15WD", "P1M" ...
    basis: str
    unverified: bool
    warn: str  #: length before the end; "": as `calendars.warn` has it
    limits: JsonObject  #: "extensions", "most", "basis", "pauses", as declared
    until: tuple[str, ...]  #: elements whose end ends it, too
    supervisors: tuple[str, ...]  #: groups that are told beside who handles it
    started_at: datetime
    due_at: datetime  #: as it was to be when it began to stand still, while it does
    warn_at: datetime
    moves: tuple[JsonObject, ...] = ()  #: in their order: "pause", "rest" (with its case), "extend"
    paused_at: datetime | None = None
    waits_for: str = ""
    years: tuple[int, ...] = ()  #: of its time, without published holidays
    told: Stage = ""
    next_at: datetime | None = None  #: when people are told next
    ended_at: datetime | None = None
    outcome: Outcome = ""

    @property
    def is_task(self) -> bool:
        """Whether it is a task's own."""
        return self.id == self.activity_id

    def made(self, kind: str) -> tuple[JsonObject, ...]:
        """Its moves of one kind."""
        return tuple(one for one in self.moves if one["kind"] == kind)


@dataclass(frozen=True, slots=True)
class Approval:
    """The step that moved a clock."""

    by: str  #: user id; "" is the system
    step: str  #: its name
    activity_id: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """A day on which an office is open or closed whatever the public calendar says."""

    day: date
    working: bool
    why: str


def note(clock: LegalClock) -> JsonObject | None:
    """What the task of a clock keeps of it for lists, or None for nothing out of the ordinary."""
    found: JsonObject = {}
    if clock.paused_at is not None:
        found |= {"paused": clock.paused_at.isoformat(), "waits_for": clock.waits_for}
    if extensions := clock.made("extend"):
        found |= {"extended": [one["length"] for one in extensions], "approved": extensions[-1]["step"]}
    if clock.years:
        found["guessed"] = list(clock.years)
    return found or None


@dataclass(frozen=True, slots=True)
class LedgerAsked:
    """What the ledger is narrowed to; empty values narrow nothing."""

    state: LedgerState = "live"
    process: str = ""  #: key
    unit: str = ""  #: code or name of a unit: of who handles it, and of those below


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A clock as a line of the ledger, or of its case."""

    clock: LegalClock
    business_key: str
    title: str
    process_name: str
    secrecy: str
    handler: str  #: who has or did the step, or the groups that it is offered to
    suspended: bool
    left: TimeLeft | None  #: of a live one
    late: int = 0  #: days of its kind by which it ended late
    people: Mapping[str, str] = field(default_factory=dict)  #: how those who moved it are shown
