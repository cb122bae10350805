"""Conditional events: all that wait are asked again whenever nothing else can move (BPMN 10.5.1).

A token that waits for a condition keeps whether that held when it was asked last; it fires when it did not
and now does. What holds as its event begins to wait fires at once. What holds only for a moment within a step
is not seen.
"""

from __future__ import annotations

from engine import feel
from engine.errors import FeelError
from engine.execution.case import Case, Token
from engine.execution.expressions import evaluate
from engine.execution.variables import visible
from engine.model.definition import Expression

HELD = "held"  #: whether the condition held when it was asked last
MOST = (
    1_000  #: times that conditions are asked in one step, beyond which they surely call each other for ever
)


def work(case: Case) -> None:
    """Move tokens until all of them wait and no condition that is waited for has come to hold."""
    case.work()
    for _ in range(MOST):
        come = [token for token, holds in _asked(case).items() if _changes(token, holds)]
        if not come:
            return
        for token in come:
            if token.live:
                token.task_spec.fire(token, {})
                case.work()
    raise case.refusal(case.root, "条件事件一直互相触发而不停下，无法继续。")


def _changes(token: Token, holds: bool) -> bool:
    before, token.internal_data[HELD] = token.internal_data[HELD], holds
    return holds and not before


def _asked(case: Case) -> dict[Token, bool]:
    """Whether each condition that is waited for holds, by one call of the sandbox unless one fails."""
    waiting = [token for token in case.live.values() if _waits(token)]
    if not waiting:
        return {}
    wanted = [(condition(token).feel, visible(token)) for token in waiting]
    try:
        answers = feel.evaluate_many(wanted, now=case.now)
    except FeelError:
        return {token: _ask(token) for token in waiting if not _fails(token)}
    return {token: answer is True for token, answer in zip(waiting, answers, strict=True)}


def _waits(token: Token) -> bool:
    return HELD in token.internal_data and "async" not in token.internal_data


def condition(token: Token) -> Expression:
    """The condition for which the token waits."""
    event = token.task_spec.node.event
    return event.value if event is not None and isinstance(event.value, Expression) else Expression("false")


def _ask(token: Token) -> bool:
    """Whether the condition holds; what fails is laid to this token's charge."""
    token.case.moving = token.id
    holds = evaluate(token, condition(token)) is True
    token.case.moving = None
    return holds


def _fails(token: Token) -> bool:
    """Whether the condition could not be computed when this step was tried before: then the token stands."""
    fault = token.case.held.get(token.id)
    if fault is not None:
        token.task_spec.hold(token, "condition", fault)
    return fault is not None
