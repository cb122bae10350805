"""FEEL for tokens: every value of the diagram is computed here, over the variables that the token sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from engine import feel
from engine.errors import ExecutionError, FeelError
from engine.execution.case import Token
from engine.execution.variables import visible
from engine.feel import Scope
from engine.model.definition import Expression, Parameter, Text, Value

Key = TypeVar("Key")


def evaluate(token: Token, value: Value, context: Mapping[str, Any] | None = None) -> Any:
    """The value for this token, over `context` or else the variables that it sees."""
    return evaluate_all(token, {"": value}, context)[""]


def evaluate_all(
    token: Token, values: Mapping[Key, Value], context: Mapping[str, Any] | Scope | None = None
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
            refused = refuse(token, error.message, line)
            refused.feel = "\n".join(item.feel for item in wanted.values())
            raise refused from error
        results.update(zip(wanted, answers, strict=True))
    return results


def computed(
    token: Token, mapping: tuple[Parameter, ...], context: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, Any]]:
    """Parameters' names and values; one that mentions an earlier one is computed after that was taken."""
    group: list[Parameter] = []
    for item in mapping:
        if isinstance(item.value, Expression) and any(one.target in item.value.feel for one in group):
            yield from _computed_at_once(token, group, context)
            group = []
        group.append(item)
    yield from _computed_at_once(token, group, context)


def _computed_at_once(
    token: Token, group: list[Parameter], context: Mapping[str, Any] | None
) -> Iterator[tuple[str, Any]]:
    answers = evaluate_all(token, {index: item.value for index, item in enumerate(group)}, context)
    for index, item in enumerate(group):
        yield item.target, answers[index]


def refuse(token: Token, message: str, line: int | None = None) -> ExecutionError:
    """The ExecutionError for this token's element."""
    node = token.task_spec.node
    return token.case.refusal(token.workflow, message, node.id, line or node.line)
