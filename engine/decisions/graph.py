"""A decision and all that it requires, each evaluated once (DMN 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import feel
from engine.decisions.datatypes import items, mismatch, shown, temporal
from engine.decisions.table import Outcome, evaluate_table, output_key
from engine.errors import DecisionError, FeelError
from engine.model.decision import DecisionModel, Formula, InputData, Invocation, Table, Type
from engine.model.execution import DecisionEvaluation


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
    return _Run(variables, now).evaluate(model)


class _Run:
    """One evaluation of a graph."""

    def __init__(self, variables: Mapping[str, Any], now: datetime | None) -> None:
        self._variables = dict(variables)
        self._now = now
        self._done: dict[str, DecisionEvaluation] = {}

    def evaluate(self, model: DecisionModel) -> DecisionEvaluation:
        if model.id not in self._done:
            required = tuple(self.evaluate(each) for each in model.required)
            scope = self._scope(model, required)
            self._check_inputs(model, scope)
            outcome = self._outcome(model, scope)
            self._done[model.id] = DecisionEvaluation(
                model.id, model.name, outcome.inputs, outcome.result, outcome.hits, required
            )
        return self._done[model.id]

    def _scope(self, model: DecisionModel, required: tuple[DecisionEvaluation, ...]) -> feel.Scope:
        """The variables, and the results of the required decisions under their names.

        As in Camunda 7, the outputs of a required table are seen by their own names too.
        """
        results = {}
        outputs: dict[str, Any] = {}
        for each, evaluation in zip(model.required, required, strict=True):
            results[each.variable] = evaluation.result
            outputs |= _named_outputs(each, evaluation.result)
        variables = outputs | self._variables | results
        types = {each.name: temporal(each.type) for each in model.inputs}
        types |= {each.variable: temporal(each.type) for each in model.required}
        return feel.Scope(variables, {name: kind for name, kind in types.items() if kind}, model.functions)

    def _check_inputs(self, model: DecisionModel, scope: feel.Scope) -> None:
        tests = []
        for each in model.inputs:
            value = scope.variables.get(each.name)
            if text := mismatch(value, each.type):
                raise DecisionError(f"规则表“{model.name}”的输入“{each.name}”{text}")
            if each.type.allowed:
                tests += [(each, item) for item in items(value, each.type)]
        _check_allowed(model, tests)

    def _outcome(self, model: DecisionModel, scope: feel.Scope) -> Outcome:
        match model.logic:
            case Table() as table:
                return evaluate_table(model.name, model.variable, table, scope, self._now)
            case Invocation() as invocation:
                return self._invoke(model, invocation, scope)
            case Formula(text):
                return self._formula(model, text, scope)

    def _formula(self, model: DecisionModel, text: str, scope: feel.Scope) -> Outcome:
        value = feel.answer_many([text], scope, now=self._now)[0]
        if isinstance(value, FeelError):
            raise DecisionError(f"规则“{model.name}”无法计算：{value}")
        if wrong := mismatch(value, model.type):
            raise DecisionError(f"规则“{model.name}”的结果{wrong}")
        names = [each.name for each in model.inputs] + [each.variable for each in model.required]
        return Outcome({name: scope.variables.get(name) for name in names}, value)

    def _invoke(self, model: DecisionModel, invocation: Invocation, scope: feel.Scope) -> Outcome:
        texts = [text for _, text in invocation.arguments]
        values = feel.answer_many(texts, scope, now=self._now)
        arguments: dict[str, Any] = {}
        for (name, _), value in zip(invocation.arguments, values, strict=True):
            if isinstance(value, FeelError):
                raise DecisionError(f"规则“{model.name}”给“{invocation.name}”的参数“{name}”无法计算：{value}")
            if wrong := mismatch(value, invocation.types.get(name, Type())):
                raise DecisionError(f"规则“{model.name}”给“{invocation.name}”的参数“{name}”{wrong}")
            arguments[name] = value
        kinds = {name: kind for name, type_ in invocation.types.items() if (kind := temporal(type_))}
        inner = feel.Scope(arguments, kinds, scope.functions)
        return evaluate_table(invocation.name, model.variable, invocation.table, inner, self._now)


def _named_outputs(model: DecisionModel, result: Any) -> dict[str, Any]:
    if not isinstance(model.logic, Table):
        return {}
    if len(model.logic.outputs) == 1:
        return {output_key(model.logic.outputs[0], model.variable): result}
    return dict(result) if isinstance(result, dict) else {}


def _check_allowed(model: DecisionModel, values: list[tuple[InputData, Any]]) -> None:
    tests = [(each.type.allowed, item, temporal(each.type)) for each, item in values]
    answers = feel.unary_tests(tests, feel.Scope({}))
    for (each, item), answer in zip(values, answers, strict=True):
        if answer is not True:
            raise DecisionError(
                f"规则表“{model.name}”的输入“{each.name}”不能是{shown(item)}，允许的值：{each.type.allowed}"
            )
