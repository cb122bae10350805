"""Small SQL that both databases understand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, FromClause, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Work


def new_id() -> str:
    """A fresh random id of 16 hexadecimal digits."""
    return secrets.token_hex(8)


def run(work: Work, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement that gives nothing once for each row of values, by one call."""
    if rows:
        work.connection.execute(statement, rows[0] if len(rows) == 1 else list(rows))


def insert(work: Work, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; nothing for none."""
    run(work, _insert(table), rows)


def insert_new(work: Work, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose key isn't there yet."""
    run(work, _insert_new(table, work.connection.dialect.name), rows)


@cache
def _insert(table: Table) -> Insert:
    return table.insert()


@cache
def _insert_new(table: Table, dialect: str) -> Insert:
    return insert_of(table, dialect).on_conflict_do_nothing()


def upsert(work: Work, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this database's kind, which can say ON CONFLICT."""
    return insert_of(table, work.connection.dialect.name)


def insert_of(table: Table, dialect: str) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this dialect, which can say ON CONFLICT."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Whether the column contains this text as it stands (no wildcards), letter case aside."""
    return column.icontains(text, autoescape=True)


def columns(table: FromClause, *without: str) -> list[ColumnElement[Any]]:
    """All columns but these."""
    return [column for column in table.c if column.name not in without]
