"""Conditional events: caught on the way, at a boundary, behind a gateway, as start of an event subprocess."""

from __future__ import annotations

import pytest

from engine import parsing
from engine.errors import ExecutionError
from engine.model.execution import SetVariables
from tests.builders import Builder
from tests.constructs.driver import Run


def branches() -> Builder:
    """One branch waits for n > 5, the other has task a."""
    model = Builder().start().parallel("s").catch("c", condition="n > 5").user("x").end("e1")
    return model.at("s").user("a").user("b").end("e2")


def test_it_sees_a_change_made_in_another_branch() -> None:
    run = Run(branches()).start(n=0)
    assert run.waiting == ["a"] and "+c" in run.last
    run.complete("a", n=6)
    assert run.last == "-a a-b +b -c c-x +x"


def test_what_holds_already_is_passed_at_once() -> None:
    assert sorted(Run(branches()).start(n=6).waiting) == ["a", "x"]


def test_what_is_not_true_waits() -> None:
    run = Run(branches()).start(n="no number").complete("a", n=None)
    assert run.waiting == ["b"]
    assert run.complete("b", n=7).waiting == ["x"]


def test_a_correction_fires_it_and_a_script_too() -> None:
    run = Run(branches()).start(n=0)
    run.apply(SetVariables(run.now, {"n": 9}))
    assert run.last == "-c c-x +x"
    model = Builder().start().parallel("s").catch("c", condition="n > 5").end("e1")
    model.at("s").user("a").script("t", "n + 6", "n").user("b").end("e2")
    assert Run(model).start(n=0).complete("a").last == "-a a-t +t -t t-b +b -c c-e1 +e1 -e1"


def bounded(interrupting: bool) -> Builder:
    """Tasks a and z side by side; a has a boundary event for n > 5 that leads to task late."""
    model = Builder().start().parallel("s").user("a").end("e1").at("s").user("z").user("z2").end("e2")
    return model.boundary("c", "a", condition="n > 5", interrupting=interrupting).user("late").end("e3")


def test_a_boundary_event_that_interrupts() -> None:
    run = Run(bounded(True)).start(n=0).complete("z", n=6)
    assert run.last == "-z z-z2 +z2 !a +c -c c-late +late" and run.waiting == ["z2", "late"]


def test_a_boundary_event_is_let_go_with_its_activity() -> None:
    run = Run(bounded(True)).start(n=0).complete("a").complete("z", n=6)
    assert "late" not in run.waiting


def test_one_that_does_not_interrupt_fires_again_when_it_holds_again() -> None:
    run = Run(bounded(False)).start(n=6)
    assert run.waiting.count("late") == 1
    run.complete("z", n=7)
    assert run.waiting.count("late") == 1, "it has held all the time"
    for n, count in ((0, 1), (8, 2), (9, 2)):
        run.apply(SetVariables(run.now, {"n": n}))
        assert run.waiting.count("late") == count
    assert "a" in run.waiting


