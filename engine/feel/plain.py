"""Expressions so plain that their answer is known without the sandbox, which costs a millisecond a call.

A name, or comparisons of names with text or truth values by `=`, `!=` and `in (...)`, all joined by `and` or
all by `or`. Whatever else there is, in the expression or in the variables, is left to the sandbox; a property
test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Answer = Callable[[Mapping[str, Any]], Any]

NOT_PLAIN = object()  #: the sandbox has to be asked

_RESERVED = re.compile(
    "and|between|boolean|context|date|days?|duration|else|every|external|false|for|function|if|in|instance|item|"
    "list|months?|not|null|number|of|or|partial|range|return|satisfies|some|string|then|time|true|week|years?"
)
_TEXT = r'"[^"\\\n]*"'
_NAME = r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*"
_LITERAL = rf"{_TEXT}|true\b|false\b"
_TERM = re.compile(
    rf"\s*(?P<name>{_NAME})\s*"
    rf"(?:(?P<sign>=|!=)\s*(?P<literal>{_LITERAL})|\bin\s*\(\s*(?P<list>{_TEXT}(?:\s*,\s*{_TEXT})*)\s*\))?\s*"
)
_JOINT = re.compile(r"(and|or)\b")


def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
    """The value, or NOT_PLAIN."""
    answer = _read(expression)
    return NOT_PLAIN if answer is None else answer(variables)


@lru_cache(maxsize=4096)
def _read(expression: str) -> Answer | None:
    terms, joints, at = [], [], 0
    while True:
        found = _TERM.match(expression, at)
        if found is None or _RESERVED.fullmatch(found["name"]):
            return None
        terms.append(_term(found))
        at = found.end()
        joint = _JOINT.match(expression, at)
        if joint is None:
            break
        joints.append(joint[1])
        at = joint.end()
    if at != len(expression) or len(set(joints)) > 1:
        return None
    return _joined(terms, joints[0]) if joints else terms[0]


def _term(found: re.Match[str]) -> Answer:
    name = found["name"]
    if found["sign"]:
        literal = _literal(found["literal"])
        equal = found["sign"] == "="
        return lambda variables: _compared(_value(name, variables), literal, equal)
    if found["list"]:
        texts = frozenset(_literal(one) for one in re.findall(_TEXT, found["list"]))
        return lambda variables: _inside(_value(name, variables), texts)
    return lambda variables: _value(name, variables)


def _literal(text: str) -> str | bool:
    return text[1:-1] if text.startswith('"') else text == "true"


def _value(name: str, variables: Mapping[str, Any]) -> Any:
    """Text or truth; the rest, and a name that may be the beginning of a longer one, is not plain."""
    value = variables.get(name)
    if not isinstance(value, str | bool) or any(_longer(name, other) for other in variables):
        return NOT_PLAIN
    return value


def _longer(name: str, other: str) -> bool:
    return other.startswith(name) and re.match(r"\W", other[len(name) :]) is not None


def _compared(value: Any, literal: str | bool, equal: bool) -> Any:
    return (value == literal) is equal if type(value) is type(literal) else NOT_PLAIN


def _inside(value: Any, texts: frozenset[str | bool]) -> Any:
    return value in texts if isinstance(value, str) else NOT_PLAIN


def _joined(terms: list[Answer], joint: str) -> Answer:
    def answer(variables: Mapping[str, Any]) -> Any:
        values = [term(variables) for term in terms]
        if not all(isinstance(value, bool) for value in values):
            return NOT_PLAIN
        return all(values) if joint == "and" else any(values)

    return answer
