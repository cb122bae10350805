"""Forms and views as their files declare them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.execution import JsonObject


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form: JSON Schema (2020-12) for the values, a layout for the page."""

    id: str
    title: str
    schema: JsonObject
    layout: tuple[
        JsonObject, ...
    ]  #: sections: {"title", "basis"?, "help"?, "fields": [name | {"field", "widget"}]}
    rules: tuple[JsonObject, ...] = ()  #: {"assert": FEEL, "message", "field"?}
    submit: str = "提交"
    basis: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class ViewDefinition:
    """How a process's cases are summed up: labels and FEEL over the variables."""

    process: str
    title: str  #: FEEL giving the case's title
    summary: tuple[tuple[str, str], ...]
    tables: tuple[JsonObject, ...] = ()  #: {"title", "rows": FEEL list, "columns": [{"label", "feel"}]}
