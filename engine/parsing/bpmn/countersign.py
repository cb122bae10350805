"""Countersigning: the properties of a multi-instance activity that make one outcome of its votes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from engine.model.definition import Countersign, Expression
from engine.parsing.bpmn.reader import Element, Reader, describe

_NAMES = ("", "Vote", "Weight", "Rejections", "Absent", "Ends", "Result")
_AMOUNT = re.compile(
    r"(?P<above>>)?\s*(?P<first>\d{1,6}(?:\.\d{1,4})?)\s*(?:(?P<percent>%)|/\s*(?P<last>\d{1,6}))?"
)
_HOW = "请写 all（全部同意）、any（一人同意）、人数或票数如 2、比例如 60%、2/3，或过半数 >50%。"
Word = TypeVar("Word", bound=str)


def read_countersign(
    reader: Reader, element: Element, properties: Mapping[str, str], *, many: bool
) -> Countersign | None:
    """What the properties say; None without them, or after a problem is noted."""
    given = {name: text.strip() for name, text in properties.items() if name.startswith("countersign")}
    if not given:
        return None
    for name in given:
        if name.removeprefix("countersign") not in _NAMES:
            known = "、".join(f"countersign{one}" for one in _NAMES)
            reader.error(element, f"{describe(element)}：没有属性 {name}。", f"会签的属性有{known}。")
    if not many:
        reader.error(
            element, f"{describe(element)}有会签属性，但不是多实例。", "请设为多实例，或删除会签属性。"
        )
        return None
    found, vote = _rule(reader, element, given.get("countersign", "")), _vote(reader, element, given)
    if found is None or vote is None:
        return None
    rule, amount, above = found
    return Countersign(
        rule=rule,
        vote=vote,
        amount=amount,
        above=above,
        weight=reader.expression(element, given.get("countersignWeight", ""), "会签的权重"),
        rejections=_word(reader, element, given, "Rejections", ("rest", "one", "majority")),
        leave_out=_word(reader, element, given, "Absent", ("count", "leaveOut")) == "leaveOut",
        late=_word(reader, element, given, "Ends", ("early", "late")) == "late",
        result=reader.name(element, given.get("countersignResult") or "countersign", "会签的结果变量"),
    )


def _vote(reader: Reader, element: Element, given: Mapping[str, str]) -> Expression | None:
    vote = reader.expression(element, given.get("countersignVote", ""), "会签的表决")
    if vote is None:
        reader.error(
            element,
            f"{describe(element)}：会签没有说明怎样算同意。",
            '请填写 countersignVote，如 =同意 或 =意见 = "同意"。',
        )
    return vote


def _rule(
    reader: Reader, element: Element, text: str
) -> tuple[Literal["all", "any", "count", "share"], float, bool] | None:
    if text == "all":
        return "all", 0, False
    if text == "any":
        return "any", 0, False
    match = _AMOUNT.fullmatch(text)
    if match is None:
        told = f"会签规则“{text}”不对" if text else "没有会签规则（countersign）"
        reader.error(element, f"{describe(element)}：{told}。", _HOW)
        return None
    above, first = bool(match["above"]), float(match["first"])
    if not match["percent"] and not match["last"]:
        return _checked(reader, element, text, "count", first, above, most=float("inf"))
    last = 100.0 if match["percent"] else float(match["last"])
    return _checked(reader, element, text, "share", first / last if last else 0, above, most=1)


def _checked(
    reader: Reader, element: Element, text: str, rule: Any, amount: float, above: bool, *, most: float
) -> tuple[Any, float, bool] | None:
    if (amount > 0 or above) and (amount < most if above else amount <= most):
        return rule, amount, above
    reader.error(element, f"{describe(element)}：会签规则“{text}”不能达到，或者不必有人同意。", _HOW)
    return None


def _word(
    reader: Reader, element: Element, given: Mapping[str, str], name: str, words: tuple[Word, ...]
) -> Word:
    text = given.get(f"countersign{name}") or words[0]
    if text not in words:
        allowed = "、".join(words)
        reader.error(
            element, f"{describe(element)}：countersign{name} 的值“{text}”不对。", f"可以写{allowed}。"
        )
        return words[0]
    return text
