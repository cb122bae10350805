"""A decision's result in the shapes of camunda:mapDecisionResult."""

from __future__ import annotations

from typing import Any

from engine.decisions.wire import output_key
from engine.errors import DecisionError
from engine.model.decision import MULTIPLE, DecisionModel, Expression, Invocation, Knowledge, Table, Typed
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
    table = table_of(model)
    if table is None:
        return [{model.variable: evaluation.result}]
    multiple = table.hit_policy in MULTIPLE and not table.aggregation
    if multiple:
        results = evaluation.result
    else:
        nothing = evaluation.result is None and not evaluation.hits
        results = [] if nothing else [evaluation.result]
    if len(table.outputs) > 1:
        return list(results)
    return [{output_key(table.outputs[0], model.variable): value} for value in results]


def table_of(model: DecisionModel) -> Table | None:
    """The table whose result is the decision's: its own, or that of the knowledge model that it invokes."""
    logic: Expression = model.logic
    while isinstance(logic, Typed):
        logic = logic.value
    if not isinstance(logic, Invocation):
        return logic if isinstance(logic, Table) else None
    for each in model.requires:
        if isinstance(each.node, Knowledge) and ".".join(each.path) == logic.callee.feel:
            body = each.node.function.body
            return body if isinstance(body, Table) else None
    return None
