"""How dates, clocks and sizes are said: pure functions that templates use as filters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, current_app, has_app_context
from markupsafe import Markup, escape

from engine import TaskRow, UserTask
from engine.model.records import TimeLeft
from web.i18n import SOURCE, _, chosen, locale
from web.saying import said

ENGINE = "wenze.engine"  #: name of the engine among the app's extensions
ZONE = ZoneInfo("Asia/Shanghai")
NUMBER = re.compile(r"[一-鿿]{0,8}〔[0-9]{4}〕[0-9]+号")
UNCHECKED = "〔待核〕"  #: how legal sources that nobody has checked are marked in texts
WEEKDAYS = "一二三四五六日"
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock in words: what is left, when it ends, how it is toned, and the share used in per cent."""

    text: str
    at: str
    tone: str  #: "none", "normal", "soon", "over", "pause"
    used: int
    note: str = ""  #: how it was made longer, and which years it guesses at
    longer: bool = False


def now() -> datetime:
    """The present moment by the engine's clock, aware, in the office's zone."""
    served = current_app.extensions.get(ENGINE) if has_app_context() else None
    moment: datetime = served.now() if served else datetime.now(UTC)
    return moment.astimezone(ZONE)


def local(moment: datetime) -> datetime:
    """The same moment in the office's zone; naive ones are UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZONE)


def time_left(due_at: datetime, created_at: datetime, warn_at: datetime | None) -> TimeLeft:
    """Natural days left: only for reads that bring no `TimeLeft` of their own."""
    moment, due = now(), local(due_at)
    over, today = moment > due, moment.date() == due.date()
    span = (due - local(created_at)).total_seconds()
    share = 1.0 if over or span <= 0 else (moment - local(created_at)).total_seconds() / span
    days = abs((due.date() - moment.date()).days)
    soon = over or today or bool(warn_at and moment >= local(warn_at))
    return TimeLeft("D", max(days, 1) if over else days, over, today, soon, min(max(share, 0.0), 1.0))


def left_words(left: TimeLeft) -> tuple[str, str]:
    """Text and tone of the time left: working days always say so, natural days never do."""
    working, days = left.unit == "WD", left.amount
    if left.over:
        return _("超期%(n)s个工作日", n=days) if working else _("超期%(n)s天", n=days), "over"
    if left.today:
        return _("今天到期"), "soon"
    text = _("剩%(n)s个工作日", n=days) if working else _("剩%(n)s天", n=days)
    return text, "soon" if left.soon else "normal"


def clock_of(due_at: datetime | None, left: TimeLeft | None) -> Clock:
    """The clock of this due date; without one it says that there is none."""
    if left is not None and left.paused is not None:
        text, at = _("暂停%(n)s天", n=left.paused), _("等%(what)s", what=left.waits_for)
        return Clock(text, at, "pause", 50, clock_note(left), bool(left.extended))
    if due_at is None:
        return Clock(_("不限时"), "", "none", 0)
    left = left or time_left(due_at, now(), None)
    text, tone = left_words(left)
    at = local(due_at).strftime("%H:%M") if left.today else short_date(due_at)
    used = 100 if left.over else max(2, round(left.share * 100))
    return Clock(text, at, tone, used, clock_note(left), bool(left.extended))


def clock_note(left: TimeLeft) -> str:
    """How a clock was made longer, and which of its years have no published holidays yet."""
    longer = "、".join(length_words(one) for one in left.extended)
    said = [_("延%(length)s，%(step)s批准", length=longer, step=left.approved)] if longer else []
    if left.guessed:
        years = "、".join(map(str, left.guessed))
        said.append(_("%(years)s年放假安排尚未公布，暂按周末推算", years=years))
    return _("；").join(said)


def clock_words(task: UserTask) -> Clock:
    """The clock of a task."""
    left = task.left
    if left is None and task.due_at is not None:
        left = time_left(task.due_at, task.created_at, task.warn_at)
    return clock_of(task.due_at, left)


def row_clock(row: TaskRow) -> Clock:
    """The clock of a line of a box: stopped while its case rests."""
    clock = clock_words(row.task)
    if row.resting_since is None or clock.tone in ("none", "pause"):
        return clock
    days = max(1, (now().date() - local(row.resting_since).date()).days)
    return Clock(_("暂停%(n)s天", n=days), "", "pause", clock.used, clock.note, clock.longer)


def urgency_group(task: UserTask) -> str:
    """The inbox group of a task: over, today, soon, later or free."""
    if task.left is not None and task.left.paused is not None:
        return "paused"
    if task.due_at is None:
        return "free"
    left = task.left or time_left(task.due_at, task.created_at, task.warn_at)
    if left.over:
        return "over"
    if left.today:
        return "today"
    return "soon" if left.soon or left.amount <= 3 else "later"


def length_words(length: str) -> str:
    """A clock's length in words: 15WD is 15个工作日, P1M 1个月, P30D 30天."""
    number = "".join(char for char in length if char.isdigit())
    if not number:
        return length
    if length.endswith("WD"):
        return _("%(n)s个工作日", n=int(number))
    count = int(number)
    said_units = {
        "D": _("%(n)s天", n=count),
        "M": _("%(n)s个月", n=count),
        "Y": _("%(n)s年", n=count),
        "W": _("%(n)s周", n=count),
        "H": _("%(n)s小时", n=count),
    }
    return said_units.get(length[-1], f"{number}{length[-1]}")


