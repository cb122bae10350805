"""When a timer event is due: ISO 8601 dates, durations and cycles, counted from a given instant."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.model.definition import TimerKind

ZONE = ZoneInfo("Asia/Shanghai")  #: of dates and times that name no zone
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_SHORTEST = timedelta(seconds=1)  #: period of a cycle
_CYCLE = re.compile(r"R(\d*)/(?:([^P/][^/]*)/)?(P[^/]+)(?:/([^P/][^/]*))?")


@dataclass(frozen=True, slots=True)
class Timer:
    """The next due date; for a cycle also its period and where it ends."""

    due: datetime  #: aware, UTC
    every: str | None = None
    left: int | None = None  #: firings that are left, with the next one
    until: datetime | None = None  #: no firing after this

    def shifted(self, span: timedelta) -> Timer:
        """The timer, due and ending later by this."""
        return replace(self, due=self.due + span, until=self.until and self.until + span)

    def to_json(self) -> list[str | int | None]:
        """The timer as JSON."""
        until = None if self.until is None else self.until.isoformat()
        return [self.due.isoformat(), self.every, self.left, until]

    @classmethod
    def from_json(cls, data: list[Any]) -> Timer:
        """The timer that `to_json` wrote."""
        due, every, left, until = data
        return cls(datetime.fromisoformat(due), every, left, until and datetime.fromisoformat(until))


def first(kind: TimerKind, text: str, now: datetime) -> Timer:
    """The timer as it is when its event begins to wait; ValueError if the text is no timer of this kind."""
    if kind == "date":
        return Timer(_instant(text))
    if kind == "duration":
        return Timer(later(now, text))
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    times, start, every, end = match.groups()
    due = _instant(start) if start else later(now, every)
    if later(due, every) - due < _SHORTEST:
        raise ValueError(text)  # it would fire for ever at once
    return Timer(due, every, max(int(times), 1) if times else None, _instant(end) if end else None)


def following(timer: Timer, now: datetime) -> Timer | None:
    """A cycle's timer after it has fired, None when it is over; firings missed by `now` are not made up."""
    if timer.every is None or timer.left == 1:
        return None
    due = later(timer.due, timer.every)
    if due <= now:
        due = later(now, timer.every)
    if timer.until is not None and due > timer.until:
        return None
    return replace(timer, due=due, left=None if timer.left is None else timer.left - 1)


def later(start: datetime, duration: str) -> datetime:
    """The instant (UTC) a duration after `start`; months and years count by the calendar, local time."""
    match = _DURATION.fullmatch(duration.strip())
    if match is None or not any(match.groups()):
        raise ValueError(duration)
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    local = _add_months(start.astimezone(ZONE), 12 * years + months)
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(match.group(7) or 0))
    return local.astimezone(UTC) + span


def _add_months(moment: datetime, months: int) -> datetime:
    if not months:
        return moment
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _instant(text: str) -> datetime:
    """A date (its beginning) or date and time, with an offset, a zone name (FEEL's `@`) or local."""
    body, _, zone = text.strip().partition("@")
    moment = datetime.fromisoformat(body)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone) if zone else ZONE)
    return moment.astimezone(UTC)
