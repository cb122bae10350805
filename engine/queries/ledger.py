"""The ledger of clocks, and the clocks of one case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from engine import calendars, parsing
from engine.calendars import Days
from engine.errors import InvalidInput, NotFound
from engine.model.clocks import LedgerAsked, LedgerRow, LedgerState, OfficeDay
from engine.model.views import Page
from engine.queries.clocks import of_clock
from engine.queries.reader import ZONE, Reader, person
from engine.queries.units import unit_accounts
from engine.store import calendar, ledger, people, reading
from engine.store.database import Work
from engine.store.ledger import FoundClock, Place, Wanted

STATES: tuple[LedgerState, ...] = (
    *("live", "soon", "over", "paused"),
    *("in_time", "late", "cancelled", "all"),
)
MAX_SIZE = 200
MOST_COUNTED = 1_000
MOST_EXPORTED = 20_000
HEADINGS = (
    *("编号", "事项", "流程", "期限", "办理人", "依据", "长度", "起算", "到期", "暂停", "延长"),
    *("办结", "结果"),
)


def page(reader: Reader, by: str, asked: LedgerAsked, after: str, size: int) -> Page[LedgerRow]:
    """One page of the ledger, behind the page whose `next` is given."""
    now, size = reader.clock(), min(max(size, 1), MAX_SIZE)
    with reader.database.reading() as work:
        person(work, by)
        wanted = _wanted(work, asked, now)
        found = ledger.page(work, by, wanted, now, after=_place(after), limit=size + 1)
        rows = _rows(work, found[:size], now)
    return Page(rows, len(rows), size=size, next=_cursor(found[size - 1], asked) if len(found) > size else "")


def counts(reader: Reader, by: str, asked: LedgerAsked) -> Mapping[LedgerState, int]:
    """How many clocks of each live state there are, counted up to MOST_COUNTED."""
    now = reader.clock()
    with reader.database.reading() as work:
        person(work, by)
        wanted = _wanted(work, asked, now)
        return {
            state: ledger.count(work, by, Wanted(state, wanted.process, wanted.accounts), now, MOST_COUNTED)
            for state in ("live", "soon", "over", "paused")
        }


def own_days(reader: Reader) -> tuple[OfficeDay, ...]:
    """The office's own days, in their order."""
    with reader.database.reading() as work:
        return calendar.listed(work)


def units(reader: Reader, by: str) -> tuple[str, ...]:
    """The units that the ledger may be narrowed to."""
    with reader.database.reading() as work:
        person(work, by)
        return ledger.units(work)


def of_case(reader: Reader, instance_id: str, by: str) -> tuple[LedgerRow, ...]:
    """All clocks of a case: what runs by its end, then what has ended; NotFound for who may not see it."""
    now = reader.clock()
    with reader.database.reading() as work:
        person(work, by)
        if not reading.may_see(work, instance_id, by):
            raise NotFound
        found = ledger.page(work, by, Wanted("all", instance=instance_id), now, after=None, limit=1_000)
        rows = _rows(work, found, now)
    return tuple(sorted(rows, key=lambda one: one.clock.ended_at is not None))


def export(reader: Reader, by: str, asked: LedgerAsked, kind: str) -> bytes:
    """The ledger as a file, `csv` or `xlsx`."""
    now = reader.clock()
    with reader.database.reading() as work:
        person(work, by)
        wanted = _wanted(work, asked, now)
        found = ledger.page(work, by, wanted, now, after=None, limit=MOST_EXPORTED + 1)
        if len(found) > MOST_EXPORTED:
            raise InvalidInput(f"一次最多导出{MOST_EXPORTED}行，请按流程、单位或状态缩小范围。")
        lines = [_line(one) for one in _rows(work, found, now)]
    return parsing.write_table("时限台账", HEADINGS, lines, kind)


def _wanted(work: Work, asked: LedgerAsked, now: datetime) -> Wanted:
    if asked.state not in STATES:
        raise InvalidInput("没有这种状态。")
    accounts = unit_accounts(work, asked.unit, now) if asked.unit else None
    return Wanted(asked.state, asked.process, accounts)


def _cursor(last: FoundClock, asked: LedgerAsked) -> str:
    moment, clock_id = ledger.place(last, asked.state)
    return f"{moment.isoformat()}~{clock_id}"


def _place(cursor: str) -> Place | None:
    moment, _, clock_id = cursor.partition("~")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (found, clock_id) if found.tzinfo and "\0" not in clock_id else None


def _rows(work: Work, found: tuple[FoundClock, ...], now: datetime) -> tuple[LedgerRow, ...]:
    names, days = people.displays(work), calendar.days(work)
    return tuple(_row(one, names, now, days) for one in found)


def _row(found: FoundClock, names: Mapping[str, str], now: datetime, days: Days) -> LedgerRow:
    clock = found.clock
    late = 0
    if clock.ended_at is not None and clock.outcome == "done" and clock.ended_at > clock.due_at:
        late = max(1, calendars.counted(clock.due_at, clock.ended_at, clock.length, zone=ZONE, days=days))
    handler = names.get(found.handler or "", found.handler or "") or "、".join(found.groups)
    movers = {one["by"] for one in clock.moves if one.get("by")}
    left = of_clock(clock, found.suspended_at or now, days) if clock.ended_at is None else None
    return LedgerRow(
        clock=clock,
        business_key=found.business_key,
        title=found.title,
        process_name=found.process_name,
        secrecy=found.properties.get("secrecy", ""),
        handler=handler,
        suspended=found.suspended_at is not None,
        left=left,
        late=late,
        people={one: names.get(one, one) for one in movers},
    )


def _line(row: LedgerRow) -> dict[str, str]:
    clock = row.clock
    unit = "个工作日" if calendars.parse(clock.length).working else "天"
    pauses = [one for one in clock.moves if one["kind"] != "extend"]
    return {
        "编号": row.business_key,
        "事项": row.title,
        "流程": row.process_name,
        "期限": clock.name,
        "办理人": row.handler,
        "依据": clock.basis + ("（待核）" if clock.unverified else ""),
        "长度": calendars.in_words(clock.length),
        "起算": _day(clock.started_at),
        "到期": _day(clock.due_at),
        "暂停": "；".join(
            f"{_day(one['from'])}至{_day(one['to'])}{one.get('why', '挂起')}" for one in pauses
        ),
        "延长": "；".join(
            f"{calendars.in_words(one['length'])}（{one['step']}）" for one in clock.made("extend")
        ),
        "办结": _day(clock.ended_at),
        "结果": _result(row, unit),
    }


def _result(row: LedgerRow, unit: str) -> str:
    if row.clock.outcome == "cancelled":
        return "未办结即终止"
    if row.clock.outcome == "done":
        return f"超期{row.late}{unit}办结" if row.late else "按期办结"
    if row.suspended or row.clock.paused_at is not None:
        return "暂停"
    left = row.left
    return f"超期{left.amount}{unit}" if left and left.over else "在办"


def _day(moment: datetime | str | None) -> str:
    if not moment:
        return ""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{found.astimezone(ZoneInfo(ZONE)):%Y-%m-%d}"
