"""Form files: JSON Schema for the values, a layout for the page, rules in FEEL."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from engine.model.directory import FACTS, KINDS
from engine.model.execution import JsonObject
from engine.model.forms import FieldAccess, FormDefinition
from engine.parsing.bpmn.reader import is_name
from engine.parsing.jsonfile import JsonReader, base_name, escaped, read_object
from engine.parsing.meeting import with_meetings
from engine.parsing.searchable import MARK, check_mark

TYPES = ("string", "integer", "number", "boolean", "array", "object")
WIDGETS = (
    *("text", "textarea", "radio", "select", "checkboxes", "table", "files"),
    *("person", "position", "unit", "amount", "richtext", "meeting"),
)
_WIDGET_TYPES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(KINDS, ("string", "array")),
    "amount": ("number", "integer"),
    "richtext": ("string",),
    "meeting": ("object",),
}
FORMATS = ("date", "date-time")
MAX_DEPTH = 6

_FORM_KEYS = ("id", "title", "basis", "submit", "schema", "layout", "rules", "steps")
_STEP_KEYS = ("hidden", "readonly", "editable")
_SECTION_KEYS = ("title", "basis", "help", "fields")
_RULE_KEYS = ("assert", "message", "field")
_ROOT_KEYS = ("$schema", "type", "title", "description", "properties", "required")
_COMMON = ("type", "title", "description", "enum", "const", "default", "readOnly")
_FEEL = ("x-visible", "x-required", "x-value", "x-options")
_OWN = ("x-widget", "x-opinion", "x-basis", "x-readers", "x-among", "x-free", "x-fill", MARK, *_FEEL)
_OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "string": ("format", "minLength", "maxLength", "pattern"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "boolean": (),
    "array": ("items", "minItems", "maxItems", "uniqueItems"),
    "object": ("properties", "required"),
}


def parse_form(content: bytes, resource: str) -> FormDefinition:
    """The form in a `NAME.form.json`; InvalidDefinition with every problem's JSON pointer."""
    data = read_object(content, resource)
    reader = JsonReader(resource)
    reader.keys(data, _FORM_KEYS, "")
    form_id = reader.text(data, "id", "", required=True)
    if form_id and form_id != base_name(resource, ".form.json"):
        reader.error("/id", f"表单id“{form_id}”与文件名不一致。", f"文件应名为 {form_id}.form.json。")
    schema = data.get("schema")
    if not isinstance(schema, dict):
        reader.error("/schema", "“schema”应当是对象。", "请写明字段。")
        schema = {}
    schema = with_meetings(schema)
    _root(reader, schema)
    fields = _members(schema)
    form = FormDefinition(
        id=form_id,
        title=reader.text(data, "title", "", required=True),
        schema=schema,
        layout=_layout(reader, data, fields),
        rules=_rules(reader, data, fields),
        submit=reader.text(data, "submit", "") or "提交",
        basis=reader.text(data, "basis", ""),
        resource=resource,
        steps=_steps(reader, data, fields),
    )
    reader.finish()
    return form


def _members(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _root(reader: JsonReader, schema: JsonObject) -> None:
    reader.keys(schema, _ROOT_KEYS, "/schema")
    if schema and schema.get("type") != "object":
        reader.error("/schema/type", "“type”应当是 object。")
    _object(reader, schema, "/schema", depth=1)
    if not reader.problems:  # else the same is told in English once more
        for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema):
            where = "".join(f"/{escaped(part)}" for part in error.absolute_path)
            reader.error(f"/schema{where}", f"“{where[1:]}”的值不合JSON Schema的规定。", "请改正。")


def _object(reader: JsonReader, schema: Mapping[str, Any], pointer: str, *, depth: int) -> None:
    members = schema.get("properties")
    if not isinstance(members, dict) or not members:
        reader.error(f"{pointer}/properties", "“properties”应当写明至少一个字段。")
        return
    for name, spec in members.items():
        place = f"{pointer}/properties/{escaped(name)}"
        if not is_name(name):
            reader.error(
                place,
                f"字段名“{name}”不能用在表达式里。",
                "字段名不能含空格、标点，不能以数字开头，也不能是FEEL的关键字。",
            )
        _field(reader, spec, place, depth=depth)
        _fills(reader, spec, members, place)
    required = schema.get("required")
    if required is not None and not isinstance(required, list):
        reader.error(f"{pointer}/required", "“required”应当是列表。")
        return
    for at, name in enumerate(required or ()):
        if not isinstance(name, str) or name not in members:
            reader.error(f"{pointer}/required/{at}", f"必填的“{name}”不是这里的字段。", "请改正名称。")


