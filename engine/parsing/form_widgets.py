"""What some widgets ask of a value beyond its schema: that it names somebody, is an amount, is plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine import feel
from engine.errors import FeelError, Problem
from engine.model import richtext
from engine.model.directory import KINDS, Directory
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.parsing.form_state import Place, Variables, context_of, evaluate, members, places_of

LARGEST = 10**13  #: an amount in yuan that a double still holds to the cent
MOST_PICKED = 200


def has_pickers(schema: Mapping[str, Any]) -> bool:
    """Whether a form or table asks for persons, positions or units."""
    return any(
        spec.get("x-widget") in KINDS
        or has_pickers(spec)
        or (isinstance(spec.get("items"), Mapping) and has_pickers(spec["items"]))
        for spec in members(schema).values()
    )


def with_circles(schema: JsonObject, variables: Variables) -> JsonObject:
    """The schema with what `x-among` gives now, as a list: what a picker's field is restricted to."""
    found = dict(schema)
    if isinstance(found.get("properties"), dict):
        found["properties"] = {
            name: with_circles(one, variables) for name, one in found["properties"].items()
        }
    if isinstance(found.get("items"), dict):
        found["items"] = with_circles(found["items"], variables)
    if isinstance(found.get("x-among"), str):
        try:
            found["x-among"] = _listed(feel.evaluate(found["x-among"], variables))
        except FeelError:
            found["x-among"] = []
    return found


def settled(
    form: FormDefinition,
    values: JsonObject,
    visible: Variables,
    directory: Directory | None,
    now: datetime | None = None,
) -> tuple[JsonObject, dict[str, Problem]]:
    """The values as they are kept, and by path what is wrong with those that widgets look at."""
    places = [
        place
        for place in places_of(form.schema, values, context_of(form, values, visible, now))
        if not place.spec.get("readOnly") and place.spec.get("x-widget") in (*KINDS, "amount", "richtext")
    ]
    if not places:
        return values, {}
    circles = _circles(places, now)
    kept, problems = _copied(values), {}
    for place in places:
        value = _at(kept, place.path)
        if value is None:
            continue
        found, wrong = _settle(place, value, circles.get(place.path), directory)
        _put(kept, place.path, found)
        if wrong:
            problems[place.path] = Problem(wrong, element=place.path)
    return kept, problems


def _settle(
    place: Place, value: Any, among: frozenset[str] | None, directory: Directory | None
) -> tuple[Any, str]:
    widget = str(place.spec["x-widget"])
    if widget == "richtext":
        return (richtext.cleaned(value) or None if isinstance(value, str) else value), ""
    if widget == "amount":
        return value, _amount(place, value)
    if directory is None or place.spec.get("x-free") or not directory.knows(widget):
        return value, ""
    if isinstance(value, list):
        if len(value) > MOST_PICKED:
            return value, f"{place.label}最多{MOST_PICKED}项。"
        pairs = [_one(widget, one, among, directory) for one in value]
        wrong = next((problem for _, problem in pairs if problem), "")
        named = list(dict.fromkeys(one for one, _ in pairs)) if not wrong else value
        return named, f"{place.label}{wrong}。" if wrong else ""
    found, wrong = _one(widget, value, among, directory)
    return found, f"{place.label}{wrong}。" if wrong else ""


def _one(widget: str, value: Any, among: frozenset[str] | None, directory: Directory) -> tuple[Any, str]:
    if not isinstance(value, str):
        return str(value), f"应填{KINDS[widget]}的名称"
    return directory.settle(widget, value.strip(), among)


def _amount(place: Place, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{place.label}应填金额，例如 12,000.50 或 1.2万。"
    if abs(value) >= LARGEST:
        return f"{place.label}太大，请核对单位是不是“元”。"
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        return f"{place.label}最多写到分（两位小数）。"
    return ""


def _circles(places: list[Place], now: datetime | None) -> dict[str, frozenset[str]]:
    """What each restricted field is restricted to."""
    fixed = {
        place.path: frozenset(_listed(place.spec["x-among"]))
        for place in places
        if isinstance(place.spec.get("x-among"), list)
    }
    asked = [place for place in places if isinstance(place.spec.get("x-among"), str)]
    answers = evaluate([(place.spec["x-among"], place.context) for place in asked], now)
    return fixed | {
        place.path: frozenset(_listed(answer)) for place, answer in zip(asked, answers, strict=True)
    }


def _listed(value: Any) -> list[str]:
    """Names of roles and units; whatever else is said means nobody."""
    items = value if isinstance(value, list) else [value]
    return [one for one in items if isinstance(one, str) and one]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _steps(path: str) -> Iterator[str | int]:
    for part in path.split("."):
        yield int(part) if part.isdecimal() else part


def _at(values: Any, path: str) -> Any:
    for step in _steps(path):
        if isinstance(step, int):
            values = values[step] if isinstance(values, list) and step < len(values) else None
        else:
            values = values.get(step) if isinstance(values, dict) else None
    return values


def _put(values: Any, path: str, value: Any) -> None:
    *before, last = _steps(path)
    for step in before:
        values = values[step]
    if value is None:
        del values[last]
    else:
        values[last] = value
