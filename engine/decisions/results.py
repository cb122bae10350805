"""A decision's result in the shapes of camunda:mapDecisionResult."""

from __future__ import annotations

from typing import Any

from engine.decisions.table import output_key
from engine.errors import DecisionError
from engine.model.decision import MULTIPLE, DecisionModel, Formula, Table
from engine.model.execution import DecisionEvaluation, JsonObject


def map_result(model: DecisionModel, evaluation: DecisionEvaluation, how: str) -> Any:
    """`singleEntry`, `singleResult`, `collectEntries` or `resultList` of Camunda 7; "" is DMN's own result.

    DMN's own: the value of a single output, the outputs by name of several; a list of them for the hit
    policies COLLECT, RULE ORDER and OUTPUT ORDER.
    """
    if how == "":
        return evaluation.result
    rows = _rows(model, evaluation)
    if how == "resultList":
        return rows
    if how == "collectEntries":
        return [_entry(evaluation, row) for row in rows]
    if how not in ("singleResult", "singleEntry"):
        raise DecisionError(f"不支持的结果形式“{how}”")
    if len(rows) > 1:
        raise DecisionError(f"规则表“{evaluation.name}”有{len(rows)}条规则符合，不能取作单个结果")
    if not rows:
        return None
    return rows[0] if how == "singleResult" else _entry(evaluation, rows[0])


def _entry(evaluation: DecisionEvaluation, row: JsonObject) -> Any:
    if len(row) != 1:
        raise DecisionError(f"规则表“{evaluation.name}”有{len(row)}项结论，不能取作单个值")
    return next(iter(row.values()))


def _rows(model: DecisionModel, evaluation: DecisionEvaluation) -> list[JsonObject]:
    if isinstance(model.logic, Formula):
        return [{model.variable: evaluation.result}]
    table = model.logic if isinstance(model.logic, Table) else model.logic.table
    multiple = table.hit_policy in MULTIPLE and not table.aggregation
    if multiple:
        results = evaluation.result
    else:
        nothing = evaluation.result is None and not evaluation.hits
        results = [] if nothing else [evaluation.result]
    if len(table.outputs) > 1:
        return list(results)
    return [{output_key(table.outputs[0], model.variable): value} for value in results]
