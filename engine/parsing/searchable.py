"""Form fields marked `x-searchable`: which may be, and how their values are looked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.errors import Problem
from engine.model.case_rules import CaseRules
from engine.model.curtain import Guarded
from engine.model.finding import FieldKind, SearchField
from engine.model.forms import FormDefinition
from engine.parsing.form_state import members
from engine.parsing.jsonfile import JsonReader, escaped

MARK = "x-searchable"


def check_mark(reader: JsonReader, spec: Mapping[str, Any], pointer: str, depth: int) -> None:
    """Report a mark on what can't be looked for; `check_searchable` tells of what mustn't be."""
    marked = spec.get(MARK, False)
    if not isinstance(marked, bool):
        reader.error(f"{pointer}/{MARK}", f"“{MARK}”应当是 true 或 false。")
    if marked is not True:
        return
    if depth > 1:
        reader.error(f"{pointer}/{MARK}", "表格或分组里的字段不能查找。", "请标在单独的字段上。")
    elif _kind(spec) is None:
        reader.error(f"{pointer}/{MARK}", "这种字段不能查找。", "可以查找的是文字、数、日期、选项和是否。")


def check_searchable(
    forms: Mapping[str, FormDefinition], rules: Mapping[str, CaseRules]
) -> Iterator[Problem]:
    """Fields that not everybody sees who sees the case must not be found by anybody."""
    protected = {name for one in rules.values() for each in one.protected for name in each.variables}
    readers = {
        name for form in forms.values() for name, spec in members(form.schema).items() if "x-readers" in spec
    }
    for form in forms.values():
        for name, spec in members(form.schema).items():
            why = "受保护" if name in protected else "只给部分人看" if name in readers else ""
            if spec.get(MARK) is True and why:
                text = f"字段“{name}”{why}，不能标为可查找：查得到就等于看得到。"
                place = f"/schema/properties/{escaped(name)}/{MARK}"
                yield Problem(text, form.resource, place, hint=f"请删去“{MARK}”。")


def searchable(forms: Collection[FormDefinition], guarded: Guarded) -> dict[str, SearchField]:
    """The marked fields of these forms by name, without those that not everybody sees."""
    found: dict[str, SearchField] = {}
    for form in forms:
        for name, spec in members(form.schema).items():
            kind = _kind(spec)
            hidden = name in guarded.names or name in guarded.readers
            if spec.get(MARK) is True and kind and not hidden and name not in found:
                found[name] = SearchField(name, str(spec.get("title") or name), kind, _options(spec))
    return found


def _kind(spec: Mapping[str, Any]) -> FieldKind | None:
    kind = spec.get("type", "string")
    if kind == "boolean" or (kind == "string" and "enum" in spec):
        return "choice"
    if kind in ("integer", "number"):
        return "number"
    if kind != "string":
        return None
    return "date" if spec.get("format") in ("date", "date-time") else "text"


def _options(spec: Mapping[str, Any]) -> tuple[str, ...]:
    if spec.get("type") == "boolean":
        return "true", "false"
    return tuple(str(one) for one in spec.get("enum", ())) if _kind(spec) == "choice" else ()