def test_it_sees_the_variables_around_its_activity() -> None:
    model = Builder().start().user("a", inputs={"k": "=10"}).end()
    model.boundary("c", "a", condition="n > k").user("late").end("e2")
    run = Run(model).start(n=0)
    run.apply(SetVariables(run.now, {"n": 11}))
    assert run.waiting == ["late"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_as_start_of_an_event_subprocess(interrupting: bool) -> None:
    model = Builder().start().user("a").user("b").end()
    inner = Builder().user("h").end("o")
    model.on("e", inner, condition="n > 5", interrupting=interrupting)
    run = Run(model).start(n=0)
    assert run.waiting == ["a"]
    run.complete("a", n=6)
    if interrupting:
        assert run.last == "-a a-b +b !b +e +on-e -on-e on-e-h +h"
    else:
        assert run.last == "-a a-b +b +e +on-e -on-e on-e-h +h"
        assert run.complete("b").status == "active"
    assert run.complete("h").status == "completed"


def test_what_waits_to_start_one_does_not_keep_the_scope_alive() -> None:
    model = Builder().start().user("a").end().on("e", Builder().user("h").end("o"), condition="n > 5")
    assert Run(model).start(n=0).complete("a").status == "completed"


def test_behind_an_event_based_gateway() -> None:
    model = Builder().start().parallel("s").event_gateway("g").catch("c", condition="n > 5").end("e1")
    model.at("g").catch("m", message="m").end("e2").at("s").user("a").end("e3")
    run = Run(model).start(n=0)
    assert sorted(run.waiting) == ["a", "m"]
    run.complete("a", n=6)
    assert run.last == "-a a-e3 +e3 -e3 -g g-c +c -c c-e1 +e1 -e1"
    assert run.status == "completed"
    assert Run(model).start(n=0).deliver("m").complete("a").status == "completed"


def test_one_that_fires_may_let_others_fire() -> None:
    model = Builder().start().parallel("s").catch("c1", condition="n = 1").script("t1", "2", "n").end("e1")
    model.at("s").catch("c2", condition="n = 2").script("t2", "3", "n").end("e2").at("s").user("a").end("e3")
    run = Run(model).start(n=0).complete("a", n=1)
    assert (run.status, run.variables) == ("completed", {"n": 3})


def test_two_that_hold_at_once_both_fire_the_older_first() -> None:
    model = Builder().start().parallel("s").catch("c1", condition="n = 1").script("t1", "2", "n").end("e1")
    model.at("s").catch("c2", condition="n = 1").end("e2").at("s").user("a").end("e3")
    run = Run(model).start(n=0).complete("a", n=1)
    assert run.status == "completed" and run.path.endswith("c1 t1 e1 c2 e2")


def test_those_that_call_each_other_for_ever_are_stopped() -> None:
    model = Builder().start().user("a").user("b").end()
    model.on("e", Builder().script("t", "false", "x").end("o"), condition="x", interrupting=False)
    model.on("f", Builder().script("u", "true", "x").end("p"), condition="not(x)", interrupting=False)
    with pytest.raises(ExecutionError, match="条件事件一直互相触发"):
        Run(model).start(x=True)


def test_all_that_conditions_move_counts_as_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.execution.case.MAX_MOVES", 100)
    model = Builder().start().user("a").user("b").end()
    model.on("e", Builder().script("t", "false", "x").end("o"), condition="x", interrupting=False)
    model.on("f", Builder().script("u", "true", "x").end("p"), condition="not(x)", interrupting=False)
    with pytest.raises(ExecutionError, match="流程一直循环"):
        Run(model).start(x=True)


def test_a_condition_that_fails_stands_and_can_be_tried_again() -> None:
    failing = "if n = 0 then false else if n = 1 then nosuch(n) else true"
    model = Builder().start().parallel("s").user("a").end("e1").at("s").user("z").end("e2")
    model.boundary("c", "a", condition=failing).user("late").end("e3")
    run = Run(model).start(n=0).complete("z", n=1)
    (held,) = run.step.incidents_opened
    assert held.element_id == "c" and held.fault is not None and "nosuch" in held.fault.feel
    assert sorted(run.waiting) == ["a", "c"]
    assert sorted(run.go_on("c").waiting) == ["a", "c"] and run.step.incidents_opened
    run.apply(SetVariables(run.now, {"n": 2}))
    assert run.go_on("c").waiting == ["late"]


def test_a_condition_on_the_way_that_fails() -> None:
    model = Builder().start().parallel("s").catch("c", condition="n = 1 and nosuch(n)").end("e1")
    model.at("s").user("a").end("e2")
    with pytest.raises(ExecutionError) as caught:
        Run(model).start(n=1)
    assert caught.value.problems[0].element == "c"


def test_what_is_written_as_bpmn_is_read_the_same() -> None:
    model = bounded(False).on("e", Builder().user("h").end("o"), condition="n = 3")
    model.at("z2").catch("k", condition="n > 1").to("e2")
    (read,) = parsing.parse_bpmn(model.xml(), "p.bpmn").processes
    for id, text in (("c", "n > 5"), ("on-e", "n = 3"), ("k", "n > 1")):
        node = read.node(id)
        assert node is not None and node.event is not None and node.event.kind == "conditional"
        assert getattr(node.event.value, "feel", "") == text
    assert sorted(Run(read).start(n=3).waiting) == ["h"]
