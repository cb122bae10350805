"""Which ad-hoc subprocesses of an instance wait for somebody to choose, and what there is to choose."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.execution import codec
from engine.execution.case import Token
from engine.execution.program import Program
from engine.execution.specs.ad_hoc import ENDING, AdHocSubProcess
from engine.model.choosing import Choice, Offer
from engine.model.definition import Node, Text
from engine.model.execution import JsonObject

_ANY_TIME = datetime.min.replace(tzinfo=UTC)  #: for reading, which asks for no time


def choices(program: Program, state: JsonObject) -> tuple[Choice, ...]:
    """The live ad-hoc subprocesses in the order in which they were entered."""
    case = codec.load(program, state, _ANY_TIME)
    found = sorted(case.live.values(), key=lambda token: int(token.id))
    return tuple(
        _choice(token, token.task_spec)
        for token in found
        if isinstance(token.task_spec, AdHocSubProcess) and token.entered and token.inner is not None
    )


def _choice(token: Token, spec: AdHocSubProcess) -> Choice:
    nodes, own = spec.inside.scope.nodes, spec.node
    return Choice(
        activity_id=token.id,
        element_id=own.id,
        name=own.name or own.id,
        offers=tuple(
            Offer(name, nodes[name].name or name, _names(nodes[name])) for name in spec.choices(token)
        ),
        names=frozenset[str]().union(*(_names(nodes[name]) for name in spec.inside.scope.choices())),
        busy=spec.busy(token),
        may_end=spec.how.completion is None and ENDING not in token.internal_data,
    )


def _names(node: Node) -> frozenset[str]:
    """Groups and users that the diagram names for an activity, as far as it names them by name."""
    assignment = node.assignment
    named = (
        ()
        if assignment is None
        else (assignment.candidate_groups, assignment.candidate_users, assignment.assignee)
    )
    found = {part.strip() for value in named if isinstance(value, Text) for part in value.value.split(",")}
    if not any(named) and node.lane:
        found.add(node.lane)
    return frozenset(filter(None, found))