def _field(reader: JsonReader, spec: Any, pointer: str, *, depth: int) -> None:
    if not isinstance(spec, dict):
        reader.error(pointer, "字段应当是对象。")
        return
    kind = spec.get("type")
    if kind is None and ("enum" in spec or "const" in spec):
        kind = "string"
    if kind not in TYPES:
        reader.error(f"{pointer}/type", f"字段类型“{kind}”不支持。", f"可用：{'、'.join(TYPES)}。")
        return
    reader.keys(spec, (*_COMMON, *_OF_TYPE[kind], *_OWN), pointer)
    for key in _FEEL:
        reader.feel(spec, key, pointer)
    for key in ("title", "description", "x-basis"):
        reader.text(spec, key, pointer)
    for key in ("readOnly", "x-opinion", "x-free", "uniqueItems"):
        if not isinstance(spec.get(key, False), bool):
            reader.error(f"{pointer}/{key}", f"“{key}”应当是 true 或 false。")
    _choices(reader, spec, pointer)
    _widget(reader, spec, str(kind), pointer)
    _readers(reader, spec, pointer, depth)
    check_mark(reader, spec, pointer, depth)
    if depth >= MAX_DEPTH:
        reader.error(pointer, "字段嵌套太深。")
    elif kind == "object":
        _object(reader, spec, pointer, depth=depth + 1)
    elif kind == "array":
        _items(reader, spec, pointer, depth=depth + 1)


def _choices(reader: JsonReader, spec: JsonObject, pointer: str) -> None:
    widget, form = spec.get("x-widget"), spec.get("format")
    if widget is not None and widget not in WIDGETS:
        reader.error(f"{pointer}/x-widget", f"控件“{widget}”不支持。", f"可用：{'、'.join(WIDGETS)}。")
    if form is not None and form not in FORMATS:
        reader.error(f"{pointer}/format", f"格式“{form}”不支持。", f"可用：{'、'.join(FORMATS)}。")
    if "enum" in spec and (not isinstance(spec["enum"], list) or not spec["enum"]):
        reader.error(f"{pointer}/enum", "“enum”应当是不空的列表。")
    if isinstance(spec.get("pattern"), str):
        try:
            re.compile(spec["pattern"])
        except re.error:
            reader.error(f"{pointer}/pattern", f"“{spec['pattern']}”不是正确的正则表达式。")


def _widget(reader: JsonReader, spec: JsonObject, kind: str, pointer: str) -> None:
    widget, among = spec.get("x-widget"), spec.get("x-among")
    fitting = _WIDGET_TYPES.get(str(widget), (kind,))
    plain = kind != "array" or widget not in KINDS or (spec.get("items") or {}).get("type") == "string"
    if kind not in fitting or not plain:
        hint = "列表的“items”应当是 string。" if not plain else f"可用的类型：{'、'.join(fitting)}。"
        reader.error(f"{pointer}/x-widget", f"控件“{widget}”不能用于这种类型的字段。", hint)
    for key in ("x-among", "x-free", "x-fill"):
        if key in spec and widget not in KINDS:
            reader.error(f"{pointer}/{key}", f"“{key}”只用于选人、选岗位、选单位的字段。", "请改控件。")
    if isinstance(among, list):
        reader.names(spec, "x-among", pointer, some=True)
    elif among is not None:
        reader.feel(spec, "x-among", pointer)


def _fills(reader: JsonReader, spec: Any, members: Mapping[str, Any], pointer: str) -> None:
    """`x-fill`: which neighbouring fields take what from the choice."""
    fills = spec.get("x-fill") if isinstance(spec, dict) else None
    if fills is None:
        return
    if not isinstance(fills, dict) or not all(fact in FACTS for fact in fills.values()):
        hint = f'写作 {{"字段": "unit"}}；可用：{"、".join(FACTS)}。'
        reader.error(f"{pointer}/x-fill", "“x-fill”写法不对。", hint)
        return
    for name in fills:
        if name not in members:
            reader.error(f"{pointer}/x-fill/{escaped(name)}", f"“{name}”不是旁边的字段。", "请改正名称。")


