"""Camunda 7's `${...}` comparisons as FEEL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import FeelError

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<op>&&|\|\||==|!=|<=|>=|[<>!()]))"
)
_COMPARE = {"==": "=", "eq": "=", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", ">": ">", "gt": ">"}
_COMPARE |= {"<=": "<=", "le": "<=", ">=": ">=", "ge": ">="}
_WORDS = {"and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "empty", "div", "mod", "instanceof"}
_REFUSED = "“{}”不是简单的比较，请改写成以“=”开头的 FEEL 表达式"


def translate(text: str) -> str | None:
    """FEEL for `=x` and for `${...}` with comparisons, and/or/not and brackets; None for a literal.

    FeelError if `${...}` holds or stands beside anything else.
    """
    stripped = text.strip()
    if stripped.startswith("="):
        return stripped[1:].strip()
    if "${" not in stripped and "#{" not in stripped:
        return None
    inner = re.fullmatch(r"[$#]\{([^{}]*)\}", stripped)
    if not inner:
        raise FeelError(_REFUSED.format(stripped))
    try:
        return _Parser(tuple(_tokens(inner[1]))).whole()
    except _NotPlainError:
        raise FeelError(_REFUSED.format(stripped)) from None


class _NotPlainError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if not match:
            raise _NotPlainError
        kind = str(match.lastgroup)
        word = kind == "name" and match[kind] in _WORDS
        yield _Token("op" if word else kind, match[kind])
        at = match.end()


class _Parser:
    """or > and > comparison > not > operand, as the expression language of Java binds them."""

    def __init__(self, tokens: tuple[_Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> str:
        result = self._or()
        if self._at < len(self._tokens):
            raise _NotPlainError
        return result

    def _take(self, *texts: str) -> str | None:
        token = self._tokens[self._at] if self._at < len(self._tokens) else _Token("end", "")
        if token.kind != "op" or token.text not in texts:
            return None
        self._at += 1
        return token.text

    def _or(self) -> str:
        parts = [self._and()]
        while self._take("||", "or"):
            parts.append(self._and())
        return " or ".join(parts)

    def _and(self) -> str:
        parts = [self._comparison()]
        while self._take("&&", "and"):
            parts.append(self._comparison())
        return " and ".join(parts)

    def _comparison(self) -> str:
        left = self._operand()
        operator = self._take(*_COMPARE)
        return f"{left} {_COMPARE[operator]} {self._operand()}" if operator else left

    def _operand(self) -> str:
        if self._take("!", "not"):
            return f"not({_bare(self._operand())})"
        if self._take("("):
            inner = self._or()
            if not self._take(")"):
                raise _NotPlainError
            return f"({inner})"
        if self._at >= len(self._tokens) or self._tokens[self._at].kind == "op":
            raise _NotPlainError
        token = self._tokens[self._at]
        self._at += 1
        return _string(token.text) if token.kind == "string" else token.text


def _bare(operand: str) -> str:
    """Without one pair of outer brackets, which `not()` brings itself."""
    if operand.startswith("(") and operand.endswith(")"):
        depth = 0
        for at, char in enumerate(operand):
            depth += (char == "(") - (char == ")")
            if depth == 0:
                return operand[1:-1] if at == len(operand) - 1 else operand
    return operand


def _string(text: str) -> str:
    return json.dumps(re.sub(r"\\(.)", r"\1", text[1:-1]), ensure_ascii=False)
