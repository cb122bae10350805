"""Forms and views as their files declare them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.execution import JsonObject


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """What becomes of a form's fields at one step; hidden goes before read, read before edit."""

    hidden: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    edit: frozenset[str] = frozenset()  #: though the form says that they are only read

    def also(self, other: FieldAccess) -> FieldAccess:
        """Both together."""
        return FieldAccess(self.hidden | other.hidden, self.read | other.read, self.edit | other.edit)


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
    steps: Mapping[str, FieldAccess] = field(default_factory=dict)  #: by element id


@dataclass(frozen=True, slots=True)
class ViewDefinition:
    """How a process's cases are summed up: labels and FEEL over the variables."""

    process: str
    title: str  #: FEEL giving the case's title
    summary: tuple[tuple[str, str], ...]
    tables: tuple[JsonObject, ...] = ()  #: {"title", "rows": FEEL list, "columns": [{"label", "feel"}]}
