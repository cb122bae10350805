"""What a view file declares of a case, as texts."""

from __future__ import annotations

from typing import Any

from engine import feel
from engine.errors import FeelError
from engine.model.execution import JsonObject
from engine.model.forms import ViewDefinition
from engine.model.views import ViewTable

NOTHING = "—"


def summary(view: ViewDefinition | None, variables: JsonObject) -> tuple[tuple[str, str], ...]:
    """Label and text of each line."""
    if view is None or not view.summary:
        return ()
    values = _values([expression for _, expression in view.summary], variables)
    return tuple((label, text(value)) for (label, _), value in zip(view.summary, values, strict=True))


def tables(view: ViewDefinition | None, variables: JsonObject) -> tuple[ViewTable, ...]:
    """The tables with their rows; one without rows has none."""
    if view is None:
        return ()
    rows = _values([table["rows"] for table in view.tables], variables)
    return tuple(_table(table, found, variables) for table, found in zip(view.tables, rows, strict=True))


def _table(table: JsonObject, rows: Any, variables: JsonObject) -> ViewTable:
    columns = table["columns"]
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    scopes = [feel.Scope(row, outer=variables) for row in listed]
    found = feel.answer_table([column["feel"] for column in columns], scopes)
    return ViewTable(
        title=table["title"],
        columns=tuple(column["label"] for column in columns),
        rows=tuple(tuple(text(_known(value)) for value in row) for row in found),
    )


def _values(expressions: list[str], variables: JsonObject) -> list[Any]:
    """A value for each expression; None for one that can't be computed."""
    return [_known(value) for value in feel.answer_many(expressions, feel.Scope(variables))]


def _known(value: Any) -> Any:
    return None if isinstance(value, FeelError) else value


def text(value: Any) -> str:
    """A JSON value as people read it."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return "、".join(text(one) for one in value)
    if isinstance(value, dict):
        return "，".join(f"{key}：{text(one)}" for key, one in value.items())
    return str(value)
