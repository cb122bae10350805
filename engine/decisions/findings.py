"""What went wrong in an evaluation, in Chinese: where it stands and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.decisions.datatypes import NAMES, shown
from engine.feel import messages

Found = Mapping[str, Any]


def described(found: Found, root: str) -> str:
    """One problem as a sentence; `root` is the name of the decision that was asked for."""
    return _place(found, root) + _WORDS.get(found["code"], _feel)(found)


def _place(found: Found, root: str) -> str:
    if "table" in found:
        return (found["table"] or f"规则表“{root}”") + _in_table(found)
    if "function" in found:
        called = f"“{found['function'] or '函数'}”"
        return f"给{called}的参数“{found['parameter']}”" if "parameter" in found else f"{called}的结果"
    if "inputData" in found:
        return f"规则表“{root}”的输入“{found['inputData']}”"
    if "result" in found:
        return f"规则“{found['result']}”的结果"
    return str(found.get("what") or f"规则“{root}”")


def _in_table(found: Found) -> str:
    if "rule" in found:
        part = f"条件“{found['input']}”" if "input" in found else f"结论“{found.get('output', '')}”"
        return f"第{found['rule']}条规则的{part}"
    if "input" in found:
        return f"的输入“{found['input']}”"
    return f"的默认结论“{found['default']}”" if "default" in found else ""


def _feel(found: Found) -> str:
    text = found["text"]
    if "warning" in found:
        return f"无法计算：{messages.warning(found['warning'], text)}"
    return f"无法计算：{messages.error(found['failure'], text)}"


def _type(found: Found) -> str:
    path = "".join(f"中的“{name}”" for name in found["path"])
    if "allowed" in found:
        return f"{path}不能是{shown(found['value'])}，允许的值：{found['allowed']}"
    if "missing" in found:
        return f"{path}缺少“{found['missing']}”这一项"
    return f"{path}应为{NAMES[found['expected']]}，实为{shown(found['value'])}"


def _unique(found: Found) -> str:
    numbers = "、".join(f"第{number}条" for number in found["rules"])
    return f"只允许一条规则符合，现有{numbers}规则同时符合，请修改规则表"


def _any(found: Found) -> str:
    first, other = found["rules"]
    return f"要求同时符合的规则结论一致，现第{first}条与第{other}条规则结论不同"


_WORDS: Mapping[str, Callable[[Found], str]] = {
    "feel": _feel,
    "type": _type,
    "unique": _unique,
    "any": _any,
    "aggregation": lambda found: f"的结论不能汇总（{found['kind']}）：不全是数字",
    "priority": lambda found: f"是{shown(found['value'])}，不在允许的值中，不能排优先次序",
    "callee": lambda found: f"调用的“{found['callee']}”不是函数",
    "arguments": lambda found: f"给“{found['callee']}”的参数个数或名称不对",
}
