"""Small SQL that both databases understand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.database import Work


def new_id() -> str:
    """A fresh random id of 16 hexadecimal digits."""
    return secrets.token_hex(8)


def insert(work: Work, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; nothing for none."""
    if rows:
        work.connection.execute(table.insert(), list(rows))


def insert_new(work: Work, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose key isn't there yet."""
    if rows:
        work.connection.execute(upsert(work, table).on_conflict_do_nothing(), list(rows))


def upsert(work: Work, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of this database's kind, which can say ON CONFLICT."""
    if work.connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Whether the column contains this text as it stands (no wildcards), letter case aside."""
    return column.icontains(text, autoescape=True)


def columns(table: FromClause, *without: str) -> list[ColumnElement[Any]]:
    """All columns but these."""
    return [column for column in table.c if column.name not in without]
