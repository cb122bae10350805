"""By what lists may be sorted, and the place of a row in its list: each order is that of an index.

Orders that no index gives aren't offered, since a page of a very long list must cost no more than one of a
short list. Left out are: a case's title (a long text, and the alphabet of Chinese titles tells nothing: its
number says the same), its secrecy (a word of the bundle, in no order that the database knows), and who has a
task that is pressing (the rows come from two walks, by time alone). `sent_by` sorts by account, so that the
same sender's rows stand together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, literal, tuple_

from engine.store.tables import Instant, case_copy, process_instance, user_task

Place = tuple[Any, ...]  #: where a row stands: its values of the columns that it is sorted by
Names = tuple[str, ...]

_OPEN: Mapping[str, Names] = {
    "due": ("due_or_never", "created_at", "id"),
    "at": ("created_at", "id"),
    "step": ("name_begin", "due_or_never", "id"),
    "no": ("case_number", "due_or_never", "id"),
    "from": ("sent_by", "due_or_never", "id"),
    "priority": ("priority", "created_at", "id"),
}
ORDERS: Mapping[str, Mapping[str, Names]] = {
    "todo": _OPEN,
    "claimable": _OPEN,
    "supervised": {"due": _OPEN["due"]},
    "done": {
        "done": ("completed_at", "created_at", "id"),
        "at": ("created_at", "id"),
        "step": ("name_begin", "completed_at", "id"),
        "no": ("case_number", "completed_at", "id"),
    },
    "started": {
        "at": ("started_at", "id"),
        "no": ("business_key", "started_at", "id"),
        "state": ("status", "started_at", "id"),
    },
    "copies": {"at": ("created_at", "id"), "from": ("sent_by", "created_at", "id")},
}
"""Box -> sort -> the columns that give the order; a box's first one is how it is sorted by itself."""
_TABLES: Mapping[str, FromClause] = {"started": process_instance, "copies": case_copy}  #: others: user_task
_NEWEST_FIRST = frozenset({"done", "started", "copies"})


class Order:
    """How a list is sorted: one of ORDERS, forwards or backwards."""

    __slots__ = ("box", "descending", "names", "sort")

    def __init__(self, box: str, sort: str = "", descending: bool | None = None) -> None:
        self.box, orders = box, ORDERS[box]
        self.sort = sort if sort in orders else next(iter(orders))
        by_itself = box in _NEWEST_FIRST and self.sort == next(iter(orders))
        self.descending = by_itself if descending is None else descending
        self.names = orders[self.sort]

    def columns(self, table: FromClause) -> tuple[ColumnElement[Any], ...]:
        """The columns that give the order."""
        return tuple(table.c[name] for name in self.names)

    def by(self, table: FromClause) -> Sequence[ColumnElement[Any]]:
        """What ORDER BY takes."""
        columns = self.columns(table)
        return [column.desc() for column in columns] if self.descending else columns

    def behind(self, table: FromClause, after: Place) -> ColumnElement[bool]:
        """Whether a row stands behind a place."""
        columns = self.columns(table)
        here = tuple_(*columns)
        there = tuple_(*(literal(v, c.type) for v, c in zip(after, columns, strict=True)))
        return here < there if self.descending else here > there

    def place(self, row: Any) -> Place:
        """Where a row stands."""
        return tuple(getattr(row, name) for name in self.names)

    def cursor(self, place: Place) -> str:
        """A place, for an address."""
        return json.dumps(
            [one.isoformat() if isinstance(one, datetime) else one for one in place], ensure_ascii=False
        )

    def parsed(self, cursor: str) -> Place | None:
        """The place that a cursor names; the beginning for none and for nonsense."""
        try:
            found = json.loads(cursor)
            columns = self.columns(_TABLES.get(self.box, user_task))
            if not isinstance(found, list) or len(found) != len(columns):
                return None
            return tuple(_value(one, column) for one, column in zip(found, columns, strict=True))
        except (ValueError, OverflowError, RecursionError):
            return None


def _value(given: Any, column: ColumnElement[Any]) -> Any:
    """A value of a column; ValueError for what can't be one."""
    if isinstance(column.type, Integer):
        if type(given) is int and abs(given) < 2**31:
            return given
    elif isinstance(given, str) and isinstance(column.type, Instant):
        moment = datetime.fromisoformat(given)
        if moment.tzinfo:
            return moment.astimezone(UTC)
    elif isinstance(given, str) and "\0" not in given and given.isprintable():
        return given
    raise ValueError(given)
