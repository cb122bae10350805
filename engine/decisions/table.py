"""One decision table: inputs, rules that fire, hit policy (DMN 8.2)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import feel
from engine.decisions.datatypes import items, mismatch, shown, temporal
from engine.errors import DecisionError, FeelError
from engine.model.decision import MULTIPLE, Output, Rule, Table
from engine.model.execution import JsonObject, RuleHit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a table saw and gave."""

    inputs: JsonObject
    result: Any
    hits: tuple[RuleHit, ...] = ()


def output_key(output: Output, variable: str) -> str:
    """The name by which an output stands in a result."""
    return output.name or output.label or variable


def evaluate_table(
    name: str, variable: str, table: Table, scope: feel.Scope, now: datetime | None
) -> Outcome:
    """The table's outcome over the scope; DecisionError naming the table, the rule and the column."""
    return _Evaluation(name, variable, table, scope, now).run()


@dataclass(frozen=True, slots=True)
class _Evaluation:
    name: str
    variable: str
    table: Table
    scope: feel.Scope
    now: datetime | None

    def run(self) -> Outcome:
        values = self._inputs()
        fired = self._choose(self._matching(values))
        inputs = {column.label: value for column, value in zip(self.table.inputs, values, strict=True)}
        if not fired:
            return Outcome(inputs, self._without_hit())
        rows = self._outputs(fired)
        if self.table.hit_policy == "ANY":
            self._must_agree(fired, rows)
        if self.table.hit_policy in ("PRIORITY", "OUTPUT ORDER"):
            fired, rows = self._by_priority(fired, rows)
        hits = tuple(
            RuleHit(rule.number, rule.id, rule.annotation, row) for rule, row in zip(fired, rows, strict=True)
        )
        return Outcome(inputs, self._result(rows), hits)

    def _fail(self, text: str) -> DecisionError:
        return DecisionError(f"规则表“{self.name}”{text}")

    # inputs and rules

    def _inputs(self) -> list[Any]:
        values = feel.answer_many([column.feel for column in self.table.inputs], self.scope, now=self.now)
        for column, value in zip(self.table.inputs, values, strict=True):
            if isinstance(value, FeelError):
                raise self._fail(f"的输入“{column.label}”无法计算：{value}")
            if text := mismatch(value, column.type):
                raise self._fail(f"的输入“{column.label}”{text}")
        return values

    def _matching(self, values: Sequence[Any]) -> list[Rule]:
        """The rules all of whose tests pass; each distinct test of a column is computed once."""
        allowed = [
            (at, column.type.allowed, item)
            for at, column in enumerate(self.table.inputs)
            if column.type.allowed
            for item in items(values[at], column.type)
        ]
        cells = list(
            dict.fromkeys(
                (at, test)
                for rule in self.table.rules
                for at, test in enumerate(rule.tests)
                if not _accepts_all(test)
            )
        )
        kinds = [temporal(column.type) for column in self.table.inputs]
        tests = [(test, item, kinds[at]) for at, test, item in allowed]
        tests += [(test, values[at], kinds[at]) for at, test in cells]
        answers = feel.unary_tests(tests, self.scope, now=self.now)
        for (at, test, item), answer in zip(allowed, answers, strict=False):
            if answer is not True:
                label = self.table.inputs[at].label
                raise self._fail(f"的输入“{label}”不能是{shown(item)}，允许的值：{test}")
        passed = dict(zip(cells, answers[len(allowed) :], strict=True))
        return [rule for rule in self.table.rules if self._fires(rule, passed)]

    def _fires(self, rule: Rule, passed: Mapping[tuple[int, str], bool | FeelError]) -> bool:
        for at, test in enumerate(rule.tests):
            answer = passed.get((at, test), True)
            if isinstance(answer, FeelError):
                label = self.table.inputs[at].label
                raise self._fail(f"第{rule.number}条规则的条件“{label}”无法计算：{answer}")
            if not answer:
                return False
        return True

    def _choose(self, rules: list[Rule]) -> list[Rule]:
        if self.table.hit_policy == "UNIQUE" and len(rules) > 1:
            numbers = "、".join(f"第{rule.number}条" for rule in rules)
            raise self._fail(f"只允许一条规则符合，现有{numbers}规则同时符合，请修改规则表")
        return rules[:1] if self.table.hit_policy == "FIRST" else rules

    # outputs

    def _outputs(self, rules: Sequence[Rule]) -> list[JsonObject]:
        answers = iter(
            feel.answer_many(
                [text or "null" for rule in rules for text in rule.outputs], self.scope, now=self.now
            )
        )
        rows = [
            {
                output_key(column, self.variable): self._output(column, next(answers), _place(rule, column))
                for column in self.table.outputs
            }
            for rule in rules
        ]
        self._must_be_allowed(rules, rows)
        return rows

    def _must_be_allowed(self, rules: Sequence[Rule], rows: Sequence[JsonObject]) -> None:
        values = [
            (rule, column, item)
            for rule, row in zip(rules, rows, strict=True)
            for column in self.table.outputs
            if column.type.allowed
            for item in items(row[output_key(column, self.variable)], column.type)
        ]
        tests = [(column.type.allowed, item, temporal(column.type)) for _, column, item in values]
        answers = feel.unary_tests(tests, self.scope, now=self.now)
        for (rule, column, item), answer in zip(values, answers, strict=True):
            if answer is not True:
                raise self._fail(
                    f"{_place(rule, column)}不能是{shown(item)}，允许的值：{column.type.allowed}"
                )

    def _output(self, column: Output, value: Any, where: str) -> Any:
        if isinstance(value, FeelError):
            raise self._fail(f"{where}无法计算：{value}")
        if text := mismatch(value, column.type):
            raise self._fail(f"{where}{text}")
        return value

    def _without_hit(self) -> Any:
        """The default outputs where there are any; else null, an empty list, or a count of 0."""
        if any(column.default for column in self.table.outputs):
            texts = [column.default or "null" for column in self.table.outputs]
            answers = feel.answer_many(texts, self.scope, now=self.now)
            row = {
                output_key(column, self.variable): self._output(column, answer, f"的默认结论“{column.label}”")
                for column, answer in zip(self.table.outputs, answers, strict=True)
            }
            return self._result([row])
        if self.table.aggregation:
            return 0 if self.table.aggregation == "COUNT" else None
        return [] if self.table.hit_policy in MULTIPLE else None

    def _result(self, rows: Sequence[JsonObject]) -> Any:
        single = len(self.table.outputs) == 1
        values = [next(iter(row.values())) if single else row for row in rows]
        if self.table.aggregation:
            return self._aggregated(values)
        return values if self.table.hit_policy in MULTIPLE else values[0]

    def _aggregated(self, values: Sequence[Any]) -> Any:
        kind = self.table.aggregation
        if kind == "COUNT":
            return len(values)
        present = [value for value in values if value is not None]
        if not present:
            return None
        numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in present)
        if not numbers and (kind == "SUM" or not all(isinstance(value, str) for value in present)):
            raise self._fail(f"的结论不能汇总（{kind}）：不全是数字")
        if kind == "SUM":
            return _sum(present)
        return max(present) if kind == "MAX" else min(present)

    def _must_agree(self, rules: Sequence[Rule], rows: Sequence[JsonObject]) -> None:
        first = _text(rows[0])
        for rule, row in zip(rules, rows, strict=True):
            if _text(row) != first:
                raise self._fail(
                    f"要求同时符合的规则结论一致，现第{rules[0].number}条与第{rule.number}条规则结论不同"
                )

    def _by_priority(
        self, rules: Sequence[Rule], rows: Sequence[JsonObject]
    ) -> tuple[list[Rule], list[JsonObject]]:
        """In the order of the outputs' allowed values, the first column first; PRIORITY keeps the top."""
        columns = [column for column in self.table.outputs if column.priorities]
        texts = [column.priorities for column in columns]
        answers = feel.answer_many(texts, self.scope, now=self.now)
        orders = [[_text(value) for value in answer] for answer in answers if isinstance(answer, list)]

        def rank(pair: tuple[Rule, JsonObject]) -> list[int]:
            return [
                self._rank(pair[0], column, order, pair[1])
                for column, order in zip(columns, orders, strict=True)
            ]

        ranked = sorted(zip(rules, rows, strict=True), key=rank)
        if self.table.hit_policy == "PRIORITY":
            ranked = ranked[:1]
        return [rule for rule, _ in ranked], [row for _, row in ranked]

    def _rank(self, rule: Rule, column: Output, order: Sequence[str], row: JsonObject) -> int:
        value = row[output_key(column, self.variable)]
        if _text(value) not in order:
            raise self._fail(f"{_place(rule, column)}是{shown(value)}，不在允许的值中，不能排优先次序")
        return order.index(_text(value))


def _place(rule: Rule, column: Output) -> str:
    return f"第{rule.number}条规则的结论“{column.label}”"


def _accepts_all(test: str) -> bool:
    return test in ("", "-")


def _text(value: Any) -> str:
    return str(value) if isinstance(value, FeelError) else json.dumps(value, sort_keys=True)


def _sum(numbers: Iterable[Any]) -> Any:
    total = math.fsum(numbers)
    return int(total) if total.is_integer() else total
