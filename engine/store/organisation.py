"""The organisation's rows, and what imports have changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Table, and_, bindparam, func, or_, select

from engine.model.organisation import SHEETS, Change, ImportRecord, Organisation, Sheet, field_names
from engine.store.database import Work
from engine.store.sql import insert, run
from engine.store.tables import org_charge, org_holding, org_import, org_person, org_position, org_unit

_TABLES: dict[str, Table] = {
    "units": org_unit,
    "positions": org_position,
    "persons": org_person,
    "holdings": org_holding,
    "charges": org_charge,
}


def load(work: Work) -> Organisation:
    """All rows, in the order of their keys."""
    return Organisation(**{sheet.name: _rows(work, sheet) for sheet in SHEETS})


def _rows(work: Work, sheet: Sheet) -> tuple[Any, ...]:
    table = _TABLES[sheet.name]
    names = field_names(sheet)
    rows = work.connection.execute(select(*(table.c[name] for name in names)))
    found = (sheet.row(**{name: _read(row._mapping[name]) for name in names}) for row in rows)
    return tuple(sorted(found, key=sheet.key_of))


def _read(value: str | bool | None) -> str | bool:
    return "" if value is None else value


def put(work: Work, sheet: Sheet, old: Iterable[Any], new: Iterable[Any]) -> None:
    """Replace the old rows, of the same keys, and add those that are new."""
    table = _TABLES[sheet.name]
    mine = and_(*(table.c[name] == bindparam(f"of_{name}") for name in sheet.key))
    gone = [{f"of_{name}": getattr(row, name) for name in sheet.key} for row in old]
    run(work, table.delete().where(mine), gone)
    insert(work, table, [_stored(sheet, row) for row in new])


def _stored(sheet: Sheet, row: Any) -> dict[str, Any]:
    stored = {name: getattr(row, name) for name in field_names(sheet)}
    if "account" in stored:
        stored["account"] = stored["account"] or None
    return stored


def revision(work: Work) -> int:
    """The number of the last import, 0 before the first."""
    return int(
        work.connection.execute(select(func.coalesce(func.max(org_import.c.revision), 0))).scalar_one()
    )


def record(work: Work, made: ImportRecord) -> None:
    """Remember an import; a revision that is there already is a lost race."""
    row = {
        "revision": made.revision,
        "at": made.at,
        "by": made.by,
        "file": made.file,
        "changes": [asdict(one) for one in made.changes],
    }
    insert(work, org_import, [row])


def imports(work: Work, most: int) -> tuple[ImportRecord, ...]:
    """The last imports, newest first."""
    rows = work.connection.execute(select(org_import).order_by(org_import.c.revision.desc()).limit(most))
    return tuple(
        ImportRecord(row.revision, row.at, row.by, row.file, tuple(Change(**one) for one in row.changes))
        for row in rows
    )


def units(work: Work, day: str) -> tuple[tuple[str, str], ...]:
    """Code and name of the units that there are on this day, by code."""
    unit = org_unit.c
    there = (unit.since <= day, or_(unit.until == "", unit.until >= day))
    rows = work.connection.execute(select(unit.code, unit.name).where(*there).order_by(unit.code))
    return tuple((row.code, row.name) for row in rows)
