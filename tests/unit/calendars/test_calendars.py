"""Legal clocks: each rule with a day on which it decides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import calendars


def at(text: str) -> datetime:
    """A Beijing time."""
    return datetime.fromisoformat(text + "+08:00")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        # counted from the next day
        ("2026-03-02T09:00", "P7D", "2026-03-09"),
        ("2026-03-02T23:59", "P7D", "2026-03-09"),
        ("2026-03-02T00:01", "1WD", "2026-03-03"),
        # the last day is a weekend: Monday
        ("2026-03-02T09:00", "P5D", "2026-03-09"),
        # months end on the same day, else on the month's last
        ("2026-04-15T09:00", "P1M", "2026-05-15"),
        ("2026-05-31T09:00", "P1M", "2026-06-30"),
        ("2024-01-31T09:00", "P1M", "2024-02-29"),
        ("2026-02-28T09:00", "P2M", "2026-04-28"),
        ("2024-02-29T09:00", "P1Y", "2025-02-28"),
        ("2026-04-15T09:00", "P1M15D", "2026-06-01"),  # 2026-05-30 is a Saturday
        ("2026-06-01T09:00", "P2W", "2026-06-15"),
        # working days pass over weekends
        ("2026-03-06T09:00", "1WD", "2026-03-09"),
        ("2026-03-02T09:00", "15WD", "2026-03-23"),
        # Spring Festival 2026: off 02-15 to 02-23; 02-14 and 02-28 are working Saturdays
        ("2026-02-13T09:00", "1WD", "2026-02-14"),
        ("2026-02-13T09:00", "2WD", "2026-02-24"),
        ("2026-02-26T09:00", "2WD", "2026-02-28"),
        # natural days that end in the festival fall on the first working day after it
        ("2026-02-10T09:00", "P7D", "2026-02-24"),
        # ... but not away from an exchanged working Saturday
        ("2026-02-21T09:00", "P7D", "2026-02-28"),
        # National Day 2026: off 10-01 to 10-07
        ("2026-09-01T09:00", "P1M", "2026-10-08"),
        # a year whose holidays nobody has announced: weekends only
        ("2031-09-30T09:00", "1WD", "2031-10-01"),
        ("2031-10-03T09:00", "P1D", "2031-10-06"),
        # a year before the data begins
        ("1999-12-31T09:00", "1WD", "2000-01-03"),
        ("2026-03-02T09:00", " 1wd ", "2026-03-03"),
    ],
)
def test_due(start: str, length: str, end: str) -> None:
    result = calendars.due(at(start), length)
    assert result == at(end + "T17:30")
    assert result.tzinfo is UTC


def test_the_day_is_the_local_one() -> None:
    late = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # 01:00 on March 3 in Beijing
    assert calendars.due(late, "1WD") == at("2026-03-04T17:30")
    assert calendars.due(late, "1WD", zone="UTC") == datetime(2026, 3, 3, 17, 30, tzinfo=UTC)


def test_hours_run_through() -> None:
    assert calendars.due(at("2026-02-14T20:00"), "PT12H") == at("2026-02-15T08:00")
    assert calendars.due(at("2026-02-14T20:00"), "P1DT1H30M") == at("2026-02-15T21:30")


@pytest.mark.parametrize(
    "length", ["", "15", "WD", "0WD", "P", "P0D", "PT", "P1", "1M", "P-1D", "P1S", "abc", "P1MT"]
)
def test_a_wrong_length_is_refused(length: str) -> None:
    with pytest.raises(ValueError, match="写法不对"):
        calendars.due(at("2026-03-02T09:00"), length)


def test_a_length_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError):
        calendars.due(at("2026-03-02T09:00"), "P9999Y")


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="时区"):
        calendars.due(datetime(2026, 3, 2), "P1D")


def test_which_years_are_known() -> None:
    assert calendars.has_holidays(2026)
    assert calendars.has_holidays(2010)
    assert not calendars.has_holidays(2031)
    assert not calendars.has_holidays(1999)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # exchanged Saturday
        (date(2026, 2, 17), False),
        (date(2026, 3, 7), False),
        (date(2026, 3, 9), True),
        (date(2031, 10, 1), True),
    ],
)
def test_working_days(day: date, working: bool) -> None:
    assert calendars.is_working_day(day) is working


@pytest.mark.parametrize(
    ("warn", "length", "begins"),
    [
        (None, "", "2026-03-09"),
        (None, "P1M", "2026-03-09"),
        (None, "15WD", "2026-03-09"),
        ("5WD", "P1M", "2026-03-05"),
        ("P10D", "15WD", "2026-03-02"),
        ("P1M", "P2M", "2026-02-12"),
    ],
)
def test_warn(warn: str | None, length: str, begins: str) -> None:
    assert calendars.warn(at("2026-03-12T17:30"), warn, length=length) == at(begins + "T00:00")


def test_warn_counts_working_days_over_a_weekend() -> None:
    monday = at("2026-03-16T17:30")
    assert calendars.warn(monday, length="10WD") == at("2026-03-11T00:00")
    assert calendars.warn(monday, length="P10D") == at("2026-03-13T00:00")


def test_warn_of_hours() -> None:
    end = at("2026-03-12T08:00")
    assert calendars.warn(end, "PT30M") == at("2026-03-12T07:30")
    assert calendars.warn(end, length="PT12H") == at("2026-03-12T06:00")


@pytest.mark.parametrize(
    ("now", "length", "unit", "amount", "over", "today", "soon"),
    [
        ("2026-03-10T09:00", "15WD", "WD", 2, False, False, True),
        ("2026-03-06T09:00", "15WD", "WD", 4, False, False, False),
        ("2026-02-16T09:00", "P1M", "D", 24, False, False, False),
        ("2026-03-09T09:00", "P1M", "D", 3, False, False, True),
        ("2026-03-08T23:00", "P1M", "D", 4, False, False, False),
        ("2026-03-12T17:30", "P1M", "D", 0, False, True, True),
        ("2026-03-12T17:31", "P1M", "D", 1, True, True, True),
        ("2026-03-16T09:00", "P1M", "D", 4, True, False, True),
        ("2026-03-16T09:00", "15WD", "WD", 2, True, False, True),
        ("2026-03-16T09:00", "", "D", 4, True, False, True),
    ],
)
def test_remaining(
    now: str, length: str, unit: str, amount: int, over: bool, today: bool, soon: bool
) -> None:
    left = calendars.remaining(at(now), at("2026-03-12T17:30"), length)
    assert (left.unit, left.amount, left.over, left.today, left.soon) == (unit, amount, over, today, soon)


def test_remaining_heeds_the_declared_warning_and_start() -> None:
    end = at("2026-03-12T17:30")
    now = at("2026-03-02T17:30")
    left = calendars.remaining(now, end, "P20D", start=at("2026-02-20T17:30"), warn_at=at("2026-03-01T00:00"))
    assert left.soon
    assert left.share == 0.5
    assert calendars.remaining(now, end, "P20D").share == 0.5
    assert calendars.remaining(at("2026-04-01T09:00"), end, "P20D").share == 1.0
    assert calendars.remaining(at("2026-01-01T09:00"), end, "P20D").share == 0.0


@pytest.mark.parametrize(
    ("length", "due", "expected"),
    [
        ("", "2026-03-05T09:30", "2026-03-12T15:30"),  # exactly the time
        ("PT12H", "2026-03-03T01:00", "2026-03-10T07:00"),
        ("5WD", "2026-03-09T09:30", "2026-03-16T09:30"),  # five working days
        ("P10D", "2026-03-12T09:30", "2026-03-19T09:30"),  # seven days
        ("P5D", "2026-03-07T09:30", "2026-03-16T09:30"),  # would end on a Saturday
    ],
)
def test_a_clock_that_rested_a_week_and_six_hours_ends_later(length: str, due: str, expected: str) -> None:
    begin = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    rested = (begin, begin + timedelta(days=7, hours=6))
    found = calendars.resumed(datetime.fromisoformat(f"{due}+00:00"), length, rested)
    assert found == datetime.fromisoformat(f"{expected}+00:00")
