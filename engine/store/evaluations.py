"""Decision evaluations as JSON and back."""

from __future__ import annotations

from dataclasses import asdict

from engine.model.execution import DecisionEvaluation, JsonObject, RuleHit


def to_json(evaluation: DecisionEvaluation) -> JsonObject:
    """The whole evaluation with those it required."""
    return asdict(evaluation)


def from_json(data: JsonObject) -> DecisionEvaluation:
    """The evaluation that `to_json` wrote."""
    return DecisionEvaluation(
        decision_id=data["decision_id"],
        name=data["name"],
        inputs=data["inputs"],
        result=data["result"],
        hits=tuple(RuleHit(**hit) for hit in data["hits"]),
        required=tuple(from_json(one) for one in data["required"]),
    )
