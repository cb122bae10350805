"""FEEL for tokens: every value of the diagram is computed here, over the variables that the token sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from engine import feel
from engine.errors import FeelError
from engine.execution.case import Token
from engine.execution.variables import visible
from engine.model.definition import Assign, Expression, Text, Value
from engine.model.execution import JsonObject

Key = TypeVar("Key")


def evaluate(token: Token, value: Value, context: Mapping[str, Any] | None = None) -> Any:
    """The value for this token, over `context` or else the variables that it sees."""
    return evaluate_all(token, {"": value}, context)[""]


def evaluate_all(
    token: Token, values: Mapping[Key, Value], context: Mapping[str, Any] | None = None
) -> dict[Key, Any]:
    """Many values by one call of the sandbox; ExecutionError names the token's element."""
    results: dict[Key, Any] = {key: item.value for key, item in values.items() if isinstance(item, Text)}
    wanted = {key: item for key, item in values.items() if isinstance(item, Expression)}
    if wanted:
        context = visible(token) if context is None else context
        try:
            answers = feel.evaluate_many(
                [(item.feel, context) for item in wanted.values()], now=token.case.now
            )
        except FeelError as error:
            line = next((item.line for item in wanted.values() if item.line), None)
            raise refuse(token, error.message, line) from error
        results.update(zip(wanted, answers, strict=True))
    return results


def map_values(token: Token, mapping: tuple[Assign, ...], target: JsonObject) -> None:
    """Compute parameters one after the other into `target`, which may be a scope that the next one sees."""
    for item in mapping:
        target[item.target] = evaluate(token, item.value)


def refuse(token: Token, message: str, line: int | None = None) -> Exception:
    """The ExecutionError for this token's element."""
    node = token.task_spec.node
    return token.case.refusal(token.workflow, message, node.id, line or node.line)
