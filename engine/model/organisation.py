"""Who stands where: units, positions, who holds them, and who is in charge of what, each from a day to a day.

Days are ISO texts and both count; no first day: since ever; no last day: until further notice. What is said
of a unit or position in different times stands in several rows of one code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit; those without `parent` stand at the top."""

    code: str
    name: str
    parent: str = ""  #: code of the unit above
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A position in a unit; `rank`, `post` and `managed_by` are words of the office."""

    code: str
    name: str
    unit: str  #: code
    head: bool = False  #: who holds it heads the unit
    rank: str = ""
    post: str = ""  #: what comes with it beside the position itself
    managed_by: str = ""  #: the body that appoints and judges who holds it
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person, who may have an account."""

    code: str
    name: str
    account: str = ""  #: user id
    email: str = ""  #: which the account gets when it is brought in


@dataclass(frozen=True, slots=True)
class Holding:
    """A person holds a position."""

    person: str  #: code
    position: str  #: code
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Division of work: who holds this position is in charge of that unit and what is below it."""

    position: str  #: code
    unit: str  #: code
    since: str = ""
    until: str = ""


Row = Unit | Position | Person | Holding | Charge
Timed = TypeVar("Timed", Unit, Position, Holding, Charge)


@dataclass(frozen=True, slots=True)
class Organisation:
    """All that is known, or all that was in force on a day (`at`)."""

    units: tuple[Unit, ...] = ()
    positions: tuple[Position, ...] = ()
    persons: tuple[Person, ...] = ()
    holdings: tuple[Holding, ...] = ()
    charges: tuple[Charge, ...] = ()

    def at(self, day: date) -> Organisation:
        """What was in force on that day; persons are always."""
        text = day.isoformat()
        return replace(
            self,
            units=_on(self.units, text),
            positions=_on(self.positions, text),
            holdings=_on(self.holdings, text),
            charges=_on(self.charges, text),
        )

    def find(self, name: str) -> tuple[Unit, ...]:
        """The unit of this code, else all that are called so."""
        return tuple(one for one in self.units if one.code == name) or tuple(
            one for one in self.units if one.name == name
        )

    def above(self, code: str) -> tuple[str, ...]:
        """Codes of the units above, the nearest first; a ring of them ends where it closes."""
        parents = {one.code: one.parent for one in self.units}
        found: list[str] = []
        while (code := parents.get(code, "")) in parents and code not in found:
            found.append(code)
        return tuple(found)

    def below(self, code: str) -> frozenset[str]:
        """Codes of this unit and of all below it."""
        return frozenset(one.code for one in self.units if one.code == code or code in self.above(one.code))

    def accounts(self, positions: Collection[str]) -> frozenset[str]:
        """Accounts of those who hold one of these positions, given by their codes."""
        holders = {one.person for one in self.holdings if one.position in positions}
        return frozenset(one.account for one in self.persons if one.code in holders and one.account)

    def heads(self, code: str) -> frozenset[str]:
        """Accounts of who heads the unit."""
        return self.accounts({one.code for one in self.positions if one.head and one.unit == code})

    def in_charge(self, code: str) -> frozenset[str]:
        """Accounts of who is in charge of the unit, or of the nearest above it of which anybody is."""
        for unit in (code, *self.above(code)):
            positions = {one.position for one in self.charges if one.unit == unit}
            if positions:
                return self.accounts(positions)
        return frozenset()

    def standing(self, account: str) -> tuple[Position, ...]:
        """The positions that the account's person holds."""
        persons = {one.code for one in self.persons if one.account == account}
        held = {one.position for one in self.holdings if one.person in persons}
        return tuple(one for one in self.positions if one.code in held)


def _on(rows: Iterable[Timed], day: str) -> tuple[Timed, ...]:
    return tuple(one for one in rows if one.since <= day and (not one.until or day <= one.until))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: heading, the row's field, what its cells hold."""

    heading: str
    field: str
    required: bool = False
    kind: str = "text"  #: "text", "day" or "flag"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the organisation as people exchange it; `key` tells its rows apart."""

    title: str
    name: str  #: of the organisation's field
    row: type[Any]
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def lasting(self) -> bool:
        """Whether its rows have a first and last day."""
        return any(one.field == "until" for one in self.columns)

    def key_of(self, row: Any) -> tuple[str, ...]:
        """What tells the row apart."""
        return tuple(str(getattr(row, name)) for name in self.key)

    def lane_of(self, row: Any) -> tuple[str, ...]:
        """What may not overlap in time: the key without the first day."""
        return tuple(str(getattr(row, name)) for name in self.key if name != "since")

    def written(self, row: Any) -> dict[str, str]:
        """Heading -> text of each cell."""
        return {one.heading: _written(getattr(row, one.field)) for one in self.columns}


def _written(value: str | bool) -> str:
    if isinstance(value, bool):
        return "是" if value else ""
    return value


_TIME = (Column("起", "since", kind="day"), Column("止", "until", kind="day"))

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "单位",
        "units",
        Unit,
        ("code", "since"),
        (
            Column("单位编号", "code", required=True),
            Column("单位名称", "name", required=True),
            Column("上级单位编号", "parent"),
            *_TIME,
        ),
    ),
    Sheet(
        "岗位",
        "positions",
        Position,
        ("code", "since"),
        (
            Column("岗位编号", "code", required=True),
            Column("岗位名称", "name", required=True),
            Column("所在单位编号", "unit", required=True),
            Column("单位负责人", "head", kind="flag"),
            Column("职级", "rank"),
            Column("党内职务", "post"),
            Column("干部管理机关", "managed_by"),
            *_TIME,
        ),
    ),
    Sheet(
        "人员",
        "persons",
        Person,
        ("code",),
        (
            Column("人员编号", "code", required=True),
            Column("姓名或称谓", "name", required=True),
            Column("账号", "account"),
            Column("邮箱", "email"),
        ),
    ),
    Sheet(
        "任职",
        "holdings",
        Holding,
        ("person", "position", "since"),
        (
            Column("任职人员编号", "person", required=True),
            Column("任职岗位编号", "position", required=True),
            *_TIME,
        ),
    ),
    Sheet(
        "分工",
        "charges",
        Charge,
        ("position", "unit", "since"),
        (
            Column("分管岗位编号", "position", required=True),
            Column("分管单位编号", "unit", required=True),
            *_TIME,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one sheet of a file, with the number of the line that each stands in."""

    sheet: Sheet
    rows: tuple[tuple[int, Any], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does to one row; `before` and `after` hold the cells that differ, all of a new row."""

    sheet: str
    verb: str  #: "added", "changed" or "ended"
    key: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Import:
    """What a file would change, or has changed."""

    changes: tuple[Change, ...]
    unchanged: Mapping[str, int]  #: title of the sheet -> rows
    revision: int  #: of the organisation that it was compared with
    organisation: Organisation  #: as it would be

    def count(self, verb: str, sheet: str = "") -> int:
        """How many rows it does this to."""
        return sum(1 for one in self.changes if one.verb == verb and sheet in ("", one.sheet))


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import as it is remembered."""

    revision: int
    at: datetime
    by: str
    file: str
    changes: tuple[Change, ...]


def field_names(sheet: Sheet) -> tuple[str, ...]:
    """The names of the row's fields, as the tables have them."""
    return tuple(one.name for one in fields(sheet.row))
