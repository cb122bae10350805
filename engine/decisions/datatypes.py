"""Types and values in the words of a message."""

from __future__ import annotations

from typing import Any

NAMES = {
    "string": "文字",
    "number": "数字",
    "boolean": "是或否（true/false）",
    "date": "日期（年-月-日）",
    "time": "时间（时:分:秒）",
    "date and time": "日期时间",
    "duration": "时间段（如 P1M）",
    "days and time duration": "时间段（日时分，如 P1DT2H）",
    "years and months duration": "时间段（年月，如 P1Y2M）",
    "context": "一组数据",
    "function": "函数",
    "range": "范围",
    "list": "列表",
}
_LONGEST = 40


def shown(value: Any) -> str:
    """A value in a sentence."""
    if value is None:
        return "空值"
    if isinstance(value, bool):
        return f"是或否“{str(value).lower()}”"
    if isinstance(value, list):
        return f"列表（{len(value)}项）"
    if isinstance(value, dict):
        return "一组数据"
    text = str(value)
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return f"{'文字' if isinstance(value, str) else '数字'}“{text}”"
