"""Days as people write them in Chinese order, and what is said of one: weekday, whether offices are open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from engine import has_holidays, is_working_day
from web.i18n import _
from web.wording import weekday

WIDE = str.maketrans("０１２３４５６７８９－／．〇", "0123456789-/.零")
WRITTEN = re.compile(
    r"([0-9]{4})\s*[-年/.]\s*([0-9]{1,2})\s*[-月/.]\s*([0-9]{1,2})\s*[日号]?|([0-9]{4})([0-9]{2})([0-9]{2})"
)
CHINESE = re.compile(
    r"([零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
DIGITS = {char: at for at, char in enumerate("零一二三四五六七八九")}
LONGEST = 20


def day(text: str) -> date | None:
    """2026年11月24日, 2026-11-24, 2026.11.24, 20261124 or 二〇二六年十一月二十四日 as a day, or None."""
    plain = text.strip().translate(WIDE) if len(text) <= LONGEST else ""
    try:
        if match := WRITTEN.fullmatch(plain):
            year, month, number = (int(one) for one in match.groups() if one is not None)
            return date(year, month, number)
        if match := CHINESE.fullmatch(plain):
            year = int("".join(str(DIGITS.get(one, "x")) for one in match[1]))
            return date(year, _number(match[2]), _number(match[3]))
    except ValueError:
        return None
    return None


def _number(text: str) -> int:
    """十一, 二十, 二十四 or 三; 0 for what is no number."""
    tens, ten, ones = text.rpartition("十")
    if any(one not in DIGITS for one in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return 0
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + (DIGITS[ones] if ones else 0)


def written(day: date) -> str:
    """2026年11月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def echo(day: date, own: Mapping[date, bool] | None = None) -> str:
    """星期二，工作日; `own` are the office's days: whether it is open on them."""
    if own and day in own:
        kind = _("本单位上班") if own[day] else _("本单位放假，不是工作日")
    elif not has_holidays(day.year):
        kind = _("周末") if day.weekday() >= 5 else _("工作日（当年放假安排未公布，只看周末）")
    elif is_working_day(day):
        kind = _("调休上班的工作日") if day.weekday() >= 5 else _("工作日")
    else:
        kind = _("周末，不是工作日") if day.weekday() >= 5 else _("法定节假日，不是工作日")
    return _("%(weekday)s，%(kind)s", weekday=weekday(day), kind=kind)
