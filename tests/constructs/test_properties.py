"""Random processes behave the same with and without compaction, and with and without reloading."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import ExecutionError
from engine.model.execution import (
    CompleteActivity,
    Continue,
    DeliverMessage,
    FailActivity,
    FireTimer,
    OpenedJob,
    OpenedSubscription,
    Step,
    Trigger,
)
from tests.builders import Builder
from tests.constructs.driver import Run
from tests.constructs.random_processes import any_graph, well_formed

choices = st.lists(st.integers(0, 63), min_size=1, max_size=25)
checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
often = settings(max_examples=100, deadline=None, database=None, suppress_health_check=checks)


def trigger(run: Run, choice: int) -> Trigger:
    """What a choice does next: something that is open comes to its end, with a number n."""
    opened = list(run.open.values())[choice // 4 % len(run.open)]
    name, n = opened.activity_id, choice % 4
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
        if isinstance(expected, str) or not reference.open:
            break
        what = trigger(reference, choice)
        expected = attempt(reference, what)
        for run in others:
            assert attempt(run, what) == expected
            assert run.open == reference.open
    return reference


@often
@given(well_formed, choices)
def test_well_formed_processes_end_once(model: Builder, picked: list[int]) -> None:
    run = compare(model, picked)
    for choice in [1, 2] * 300:
        if run.status != "active":
            break
        assert run.open, "nothing is open, and nothing can move"
        run.apply(trigger(run, choice))
    assert (run.status, run.step.end_event) == ("completed", "end")
    assert run.path.split().count("end") == 1


@often
@given(any_graph(), choices)
def test_any_graph_runs_the_same_however_it_is_kept(
    monkeypatch: pytest.MonkeyPatch, model: Builder, picked: list[int]
) -> None:
    monkeypatch.setattr("engine.execution.case.MAX_MOVES", 200)
    monkeypatch.setattr("engine.execution.case.COMPACT_EVERY", 7)
    compare(model, picked)
