"""Random processes behave the same with and without compaction, and with and without reloading."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import execution
from engine.errors import ExecutionError
from engine.model.execution import (
    CompleteActivity,
    Continue,
    DeliverMessage,
    FailActivity,
    FireTimer,
    OpenedJob,
    OpenedSubscription,
    StartActivity,
    Step,
    Trigger,
)
from tests.builders import Builder
from tests.constructs.driver import Opened, Run
from tests.constructs.random_processes import any_graph, with_choices

Way = Opened | CompleteActivity | StartActivity
choices = st.lists(st.integers(0, 63), min_size=1, max_size=25)
checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
often = settings(max_examples=100, deadline=None, database=None, suppress_health_check=checks)


def possible(run: Run) -> list[Way]:
    """What is open, and what a person may end or begin in ad-hoc subprocesses."""
    choices = execution.choices(run.program, run.state or {})
    return [
        *run.open.values(),
        *(CompleteActivity(run.now, one.activity_id, {}) for one in choices if one.may_end),
        *(StartActivity(run.now, one.activity_id, to.element_id) for one in choices for to in one.offers),
    ]


def trigger(run: Run, choice: int) -> Trigger:
    """What a choice does next: something open comes to its end, with a number n, or something begins."""
    ways = possible(run)
    return done(run, ways[choice // 4 % len(ways)], choice % 4)


def onward(run: Run, n: int) -> Trigger:
    """What brings it nearer to its end; messages last, which may begin the same again and again."""
    return done(run, min(possible(run), key=lambda one: isinstance(one, OpenedSubscription)), n)


def done(run: Run, opened: Way, n: int) -> Trigger:
    """The end of what is open, or what a person may do."""
    if isinstance(opened, CompleteActivity | StartActivity):
        return opened
    name = opened.activity_id
    if isinstance(opened, OpenedSubscription):
        return DeliverMessage(run.now, name, {"n": n})
    if isinstance(opened, OpenedJob) and opened.kind == "timer":
        return FireTimer(run.now, name)
    if isinstance(opened, OpenedJob) and opened.kind == "continue":
        return Continue(run.now, name)
    if isinstance(opened, OpenedJob) and n == 3:
        return FailActivity(run.now, name, "E")
    return CompleteActivity(run.now, name, {"n": n})


def outcome(step: Step) -> tuple[object, ...]:
    """All of a step but the state."""
    return (
        step.status,
        step.variables,
        step.trace,
        step.tasks_opened,
        step.jobs_opened,
        step.subscriptions_opened,
        step.closed,
        step.end_event,
        step.error,
    )


def attempt(run: Run, what: Trigger | None) -> object:
    """The outcome of a step, or the text of its error."""
    try:
        run.start(n=0) if what is None else run.apply(what)
    except ExecutionError as error:
        return str(error)
    return outcome(run.step)


def compare(model: Builder, picked: list[int]) -> Run:
    """Run four ways in step; the reference keeps the state in memory and compacts it."""
    reference = Run(model, reload=False)
    others = [Run(model), Run(model, compact=False), Run(model, compact=False, reload=False)]
    expected = attempt(reference, None)
    assert all(attempt(run, None) == expected for run in others)
    for choice in picked:
        if isinstance(expected, str) or not possible(reference):
            break
        what = trigger(reference, choice)
        expected = attempt(reference, what)
        for run in others:
            assert attempt(run, what) == expected
            assert run.open == reference.open
    return reference


@often
@given(with_choices, choices)
def test_well_formed_processes_end_once(model: Builder, picked: list[int]) -> None:
    run = compare(model, picked)
    for n in [1, 2] * 300:
        if run.status != "active":
            break
        assert possible(run), "nothing is open, and nothing can move"
        run.apply(onward(run, n))
    assert run.status == "completed"
    assert run.path.split().count("end") == 1


@often
@given(any_graph(), choices)
def test_any_graph_runs_the_same_however_it_is_kept(
    monkeypatch: pytest.MonkeyPatch, model: Builder, picked: list[int]
) -> None:
    monkeypatch.setattr("engine.execution.case.MAX_MOVES", 200)
    monkeypatch.setattr("engine.execution.case.COMPACT_EVERY", 7)
    compare(model, picked)
