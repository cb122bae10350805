"""The boxes of a person, and the lists of cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine import calendars
from engine.calendars import Days
from engine.errors import InvalidInput
from engine.model.finding import Criteria
from engine.model.records import UserTask
from engine.model.views import CaseRow, CopyRow, Handed, Page, TaskRow
from engine.queries.clocks import days_for, end_of_today, time_left, with_left
from engine.queries.reader import Reader, person
from engine.queries.units import unit_accounts
from engine.store import boxes, copies, finding, people, reading, started
from engine.store.boxes import Asked, Box, FoundTask
from engine.store.database import Work
from engine.store.reading import Filter, FoundCase
from engine.store.sorting import Order

BOXES: tuple[Box, ...] = ("todo", "claimable", "done", "supervised")
MAX_SIZE = 200
MOST_COUNTED = 100  #: shown as 99+


def inbox(
    reader: Reader,
    by: str,
    box: Box,
    criteria: Criteria,
    *,
    after: str,
    size: int,
    sort: str = "",
    descending: bool | None = None,
) -> Page[TaskRow]:
    """One page of a box, behind the page whose `next` is given."""
    if box not in BOXES:
        raise InvalidInput("没有这个箱。")
    now, (_, size) = reader.clock(), _bounds(1, size)
    order = Order(box, sort, descending)
    with reader.database.reading() as work:
        person(work, by)
        wanted = narrowed(work, criteria, now)
        asked = Asked(by, box, wanted, order, end_of_today(now), order.parsed(after))
        found = boxes.page(work, asked, size + 1)
        told = box == "supervised" or any(one.task.handed for one in found)
        names = people.displays(work) if told else {}
        days = days_for(work, (one.task for one in found))
    rows = tuple(task_row(one, names, now, days) for one in found[:size])
    if box == "supervised":
        rows = tuple(replace(row, holder="、".join(_holders(row.task, names))) for row in rows)
    more = order.cursor(found[size - 1].place) if len(found) > size else ""
    return Page(rows, len(rows), size=size, next=more)


def rows(reader: Reader, by: str, ids: Collection[str]) -> tuple[TaskRow, ...]:
    """Those of these tasks that this user may see, in any state, in the order asked for."""
    now = reader.clock()
    with reader.database.reading() as work:
        person(work, by)
        found = {one.task.id: one for one in boxes.some_tasks(work, by, ids)}
    return tuple(task_row(found[one], {}, now) for one in dict.fromkeys(ids) if one in found)


def asked_for(by: str, box: Box, wanted: Filter, now: datetime) -> Asked:
    """A box, in its own order from its beginning."""
    return Asked(by, box, wanted, Order(box), end_of_today(now))


def task_row(
    found: FoundTask, names: Mapping[str, str], now: datetime, days: Days = calendars.NO_DAYS
) -> TaskRow:
    """A found task as a line."""
    return TaskRow(
        task=with_left(found.task, found.suspended_at or now, days),
        business_key=found.business_key,
        title=found.title,
        process_name=found.process_name,
        sent_by=found.sent_by,
        secrecy=found.properties.get("secrecy", ""),
        handed=_handed(found.task, names),
        suspended=found.suspended_at is not None,
        resting_since=found.suspended_at,
    )


def _handed(task: UserTask, names: Mapping[str, str]) -> Handed | None:
    told = task.handed
    if not told:
        return None
    return Handed(told["verb"], names.get(told["by"], told["by"]), told["reason"])


def _holders(task: UserTask, names: Mapping[str, str]) -> tuple[str, ...]:
    """Who has a task, as people are shown, or who may take it."""
    if task.assignee:
        return (names.get(task.assignee, task.assignee),)
    return (*task.candidate_groups, *(names.get(one, one) for one in task.candidate_users))


def cases_started(
    reader: Reader, by: str, *, status: str, after: str, size: int, sort: str, descending: bool | None
) -> Page[CaseRow]:
    """One page of the cases that this user started and may see."""
    now, (_, size) = reader.clock(), _bounds(1, size)
    order = Order("started", sort, descending)
    with reader.database.reading() as work:
        person(work, by)
        place = order.parsed(after)
        found = started.page(work, by, Filter(status=status), order, after=place, limit=size + 1)
        rows = _case_rows(work, [case for case, _ in found[:size]], now)
    more = order.cursor(found[size - 1][1]) if len(found) > size else ""
    return Page(rows, len(rows), size=size, next=more)


def received(
    reader: Reader, by: str, *, after: str, size: int, sort: str, descending: bool | None
) -> Page[CopyRow]:
    """One page of what was copied to this user."""
    now, (_, size) = reader.clock(), _bounds(1, size)
    order = Order("copies", sort, descending)
    with reader.database.reading() as work:
        person(work, by)
        found = copies.page(work, by, order, after=order.parsed(after), limit=size + 1)
        shown, more = found[:size], found[size:]
        cases = started.some(work, by, {one.instance_id for one in shown})
        rows = {row.instance.id: row for row in _case_rows(work, list(cases.values()), now)}
        place = copies.place(work, shown[-1].id, order) if more else ()
    lines = tuple(CopyRow(one, rows[one.instance_id]) for one in shown)
    return Page(lines, len(lines), size=size, next=order.cursor(place) if more else "")


def counts(reader: Reader, by: str) -> Mapping[str, int]:
    """Number of rows in each box, counted up to MOST_COUNTED; "supervised" only for who supervises."""
    with reader.database.reading() as work:
        person(work, by)
        return tally(work, by, reader.clock())


def tally(work: Work, by: str, now: datetime) -> dict[str, int]:
    """`counts` within a transaction."""
    wanted: dict[str, Asked] = {box: asked_for(by, box, Filter(), now) for box in BOXES}
    others = {
        "started": started.running(),
        "copies": copies.unread(),
        "supervises": reading.supervising(),
    }
    found = dict(boxes.count(work, by, wanted, MOST_COUNTED, others))
    if not found.pop("supervises"):
        del found["supervised"]
    return found


def urgency(reader: Reader, by: str) -> Mapping[str, int]:
    """Number of this user's tasks that are over, due today, or past their warning, up to MOST_COUNTED."""
    now = reader.clock()
    wanted = {due: asked_for(by, "todo", _due(due, now), now) for due in ("over", "today", "soon")}
    with reader.database.reading() as work:
        person(work, by)
        return boxes.count(work, by, wanted, MOST_COUNTED)


