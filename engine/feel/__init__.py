"""FEEL, the expression language of the DMN standard, in a sandbox. JSON values in, JSON values out.

What FEEL cannot compute is null (None), as the standard says; a syntax error, an unknown function, a wrong
number of arguments, an exceeded time or memory limit is a FeelError. Dates, times and durations come back as
ISO 8601 text; text in variables stays text until an author writes `date(x)`. Numbers are doubles;
decimals of up to 15 digits are added, multiplied and divided as on paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.errors import FeelError
from engine.feel import messages, plain, sandbox
from engine.feel.juel import translate
from engine.feel.sandbox import Scope

__all__ = [
    "Scope",
    "answer_many",
    "answer_table",
    "check",
    "check_many",
    "check_over",
    "close",
    "evaluate",
    "evaluate_many",
    "explain",
    "translate",
    "unary_test",
    "unary_tests",
]

Variables = Mapping[str, Any]
close = sandbox.close


def evaluate(expression: str, context: Variables, *, now: datetime | None = None) -> Any:
    """The expression's value over the variables; `now` (aware) is what now() and today() answer."""
    return evaluate_many([(expression, context)], now=now)[0]


def evaluate_many(
    requests: Sequence[tuple[str, Variables | Scope]], *, now: datetime | None = None
) -> list[Any]:
    """The values of many expressions by one call of the sandbox; the first error is raised."""
    values = [
        plain.NOT_PLAIN if isinstance(context, Scope) else plain.evaluate(expression, context)
        for expression, context in requests
    ]
    asked = [at for at, value in enumerate(values) if value is plain.NOT_PLAIN]
    batch = sandbox.Batch(now)
    for at in asked:
        batch.add("value", *requests[at])
    for at, answer in zip(asked, batch.run(), strict=True):
        values[at] = _value(answer, requests[at][0])
    return values


def answer_many(
    expressions: Sequence[str], scope: Scope, *, now: datetime | None = None
) -> list[Any | FeelError]:
    """The values of many expressions over one scope by one call; an error stands in the value's place."""
    return answer_table(expressions, [scope], now=now)[0]


def answer_table(
    expressions: Sequence[str], scopes: Sequence[Scope], *, now: datetime | None = None
) -> list[list[Any | FeelError]]:
    """For each scope the values of the same expressions, all by one call; an error stands in its place."""
    batch = sandbox.Batch(now)
    for scope in scopes:
        for expression in expressions:
            batch.add("value", expression, scope)
    answers = iter(batch.run())
    return [[_answer(next(answers), text) for text in expressions] for _ in scopes]


def explain(
    expression: str, context: Variables, *, now: datetime | None = None
) -> tuple[Any, tuple[str, ...]]:
    """The value, and in Chinese why parts of it became null (missing variable, wrong type ...)."""
    batch = sandbox.Batch(now)
    batch.add("value", expression, context)
    answer = batch.run()[0]
    return _value(answer, expression), tuple(messages.warning(w, expression) for w in answer["warnings"])


def unary_test(test: str, value: Any, context: Variables, *, now: datetime | None = None) -> bool:
    """Whether the value passes the test of a decision table's cell (`"a", "b"`, `[1..3]`, `? > 2`, `-`)."""
    answer = unary_tests([(test, value, "")], Scope(context), now=now)[0]
    if isinstance(answer, FeelError):
        raise answer
    return answer


def unary_tests(
    tests: Sequence[tuple[str, Any, str]], scope: Scope, *, now: datetime | None = None
) -> list[bool | FeelError]:
    """Many (test, value, type of the value) over one scope by one call; an error stands in its place.

    A value of type `date`, `time`, `date and time` or `duration` is compared as such; "" is as it is.
    """
    batch = sandbox.Batch(now)
    for test, value, kind in tests:
        batch.add("test", test, scope, value=value, type=kind)
    answers = [_answer(answer, test[0]) for answer, test in zip(batch.run(), tests, strict=True)]
    return [answer if isinstance(answer, FeelError) else answer is True for answer in answers]


def check(expression: str, *, unary: bool = False, names: Sequence[str] = ()) -> str | None:
    """None, or in Chinese the syntax error or unknown function with its place.

    `names` are the variables and functions known beforehand; only names with blanks in them and functions
    need to be told.
    """
    return check_many([(expression, unary)], names=names)[0]


def check_many(expressions: Sequence[tuple[str, bool]], *, names: Sequence[str] = ()) -> list[str | None]:
    """`check` of many (expression, whether it is a unary test) by one call of the sandbox."""
    scope = dict.fromkeys(names)
    return check_over([(expression, unary, scope) for expression, unary in expressions])


def check_over(expressions: Sequence[tuple[str, bool, Variables]]) -> list[str | None]:
    """`check_many`, each with samples of the values that it knows, whose entries are known names too."""
    batch = sandbox.Batch()
    for expression, unary, known in expressions:
        batch.add("check test" if unary else "check", expression, known)
    answers = zip(batch.run(), expressions, strict=True)
    return [_error(answer, text) or None for answer, (text, *_) in answers]


def _error(answer: sandbox.Answer, expression: str) -> str:
    if "error" in answer:
        return messages.error(answer, expression)
    fatal = next((w for w in answer["warnings"] if w["type"] in messages.FATAL), None)
    return messages.warning(fatal, expression) if fatal else ""


def _answer(answer: sandbox.Answer, expression: str) -> Any | FeelError:
    message = _error(answer, expression)
    return FeelError(message) if message else answer["value"]


def _value(answer: sandbox.Answer, expression: str) -> Any:
    if message := _error(answer, expression):
        raise FeelError(message)
    return answer["value"]
