"""The state stays in proportion to what lives, however long a case has run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from engine import execution
from engine.execution.case import ScopeRun
from engine.model.execution import CompleteActivity, Start, Step
from tests.builders import Builder, many
from tests.constructs.driver import NOW, Run


def looping() -> Builder:
    """A loop with a side branch, a subprocess, instances and a boundary timer in every round."""
    inner = Builder().start("i").user("b").end("o")
    model = Builder().start().parallel("f").user("side").end("e1").at("f").exclusive("m")
    model.user("a").sub("s", inner).task("t", loop=many(times="3")).exclusive("x").when("done").end("e2")
    model.at("x").default().to("m")
    return model.boundary("r", "a", timer="duration P1D", interrupting=False).end("e3")


def shape(run: Run) -> tuple[int, int]:
    """Tokens and bytes of the state, but for the digits of the ids."""
    assert run.state is not None
    text = json.dumps(run.state)
    digits = sum(char.isdigit() for char in text)
    return run.tokens, len(text) - digits


def test_state_does_not_grow_with_the_rounds() -> None:
    run = Run(looping()).start(done=False)
    seen = {}
    for number in range(1, 1001):
        run.complete("a").complete("b")
        if number in (10, 1000):
            seen[number] = shape(run)
    assert seen[10] == seen[1000] and seen[10][0] == 3


def test_without_compaction_it_would_grow() -> None:
    run = Run(looping(), compact=False).start(done=False)
    sizes = []
    for _ in range(3):
        run.complete("a").complete("b")
        sizes.append(run.tokens)
    assert sizes[0] < sizes[1] < sizes[2]


def calls(act: Callable[[], Step]) -> tuple[Step, int]:
    """What an act gives, and how many functions of Python it called: its cost without a clock."""
    counted = 0

    def count(_frame: FrameType, what: str, _argument: object) -> None:
        nonlocal counted
        counted += what == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return act(), counted
    finally:
        sys.setprofile(before)


def test_the_ten_thousandth_round_costs_what_the_tenth_did() -> None:
    model = Builder().start().exclusive("x").user("a").to("x").build()
    program = execution.compile_program({"p:1": model}, "p:1", {}, {})
    step = execution.advance(program, None, Start(NOW, {"x": 1}))
    seen = {}
    for number in range(1, 10_001):
        state = json.loads(json.dumps(step.state))
        move = partial(execution.advance, program, state, CompleteActivity(NOW, opened(step), {}))
        step, cost = calls(move) if number in (10, 10_000) else (move(), 0)
        if cost:
            seen[number] = (cost, len(step.trace), len(json.dumps(step.state)))
    early, late = seen[10], seen[10_000]
    assert early[1] == late[1]
    assert all(after <= before * 1.1 for before, after in zip(early, late, strict=True)), seen


def opened(step: Step) -> str:
    return step.tasks_opened[0].activity_id


def test_a_thousand_rounds_in_one_step_hold_few_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    compact = ScopeRun.compact

    def counting(run: ScopeRun) -> None:
        held.append(len(run.tasks))
        compact(run)

    monkeypatch.setattr(ScopeRun, "compact", counting)
    model = Builder().start().exclusive("m").task("a").script("s", "k + 1", "k").exclusive("x")
    model.when("k >= 1000").end().at("x").default().to("m")
    run = Run(model).start(k=0)
    assert run.variables == {"k": 1000} and run.tokens == 0
    assert max(held) < 1100


def test_state_holds_no_specification() -> None:
    run = Run(Builder().start().user("a", name="一个很长的名字", groups="某组").end()).start(x=1)
    assert run.state == {
        "version": 1,
        "number": 2,
        "run": {
            "data": {"x": 1},
            "tokens": [{"id": "2", "at": "a", "state": "started", "keep": {"open": True}}],
        },
    }


def test_nothing_is_left_of_what_has_ended() -> None:
    run = Run(looping()).start(done=True).complete("a").complete("b").complete("side")
    assert run.state is not None and run.state["run"] == {"data": {"done": True}, "tokens": []}


def test_program_is_shared_by_instances() -> None:
    runs = [Run(looping()) for _ in range(2)]
    runs[1].program = runs[0].program
    for run in runs:
        run.start(done=True)
    runs[0].complete("a").complete("b")
    assert "a" in runs[1].waiting
    assert runs[1].complete("a").complete("b").complete("side").status == "completed"


def test_element_ids_that_spiff_keeps_for_itself() -> None:
    """Spiff's workflow completes at a task named End and takes over its data; its Start is its own."""
    model = Builder().start("Start").parallel("Root").user("End", inputs={"p": "=1"}).end("a")
    run = Run(model.at("Root").user("审核").end("结束")).start().complete("End")
    assert run.status == "active" and run.variables == {}
    assert run.complete("审核").path == "Start Root End a 审核 结束"
