"""What templates may ask of values: dates, lists and numbers as official documents write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Undefined

from engine.model import richtext

_ZONE = ZoneInfo("Asia/Shanghai")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(T.*)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_DIGITS = "零一二三四五六七八九"
_LONGEST = 100


def cndate(value: Any) -> str:
    """2026-11-26 as 2026年11月26日; a time with a zone by its day in Beijing; what is no date stays."""
    text = plain(value)
    if match := _DATE.fullmatch(text):
        year, month, day, rest = match.groups()
        if rest and (rest.endswith("Z") or re.search(r"[+-]\d\d:\d\d$", rest)):
            local = datetime.fromisoformat(text).astimezone(_ZONE)
            year, month, day = local.year, local.month, local.day
        return f"{int(year)}年{int(month)}月{int(day)}日"
    if match := _MONTH.fullmatch(text):
        return f"{int(match[1])}年{int(match[2])}月"
    return text


def join_cn(values: Any, attribute: str = "", separator: str = "、") -> str:
    """A list in a sentence: 甲、乙、丙; of objects, their `attribute`."""
    if values is None:
        return ""
    items: Iterable[Any] = values if isinstance(values, list | tuple) else [values]
    texts = (item.get(attribute) if attribute and isinstance(item, dict) else item for item in items)
    return separator.join(plain(text) for text in texts if text not in (None, ""))


def cnnumber(value: Any) -> str:
    """A number below 100 in Chinese, for headings: 1 is 一, 12 is 十二, 30 is 三十; others stay."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LONGEST:
        return plain(value)
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def dash(value: Any) -> Any:
    """The value, or — for nothing."""
    return "—" if value in (None, "", []) or isinstance(value, Undefined) else value


def plain(value: Any) -> str:
    """A value as a document shows it: nothing for null, 是 or 否, no .0, lists in a sentence."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return join_cn(value)
    return richtext.plain(str(value))


def filters(people: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    """The filters of templates by name; `who` shows a user id by its position."""
    return {
        "cndate": cndate,
        "join_cn": join_cn,
        "cnnumber": cnnumber,
        "dash": dash,
        "who": lambda value: people.get(str(value), plain(value)),
    }
