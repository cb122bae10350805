"""Legal clocks: natural and working days of the statutory calendar of China.

A length is ISO 8601 (`P30D`, `P1M`, `P2Y`, `PT12H`) or a number of working days (`15WD`). Days and months are
counted from the next day; they end at closing time, and on the next working day if the last day isn't one
(Civil Code, articles 201 to 203). Hours run through without regard to days.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import chinese_calendar

from engine.model.records import TimeLeft

Days = Mapping[date, bool]  #: an office's own days: whether it is open on them, whatever else is known

ZONE = "Asia/Shanghai"
NO_DAYS: Days = MappingProxyType({})
OPENING, CLOSING = time(8, 30), time(17, 30)  #: local times at which a day begins, and the last day ends
WARNING = 3  #: days or working days before the end, where nothing else is declared
WARNING_HOURS = 2  #: before the end of a clock that counts hours

_LENGTH = re.compile(
    r"(?P<working>\d{1,4})WD"
    r"|P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?)?"
)
_FEWEST_HOLIDAYS = 5  #: a year of which less is known isn't announced yet


@dataclass(frozen=True, slots=True)
class Length:
    """How long a clock runs: working days, or months and days, or an exact time on top of them."""

    working: int = 0
    months: int = 0
    days: int = 0
    exact: timedelta = timedelta()

    @property
    def unit(self) -> str:
        """`WD` for working days, `D` for natural ones."""
        return "WD" if self.working else "D"


@lru_cache(maxsize=256)
def parse(length: str) -> Length:
    """The length that a text declares; ValueError in Chinese if it declares none."""
    match = _LENGTH.fullmatch(length.strip().upper())
    parts = {name: int(text) for name, text in match.groupdict().items() if text} if match else {}
    if not any(parts.values()):
        raise ValueError(f"期限“{length}”写法不对，应如 15WD（工作日）、P30D（天）、P1M（月）、P1Y（年）")
    return Length(
        working=parts.get("working", 0),
        months=12 * parts.get("years", 0) + parts.get("months", 0),
        days=7 * parts.get("weeks", 0) + parts.get("days", 0),
        exact=timedelta(hours=parts.get("hours", 0), minutes=parts.get("minutes", 0)),
    )


def has_holidays(year: int, days: Days = NO_DAYS) -> bool:
    """Whether this year's public holidays are known; where not, weekends alone are free."""
    known: int = sum(day.year == year for day in chinese_calendar.holidays)
    return known + sum(day.year == year for day in days) >= _FEWEST_HOLIDAYS


def guessed(first: datetime, last: datetime, days: Days = NO_DAYS, *, zone: str = ZONE) -> tuple[int, ...]:
    """The years of a clock's time whose public holidays nobody has published yet."""
    years = range(_local(first, zone).year, _local(last, zone).year + 1)
    return tuple(year for year in years if not has_holidays(year, days))


def is_working_day(day: date, days: Days = NO_DAYS) -> bool:
    """Whether the office is open: its own days, public holidays and exchanged working weekends heeded."""
    if day in days:
        return days[day]
    free: bool = day in chinese_calendar.holidays
    exchanged: bool = day in chinese_calendar.workdays
    return exchanged or (day.weekday() < 5 and not free)


def due(start: datetime, length: str, *, zone: str = ZONE, days: Days = NO_DAYS) -> datetime:
    """When a clock that begins at `start` (aware) ends; aware, in UTC."""
    parsed = parse(length)
    begin = _local(start, zone)
    if parsed.exact:
        day = _added(begin.date(), parsed, days)
        return (datetime.combine(day, begin.timetz()).astimezone(UTC)) + parsed.exact
    return _closing(_next_working_day(_added(begin.date(), parsed, days), days), zone)


def warn(
    due: datetime, warn: str | None = None, *, length: str = "", zone: str = ZONE, days: Days = NO_DAYS
) -> datetime:
    """When a clock that ends at `due` begins to press; aware, in UTC.

    `warn` is a length before the end; without it three days, of the kind that `length` counts.
    """
    parsed = parse(warn) if warn else _default_warning(length)
    end = _local(due, zone)
    if parsed.exact:
        return due.astimezone(UTC) - parsed.exact - timedelta(days=parsed.days)
    day = _subtracted(end.date(), parsed, days)
    return datetime.combine(day, time(), end.tzinfo).astimezone(UTC)


