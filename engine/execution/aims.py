"""What it would mean to move a live activity, without doing so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from engine.errors import InvalidInput
from engine.execution import codec, moves
from engine.execution.case import Case, Token
from engine.execution.program import Program
from engine.model.execution import JsonObject, MoveTokens
from engine.model.moving import Aim, Place


def aims(
    program: Program, state: JsonObject, activity_id: str, places: Iterable[Place], now: datetime
) -> Mapping[Place, Aim]:
    """For each element: whether the activity may be moved there, and whether it lies on the way before it.

    Conflict if the activity is over.
    """
    return {one: _aim(codec.load(program, state, now), activity_id, one) for one in dict.fromkeys(places)}


def refusals(
    program: Program, state: JsonObject, activity_id: str | None, elements: Iterable[str], now: datetime
) -> Mapping[str, str]:
    """Why a live activity (None: all of the case) can't be moved to each element; "" where it can."""
    return {one: _refused(codec.load(program, state, now), one, activity_id) for one in elements}


def _refused(case: Case, element: str, activity_id: str | None) -> str:
    try:
        moves.move(case, MoveTokens(case.now, element, activity_id))
    except InvalidInput as error:
        return error.message
    return ""


def _aim(case: Case, activity_id: str, place: Place) -> Aim:
    definition_id, element = place
    trigger = MoveTokens(case.now, element, activity_id, definition_id, again=True)
    try:
        run, source, path = moves.aimed(case, trigger)
        order = _order(source, path[0])
        moves.move(case, trigger)
    except InvalidInput as error:
        return Aim(error.message)
    return Aim("", order, run.activity_id, len(path) > 1)


def _order(source: Token, target: str) -> Literal["before", "around", "beside"]:
    regions, element = source.workflow.spec.regions, source.task_spec.node.id
    if target == element:
        return "beside"
    if regions.between(target, element, loops=False):
        return "before"
    return "around" if regions.between(target, element, loops=True) else "beside"
