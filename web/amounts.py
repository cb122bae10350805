"""Amounts of money in yuan: read as people write them, and shown as they read and sign them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from web.i18n import _

WIDE = str.maketrans("０１２３４５６７８９．－＋，￥", "0123456789.-+,¥")
WRITTEN = re.compile(
    r"(?:¥|人民币)?\s*([+-]?[0-9][0-9, ]*(?:\.[0-9]+)?|[+-]?\.[0-9]+)\s*(万|亿)?\s*元?(?:整)?"
)
TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}
LONGEST = 40
LARGEST = Decimal(10) ** 13
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
TEN_THOUSAND = 10_000


def amount(text: str) -> int | float | None:
    """12,000.50, １.2万元, ￥300 as a number of yuan; None for what is none."""
    match = WRITTEN.fullmatch(text.translate(WIDE).strip()) if len(text) <= LONGEST else None
    if match is None:
        return None
    try:
        value = Decimal(re.sub(r"[, ]", "", match[1])) * TIMES[match[2] or ""]
    except InvalidOperation:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def grouped(value: object) -> str:
    """12000.5 as 12,000.50; what isn't an amount as it is."""
    number = _decimal(value)
    if number is None:
        return str(value)
    return f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,.2f}"


def echo(value: object) -> str:
    """How an amount reads: 1.2万元，壹万贰仟元整; "" for none."""
    number = _decimal(value)
    if number is None or abs(number) >= LARGEST or number != round(number, 2):
        return ""
    in_words = capital(number)
    if abs(number) < TEN_THOUSAND:
        return _("大写：%(words)s", words=in_words)
    shown = f"{(number / TEN_THOUSAND).normalize():,f}"
    return _("%(n)s万元，大写：%(words)s", n=shown, words=in_words)


def capital(number: Decimal) -> str:
    """An amount below ten trillion in the figures of cheques: 壹万贰仟元伍角整."""
    cents = int(abs(number) * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text = f"{_integer(yuan)}元" if yuan else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        text += "零"
    text += f"{DIGITS[fen]}分" if fen else ("整" if text else "零元整")
    return f"负{text}" if number < 0 and cents else text


def _integer(value: int) -> str:
    groups = []
    while value:
        value, group = divmod(value, TEN_THOUSAND)
        groups.append(group)
    text, gap = "", False
    for at in reversed(range(len(groups))):
        group = groups[at]
        if not group:
            gap = bool(text)
            continue
        text += ("零" if text and (gap or group < 1000) else "") + _group(group) + GROUPS[at]
        gap = False
    return text


def _group(value: int) -> str:
    text, gap = "", False
    for at in reversed(range(4)):
        digit = value // 10**at % 10
        if digit:
            text += ("零" if gap else "") + DIGITS[digit] + PLACES[at]
            gap = False
        else:
            gap = bool(text)
    return text


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(repr(value))
    return number if number.is_finite() else None