def short_date(moment: datetime) -> str:
    """11-26 in this year, 2028-11-16 in another."""
    day = local(moment)
    return day.strftime("%m-%d" if day.year == now().year else "%Y-%m-%d")


def arrival(moment: datetime) -> str:
    """When a task came: 09:12 today, 昨天16:20 yesterday, else the short date."""
    day = local(moment)
    age = (now().date() - day.date()).days
    if age == 0:
        return day.strftime("%H:%M")
    return _("昨天%(time)s", time=day.strftime("%H:%M")) if age == 1 else short_date(moment)


def stamp(moment: datetime) -> str:
    """Short date and time: 11-20 15:10."""
    return f"{short_date(moment)} {local(moment).strftime('%H:%M')}"


def said_date(moment: datetime | date) -> str:
    """11月26日 as a sentence says it; with the year where it isn't this one."""
    day = local(moment).date() if isinstance(moment, datetime) else moment
    if chosen() != SOURCE:
        return format_date(day, "d MMM" if day.year == now().year else "d MMM y", locale())
    text = f"{day.month}月{day.day}日"
    return text if day.year == now().year else f"{day.year}年{text}"


def weekday(moment: datetime | date) -> str:
    """星期四."""
    day = local(moment).date() if isinstance(moment, datetime) else moment
    return format_date(day, "EEEE", locale()) if chosen() != SOURCE else f"星期{WEEKDAYS[day.weekday()]}"


def full_date(moment: datetime) -> str:
    """2026年11月26日, as documents say it."""
    day = local(moment)
    if chosen() != SOURCE:
        return format_date(day, "d MMMM y", locale())
    return f"{day.year}年{day.month}月{day.day}日"


def days_between(start: datetime, end: datetime | None) -> int:
    """Calendar days from start to end (now when None), both counted: the first day is day 1."""
    return (local(end or now()).date() - local(start).date()).days + 1


def span_words(start: datetime, end: datetime) -> str:
    """10月9日至14日; the month only where it changes."""
    first, last = local(start).date(), local(end).date()
    if first == last:
        return said_date(first)
    if chosen() != SOURCE:
        return f"{said_date(first)} – {said_date(last)}"
    same = (first.year, first.month) == (last.year, last.month)
    return f"{said_date(first)}至{f'{last.day}日' if same else said_date(last)}"


def file_size(size: int) -> str:
    """A size in B, KB or MB."""
    if size < 1024:
        return f"{size}B"
    return f"{size / 1024:.0f}KB" if size < 1024**2 else f"{size / 1024**2:.1f}MB"


def counted(number: int | None) -> str:
    """A number that was counted up to a hundred; nothing for none."""
    return "99+" if number and number > 99 else str(number or "")


def shown(value: object) -> str:
    """A variable's value as text: yes and no in words, lists joined, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(shown(item) for item in value)
    if isinstance(value, dict):
        between = _("：")
        return _("，").join(f"{said(str(key))}{between}{shown(item)}" for key, item in value.items())
    return said(str(value))


def columns_of(rows: list[Mapping[str, object]]) -> list[str]:
    """Names that occur in these rows, in the order of their first occurrence."""
    return list(dict.fromkeys(name for row in rows for name in row))


def legal(text: str) -> Markup:
    """A legal basis, with the mark of an unchecked source drawn as one."""
    mark = Markup('<span class="mark">{}</span>').format(_("待核"))
    return Markup(" ").join(mark if part == UNCHECKED else escape(part) for part in _parts(text))


def numbered(text: object) -> Markup:
    """Text in which numbers such as 甲〔2026〕1号 have no gaps around their brackets; Markup stays."""
    safe = escape(text)
    found, end = Markup(""), 0
    for match in NUMBER.finditer(safe):
        number = safe[match.start() : match.end()]
        found += safe[end : match.start()] + Markup('<span class="no">{}</span>').format(number)
        end = match.end()
    return found + safe[end:]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace(UNCHECKED, f"\n{UNCHECKED}\n").split("\n") if part.strip()]


def register_filters(app: Flask) -> None:
    """Make these functions filters of the templates."""
    for function in (
        short_date,
        arrival,
        stamp,
        said_date,
        weekday,
        full_date,
        days_between,
        span_words,
        file_size,
        length_words,
        clock_words,
        row_clock,
        counted,
        shown,
        legal,
        numbered,
        local,
    ):
        app.add_template_filter(function)
    app.add_template_global(clock_of)
    app.add_template_global(columns_of)
    app.add_template_global(now, "now")
