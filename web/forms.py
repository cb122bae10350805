"""Posted forms become typed values by their JSON Schema.

A control is named by its path: `标题`, `对象-0-名称` (a table's row), `核对-事实清楚` (an object's part).
What can't be converted stays text, so that the engine's check says what is wrong with it. A field that
wasn't posted at all (its controls were hidden) is absent; checkboxes and tables post an empty marker.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from engine import JsonObject, Problem
from web.amounts import amount
from web.days import day
from web.wording import ZONE

Schema = Mapping[str, Any]
ABSENT = object()
MAX_ROWS = 500
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
CONTROL_CHARACTERS = {code: None for code in range(32) if code not in (9, 10)}
FULL_WIDTH = str.maketrans("０１２３４５６７８９．－＋，", "0123456789.-+,")


@dataclass(frozen=True, slots=True)
class Posted:
    """What came from the browser, and what the server knows beside it."""

    form: MultiDict[str, str]
    base: Mapping[str, Any] = field(default_factory=dict)  #: the values that the page showed
    documents: frozenset[str] = frozenset()  #: ids that a files field may name


def typed_values(schema: Schema, posted: Posted) -> JsonObject:
    """Values by field name; read-only fields are left out, except in table rows, where they are kept."""
    values: JsonObject = {}
    for name, spec in properties(schema).items():
        if spec.get("readOnly"):
            continue
        value = _read(spec, name, posted, posted.base.get(name))
        if value is not ABSENT:
            values[name] = value
    return values


def properties(schema: Schema) -> Mapping[str, Schema]:
    """The fields of an object schema, in their order."""
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def item_schema(spec: Schema) -> Schema:
    """The schema of an array's items."""
    items = spec.get("items")
    return items if isinstance(items, Mapping) else {}


def is_table(spec: Schema) -> bool:
    """Whether this field is an array of objects."""
    return spec.get("type") == "array" and bool(properties(item_schema(spec)))


def row_numbers(key: str, names: Iterable[str]) -> list[int]:
    """Numbers of the rows of table `key` among these control names, ascending."""
    pattern = re.compile(re.escape(key) + r"-([0-9]{1,4})-")
    found = {int(match.group(1)) for name in names if (match := pattern.match(name))}
    return sorted(found)[:MAX_ROWS]


def _read(spec: Schema, key: str, posted: Posted, base: Any) -> Any:
    if is_table(spec):
        return _read_table(item_schema(spec), key, posted, base)
    if spec.get("type") == "object":
        return _read_object(spec, key, posted, base)
    if key not in posted.form:
        return ABSENT
    if spec.get("type") == "array":
        return _read_list(spec, key, posted)
    if spec.get("type") == "boolean":
        return _read_boolean(posted.form.getlist(key), spec)
    text = clean_text(posted.form.getlist(key)[-1])  # after the empty marker of radio buttons
    return ABSENT if text == "" else typed_text(text, spec)


def _read_object(spec: Schema, key: str, posted: Posted, base: Any) -> Any:
    known = base if isinstance(base, Mapping) else {}
    parts: JsonObject = {}
    for name, part in properties(spec).items():
        if part.get("readOnly"):
            value = known.get(name, ABSENT)
        else:
            value = _read(part, f"{key}-{name}", posted, known.get(name))
        if value is not ABSENT:
            parts[name] = value
    return parts if parts else ABSENT


def _read_table(items: Schema, key: str, posted: Posted, base: Any) -> Any:
    numbers = row_numbers(key, posted.form.keys())
    if not numbers:
        return [] if key in posted.form else ABSENT
    known = base if isinstance(base, Sequence) and not isinstance(base, str) else ()
    rows = []
    for number in numbers:
        before = known[number] if number < len(known) and isinstance(known[number], Mapping) else {}
        row = _read_object(items, f"{key}-{number}", posted, before)
        if row is not ABSENT and not _is_blank(row, items):
            rows.append(row)
    return rows


def _is_blank(row: Mapping[str, Any], items: Schema) -> bool:
    """A row in which nobody wrote anything: nothing kept, and no more than defaults."""
    specs = properties(items)
    return all(
        value in ("", False, None) or value in ([], {}) or value == specs[name].get("default", ABSENT)
        for name, value in row.items()
    )


def _read_list(spec: Schema, key: str, posted: Posted) -> list[Any]:
    texts = [text for raw in posted.form.getlist(key) if (text := clean_text(raw))]
    if spec.get("x-widget") == "files":
        return [text for text in dict.fromkeys(texts) if text in posted.documents]
    items = item_schema(spec)
    if not (items.get("enum") or items.get("x-options") or spec.get("x-options")):
        texts = [line.strip() for text in texts for line in text.split("\n") if line.strip()]
    return [typed_text(text, items) for text in texts]


def _read_boolean(texts: Sequence[str], spec: Schema) -> Any:
    """A checkbox posts a marker and, when ticked, `true`; a radio or select posts one of three."""
    chosen = [text for text in texts if text]
    if not chosen:
        return ABSENT if spec.get("x-widget") in ("radio", "select") else False
    return {"true": True, "false": False}.get(chosen[-1], chosen[-1])


def clean_text(raw: str) -> str:
    """Text with plain line ends, without control characters and outer blanks."""
    return raw.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL_CHARACTERS).strip()


def typed_text(text: str, spec: Schema) -> Any:
    """The text as the schema's type, or unchanged where it is none."""
    for option in spec.get("enum") or ():
        if option_text(option) == text:
            return option
    kind = spec.get("type")
    if spec.get("x-widget") == "amount":
        value = amount(text)
        return text if value is None else value
    if kind == "integer":
        return _integer(text)
    if kind == "number":
        return _number(text)
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if spec.get("format") == "date":
        found = day(text)
        return found.isoformat() if found else text
    if spec.get("format") == "date-time" and LOCAL_TIME.fullmatch(text):
        return _moment(text)
    return text


def option_text(option: Any) -> str:
    """An option's value as a control posts it."""
    return str(option).lower() if isinstance(option, bool) else str(option)


def _integer(text: str) -> Any:
    plain = text.translate(FULL_WIDTH).replace(",", "")
    return int(plain) if INTEGER.fullmatch(plain) else text


def _number(text: str) -> Any:
    plain = text.translate(FULL_WIDTH).replace(",", "")
    if INTEGER.fullmatch(plain):
        return int(plain)
    number = float(plain) if DECIMAL.fullmatch(plain) else math.nan
    return number if math.isfinite(number) else text


def _moment(text: str) -> Any:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).isoformat()
    except ValueError:
        return text


def read_only(schema: Schema, values: Mapping[str, Any]) -> JsonObject:
    """Those of the values that the form shows but doesn't take."""
    fixed = (name for name, spec in properties(schema).items() if spec.get("readOnly"))
    return {name: values[name] for name in fixed if name in values}


def file_keys(schema: Schema) -> list[str]:
    """Names of the top-level fields that hold files."""
    return [
        name
        for name, spec in properties(schema).items()
        if spec.get("x-widget") == "files" and not spec.get("readOnly")
    ]


def problem_key(problem: Problem) -> str:
    """The name of the control that a problem is about: `对象[0].名称` and `对象/0/名称` are `对象-0-名称`."""
    return re.sub(r"[\[\]./]+", "-", problem.element).strip("-")
