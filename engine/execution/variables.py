"""Scopes of variables, as in Camunda 7: a task's or an instance's own, a subprocess's, a process's."""

from __future__ import annotations

from collections.abc import Iterator

from engine.execution.case import Token
from engine.model.execution import JsonObject

COUNTERS = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances"})
LOOP_NAMES = COUNTERS | {"loopCounter"}


def visible(token: Token) -> JsonObject:
    """All variables that the token sees; the nearest scope wins."""
    merged: JsonObject = {}
    for scope in reversed([*_locals(token), _process(token)]):
        merged.update(scope)
    return merged


def local(token: Token) -> JsonObject:
    """What the token sees beside its process's variables; without the counters of multi-instance bodies."""
    merged: JsonObject = {}
    for scope in reversed(list(_locals(token))):
        merged.update(scope)
    return {name: value for name, value in merged.items() if name not in COUNTERS}


def assign(token: Token, name: str, value: object) -> None:
    """Write what an activity has brought about: an instance keeps it; else the nearest scope with the name.

    A subprocess that is an instance, or that says by output parameters what leaves it, keeps it as well.
    """
    scope: Token | None = token
    if not _isolated(token):
        run = token.workflow
        scope = None if run.spec.is_process else run.owner
    while scope is not None and not _keeps(scope, name):
        run = scope.workflow
        scope = None if run.spec.is_process else run.owner
    if scope is not None:
        scope.data[name] = value
    else:
        _process(token)[name] = value


def _keeps(scope: Token, name: str) -> bool:
    return name in scope.data or _isolated(scope) or bool(scope.task_spec.node.outputs)


def _isolated(token: Token) -> bool:
    """Whether it is an instance of a multi-instance activity; a loop's rounds share what is around them."""
    return "body" in token.internal_data and token.task_spec.node.loop_isolates


def _locals(token: Token) -> Iterator[JsonObject]:
    """The scopes from the token outward up to its process."""
    while (host := token.host) is not None:
        token = host
    inner: Token | None = token
    while inner is not None:
        yield inner.data
        if inner.body is not None:
            yield inner.body.data
        run = inner.workflow
        inner = None if run.spec.is_process else run.owner


def _process(token: Token) -> JsonObject:
    run = token.workflow
    while not run.spec.is_process and run.owner is not None:
        run = run.owner.workflow
    return run.data
