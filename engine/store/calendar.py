"""The office's own days: a setting, the same for all runners."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine.calendars import Days
from engine.model.clocks import OfficeDay
from engine.store import people
from engine.store.database import Work

_SETTING = "calendar"


def days(work: Work) -> Days:
    """The office's own days, for counting."""
    return {one.day: one.working for one in listed(work)}


def listed(work: Work) -> tuple[OfficeDay, ...]:
    """The office's own days in their order."""
    kept = people.get_setting(work, _SETTING) or []
    return tuple(OfficeDay(date.fromisoformat(one["date"]), one["working"], one["why"]) for one in kept)


def keep(work: Work, given: Sequence[OfficeDay]) -> None:
    """Let these be all of the office's own days."""
    rows = [{"date": one.day.isoformat(), "working": one.working, "why": one.why} for one in given]
    people.put_setting(work, _SETTING, rows)
