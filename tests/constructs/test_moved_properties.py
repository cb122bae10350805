"""Random processes with random moves between their steps: no token is lost or doubled, none is orphaned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Conflict, ExecutionError, InvalidInput
from engine.model.execution import (
    ActivityChange,
    CompleteActivity,
    MoveTokens,
    OpenedTask,
    TakeBack,
    Trigger,
)
from tests.builders import Builder
from tests.constructs.driver import Run
from tests.constructs.random_processes import any_graph, well_formed
from tests.constructs.test_properties import attempt, often, onward, possible, trigger

deeds = st.lists(st.tuples(st.integers(0, 63), st.integers(0, 400)), min_size=1, max_size=25)


def moved(run: Run, model: Builder, choice: int, target: int) -> MoveTokens:
    """A move of something that is open, or now and then of everything."""
    nodes = list(model.build().scope.walk())
    opened = list(run.open.values())[choice // 4 % len(run.open)]
    source = None if choice % 16 == 3 else opened.activity_id
    again, returns = choice % 2 == 0, choice % 4 == 0 and isinstance(opened, OpenedTask)
    return MoveTokens(run.now, nodes[target % len(nodes)].id, source, "", again, returns, "p", "s")


def taken_back(run: Run, activity_id: str, seen: dict[str, ActivityChange]) -> TakeBack | None:
    """The taking back of a user task that has just been completed, unless it is one of several."""
    done = seen[activity_id]
    around, parent = [], seen.get(done.parent_id or "")
    while parent is not None:
        if parent.activity_id not in run.alive and parent.loop_index is not None:
            return None
        if parent.kind != "multiInstanceBody":
            around.append((parent.activity_id, parent.element_id))
        parent = seen.get(parent.parent_id or "")
    level = next((one for one, _ in around if one in run.alive), None)
    entered = [one for one in run.step.trace if isinstance(one, ActivityChange) and one.change == "entered"]
    passed = frozenset(one.element_id for one in entered if one.parent_id == level)
    return None if done.loop_index is not None else TakeBack(run.now, done.element_id, tuple(around), passed)


def take_turns(run: Run, model: Builder, picked: list[tuple[int, int]]) -> int:
    """Steps and moves by turns as picked; gives how many moves were possible."""
    done = 0
    for choice, target in picked:
        if run.status != "active" or not run.open:
            break
        if target % 3:
            try:
                run.apply(moved(run, model, choice, target // 3))
                done += 1
            except (InvalidInput, ExecutionError):
                pass
        else:
            what = trigger(run, choice)
            attempt(run, what)
            done += again(run, what) if choice % 3 == 1 else 0
    return done


def again(run: Run, what: Trigger) -> bool:
    """Take back what was a user task, if it was one; whether it was."""
    seen = {one.activity_id: one for one in run.trace if isinstance(one, ActivityChange)}
    task = seen.get(what.activity_id) if isinstance(what, CompleteActivity) else None
    if task is None or task.kind != "userTask" or task.activity_id in run.alive or run.status != "active":
        return False
    back = taken_back(run, task.activity_id, seen)
    if back is None:
        return False
    try:
        run.apply(back)
    except (InvalidInput, Conflict):
        return False
    assert task.element_id in run.waiting
    return True


@often
@given(well_formed, deeds)
def test_moved_processes_reach_the_end_once(model: Builder, picked: list[tuple[int, int]]) -> None:
    run = Run(model).start(n=0)
    take_turns(run, model, picked)
    for n in [1, 2] * 300:
        if run.status != "active":
            break
        assert possible(run), "nothing is open, and nothing can move"
        run.apply(onward(run, n))
    assert run.status == "completed"
    assert run.path.split().count("end") == 1


@often
@given(any_graph(), deeds)
def test_moves_in_any_graph_keep_the_laws(
    monkeypatch: pytest.MonkeyPatch, model: Builder, picked: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr("engine.execution.case.MAX_MOVES", 200)
    run = Run(model)
    if not isinstance(attempt(run, None), str):
        take_turns(run, model, picked)
