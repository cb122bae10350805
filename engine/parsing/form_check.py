"""Checks what was filled into a form: values cleaned, problems in Chinese by field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from engine.errors import FeelError, Problem
from engine.model.directory import Directory
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.parsing.form_state import (
    FieldState,
    Place,
    Variables,
    context_of,
    evaluate,
    field_state,
    initial_values,
    is_table,
    members,
    places_of,
)
from engine.parsing.form_widgets import settled

_FORMATS = FormatChecker(formats=())
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
_TYPES = {
    "string": "应填文字",
    "integer": "应填整数",
    "number": "应填数字",
    "boolean": "应选“是”或“否”",
    "array": "应为列表",
    "object": "内容格式不对",
}


def check_form(
    form: FormDefinition,
    values: Variables,
    visible: Variables,
    *,
    now: datetime | None = None,
    directory: Directory | None = None,
) -> tuple[JsonObject, tuple[Problem, ...]]:
    """The values to keep, and what is wrong with them; `Problem.element` is a path such as `对象.0.名称`.

    Unknown and read-only fields are dropped, hidden ones too; a field that a variable had filled and that
    is now empty is None, so that the variable does not stay. Whom pickers name is looked up in the
    `directory`; without one, names are taken as they are.
    """
    kept = _cleaned(form.schema, values, initial_values(form, visible, now=now))
    kept, strange = settled(form, kept, visible, directory, now)
    states = field_state(form, kept, visible, now=now)
    kept = _shown(form.schema, kept, states)
    problems = {problem.element: problem for problem in reversed([*_field_problems(form, kept, states)])}
    for path, problem in strange.items():
        if states.get(path, {"visible": False})["visible"]:
            problems[path] = problem  # it knows best
    ordered = _in_layout(form, kept, problems)
    applying = _applying(form, kept, states, frozenset(problems))
    ordered += _rule_problems(applying, context_of(form, kept, visible, now), now, strict=not problems)
    emptied = {
        name: None
        for name, spec in members(form.schema).items()
        if not spec.get("readOnly")
        and states[name]["visible"]
        and name not in kept
        and visible.get(name) is not None
    }
    return {**kept, **emptied}, tuple(ordered)


def _cleaned(
    schema: Mapping[str, Any], values: Variables, base: Variables, *, nested: bool = False
) -> JsonObject:
    """Known fields with something in them; read-only ones only in rows, and there as they were."""
    found: JsonObject = {}
    for name, spec in members(schema).items():
        if spec.get("readOnly"):
            if nested and name in base:
                found[name] = base[name]
            continue
        value = _value(spec, values.get(name), base.get(name))
        if value is not None:
            found[name] = value
    return found


def _value(spec: Mapping[str, Any], value: Any, base: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if spec.get("type") == "object" and isinstance(value, Mapping):
        return _cleaned(spec, value, base if isinstance(base, Mapping) else {}, nested=True) or None
    if is_table(spec) and isinstance(value, list):
        rows = base if isinstance(base, list) else []
        return [_row(spec["items"], at, row, rows) for at, row in enumerate(value)]
    return value


def _row(items: Mapping[str, Any], at: int, row: Any, rows: Sequence[Any]) -> Any:
    """A row, its read-only cells taken from the row that was shown: the one like it, else the same number."""
    if not isinstance(row, Mapping):
        return row
    fixed = [name for name, spec in members(items).items() if spec.get("readOnly")]
    shown = [each for each in rows if isinstance(each, Mapping)]
    alike = [each for each in shown if all(each.get(name) == row.get(name) for name in fixed)]
    if alike:
        base = shown[at] if at < len(shown) and shown[at] in alike else alike[0]
    else:
        base = shown[at] if at < len(shown) else {}
    return _cleaned(items, row, base, nested=True)


def _shown(
    schema: Mapping[str, Any], values: JsonObject, states: Mapping[str, FieldState], prefix: str = ""
) -> JsonObject:
    """The values without those of hidden fields."""
    found: JsonObject = {}
    for name, value in values.items():
        path, spec = f"{prefix}{name}", members(schema)[name]
        if path in states and not states[path]["visible"]:
            continue
        if spec.get("type") == "object" and isinstance(value, Mapping):
            value = _shown(spec, dict(value), states, f"{path}.")
        elif is_table(spec) and isinstance(value, list):
            value = [
                _shown(spec["items"], row, states, f"{path}.{at}.") if isinstance(row, dict) else row
                for at, row in enumerate(value)
            ]
        found[name] = value
    return found


def _in_layout(form: FormDefinition, values: JsonObject, found: Mapping[str, Problem]) -> list[Problem]:
    """The problems in the order in which the page shows their fields."""
    names = [
        entry if isinstance(entry, str) else entry.get("field")
        for section in form.layout
        for entry in section.get("fields") or ()
    ]
    heads = {name: at for at, name in enumerate(names)}
    paths = {place.path: at for at, place in enumerate(places_of(form.schema, values, {}))}
    return sorted(
        found.values(), key=lambda each: (heads.get(each.element.partition(".")[0], 0), paths[each.element])
    )


def _field_problems(
    form: FormDefinition, values: JsonObject, states: Mapping[str, FieldState]
) -> Iterator[Problem]:
    """The problems of every visible field, the most telling one of each first."""
    places = {place.path: place for place in places_of(form.schema, values, {})}
    for path, place in places.items():
        state = states.get(path)
        if place.spec.get("readOnly") or state is None or not state["visible"]:
            continue
        value = _at(values, path)
        if value is None or value == []:
            if state["required"] and place.spec.get("type") != "object":
                yield Problem(_missing(place), element=path)
                continue
        elif state["options"] is not None and any(
            each not in state["options"] for each in (value if isinstance(value, list) else [value])
        ):
            yield Problem(f"{place.label}的内容不在可选范围内，请重新选择。", element=path)
            continue
        if "." not in path and value is not None:
            yield from _schema_problems(place, value, places)


def _schema_problems(place: Place, value: Any, places: Mapping[str, Place]) -> Iterator[Problem]:
    validator = Draft202012Validator(_without_required(place.spec), format_checker=_FORMATS)
    for error in validator.iter_errors(value):
        path = ".".join([place.path, *map(str, error.absolute_path)])
        named = places.get(path) or places.get(path.rpartition(".")[0]) or place
        yield Problem(_text(error, named), element=path if path in places else named.path)


def _without_required(spec: Mapping[str, Any]) -> JsonObject:
    """The schema without what is checked elsewhere: required fields, and what only pages use."""
    plain = {key: value for key, value in spec.items() if key != "required" and not key.startswith("x-")}
    if isinstance(plain.get("items"), Mapping):
        plain["items"] = _without_required(plain["items"])
    if isinstance(plain.get("properties"), Mapping):
        plain["properties"] = {
            name: {} if part.get("readOnly") else _without_required(part)
            for name, part in plain["properties"].items()
        }
    return plain


def _applying(
    form: FormDefinition, values: JsonObject, states: Mapping[str, FieldState], faulty: frozenset[str]
) -> list[JsonObject]:
    """Rules to look at: not those about a field that is hidden, wrong already, or optional and empty."""
    wrong = {path.partition(".")[0] for path in faulty}

    def applies(name: str) -> bool:
        needless = name not in values and not states[name]["required"]
        return states[name]["visible"] and name not in wrong and not needless

    return [rule for rule in form.rules if not rule.get("field") or applies(rule["field"])]


def _rule_problems(
    rules: Sequence[JsonObject], context: Variables, now: datetime | None, *, strict: bool
) -> list[Problem]:
    """Rules that do not hold; those that give null only if `strict`: a wrong field may be the reason."""
    try:
        results = evaluate([(rule["assert"], context) for rule in rules], now)
    except FeelError as error:
        return [Problem(f"填写规则无法核对：{error.message}。")]
    return [
        Problem(str(rule["message"]), element=str(rule.get("field") or ""))
        for rule, result in zip(rules, results, strict=True)
        if result is False or (result is not True and strict)
    ]


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(values, Mapping):
            values = values.get(part)
        elif isinstance(values, list) and part.isdecimal() and int(part) < len(values):
            values = values[int(part)]
        else:
            return None
    return values


def _missing(place: Place) -> str:
    spec = place.spec
    if spec.get("x-widget") == "files":
        return f"请上传{place.label}。"
    if is_table(spec):
        return f"{place.label}至少填写一行。"
    items = spec.get("items") or {}
    chosen = spec.get("type") == "boolean" or any(
        key in each for key in ("enum", "x-options") for each in (spec, items)
    )
    return f"请{'选择' if chosen else '填写'}{place.label}。"


def _text(error: ValidationError, place: Place) -> str:
    describe = _TEXTS.get(str(error.validator))
    return f"{place.label}{describe(error, place) if describe else '的内容不符合要求'}。"


def _const(error: ValidationError, _: Place) -> str:
    if error.validator_value is True:
        return "须确认（选“是”）才能提交"
    return f"只能是“{error.validator_value}”"


def _pattern(_: ValidationError, place: Place) -> str:
    description = str(place.spec.get("description") or "")
    return f"的写法不对（{description}）" if description else "的写法不对"


def _format(error: ValidationError, _: Place) -> str:
    example = "2030-01-31" if error.validator_value == "date" else "2030-01-31T09:30:00+08:00"
    return f"不是正确的日期，应写作 {example}"


def _least(error: ValidationError, place: Place) -> str:
    if is_table(place.spec):
        return f"至少填写{error.validator_value}行"
    files = place.spec.get("x-widget") == "files"
    return f"至少{'上传' if files else '选择'}{error.validator_value}项"


_TEXTS: Mapping[str, Callable[[ValidationError, Place], str]] = {
    "type": lambda error, _: _TYPES.get(str(error.validator_value), "的内容格式不对"),
    "enum": lambda *_: "的内容不在可选范围内，请重新选择",
    "const": _const,
    "minLength": lambda error, _: f"至少{error.validator_value}个字",
    "maxLength": lambda error, _: f"最多{error.validator_value}个字，现在有{len(str(error.instance))}个字",
    "minimum": lambda error, _: f"不能小于{error.validator_value}",
    "maximum": lambda error, _: f"不能大于{error.validator_value}",
    "exclusiveMinimum": lambda error, _: f"必须大于{error.validator_value}",
    "exclusiveMaximum": lambda error, _: f"必须小于{error.validator_value}",
    "multipleOf": lambda error, _: f"必须是{error.validator_value}的倍数",
    "minItems": _least,
    "maxItems": lambda error, place: f"最多{error.validator_value}{'行' if is_table(place.spec) else '项'}",
    "uniqueItems": lambda *_: "有重复的内容",
    "pattern": _pattern,
    "format": _format,
}


@_FORMATS.checks("date")
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or _reads(date.fromisoformat, _DATE, value)


@_FORMATS.checks("date-time")
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or _reads(datetime.fromisoformat, _MOMENT, value)


def _reads(read: Callable[[str], object], pattern: re.Pattern[str], text: str) -> bool:
    try:
        return pattern.fullmatch(text) is not None and bool(read(text))
    except ValueError:
        return False
