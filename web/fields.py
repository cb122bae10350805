"""What a form page shows: sections of fields with their values, options and errors, ready for templates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from engine import DocumentInfo, FormDefinition, JsonObject, Problem
from web import widgets
from web.forms import Schema, item_schema, problem_key, properties
from web.i18n import _
from web.widgets import UNMARKED, WIDE_KINDS, Option, field_kind
from web.wording import shown

COMPACT_COLUMNS = 3
CONDITIONS = ("x-visible", "x-required", "x-options", "x-value")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its number in control names, its heading and its cells."""

    number: int
    title: str
    fields: tuple[Field, ...]

    @property
    def runs(self) -> list[tuple[bool, list[Field]]]:
        """The cells in their order, the checkboxes together (True) after the others."""
        cells = sorted(self.fields, key=lambda cell: cell.kind == "check")
        return [(ticks, list(run)) for ticks, run in groupby(cells, lambda cell: cell.kind == "check")]


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the templates draw it; `kind` names the macro."""

    key: str
    kind: str
    label: str
    value: str = ""
    help: str = ""
    basis: str = ""
    error: str = ""
    optional: bool = False
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    parts: tuple[Field, ...] = ()
    files: tuple[DocumentInfo, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()  #: texts of a table that is only read; the first row is its head
    echo: str = ""  #: what stands beside the control about its value
    rich: bool = False  #: a text that is only read, with headings and lists
    attributes: Mapping[str, str] = field(default_factory=dict)  #: HTML attributes of the control
    conditions: Mapping[str, str] = field(default_factory=dict)  #: FEEL by "visible", "required", "options"
    fixed: bool = False  #: a table whose rows can't be added or removed
    compact: bool = False  #: a table with few short columns
    least: int = 0  #: rows that a table must have

    @property
    def id(self) -> str:
        """The id that labels and error links point to."""
        return f"f-{self.key}"

    @property
    def described_by(self) -> str:
        """Ids of help and error, for `aria-describedby`."""
        parts = (f"{self.id}-help" if self.help else "", f"{self.id}-error" if self.error else "")
        return " ".join(part for part in parts if part)

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width of a row."""
        return self.kind in WIDE_KINDS


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the form."""

    title: str
    fields: tuple[Field, ...]
    basis: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of the error summary."""

    target: str  #: element id, or "" for the form as a whole
    text: str


@dataclass(frozen=True, slots=True)
class FormView:
    """A form ready to be drawn."""

    title: str
    submit: str
    basis: str
    sections: tuple[Section, ...]
    faults: tuple[Fault, ...] = ()
    context: str = "{}"  #: JSON of the variables that the form's FEEL conditions name


@dataclass(frozen=True, slots=True)
class Filling:
    """What a form is filled with."""

    values: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    documents: Sequence[DocumentInfo] = ()
    problems: Sequence[Problem] = ()
    added: str = ""  #: key of a table that gets a blank row


def form_view(form: FormDefinition, filling: Filling) -> FormView:
    """The form with these values and problems."""
    builder = _Builder(filling)
    specs = properties(form.schema)
    required = frozenset(form.schema.get("required") or ())
    fields = {
        name: builder.field(name, spec, filling.values.get(name), required=name in required)
        for name, spec in specs.items()
    }
    sections = _sections(form, fields)
    return FormView(
        title=form.title,
        submit=form.submit or _("提交"),
        basis=form.basis,
        sections=sections,
        faults=builder.faults(sections),
        context=_context(form.schema, filling.variables),
    )


def _sections(form: FormDefinition, fields: Mapping[str, Field]) -> tuple[Section, ...]:
    """The layout's sections; fields that it forgets come last."""
    left = dict(fields)
    sections = []
    for part in form.layout:
        chosen = []
        for entry in part.get("fields") or ():
            name = entry if isinstance(entry, str) else str(entry.get("field", ""))
            found = left.pop(name, None)
            if found is not None:
                chosen.append(found)
        sections.append(
            Section(
                str(part.get("title") or ""),
                tuple(chosen),
                str(part.get("basis") or ""),
                str(part.get("help") or ""),
            )
        )
    if left:
        sections.append(Section("", tuple(left.values())))
    return tuple(section for section in sections if section.fields)


def _context(schema: Schema, variables: Mapping[str, Any]) -> str:
    """The variables that conditions name, for the browser's live checks: no others leave the server."""
    feel = " ".join(_conditions_in(schema))
    own = properties(schema)
    named = {name: value for name, value in variables.items() if name in feel and name not in own}
    return json.dumps(named, ensure_ascii=False)


def _conditions_in(schema: Schema) -> list[str]:
    found = [str(schema[name]) for name in CONDITIONS if name in schema]
    for spec in properties(schema).values():
        found += _conditions_in(spec)
    return found + (_conditions_in(item_schema(schema)) if item_schema(schema) else [])