def _readers(reader: JsonReader, spec: JsonObject, pointer: str, depth: int) -> None:
    if "x-readers" not in spec:
        return
    reader.names(spec, "x-readers", pointer, some=True)
    if depth > 1:
        reader.error(f"{pointer}/x-readers", "表格或分组里的字段不能另设读者。", "请写在整个字段上。")


def _items(reader: JsonReader, spec: JsonObject, pointer: str, *, depth: int) -> None:
    items = spec.get("items")
    if not isinstance(items, dict):
        reader.error(f"{pointer}/items", "列表应当写明“items”。", "选项写 enum，表格写 object。")
        return
    _field(reader, items, f"{pointer}/items", depth=depth)
    if items.get("type") == "array":
        reader.error(f"{pointer}/items/type", "列表中不能再放列表。", "请改为表格。")


def _layout(reader: JsonReader, data: JsonObject, fields: Mapping[str, Any]) -> tuple[JsonObject, ...]:
    sections = reader.objects(data, "layout", "")
    laid: Counter[str] = Counter()
    for pointer, section in sections:
        reader.keys(section, _SECTION_KEYS, pointer)
        for key in ("title", "basis", "help"):
            reader.text(section, key, pointer)
        entries = section.get("fields")
        if not isinstance(entries, list):
            reader.error(f"{pointer}/fields", "“fields”应当是字段名的列表。")
            continue
        for at, entry in enumerate(entries):
            name = _entry(reader, entry, f"{pointer}/fields/{at}")
            if name and name not in fields:
                reader.error(f"{pointer}/fields/{at}", f"版面中的字段“{name}”不存在。", "请改正名称。")
            laid[name] += 1
    for name in fields:
        if laid[name] != 1:
            text = "没有排进版面" if laid[name] == 0 else "在版面中出现了两次"
            reader.error("/layout", f"字段“{name}”{text}。", "每个字段须恰好出现一次。")
    return tuple(section for _, section in sections)


def _entry(reader: JsonReader, entry: Any, pointer: str) -> str:
    if isinstance(entry, str):
        return entry
    if not isinstance(entry, dict) or not isinstance(entry.get("field"), str):
        reader.error(pointer, "这里应当是字段名。")
        return ""
    reader.keys(entry, ("field", "widget"), pointer)
    if entry.get("widget") is not None and entry["widget"] not in WIDGETS:
        reader.error(f"{pointer}/widget", f"控件“{entry['widget']}”不支持。", f"可用：{'、'.join(WIDGETS)}。")
    return str(entry["field"])


def _steps(reader: JsonReader, data: JsonObject, fields: Mapping[str, Any]) -> dict[str, FieldAccess]:
    """What becomes of the fields at single steps, by element id."""
    steps = data.get("steps", {})
    if not isinstance(steps, dict) or not all(isinstance(one, dict) for one in steps.values()):
        reader.error("/steps", "“steps”应当是对象，写明各环节的字段。")
        return {}
    found = {}
    for element, entry in steps.items():
        pointer = f"/steps/{escaped(element)}"
        reader.keys(entry, _STEP_KEYS, pointer)
        lists = {key: reader.names(entry, key, pointer) for key in _STEP_KEYS}
        for key, names in lists.items():
            for at, name in enumerate(names):
                if name not in fields:
                    reader.error(f"{pointer}/{key}/{at}", f"“{name}”不是本表单的字段。", "请改正名称。")
        hidden, read, edit = (frozenset(lists[key]) for key in _STEP_KEYS)
        found[element] = FieldAccess(hidden, read, edit)
    return found


def _rules(reader: JsonReader, data: JsonObject, fields: Mapping[str, Any]) -> tuple[JsonObject, ...]:
    rules = reader.objects(data, "rules", "")
    for pointer, rule in rules:
        reader.keys(rule, _RULE_KEYS, pointer)
        reader.feel(rule, "assert", pointer, required=True)
        reader.text(rule, "message", pointer, required=True)
        name = reader.text(rule, "field", pointer)
        if name and name not in fields:
            reader.error(f"{pointer}/field", f"规则所指的字段“{name}”不存在。", "请改正名称。")
    return tuple(rule for _, rule in rules)
