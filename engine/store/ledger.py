"""The ledger of clocks: lists over all cases that a person may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select

from engine.model.clocks import LedgerState, LegalClock
from engine.store.clocks import to_clock
from engine.store.database import Work
from engine.store.reading import asking, sees
from engine.store.tables import legal_clock, process_definition, process_instance, user_account, user_task

Place = tuple[datetime, str]  #: of a clock in the order of its list

_ENDED = frozenset({"in_time", "late", "cancelled"})


@dataclass(frozen=True, slots=True)
class FoundClock:
    """A clock with what its line shows."""

    clock: LegalClock
    business_key: str
    title: str
    process_name: str
    properties: dict[str, str]
    suspended_at: datetime | None
    handler: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to."""

    state: LedgerState
    process: str = ""
    accounts: Collection[str] | None = None
    instance: str = ""


def page(
    work: Work, by: str, wanted: Wanted, now: datetime, *, after: Place | None, limit: int
) -> tuple[FoundClock, ...]:
    """A stretch of the ledger: what runs by its end, what has ended the last first."""
    row, ended = legal_clock.c, wanted.state in _ENDED
    moment = row.ended_at if ended else row.due_at
    statement = _narrowed(_SELECT, by, wanted, now)
    if after is not None:
        at, last = after
        beyond = moment < at if ended else moment > at
        statement = statement.where(or_(beyond, and_(moment == at, row.id > last)))
    ordered = statement.order_by(moment.desc() if ended else moment, row.id).limit(limit)
    return tuple(_found(one) for one in work.connection.execute(ordered, asking(work, by)))


def place(found: FoundClock, state: LedgerState) -> Place:
    """Where a found clock stands in its list."""
    clock = found.clock
    return (clock.ended_at or clock.due_at, clock.id) if state in _ENDED else (clock.due_at, clock.id)


def count(work: Work, by: str, wanted: Wanted, now: datetime, most: int) -> int:
    """How many clocks there are, counted so far."""
    inner = _narrowed(select(legal_clock.c.id).select_from(_FROM), by, wanted, now).limit(most).subquery()
    found: int = work.connection.execute(
        select(func.count()).select_from(inner), asking(work, by)
    ).scalar_one()
    return found


def units(work: Work) -> tuple[str, ...]:
    """The units that accounts say they are of."""
    unit = user_account.c.unit
    return tuple(work.connection.execute(select(unit).where(unit != "").distinct().order_by(unit)).scalars())


_FROM = (
    legal_clock.join(process_instance, process_instance.c.id == legal_clock.c.instance_id)
    .join(process_definition, process_definition.c.id == process_instance.c.definition_id)
    .outerjoin(user_task, user_task.c.id == legal_clock.c.id)
)
_HANDLER = func.coalesce(user_task.c.completed_by, user_task.c.assignee)
_SELECT = select(
    legal_clock,
    process_instance.c.business_key,
    process_instance.c.title,
    process_instance.c.properties,
    process_instance.c.suspended_at,
    process_definition.c.name.label("process_name"),
    _HANDLER.label("handler"),
    user_task.c.candidate_groups,
).select_from(_FROM)


def _narrowed(statement: Select[Any], by: str, wanted: Wanted, now: datetime) -> Select[Any]:
    row = legal_clock.c
    statement = statement.where(*_in_state(wanted.state, now))
    if by:
        statement = statement.where(sees(row.instance_id))
    if wanted.instance:
        statement = statement.where(row.instance_id == wanted.instance)
    if wanted.process:
        statement = statement.where(process_instance.c.key == wanted.process)
    if wanted.accounts is not None:
        who = func.coalesce(_HANDLER, process_instance.c.started_by)
        statement = statement.where(who.in_(sorted(wanted.accounts)))
    return statement


def _in_state(state: LedgerState, now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = legal_clock.c
    lives = row.ended_at.is_(None)
    still = or_(row.paused_at.is_not(None), process_instance.c.suspended_at.is_not(None))
    late = row.ended_at > row.due_at
    found: dict[str, tuple[ColumnElement[bool], ...]] = {
        "live": (lives,),
        "soon": (lives, not_(still), row.warn_at <= now, row.due_at >= now),
        "over": (lives, not_(still), row.due_at < now),
        "paused": (lives, still),
        "in_time": (row.outcome == "done", not_(late)),
        "late": (row.outcome == "done", late),
        "cancelled": (row.outcome == "cancelled",),
    }
    return found.get(state, ())


def _found(row: Any) -> FoundClock:
    return FoundClock(
        to_clock(row),
        row.business_key,
        row.title,
        row.process_name,
        row.properties or {},
        row.suspended_at,
        row.handler,
        tuple(row.candidate_groups or ()),
    )