class _Builder:
    """Builds fields and remembers which problems found their field."""

    def __init__(self, filling: Filling) -> None:
        self._filling = filling
        self._documents = {document.id: document for document in filling.documents}
        self._problems: dict[str, list[Problem]] = {}
        for problem in filling.problems:
            self._problems.setdefault(problem_key(problem), []).append(problem)

    def field(self, key: str, spec: Schema, value: Any, *, required: bool) -> Field:
        kind = field_kind(spec)
        conditions = {
            name: str(spec[f"x-{name}"])
            for name in ("visible", "required", "options")
            if isinstance(spec.get(f"x-{name}"), str)
        }
        made = Field(
            key=key,
            kind=kind,
            label=str(spec.get("title") or key.rpartition("-")[2]),
            help=str(spec.get("description") or ""),
            basis=str(spec.get("x-basis") or ""),
            error=self._error(key),
            optional=not required and "x-required" not in spec and kind not in UNMARKED,
            conditions=conditions,
        )
        if kind == "table":
            return self._table(made, spec, value)
        if kind == "readtable":
            return replace(made, cells=_cells(item_schema(spec), value))
        if kind == "meeting":
            return self._meeting(made, spec, value)
        if kind == "group":
            return replace(made, parts=self._parts(key, spec, value))
        if kind == "files":
            return replace(made, files=self._files(value))
        if kind in ("radio", "select", "checkboxes"):
            return replace(
                made, options=widgets.options(spec, value), attributes=widgets.attributes(spec, kind)
            )
        return replace(
            made,
            value=widgets.text(spec, kind, value),
            echo=widgets.echoed(spec, kind, value),
            rich=kind == "read" and spec.get("x-widget") == "richtext",
            attributes=widgets.attributes(spec, kind),
        )

    def faults(self, sections: Sequence[Section]) -> tuple[Fault, ...]:
        """The summary: faults of fields in the page's order, then those of the form as a whole."""
        faults = []
        left = dict(self._problems)
        for found in _walk(part for section in sections for part in section.fields):
            for problem in left.pop(found.key, ()):
                named = found.label in problem.message
                text = problem.message if named else f"{found.label}：{problem.message}"
                faults.append(Fault(found.id, text + problem.hint))
        for problems in left.values():
            faults += [Fault("", problem.message + problem.hint) for problem in problems]
        return tuple(faults)

    def _error(self, key: str) -> str:
        return "；".join(problem.message + problem.hint for problem in self._problems.get(key, ()))

    def _parts(self, key: str, spec: Schema, value: Any) -> tuple[Field, ...]:
        values = value if isinstance(value, Mapping) else {}
        required = frozenset(spec.get("required") or ())
        return tuple(
            self.field(
                f"{key}-{name}", part, values.get(name, part.get("default")), required=name in required
            )
            for name, part in properties(spec).items()
        )

    def _table(self, made: Field, spec: Schema, value: Any) -> Field:
        items = item_schema(spec)
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        least = int(spec.get("minItems") or 0)
        fixed = bool(spec.get("readOnly")) or any(part.get("readOnly") for part in properties(items).values())
        blank: JsonObject = {}
        if not fixed:
            rows += [blank] * max(0, max(least, 1) - len(rows))
            rows += [blank] if self._filling.added == made.key else []
        kinds = [field_kind(part) for part in properties(items).values()]
        drawn = [self._row(made.key, number, items, row) for number, row in enumerate(rows)]
        if drawn and self._filling.added == made.key:
            drawn[-1] = _focused(drawn[-1])
        return replace(
            made,
            rows=tuple(drawn),
            fixed=fixed,
            compact=len(kinds) <= COMPACT_COLUMNS and not WIDE_KINDS.intersection(kinds),
            least=least,
        )

    def _row(self, key: str, number: int, items: Schema, row: Mapping[str, Any]) -> Row:
        fields = self._parts(f"{key}-{number}", items, row)
        if all(found.kind == "read" for found in fields):
            return Row(number, "", fields)
        named = [found for found in fields if found.kind == "read" and found.value not in ("", "—")]
        title = "\u3000".join(found.value for found in named[:1])
        return Row(number, title, fields)

    def _meeting(self, made: Field, spec: Schema, value: Any) -> Field:
        """A meeting: its parts, and what the script needs to count along."""
        about = spec.get("x-meeting") or {}
        told = {"data-meeting": json.dumps(about, ensure_ascii=False)} if about else {}
        return replace(
            made,
            parts=self._parts(made.key, spec, value),
            echo=str(about.get("rule") or ""),
            attributes=told,
        )

    def _files(self, value: Any) -> tuple[DocumentInfo, ...]:
        ids = value if isinstance(value, list) else []
        return tuple(self._documents[one] for one in ids if one in self._documents)


def _cells(items: Schema, value: Any) -> tuple[tuple[str, ...], ...]:
    """The rows as texts under a head; columns in which nothing stands are left out."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    specs = properties(items)
    used = [name for name in specs if any(row.get(name) not in (None, "", []) for row in rows)]
    if not used:
        return ()
    head = tuple(str(specs[name].get("title") or name) for name in used)
    return (head, *(tuple(shown(row.get(name)) for name in used) for row in rows))


def _focused(row: Row) -> Row:
    """The row, with the keyboard's focus in its first cell that can be filled in."""
    for at, cell in enumerate(row.fields):
        if cell.kind != "read":
            focused = replace(cell, attributes={**cell.attributes, "autofocus": ""})
            return replace(row, fields=(*row.fields[:at], focused, *row.fields[at + 1 :]))
    return row


def _walk(fields: Any) -> list[Field]:
    found: list[Field] = []
    for one in fields:
        found.append(one)
        found += _walk(one.parts)
        for row in one.rows:
            found += _walk(row.fields)
    return found
