"""Try a decision of a file, without a database: for authors, CI and conformance suites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from engine import decisions, feel
from engine.errors import DecisionError, EngineError, InvalidDefinition, InvalidInput, Problem
from engine.model.decision import (
    DecisionModel,
    Formula,
    Given,
    Invocation,
    Knowledge,
    Requirement,
    walk,
)
from engine.model.execution import DecisionEvaluation, JsonObject
from engine.parsing import Examined, examine_dmn


def decide(
    content: bytes,
    resource: str,
    decision: str,
    context_feel: str = "{}",
    beside: Mapping[str, bytes] | None = None,
) -> JsonObject:
    """`{"result", "feel", "rules", "error"}` of a decision, service or function (id or name).

    `feel` is the result as a FEEL literal, `rules` the ids that fired, those of required decisions first;
    `error` is null, or message, element, line, hint and all problems. As the standard has it, what cannot be
    computed is null; why is said in `error` if nothing came of it, else in `warnings`, if there are any.
    `beside` are the files that it may import, by name. Dates and durations are FEEL's text.
    """
    try:
        found = _examined(content, resource, tuple(sorted((beside or {}).items())))
        model = _find(found, decision)
        answer = decisions.answer_of(model, _context(context_feel))
        if answer.refused:
            raise DecisionError(answer.refused)
        if answer.evaluation.result is None and answer.problems:
            raise _refusal(found.problems) or DecisionError(answer.problems[0])
    except EngineError as error:
        told = _described(error, resource)
        return {"result": None, "feel": "null", "rules": [], "error": told}
    warnings = [*answer.problems, *answer.lacking]
    return {
        "result": answer.evaluation.result,
        "feel": answer.feel,
        "rules": _fired(answer.evaluation),
        "error": None,
        **({"warnings": warnings} if warnings else {}),
    }


@lru_cache(maxsize=32)
def _examined(content: bytes, resource: str, beside: tuple[tuple[str, bytes], ...]) -> Examined:
    """Files asked many times, as by a batch, are read once."""
    return examine_dmn(content, resource, dict(beside))


def _find(examined: Examined, wanted: str) -> DecisionModel:
    """The decision, if it and all that it requires could be read."""
    models = examined.models
    found = next((each for each in models if each.id == wanted), None)
    found = found or next((each for each in models if each.name == wanted), None)
    found = found or next(
        (_call(each) for each in examined.functions if wanted in (each.id, each.name)), None
    )
    if found is None or examined.broken & {each.id for each in walk(found)}:
        if refusal := _refusal(examined.problems):
            raise refusal
        known = "、".join(f"{each.id}（{each.name}）" for each in models)
        raise DecisionError(f"文件中没有规则“{wanted}”，现有：{known}")
    return found


def _call(function: Knowledge) -> DecisionModel:
    """A decision that calls the function with the variables of its parameters' names."""
    given = tuple((each.name, Given(each.name)) for each in function.function.parameters)
    return DecisionModel(
        id=function.id,
        name=function.name,
        logic=Invocation(Formula(function.name), given, f"函数“{function.name}”"),
        variable=function.name,
        requires=(Requirement((function.name,), function),),
        resource=function.resource,
    )


def _refusal(problems: Sequence[Problem]) -> InvalidDefinition | None:
    return InvalidDefinition(problems=problems) if problems else None


def _context(text: str) -> str:
    text = text.strip() or "{}"
    if wrong := feel.check(text):
        raise InvalidInput(f"所给的数据不是FEEL：{wrong}")
    return text


def _fired(evaluation: DecisionEvaluation) -> list[str]:
    """The ids of the rules that fired; a decision that several require counts once."""
    found: dict[tuple[str, str], None] = {}

    def visit(each: DecisionEvaluation) -> None:
        for required in each.required:
            visit(required)
        found.update(dict.fromkeys((each.decision_id, hit.rule_id or str(hit.number)) for hit in each.hits))

    visit(evaluation)
    return [rule for _, rule in found]


def _described(error: EngineError, resource: str) -> JsonObject:
    problems = error.problems if isinstance(error, InvalidDefinition) else ()
    first = problems[0] if problems else Problem(error.message, resource)
    return {
        **first.to_json(),
        "code": type(error).__name__,
        "problems": [each.to_json() for each in problems],
    }
