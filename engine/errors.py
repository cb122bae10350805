"""Everything the engine can refuse, with what a caller needs to explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it stands, and what to do about it."""

    message: str  #: what is wrong, in Chinese
    resource: str = ""  #: file name
    element: str = ""  #: element id, form field or table cell
    line: int | None = None  #: 1-based line in the file
    hint: str = ""  #: what to do, in Chinese
    severity: str = "error"  #: "error" or "warning"

    def __str__(self) -> str:
        where = " ".join(
            part for part in (self.resource, self.element, f"第{self.line}行" if self.line else "") if part
        )
        return f"{where}：{self.message}{self.hint}" if where else f"{self.message}{self.hint}"

    def to_json(self) -> dict[str, str | int | None]:
        """Its file, element, line, message and hint."""
        return {
            "file": self.resource,
            "element": self.element,
            "line": self.line,
            "message": self.message,
            "hint": self.hint,
        }


class EngineError(Exception):
    """办理失败。"""

    recorded = False  #: whether the record tells of this refusal already

    def __init__(self, message: str = "", problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        self.message = message or (str(self.problems[0]) if self.problems else (type(self).__doc__ or ""))
        super().__init__(self.message)


class NotFound(EngineError):
    """没有这一项，或者您无权查看。"""


class NotAllowed(EngineError):
    """您不能办理这一项。"""


class Conflict(EngineError):
    """这一项刚才已有变动，请刷新后再办。"""


class LostRace(Conflict):
    """别人同时改了这一项，请再试一次。"""


class InvalidDefinition(EngineError):
    """流程文件有错误，没有部署。"""


class InvalidInput(EngineError):
    """填写有误。"""


class Halted(EngineError):
    """流程不能继续。"""


class FeelError(Halted):
    """表达式有错误。"""


class DecisionError(Halted):
    """规则表不能得出结论。"""


class ExecutionError(Halted):
    """流程不能继续。"""

    feel: str = ""  #: the expressions of which one failed


class Unavailable(EngineError):
    """数据库打不开。"""
