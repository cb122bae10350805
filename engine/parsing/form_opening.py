"""A form as it opens: with the choices and the first values that its expressions give."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import feel
from engine.errors import FeelError
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.parsing.form_state import initial_values
from engine.parsing.form_widgets import with_circles


def opened(form: FormDefinition, *, now: datetime) -> FormDefinition:
    """A form that no case stands behind: its choices, and each field's first value as its `default`."""
    first = initial_values(form, {}, now=now)
    schema = with_options(form, first).schema
    fields = {
        name: {**spec, "default": first[name]} if name in first else spec
        for name, spec in schema.get("properties", {}).items()
    }
    return replace(form, schema={**schema, "properties": fields})


def with_options(form: FormDefinition, variables: JsonObject) -> FormDefinition:
    """The form with the choices that `x-options` gives now as `enum`."""
    return replace(form, schema=with_circles(_with_options(form.schema, variables), variables))


def _with_options(schema: JsonObject, variables: JsonObject) -> JsonObject:
    found = dict(schema)
    if isinstance(found.get("properties"), dict):
        found["properties"] = {
            name: _with_options(spec, variables) for name, spec in found["properties"].items()
        }
    if isinstance(found.get("items"), dict):
        found["items"] = _with_options(found["items"], variables)
    options = found.get("x-options")
    if isinstance(options, str):
        choices = _choices(options, variables)
        if found.get("type") == "array":
            found["items"] = {**found.get("items", {}), "enum": choices}
        else:
            found["enum"] = choices
    return found


def _choices(expression: str, variables: JsonObject) -> list[Any]:
    try:
        value = feel.evaluate(expression, variables)
    except FeelError:
        return []
    return value if isinstance(value, list) else []
