"""Which control draws a field of a form, and with which options, text and HTML attributes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.forms import Schema, is_table, item_schema, option_text
from web.i18n import _
from web.wording import local, shown

FEW_OPTIONS = 4
SHORT_OPTIONS = 24  #: characters of all options together that still fit into a line of radio buttons
LONG_TEXT = 300  #: characters that a line of text may have
WIDE_KINDS = frozenset({"textarea", "table", "readtable", "files", "checkboxes", "group", "lines"})
UNMARKED = frozenset({"check", "read", "readtable", "group"})  #: kinds that are never called optional


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value as it is posted, and its label."""

    value: str
    label: str
    chosen: bool


def field_kind(spec: Schema) -> str:
    """The macro that draws this field: the schema's widget, else what its type suggests."""
    widget = str(spec.get("x-widget") or "")
    if is_table(spec):
        return "readtable" if spec.get("readOnly") else "table"
    if spec.get("readOnly"):
        return "read"
    if spec.get("type") == "object":
        return "group"
    if spec.get("type") == "array":
        return _array_kind(spec, widget)
    if spec.get("type") == "boolean":
        return widget if widget in ("radio", "select") else "check"
    if spec.get("enum") or spec.get("x-options"):
        return widget if widget in ("radio", "select") else _choice_kind(spec)
    return _text_kind(spec, widget)


def _array_kind(spec: Schema, widget: str) -> str:
    if widget == "files":
        return "files"
    items = item_schema(spec)
    return "checkboxes" if items.get("enum") or items.get("x-options") or spec.get("x-options") else "lines"


def _choice_kind(spec: Schema) -> str:
    options = [option_text(option) for option in spec.get("enum") or ()]
    few = 0 < len(options) <= FEW_OPTIONS and sum(map(len, options)) <= SHORT_OPTIONS
    return "radio" if few else "select"


def _text_kind(spec: Schema, widget: str) -> str:
    if spec.get("format") in ("date", "date-time"):
        return str(spec["format"])
    if spec.get("type") in ("integer", "number"):
        return "number"
    long = spec.get("x-opinion") or int(spec.get("maxLength") or 0) > LONG_TEXT
    return "textarea" if widget == "textarea" or (long and widget != "text") else "text"


def options(spec: Schema, value: Any) -> tuple[Option, ...]:
    if spec.get("type") == "boolean":
        pairs: list[tuple[Any, str]] = [(True, _("是")), (False, _("否"))]
    else:
        source = item_schema(spec) if spec.get("type") == "array" else spec
        listed = source.get("enum") or spec.get("enum") or ()
        pairs = [(option, str(option)) for option in listed if option != ""]
    chosen = value if isinstance(value, list) else [value]
    texts = {option_text(one) for one in chosen if one is not None and one != ""}
    options = [Option(option_text(one), label, option_text(one) in texts) for one, label in pairs]
    known = {option.value for option in options}
    return (*options, *(Option(text, text, True) for text in sorted(texts - known)))


def text(spec: Schema, kind: str, value: Any) -> str:
    if kind == "read":
        return shown(value)
    if value is None:
        return ""
    if kind == "check":
        return "true" if value is True else ""
    if kind == "lines":
        return "\n".join(str(line) for line in value) if isinstance(value, list) else str(value)
    if kind == "date-time":
        return _local_time(str(value))
    return option_text(value)


def _local_time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (local(moment) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M")


def attributes(spec: Schema, kind: str) -> dict[str, str]:
    """HTML attributes that help while typing; the server checks again."""
    found: dict[str, str] = {}
    if kind in ("text", "textarea") and spec.get("maxLength"):
        found["maxlength"] = str(spec["maxLength"])
    if kind == "number":
        found["inputmode"] = "numeric" if spec.get("type") == "integer" else "decimal"
    if kind == "textarea":
        found["rows"] = "5" if int(spec.get("maxLength") or 0) > 1000 else "3"
    return found
