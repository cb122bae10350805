"""Which control draws a field of a form, and with which options, text and HTML attributes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web import amounts
from web.days import day, echo, written
from web.forms import Schema, is_table, item_schema, option_text
from web.i18n import _
from web.wording import local, shown

FEW_OPTIONS = 4
SHORT_OPTIONS = 24  #: characters of all options together that still fit into a line of radio buttons
LONG_TEXT = 300  #: characters that a line of text may have
WIDE_KINDS = frozenset(
    {
        "textarea",
        "table",
        "readtable",
        "files",
        "checkboxes",
        "group",
        "lines",
        "richtext",
        "picks",
        "meeting",
    }
)
PICKERS = frozenset({"person", "position", "unit"})
UNMARKED = frozenset(
    {"check", "read", "readtable", "group", "meeting"}
)  #: kinds that are never called optional


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
        return "meeting" if widget == "meeting" else "group"
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
    if widget in PICKERS:
        return "picks"
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
        return "amount" if widget == "amount" else "number"
    if widget in PICKERS or widget == "richtext":
        return "pick" if widget in PICKERS else widget
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
    if kind == "date":
        known = day(str(value))
        return written(known) if known else str(value)
    if kind == "amount":
        return amounts.grouped(value)
    if kind in ("lines", "picks"):
        return "\n".join(str(line) for line in value) if isinstance(value, list) else str(value)
    if kind == "date-time":
        return _local_time(str(value))
    return option_text(value)


def _read(spec: Schema, value: Any) -> str:
    """What a field that is only read says, if it isn't its value."""
    if spec.get("x-widget") == "amount" and amounts.echo(value):
        return _("%(amount)s元（%(words)s）", amount=amounts.grouped(value), words=amounts.echo(value))
    known = day(value) if spec.get("format") == "date" and isinstance(value, str) else None
    return written(known) if known else ""


def echoed(spec: Schema, kind: str, value: Any) -> str:
    """What stands beside the control about its value, or in its place where it is only read."""
    if kind == "read":
        return _read(spec, value)
    if kind == "date":
        known = day(str(value or ""))
        return echo(known) if known else ""
    return amounts.echo(value) if kind == "amount" else ""


def _local_time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (local(moment) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M")


def attributes(spec: Schema, kind: str) -> dict[str, str]:
    """HTML attributes that help while typing; the server checks again."""
    found: dict[str, str] = {}
    if kind in ("text", "textarea", "richtext", "pick") and spec.get("maxLength"):
        found["maxlength"] = str(spec["maxLength"])
    if kind == "number":
        found["inputmode"] = "numeric" if spec.get("type") == "integer" else "decimal"
    if kind == "date":
        found |= {"inputmode": "numeric", "maxlength": "20", "placeholder": _("年月日，如 2026年3月5日")}
    if kind == "amount":
        found |= {"inputmode": "decimal", "maxlength": "40", "placeholder": _("元，可写 1.2万")}
    if kind in ("pick", "picks"):
        found |= _picker(spec, kind)
    if kind == "richtext":
        found["rows"] = "8"
    if kind == "textarea":
        found["rows"] = "5" if int(spec.get("maxLength") or 0) > 1000 else "3"
        found |= {"data-opinions": ""} if spec.get("x-opinion") else {}
    return found


def _picker(spec: Schema, kind: str) -> dict[str, str]:
    """What the script needs to offer choices, and a hint for who has none."""
    found = {"data-pick": str(spec.get("x-widget")), "autocomplete": "off", "spellcheck": "false"}
    found["placeholder"] = _("名称、单位或拼音，如 zs") if kind == "pick" else _("一行一个：名称、单位或拼音")
    if kind == "picks":
        found["rows"] = "2"
    if isinstance(spec.get("x-fill"), dict):
        found["data-fill"] = json.dumps(spec["x-fill"], ensure_ascii=False)
    return found
