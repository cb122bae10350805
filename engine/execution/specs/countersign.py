"""Countersigning: the instances of a multi-instance activity vote, and the votes make one outcome.

Kept between steps, in the body's `votes`: `weights` by index; number and weight of the votes of each kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.execution.case import Token
from engine.execution.expressions import evaluate, refuse
from engine.execution.variables import assign, visible
from engine.model.definition import Countersign, Loop
from engine.model.execution import JsonObject

VOTES = "votes"
_KINDS = ("agreed", "rejected", "abstained")
_CLOSE = 1e-9  #: weights are sums of doubles


def begin(token: Token, loop: Loop, items: Sequence[Any]) -> None:
    """Weigh the votes to come."""
    if loop.countersign is not None:
        weights = [_weight(token, loop, index, item) for index, item in enumerate(items)]
        token.internal_data[VOTES] = _none_yet(weights)


def _none_yet(weights: list[float]) -> JsonObject:
    return {"weights": weights, **{kind: [0, 0] for kind in _KINDS}}


def _weight(token: Token, loop: Loop, index: int, item: Any) -> float:
    sign = loop.countersign
    if sign is None or sign.weight is None:
        return 1
    own = {"loopCounter": index} | ({loop.element_variable: item} if loop.element_variable else {})
    value = evaluate(token, sign.weight, visible(token) | own)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise refuse(token, f"会签的权重应是非负数，现在是“{value}”。", sign.weight.line)
    return value


def count(token: Token, sign: Countersign, instance: Token) -> None:
    """Count the vote of an instance that has completed."""
    vote = evaluate(instance, sign.vote)
    kind = "agreed" if vote is True else "rejected" if vote is False else "abstained"
    votes = _votes(token)
    number, weight = votes[kind]
    votes[kind] = [number + 1, weight + votes["weights"][instance.internal_data["index"]]]
    token.internal_data[VOTES] = votes


def ended(token: Token, sign: Countersign) -> bool:
    """Whether nobody else need vote."""
    return not sign.late and decided(sign, _votes(token)) is not None


def deliver(token: Token, sign: Countersign) -> None:
    """Write the result variable."""
    votes = _votes(token)
    people, total = len(votes["weights"]), sum(votes["weights"])
    counts = {kind: votes[kind][0] for kind in _KINDS}
    weights = {kind: votes[kind][1] for kind in _KINDS}
    outcome = (decided(sign, votes) or "rejected") if people else "empty"
    absent = {"absent": people - sum(counts.values()), "people": people}
    weighed = {**weights, "absent": total - sum(weights.values()), "total": total}
    assign(token, sign.result, {"outcome": outcome, **counts, **absent, "weight": weighed})


def decided(sign: Countersign, votes: JsonObject) -> str | None:
    """ "passed" or "rejected" as soon as no vote to come can change it, else None."""
    total = sum(votes["weights"])
    agreed, rejected, abstained = (votes[kind][1] for kind in _KINDS)
    left = total - agreed - rejected - abstained
    whole = total - (abstained if sign.leave_out else 0)
    if sign.rejections == "one" and votes["rejected"][0]:
        return "rejected"
    if _carried(sign, agreed, whole, votes["agreed"][0]):
        return "passed"
    if sign.rejections == "majority" and rejected > total / 2 + _CLOSE:
        return "rejected"
    missing = len(votes["weights"]) - sum(votes[kind][0] for kind in _KINDS)
    carries = _carried(sign, agreed + left, whole, votes["agreed"][0] + missing)
    return None if carries else "rejected"


def _carried(sign: Countersign, agreed: float, whole: float, number: int) -> bool:
    """Whether this weight, of so many who agree, is enough."""
    if not number:
        return False
    if sign.rule == "any":
        return True
    needed = {"all": whole, "count": sign.amount, "share": sign.amount * whole}[sign.rule]
    return agreed > needed + _CLOSE if sign.above else agreed >= needed - _CLOSE


def _votes(token: Token) -> JsonObject:
    """The votes so far; a body that began before it was a countersignature has none, all of them equal."""
    kept: JsonObject | None = token.internal_data.get(VOTES)
    return _none_yet([1] * token.data["nrOfInstances"]) if kept is None else dict(kept)
