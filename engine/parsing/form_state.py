"""What a form shows at the moment: its visible fields, which are required, their options and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from engine import feel
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition

Variables = Mapping[str, Any]
_ROUNDS = 8  #: how often hiding a field may hide another one


class FieldState(TypedDict):
    """The state of one field."""

    visible: bool
    required: bool
    options: list[Any] | None  #: from x-options; None: as the schema says


@dataclass(frozen=True, slots=True)
class Place:
    """A field where it stands: `对象.0.名称` is the field 名称 in the first row of the table 对象."""

    path: str
    spec: Mapping[str, Any]
    label: str  #: as messages name it
    context: Variables  #: what its expressions see: variables, the form's values, its own row's
    required: bool  #: by the schema


def initial_values(form: FormDefinition, visible: Variables, *, now: datetime | None = None) -> JsonObject:
    """What a form shows at first: variables over x-value over default; x-value first where read-only.

    `now` (aware) is what today() and now() answer.
    """
    values: JsonObject = {}
    computed: list[tuple[str, str]] = []
    for name, spec in members(form.schema).items():
        known = visible.get(name)
        expression = spec.get("x-value")
        if known is not None and not (expression and spec.get("readOnly")):
            values[name] = known
        elif expression:
            computed.append((name, expression))
        elif "default" in spec:
            values[name] = spec["default"]
    results = evaluate([(expression, visible) for _, expression in computed], now)
    for (name, _), value in zip(computed, results, strict=True):
        if value is None:
            value = visible.get(name, members(form.schema)[name].get("default"))
        if value is not None:
            values[name] = value
    return values


def field_state(
    form: FormDefinition, values: Variables, visible: Variables, *, now: datetime | None = None
) -> dict[str, FieldState]:
    """The state of every field by its path, those in tables and groups among them.

    `values` are the form's values as typed so far, `visible` the variables that the task sees.
    """
    context = context_of(form, values, visible, now)
    hidden: frozenset[str] = frozenset()
    for _ in range(_ROUNDS):
        found = _hidden(form, values, {**context, **dict.fromkeys(top(hidden))}, now)
        if found == hidden:
            break
        hidden = found
    places = list(places_of(form.schema, values, {**context, **dict.fromkeys(top(hidden))}))
    shown = [place for place in places if not is_hidden(place.path, hidden)]
    required = _results(shown, "x-required", now)
    options = _results(shown, "x-options", now)
    return {
        place.path: FieldState(
            visible=not is_hidden(place.path, hidden),
            required=place.required or required.get(place.path) is True,
            options=_listed(options[place.path]) if place.path in options else None,
        )
        for place in places
    }


def context_of(
    form: FormDefinition, values: Variables, visible: Variables, now: datetime | None
) -> JsonObject:
    """What expressions see: an empty field is null, even where a variable of its name has a value."""
    fixed = initial_values(form, visible, now=now)
    own = {
        name: fixed.get(name) if spec.get("readOnly") else values.get(name)
        for name, spec in members(form.schema).items()
    }
    return {**visible, **own}


def members(schema: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The fields of an object schema."""
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def places_of(
    schema: Mapping[str, Any], values: Variables, context: Variables, prefix: str = "", label: str = ""
) -> Iterator[Place]:
    """Every field of the form, in groups and in the rows that there are."""
    required = schema.get("required") or ()
    for name, spec in members(schema).items():
        path, title = f"{prefix}{name}", str(spec.get("title") or name)
        yield Place(path, spec, f"{label}“{title}”", context, name in required)
        value = values.get(name)
        if spec.get("readOnly"):
            continue
        if spec.get("type") == "object":
            inner = value if isinstance(value, Mapping) else {}
            yield from places_of(spec, inner, _inside(spec, inner, context), f"{path}.", f"“{title}”的")
        elif is_table(spec) and isinstance(value, Sequence) and not isinstance(value, str):
            for at, row in enumerate(value):
                if isinstance(row, Mapping):
                    inside = _inside(spec["items"], row, context)
                    yield from places_of(
                        spec["items"], row, inside, f"{path}.{at}.", f"“{title}”第{at + 1}行的"
                    )


def is_table(spec: Mapping[str, Any]) -> bool:
    """Whether the field is a list of objects."""
    items = spec.get("items")
    return spec.get("type") == "array" and isinstance(items, Mapping) and bool(members(items))


def is_hidden(path: str, hidden: frozenset[str]) -> bool:
    """Whether the field or one that it stands in is hidden."""
    parts = path.split(".")
    return any(".".join(parts[:end]) in hidden for end in range(1, len(parts) + 1))


def top(paths: frozenset[str]) -> list[str]:
    """The paths that are names of top-level fields."""
    return [path for path in paths if "." not in path]


def evaluate(requests: Sequence[tuple[str, Variables]], now: datetime | None) -> list[Any]:
    """Values of expressions, each with only the variables that its text names; no call without requests."""
    if not requests:
        return []
    named = [
        (text, {name: value for name, value in context.items() if name in text}) for text, context in requests
    ]
    return feel.evaluate_many(named, now=now)


def _inside(schema: Mapping[str, Any], values: Variables, context: Variables) -> JsonObject:
    return {**context, **dict.fromkeys(members(schema)), **values}


def _hidden(
    form: FormDefinition, values: Variables, context: Variables, now: datetime | None
) -> frozenset[str]:
    results = _results(list(places_of(form.schema, values, context)), "x-visible", now)
    return frozenset(path for path, value in results.items() if value is not True)


def _results(places: Sequence[Place], key: str, now: datetime | None) -> dict[str, Any]:
    asked = [(place, text) for place in places if (text := _expression(place.spec, key))]
    answers = evaluate([(text, place.context) for place, text in asked], now)
    return {place.path: value for (place, _), value in zip(asked, answers, strict=True)}


def _expression(spec: Mapping[str, Any], key: str) -> str:
    """The field's expression; options may also stand at a list's items."""
    items = spec.get("items")
    found = spec.get(key) or (items.get(key) if isinstance(items, Mapping) else None)
    return str(found or "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
