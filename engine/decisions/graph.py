"""A decision and all that it requires, each evaluated once (DMN 6), in the sandbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.decisions.findings import described
from engine.decisions.wire import Graph, graph
from engine.errors import DecisionError, FeelError
from engine.feel import messages, sandbox
from engine.model.decision import DecisionModel
from engine.model.execution import DecisionEvaluation, RuleHit


@dataclass(frozen=True, slots=True)
class Answer:
    """An evaluation with the result as FEEL text, and in Chinese what is wrong and what is lacking."""

    evaluation: DecisionEvaluation
    feel: str
    problems: tuple[str, ...] = ()
    refused: str = ""  #: the first problem of what was given to the decision
    lacking: tuple[str, ...] = ()


def evaluate(
    models: Mapping[str, DecisionModel],
    decision_id: str,
    variables: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> DecisionEvaluation:
    """The decision's result with the rules that fired; DecisionError says in Chinese what is wrong.

    Variables that the decision needs and that are not there are null. `now` is what now() and today() answer.
    """
    model = models.get(decision_id)
    if model is None:
        raise DecisionError(f"没有规则表“{decision_id}”")
    answer = answer_of(model, variables, now=now)
    if answer.problems:
        raise DecisionError(answer.problems[0])
    return answer.evaluation


def answer_of(
    model: DecisionModel, variables: Mapping[str, Any] | str, *, now: datetime | None = None
) -> Answer:
    """What the decision gives over variables, or over a context that is written in FEEL.

    As the standard has it, what goes wrong is null, and said among the problems.
    """
    made = graph(model)
    told = sandbox.run_decision(_request(made, variables, now))
    if told.get("error") == "context":
        raise DecisionError("所给的数据应是一组FEEL数据，如 {金额: 100}")
    if "error" in told:
        raise DecisionError(f"规则“{model.name}”无法计算：{messages.error(told, model.name)}")
    problems = [described(each, model.name) for each in told["problems"]]
    given = [text for text, each in zip(problems, told["problems"], strict=True) if "inputData" in each]
    return Answer(
        _evaluation(made, model, told),
        told["feel"],
        tuple(problems),
        given[0] if given else "",
        tuple(dict.fromkeys(described(each, model.name) for each in told["warnings"])),
    )


def _request(made: Graph, variables: Mapping[str, Any] | str, now: datetime | None) -> str:
    name = "context" if isinstance(variables, str) else "variables"
    given = variables if isinstance(variables, str) else dict(variables)
    try:
        head = json.dumps(
            {"now": now.isoformat(timespec="seconds") if now else None, "root": made.root, name: given},
            allow_nan=False,
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise FeelError(f"变量不是可以计算的数据：{error}") from error
    return f"{head[:-1]}, {made.text}}}"


def _evaluation(made: Graph, model: DecisionModel, told: Mapping[str, Any]) -> DecisionEvaluation:
    done: dict[str, DecisionEvaluation] = {}

    def build(key: str) -> DecisionEvaluation:
        if key not in done:
            found = told["evaluations"][key]
            node = made.decisions[key]
            hits = tuple(
                RuleHit(hit["number"], hit["id"], hit["annotation"], hit["outputs"]) for hit in found["hits"]
            )
            required = tuple(build(each) for each in found["required"])
            done[key] = DecisionEvaluation(
                node.id, node.name, found["inputs"], found["result"], hits, required
            )
        return done[key]

    return build(made.root)
