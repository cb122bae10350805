"""The decision tables of the bundle, asked by short words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine import decisions, parsing
from engine.model.decision import DecisionModel
from engine.model.execution import DecisionEvaluation

FOLDER = Path(__file__).parents[2] / "bpmn" / "accountability"
PERSON = MappingProxyType(
    {
        "类别": "个人",
        "名称": "某职务",
        "是否领导干部": True,
        "是否党员": True,
        "是否公职人员": True,
        "管理权限": "同级党委管理",
        "履职情形": "",
        "班子主要负责人": False,
        "直接主管": False,
        "参与决策": False,
        "直接行为人": False,
        "监督职责": False,
        "明确反对": False,
        "情节": "较重",
        "从轻情节": (),
        "从重情节": (),
        "涉嫌犯罪": False,
    }
)
BODY = MappingProxyType(
    {
        "类别": "组织",
        "名称": "某党委",
        "管理权限": "同级党委管理",
        "集体责任": "全面领导责任",
        "集体研究决定": True,
        "情节": "较重",
        "从轻情节": (),
        "从重情节": (),
    }
)


@cache
def models() -> dict[str, DecisionModel]:
    """Every decision of the bundle by id."""
    files = sorted(FOLDER.glob("*.dmn"))
    return {model.id: model for file in files for model in parsing.parse_dmn(file.read_bytes(), file.name)}


def person(**facts: Any) -> dict[str, Any]:
    """A leading cadre, Party member and public official, with these facts."""
    return plain({**PERSON, **facts})


def body(**facts: Any) -> dict[str, Any]:
    """A Party organisation under the committee of the same level, with these facts."""
    return plain({**BODY, **facts})


def plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}


def ask(decision: str, **variables: Any) -> DecisionEvaluation:
    """The evaluation of a decision."""
    return decisions.evaluate(models(), decision, variables)


def propose(subject: dict[str, Any]) -> dict[str, Any]:
    """What the rules say of a subject before the clerk chooses."""
    result: dict[str, Any] = ask("proposal", 当事人=subject).result
    return result


def check(subject: dict[str, Any], *measures: str, **given: Any) -> dict[str, Any]:
    """What the rules say of the measures that the clerk chose; the rest as the rules suggest it."""
    rules = propose(subject)
    variables = {"责任类型": rules["责任类型"], "处理结论": rules["处理结论"], "密级": "工作秘密", **given}
    result: dict[str, Any] = ask(
        "check", 当事人=subject, 措施=list(measures), 规则建议=rules, **variables
    ).result
    return result


def row(decision: str, **variables: Any) -> list[int]:
    """Numbers of the rules that fired in one table."""
    return [hit.number for hit in ask(decision, **variables).hits]
