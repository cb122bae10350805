"""Filters that are kept under a name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from engine.model.finding import Criteria, Place, SavedFilter
from engine.store.database import Work
from engine.store.sql import insert
from engine.store.tables import saved_filter

_F = saved_filter.c


def add(work: Work, new: SavedFilter) -> None:
    """Keep a filter."""
    row = {name: getattr(new, name) for name in SavedFilter.__slots__}
    insert(work, saved_filter, [{**row, "criteria": new.criteria.to_json()}])


def change(work: Work, changed: SavedFilter) -> None:
    """Keep what a filter has become."""
    names = ("name", "colour", "shared_with", "position")
    values: dict[str, Any] = {name: getattr(changed, name) for name in names}
    mine = saved_filter.update().where(_F.id == changed.id)
    work.connection.execute(mine.values(**values, criteria=changed.criteria.to_json()))


def remove(work: Work, filter_id: str) -> None:
    """Forget a filter."""
    work.connection.execute(saved_filter.delete().where(_F.id == filter_id))


def get(work: Work, filter_id: str) -> SavedFilter | None:
    """One filter."""
    row = work.connection.execute(select(saved_filter).where(_F.id == filter_id)).first()
    return _filter(row) if row else None


def reaching(
    work: Work, user: str, groups: Collection[str], place: Place | None = None, *, shared: bool = False
) -> tuple[SavedFilter, ...]:
    """A person's own filters in his order, then those of his groups by name; `shared`: of all groups."""
    others: ColumnElement[bool] = _F.shared_with != "" if shared else _F.shared_with.in_(sorted(groups))
    statement = select(saved_filter).where(or_(_F.owner == user, others))
    if place:
        statement = statement.where(_F.place == place)
    found = [_filter(row) for row in work.connection.execute(statement)]
    return tuple(sorted(found, key=lambda one: _order(one, user)))


def _order(one: SavedFilter, user: str) -> tuple[bool, int, str, str]:
    mine = one.owner == user
    return not mine, one.position if mine else 0, one.name, one.id


def count(work: Work, *, owner: str = "", group: str = "") -> int:
    """How many filters a person, or a group, has."""
    mine = _F.owner == owner if owner else _F.shared_with == group
    return int(work.connection.execute(select(func.count()).where(mine)).scalar_one())


def last_position(work: Work, owner: str) -> int:
    """The highest position among a person's filters."""
    highest = select(func.coalesce(func.max(_F.position), 0)).where(_F.owner == owner)
    return int(work.connection.execute(highest).scalar_one())


def _filter(row: Any) -> SavedFilter:
    return SavedFilter(**{**row._mapping, "criteria": Criteria.from_json(row.criteria)})
