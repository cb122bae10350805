"""Literal dates, durations and cycles (ISO 8601) as BPMN's timers write them."""

from __future__ import annotations

import re
from datetime import date, datetime

_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = re.compile(
    rf"P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:{_NUMBER}S)?)?)"
)
_WORKING_DAYS = re.compile(r"\d{1,4}WD")
_REPEAT = re.compile(r"R(\d*)")


def is_duration(text: str) -> bool:
    """Whether this is an ISO 8601 duration such as P30D or PT1H30M."""
    return len(text) < 60 and _DURATION.fullmatch(text) is not None


def is_length(text: str) -> bool:
    """Whether this is the length of a clock: working days (15WD) or an ISO 8601 period."""
    return _WORKING_DAYS.fullmatch(text) is not None or is_duration(text)


def is_date(text: str) -> bool:
    """Whether this is an ISO 8601 date or date-time."""
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            read(text)
        except ValueError:
            continue
        return "-" in text
    return False


def is_cycle(text: str) -> bool:
    """Whether this is an ISO 8601 repetition such as R3/PT10M or R/2030-01-01T00:00:00Z/P1D."""
    head, *rest = text.split("/")
    if not _REPEAT.fullmatch(head) or len(head) > 10 or not 1 <= len(rest) <= 2:
        return False
    if len(rest) == 1:
        return is_duration(rest[0])
    return any(is_date(a) and is_duration(b) for a, b in (rest, rest[::-1]))


LITERALS = {
    "date": (is_date, "日期写如 2030-01-31 或 2030-01-31T17:30:00+08:00。"),
    "duration": (is_duration, "时长写如 P30D、PT2H、P1M。"),
    "cycle": (is_cycle, "循环写如 R3/PT10M 或 R/P1D，不支持cron。"),
}
