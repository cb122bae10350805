"""Clocks that are paused and extended: for every calendar, length and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import calendars
from engine.commands import ticking
from engine.errors import InvalidInput
from engine.model.clocks import Approval, LegalClock

BY = Approval("li", "批准", "a")
LENGTHS = st.sampled_from(["1WD", "15WD", "P7D", "P30D", "P1M", "P2Y", "PT12H", "P1DT3H"])
STARTS = st.datetimes(datetime(2019, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
SPANS = st.timedeltas(timedelta(0), timedelta(days=400))
DAYS = st.dictionaries(st.dates(date(2019, 1, 1), date(2033, 1, 1)), st.booleans(), max_size=12)


def begun(start: datetime, length: str, days: calendars.Days) -> LegalClock:
    due = calendars.due(start, length, days=days)
    limits = {"extensions": 2, "most": "P90D", "basis": "《规则》", "pauses": 2}
    made = LegalClock(
        id="a", instance_id="i", definition_id="p:1", element_id="work", activity_id="a", scope_id="",
        name="办理", length=length, basis="", unverified=False, warn="", limits=limits, until=(),
        supervisors=(), started_at=start, due_at=due, warn_at=due,
    )  # fmt: skip
    return ticking.begun(made, start, days)


@given(start=STARTS, length=LENGTHS, before=SPANS, still=SPANS, days=DAYS)
def test_a_pause_moves_the_end_by_exactly_the_days_that_it_lasted(
    start: datetime, length: str, before: timedelta, still: timedelta, days: calendars.Days
) -> None:
    one, since, until = begun(start, length, days), start + before, start + before + still
    going = ticking.resumed(ticking.paused(one, since, "等", BY), until, days, BY)
    assert going.due_at >= one.due_at
    paused = calendars.counted(since, until, length, days=days)
    if length.endswith("WD"):
        assert calendars.counted(one.due_at, going.due_at, length, days=days) == paused
    elif "T" in length:
        assert going.due_at - one.due_at == still
    else:
        later = (going.due_at - one.due_at).days
        assert later >= paused  # and no day more than to the next working one
        last = (one.due_at + timedelta(hours=8)).date() + timedelta(days=paused)
        assert not any(
            calendars.is_working_day(last + timedelta(days=n), days) for n in range(later - paused)
        )


@given(start=STARTS, length=LENGTHS, longer=LENGTHS, still=SPANS, days=DAYS)
def test_an_end_is_never_earlier_than_before_and_counted_anew_is_the_same(
    start: datetime, length: str, longer: str, still: timedelta, days: calendars.Days
) -> None:
    one = begun(start, length, days)
    one = replace(one, limits={**one.limits, "most": ""})
    later = ticking.extended(one, longer, start, days, BY)
    assert later.due_at > one.due_at
    now = start + still
    moved = ticking.rested(ticking.resumed(ticking.paused(later, start, "等", BY), now, days), now, now, days)
    assert moved.due_at >= later.due_at
    assert ticking.reckoned(moved, now, days) == moved
    assert moved.told == "" or moved.next_at is None or moved.next_at > start
    ended = ticking.ended(moved, now, "done", days)
    assert (ended.next_at, ended.outcome, ended.ended_at) == (None, "done", now)


def test_the_law_bounds_pauses_and_extensions() -> None:
    start = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    one = begun(start, "15WD", {})
    for _ in range(2):
        one = ticking.resumed(ticking.paused(one, start, "等", BY), start, {})
    with pytest.raises(InvalidInput, match="最多暂停2次，已经暂停过2次"):
        ticking.paused(one, start, "等", BY)
    with pytest.raises(InvalidInput, match="每次最多延长90天（《规则》），不能延长4个月"):
        ticking.extended(one, "P4M", start, {}, BY)
    for _ in range(2):
        one = ticking.extended(one, "P90D", start, {}, BY)
    with pytest.raises(InvalidInput, match="最多延长2次（《规则》），已经延长过2次"):
        ticking.extended(one, "P1D", start, {}, BY)
    with pytest.raises(InvalidInput, match="写得不对"):
        ticking.extended(begun(start, "15WD", {}), "很久", start, {}, BY)


def test_an_offices_days_go_before_all_others_and_make_a_year_known() -> None:
    monday, saturday = date(2026, 3, 2), date(2026, 3, 7)
    assert not calendars.is_working_day(monday, {monday: False})
    assert calendars.is_working_day(saturday, {saturday: True})
    at = datetime(2031, 3, 3, tzinfo=UTC)
    published = {date(2031, 10, day): False for day in range(1, 8)}
    assert calendars.guessed(at, at, {}) == (2031,)
    assert calendars.guessed(at, at, published) == ()
