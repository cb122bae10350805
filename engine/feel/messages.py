"""What is wrong with an expression, in Chinese, with the place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Warnings of feelin that are mistakes of the author, whatever the data.
FATAL = frozenset({"NO_FUNCTION_FOUND", "FUNCTION_INVOCATION_FAILURE", "UNSUPPORTED"})

_WARNINGS = {
    "NO_VARIABLE_FOUND": "没有变量“{text}”",
    "NO_CONTEXT_ENTRY_FOUND": "没有“{text}”这一项",
    "NO_PROPERTY_FOUND": "没有“{text}”这一项",
    "NOT_COMPARABLE": "“{text}”两边不能比较",
    "INVALID_TYPE": "“{text}”两边的类型不能这样计算",
    "INVALID_ARGUMENTS": "“{text}”的参数不对",
    "FUNCTION_INVOCATION_FAILURE": "“{text}”的参数个数或名称不对",
    "NO_FUNCTION_FOUND": "没有函数“{name}”",
    "UNSUPPORTED": "不支持外部函数“{text}”",
}
_NODES = {
    "IfExpression": "if … then … else …",
    "ForExpression": "for … in … return …",
    "QuantifiedExpression": "some/every … in … satisfies …",
    "StringLiteral": "引号中的文字",
}
_LONGEST = 40


def warning(found: Mapping[str, Any], expression: str) -> str:
    """One warning of feelin as a sentence with the place in the expression."""
    text = _part(expression, found["from"], found["to"])
    sentence = _WARNINGS.get(found["type"], "“{text}”不能计算")
    return sentence.format(text=_short(text), name=_short(text.split("(")[0].strip())) + place(
        expression, found["from"]
    )


def error(answer: Mapping[str, Any], expression: str) -> str:
    """The sentence for a failed evaluation."""
    if answer["error"] == "range":
        return "表达式嵌套或递归过深，无法计算"
    if answer["error"] != "syntax":
        return f"表达式“{_short(expression)}”无法计算"
    return _syntax(answer, expression) + place(expression, answer["from"])


def place(expression: str, offset: int) -> str:
    """Where the offset (in UTF-16 units, as JavaScript counts) stands, counted from 1 in characters."""
    before = _part(expression, 0, offset)
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return f"（第{line}行第{column}个字符）" if "\n" in expression else f"（第{column}个字符）"


def _syntax(answer: Mapping[str, Any], expression: str) -> str:
    if not expression.strip():
        return "表达式是空的"
    token = _part(expression, answer["from"], answer["to"]).strip()
    if answer["message"].startswith("Incomplete") or not token:
        node = re.search(r"<(\w+)>", answer["message"])
        form = _NODES.get(node[1], "") if node else ""
        return f"表达式“{_short(expression)}”不完整" + (f"，应写成 {form}" if form else "")
    return f"表达式“{_short(expression)}”中“{_short(token)}”不合语法"


def _part(text: str, start: int, end: int) -> str:
    """The part between two UTF-16 offsets."""
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