def remaining(
    now: datetime,
    due: datetime,
    length: str = "",
    *,
    start: datetime | None = None,
    warn_at: datetime | None = None,
    zone: str = ZONE,
    days: Days = NO_DAYS,
) -> TimeLeft:
    """What is left of a clock: 剩2个工作日, 剩24天, 今天到期, 超期4天 (at least 1).

    Working days for a length in working days, natural days otherwise. `start` is where the clock began
    (else reckoned back from the end); `warn_at` where it begins to press (else as `warn` says).
    """
    parsed = parse(length) if length else Length()
    today, last = _local(now, zone).date(), _local(due, zone).date()
    over = now > due
    first, second = (last, today) if over else (today, last)
    count = working_days(first, second, days) if parsed.working else (second - first).days
    begin = start or _begin(due, parsed, zone, days)
    span = (due - begin).total_seconds()
    used = (now - begin).total_seconds() / span if span > 0 else 1.0
    return TimeLeft(
        unit="WD" if parsed.working else "D",
        amount=max(1, count) if over else count,
        over=over,
        today=today == last,
        soon=over or today == last or now >= (warn_at or warn(due, length=length, zone=zone, days=days)),
        share=1.0 if over else min(max(used, 0.0), 1.0),
    )


def resumed(
    due: datetime,
    length: str,
    rested: tuple[datetime, datetime],
    *,
    zone: str = ZONE,
    days: Days = NO_DAYS,
) -> datetime:
    """When a clock that was to end at `due` ends after it rested from and to these instants; in UTC.

    Days of the kind that `length` counts are added, and the end is closing time of a working day; without a
    length, or with one in hours, exactly the time is added.
    """
    parsed = parse(length) if length else Length()
    first, last = rested
    if not length or parsed.exact:
        return due.astimezone(UTC) + (last - first)
    begin, end, day = (_local(one, zone).date() for one in (first, last, due))
    if parsed.working:
        return _closing(_working_days_from(day, working_days(begin, end, days), 1, days), zone)
    return _closing(_next_working_day(day + (end - begin), days), zone)


def opening(due: datetime, *, zone: str = ZONE) -> datetime:
    """When the last day of a clock begins to be worked on; in UTC."""
    return datetime.combine(_local(due, zone).date(), OPENING, ZoneInfo(zone)).astimezone(UTC)


def counted(first: datetime, last: datetime, length: str, *, zone: str = ZONE, days: Days = NO_DAYS) -> int:
    """Days from one instant to another, of the kind that `length` counts."""
    begin, end = _local(first, zone).date(), _local(last, zone).date()
    working = bool(length) and parse(length).working
    return working_days(begin, end, days) if working else (end - begin).days


def in_words(length: str) -> str:
    """A length as it is said: 10个工作日, 1个月, 30天."""
    parsed = parse(length)
    parts = [
        (parsed.working, "个工作日"),
        (parsed.months, "个月"),
        (parsed.days, "天"),
        (int(parsed.exact.total_seconds() // 3600), "小时"),
    ]
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def _default_warning(length: str) -> Length:
    parsed = parse(length) if length else Length()
    if parsed.exact:
        return Length(exact=timedelta(hours=WARNING_HOURS))
    return Length(working=WARNING) if parsed.working else Length(days=WARNING)


def _local(moment: datetime, zone: str) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("时间没有时区")
    return moment.astimezone(ZoneInfo(zone))


def _closing(day: date, zone: str) -> datetime:
    return datetime.combine(day, CLOSING, ZoneInfo(zone)).astimezone(UTC)


def _begin(due: datetime, length: Length, zone: str, days: Days) -> datetime:
    """About when a clock of this length that ends at `due` began."""
    if length.exact:
        return due - length.exact - timedelta(days=length.days)
    return _closing(_subtracted(_local(due, zone).date(), length, days), zone)


def _added(day: date, length: Length, days: Days) -> date:
    if length.working:
        return _working_days_from(day, length.working, 1, days)
    try:
        return _months_added(day, length.months) + timedelta(days=length.days)
    except OverflowError as error:
        raise ValueError("期限过长") from error


def _subtracted(day: date, length: Length, days: Days) -> date:
    if length.working:
        return _working_days_from(day, length.working, -1, days)
    return _months_added(day, -length.months) - timedelta(days=length.days)


def _months_added(day: date, months: int) -> date:
    """The same day of another month; where that month has no such day, its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1] if 1 <= year <= 9999 else 1
    return date(year, month + 1, min(day.day, last))


def _working_days_from(day: date, count: int, step: int, days: Days) -> date:
    while count:
        day += timedelta(days=step)
        count -= is_working_day(day, days)
    return day


def _next_working_day(day: date, days: Days) -> date:
    while not is_working_day(day, days):
        day += timedelta(days=1)
    return day


def working_days(first: date, last: date, days: Days = NO_DAYS) -> int:
    """Working days after the first, up to and with the last."""
    return sum(is_working_day(first + timedelta(days=n), days) for n in range(1, (last - first).days + 1))
