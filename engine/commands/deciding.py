"""Try a decision of a file, without a database: for authors, CI and conformance suites."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine import decisions, feel
from engine.errors import DecisionError, EngineError, FeelError, InvalidDefinition, InvalidInput, Problem
from engine.model.decision import ANY, DecisionModel, Table, Type
from engine.model.execution import DecisionEvaluation, JsonObject
from engine.parsing import parse_dmn

_TEMPORAL = frozenset({"date", "time", "date and time", "duration"})


def decide(content: bytes, resource: str, decision: str, context_feel: str = "{}") -> JsonObject:
    """`{"result", "feel", "rules", "error"}` of the decision (id or name) over a FEEL context.

    `feel` is the result as a FEEL literal, `rules` the ids that fired, those of required decisions first;
    `error` is null, or message, element, line, hint and all problems. Dates and durations are FEEL's text.
    """
    try:
        models = {model.id: model for model in parse_dmn(content, resource)}
        model = _find(models, decision)
        evaluation = decisions.evaluate(models, model.id, _context(context_feel))
    except EngineError as error:
        return {"result": None, "feel": "null", "rules": [], "error": _described(error, resource)}
    written = literal(evaluation.result, _type(model))
    return {"result": evaluation.result, "feel": written, "rules": _fired(evaluation), "error": None}


def literal(value: Any, type_: Type = ANY) -> str:
    """A JSON value as FEEL would write it; text of a temporal type as `@"..."`."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            text = json.dumps(value, ensure_ascii=False)
            return f"@{text}" if type_.base in _TEMPORAL else text
        case list():
            return "[" + ", ".join(literal(item, type_) for item in value) + "]"
        case dict():
            entries = (f"{_key(name)}: {literal(v, type_.parts.get(name, ANY))}" for name, v in value.items())
            return "{" + ", ".join(entries) + "}"
    return json.dumps(value)


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name, ensure_ascii=False)


def _find(models: Mapping[str, DecisionModel], wanted: str) -> DecisionModel:
    found = models.get(wanted) or next((each for each in models.values() if each.name == wanted), None)
    if found is None:
        known = "、".join(f"{each.id}（{each.name}）" for each in models.values())
        raise DecisionError(f"文件中没有规则“{wanted}”，现有：{known}")
    return found


def _context(text: str) -> dict[str, Any]:
    try:
        value = feel.evaluate(text.strip() or "{}", {})
    except FeelError as error:
        raise InvalidInput(f"所给的数据不是FEEL：{error}") from error
    if not isinstance(value, dict):
        raise InvalidInput("所给的数据应是一组FEEL数据，如 {金额: 100}")
    return value


def _type(model: DecisionModel) -> Type:
    """The declared type of the result, or that of a table's only output."""
    logic = model.logic
    if model.type == ANY and isinstance(logic, Table) and len(logic.outputs) == 1:
        return logic.outputs[0].type
    return model.type


def _fired(evaluation: DecisionEvaluation) -> list[str]:
    """The ids of the rules that fired; a decision that several require counts once."""
    found: dict[tuple[str, str], None] = {}

    def visit(each: DecisionEvaluation) -> None:
        for required in each.required:
            visit(required)
        found.update(dict.fromkeys((each.decision_id, hit.rule_id or str(hit.number)) for hit in each.hits))

    visit(evaluation)
    return [rule for _, rule in found]


def _described(error: EngineError, resource: str) -> JsonObject:
    problems = error.problems if isinstance(error, InvalidDefinition) else ()
    first = problems[0] if problems else Problem(error.message, resource)
    return {
        **first.to_json(),
        "code": type(error).__name__,
        "problems": [each.to_json() for each in problems],
    }
