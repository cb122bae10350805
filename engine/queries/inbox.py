"""The boxes of a person, and the lists of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from engine.errors import InvalidInput
from engine.model.finding import Criteria
from engine.model.records import UserTask
from engine.model.views import CaseRow, Handed, Page, TaskRow
from engine.queries.clocks import end_of_today, time_left, with_left
from engine.queries.reader import Reader, person
from engine.queries.units import unit_accounts
from engine.store import boxes, finding, people, reading
from engine.store.boxes import Box, FoundTask, Place
from engine.store.database import Work
from engine.store.reading import Filter, FoundCase

Name = TypeVar("Name", bound=str)

BOXES: tuple[Box, ...] = ("todo", "claimable", "done")
MAX_SIZE = 200
MOST_COUNTED = 100  #: shown as 99+


def inbox(reader: Reader, by: str, box: Box, criteria: Criteria, *, after: str, size: int) -> Page[TaskRow]:
    """One page of a box, behind the page whose `next` is given."""
    if box not in BOXES:
        raise InvalidInput("没有这个箱。")
    now, (_, size) = reader.clock(), _bounds(1, size)
    with reader.database.reading() as work:
        person(work, by)
        wanted = narrowed(work, criteria, now)
        found = boxes.page(work, by, box, wanted, after=_place(after), limit=size + 1)
        names = people.displays(work) if any(one.task.handed for one in found) else {}
    rows = tuple(task_row(one, names, now) for one in found[:size])
    return Page(rows, len(rows), size=size, next=_cursor(found[size - 1]) if len(found) > size else "")


def _cursor(last: FoundTask) -> str:
    """The place of a page's last task, for an address."""
    moment, created, task_id = last.place
    return f"{moment.isoformat()}~{created.isoformat()}~{task_id}"


def _place(cursor: str) -> Place | None:
    """The place that a cursor names; the beginning for none and for nonsense."""
    try:
        moment, created, task_id = cursor.split("~")
        found = datetime.fromisoformat(moment), datetime.fromisoformat(created)
    except ValueError:
        return None
    return (*found, task_id) if all(one.tzinfo for one in found) else None


def task_row(found: FoundTask, names: Mapping[str, str], now: datetime) -> TaskRow:
    """A found task as a line."""
    return TaskRow(
        task=with_left(found.task, found.suspended_at or now),
        business_key=found.business_key,
        title=found.title,
        process_name=found.process_name,
        sent_by=found.sent_by,
        secrecy=found.properties.get("secrecy", ""),
        handed=_handed(found.task, names),
        suspended=found.suspended_at is not None,
    )


def _handed(task: UserTask, names: Mapping[str, str]) -> Handed | None:
    told = task.handed
    if not told:
        return None
    return Handed(told["verb"], names.get(told["by"], told["by"]), told["reason"])


def counts(reader: Reader, by: str) -> Mapping[Box, int]:
    """Number of tasks in each box, counted up to MOST_COUNTED."""
    return _counted(reader, by, {box: (box, Filter()) for box in BOXES})


def urgency(reader: Reader, by: str) -> Mapping[str, int]:
    """Number of this user's tasks that are over, due today, or past their warning, up to MOST_COUNTED."""
    now = reader.clock()
    return _counted(reader, by, {due: ("todo", _due(due, now)) for due in ("over", "today", "soon")})


def _counted(reader: Reader, by: str, wanted: Mapping[Name, tuple[Box, Filter]]) -> Mapping[Name, int]:
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
        ids = [one.instance.id for one in found]
        tasks, stages = reading.open_tasks(work, ids), reading.active_stages(work, ids)
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
                left=time_left(first, one.instance.suspended_at or now) if first else None,
            )
        )
    return Page(tuple(rows), total, page, size)


def _secrecy(found: FoundCase) -> str:
    return (found.instance.properties or {}).get("secrecy", "")


def _bounds(page: int, size: int) -> tuple[int, int]:
    return max(page, 1), min(max(size, 1), MAX_SIZE)