def narrowed(work: Work, criteria: Criteria, now: datetime) -> Filter:
    """The filter of boxes and lists of cases that criteria mean at this instant."""
    if not criteria:
        return Filter()
    accounts = unit_accounts(work, criteria.unit, now) if criteria.unit else None
    more = finding.resolve(work, criteria, accounts)
    return replace(_due(criteria.due, now), process=criteria.process, more=more)


def _due(due: str, now: datetime) -> Filter:
    if due == "over":
        return Filter(due=(None, now))
    if due == "today":
        return Filter(due=(now, end_of_today(now)))
    if due == "soon":
        return Filter(due=(end_of_today(now), None), warned=now)
    return Filter()


def of_cases(work: Work, criteria: Criteria, now: datetime) -> Filter:
    """The filter of a list of cases; the state that is asked for is theirs."""
    return replace(narrowed(work, replace(criteria, state=""), now), status=criteria.state)


def cases(reader: Reader, by: str, criteria: Criteria, *, page: int, size: int) -> Page[CaseRow]:
    """One page of the cases that this user may see."""
    now, (page, size) = reader.clock(), _bounds(page, size)
    with reader.database.reading() as work:
        person(work, by)
        wanted = of_cases(work, criteria, now)
        found, total = reading.cases(work, by, wanted, offset=(page - 1) * size, limit=size)
        rows = _case_rows(work, found, now)
    return Page(rows, total, page, size)


def _case_rows(work: Work, found: Sequence[FoundCase], now: datetime) -> tuple[CaseRow, ...]:
    """Found cases as lines."""
    ids = [one.instance.id for one in found]
    tasks, stages = reading.open_tasks(work, ids), reading.active_stages(work, ids)
    names = people.displays(work) if tasks else {}
    days = days_for(work, (task for mine in tasks.values() for task in mine))
    rows = []
    for one in found:
        mine = tasks.get(one.instance.id, ())
        first = mine[0] if mine and mine[0].due_at else None
        rows.append(
            CaseRow(
                instance=one.instance,
                process_name=one.process_name,
                stage=stages.get(one.instance.id, ""),
                steps=tuple(dict.fromkeys(task.name for task in mine)),
                due_at=first.due_at if first else None,
                secrecy=_secrecy(one),
                left=time_left(first, one.instance.suspended_at or now, days) if first else None,
                holders=tuple(dict.fromkeys(name for task in mine for name in _holders(task, names))),
                since=min((task.created_at for task in mine), default=None),
                priority=max((task.priority for task in mine), default=0),
                tasks=tuple(replace(task, draft=None, local={}, pending=None) for task in mine),
            )
        )
    return tuple(rows)


def _secrecy(found: FoundCase) -> str:
    return (found.instance.properties or {}).get("secrecy", "")


def _bounds(page: int, size: int) -> tuple[int, int]:
    return max(page, 1), min(max(size, 1), MAX_SIZE)
