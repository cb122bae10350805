"""Whether JSON values are of the types that a decision declares."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.model.decision import Base, Type

_DATE = r"-?\d{4,9}-\d\d-\d\d"
_TIME = r"\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d|@[\w/+-]+)?"
_PATTERNS: dict[Base, re.Pattern[str]] = {
    "date": re.compile(_DATE),
    "time": re.compile(_TIME),
    "date and time": re.compile(f"{_DATE}(T{_TIME})?"),
    "duration": re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
}
_NAMES: dict[Base, str] = {
    "string": "文字",
    "number": "数字",
    "boolean": "是或否（true/false）",
    "date": "日期（年-月-日）",
    "time": "时间（时:分:秒）",
    "date and time": "日期时间",
    "duration": "时间段（如 P1M）",
    "context": "一组数据",
    "function": "函数",
}
_CHECKS: dict[Base, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "context": lambda value: isinstance(value, dict),
}
_LONGEST = 40


def temporal(type_: Type) -> str:
    """The name by which the FEEL sandbox reads text as this type; "" for what JSON holds as it is."""
    return type_.base if type_.base in _PATTERNS else ""


def mismatch(value: Any, type_: Type) -> str | None:
    """None, or in Chinese what is expected and what is there; null is of every type."""
    if value is None:
        return None
    if type_.collection:
        if not isinstance(value, list):
            return f"应为列表，实为{shown(value)}"
        return next((text for item in value if (text := _one(item, type_))), None)
    return _one(value, type_)


def items(value: Any, type_: Type) -> list[Any]:
    """What must pass the allowed values: each item of a collection, the value otherwise; nulls need not."""
    return [item for item in (value if type_.collection else [value]) if item is not None]


def shown(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, bool):
        return f"是或否“{str(value).lower()}”"
    if isinstance(value, list):
        return f"列表（{len(value)}项）"
    if isinstance(value, dict):
        return "一组数据"
    text = str(value)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return f"{'文字' if isinstance(value, str) else '数字'}“{text}”"


def _one(value: Any, type_: Type) -> str | None:
    if value is None or type_.base == "any":
        return None
    if pattern := _PATTERNS.get(type_.base):
        fits = isinstance(value, str) and pattern.fullmatch(value) is not None
    else:
        fits = _CHECKS.get(type_.base, lambda _: False)(value)
    if not fits:
        return f"应为{_NAMES[type_.base]}，实为{shown(value)}"
    return _parts(value, type_)


def _parts(value: Any, type_: Type) -> str | None:
    for name, part in type_.parts.items():
        if text := mismatch(value.get(name), part):
            return f"中的“{name}”{text}"
    return None
