"""The cases that a person started, wherever they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, literal_column, select

from engine.store.database import Work
from engine.store.instances import SUMMARY, to_instance
from engine.store.offers import USER
from engine.store.reading import Filter, FoundCase, asking, sees
from engine.store.sorting import Order, Place
from engine.store.tables import process_definition, process_instance

_CASE = process_instance.c


def page(
    work: Work, user: str, wanted: Filter, order: Order, *, after: Place | None, limit: int
) -> tuple[tuple[FoundCase, Place], ...]:
    """The next of a user's cases behind a place, with the place of each."""
    statement = _cases().where(_CASE.started_by == USER, sees(_CASE.id))
    if wanted.status:
        statement = statement.where(_CASE.status == wanted.status)
    if after:
        statement = statement.where(order.behind(process_instance, after))
    statement = statement.order_by(*order.by(process_instance)).limit(limit)
    rows = work.connection.execute(statement, asking(work, user))
    return tuple((_found(row), order.place(row)) for row in rows)


def some(work: Work, user: str, ids: Collection[str]) -> Mapping[str, FoundCase]:
    """Those of these cases that the user may see."""
    statement = _cases().where(_CASE.id.in_(ids), sees(_CASE.id))
    rows = work.connection.execute(statement, asking(work, user)) if ids else ()
    return {row.id: _found(row) for row in rows}


def running() -> Select[Any]:
    """The cases of `user` that are not over."""
    live = _CASE.status.in_((literal_column("'active'"), literal_column("'suspended'")))
    return select(_CASE.id).where(_CASE.started_by == USER, live, sees(_CASE.id))


def _cases() -> Select[Any]:
    return select(*SUMMARY, process_definition.c.name.label("process_name")).join(
        process_definition, process_definition.c.id == _CASE.definition_id
    )


def _found(row: Any) -> FoundCase:
    return FoundCase(to_instance(row), row.process_name)
