"""What fails behind a completed task leaves the case standing there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.errors import ExecutionError
from engine.model.execution import SetVariables
from tests.builders import Builder, many
from tests.constructs.driver import Run


def stuck() -> Builder:
    """After `a`, the gateway finds no flow unless x is 1."""
    return Builder().start().user("a").exclusive("g").when("x = 1").user("b").end()


def test_the_completion_stands_and_the_token_waits_before_the_failing_element() -> None:
    run = Run(stuck()).start(x=2).complete("a")
    assert run.last == "-a a-g"
    assert run.status == "active" and run.waiting == ["g"]
    (incident,) = run.step.incidents_opened
    assert incident.element_id == "g" and incident.fault is not None
    assert "出口条件都不成立" in incident.fault.message and "Traceback" in incident.fault.stack


def test_trying_again_fails_again_until_it_is_repaired() -> None:
    run = Run(stuck()).start(x=2).complete("a")
    with pytest.raises(ExecutionError):
        run.go_on("g")
    run.apply(SetVariables(run.now, {"x": 1})).go_on("g")
    assert run.last == "+g -g g-b +b" and run.waiting == ["b"]


def test_what_the_person_brings_about_by_himself_is_still_refused() -> None:
    model = Builder().start().user("a", outputs={"y": "=x.foo()"}).end()
    run = Run(model).start(x=2)
    with pytest.raises(ExecutionError):
        run.complete("a")
    assert run.waiting == ["a"]


def test_other_branches_go_on_and_each_failure_stands_for_itself() -> None:
    model = Builder().start().user("a").parallel("fork")
    model.exclusive("g1").when("x = 1").end("e1")
    model.at("fork").user("b").end("e2")
    model.at("fork").exclusive("g2").when("x = 1").end("e3")
    run = Run(model).start(x=2).complete("a")
    assert sorted(run.waiting) == ["b", "g1", "g2"]
    assert [one.element_id for one in run.step.incidents_opened] == ["g1", "g2"]
    run.complete("b").apply(SetVariables(run.now, {"x": 1})).go_on("g2").go_on("g1")
    assert run.status == "completed"


def test_what_a_called_process_gives_may_fail_when_it_ends() -> None:
    called = Builder("q").start().user("b").end()
    model = Builder().start().call("c", "q", outputs={"y": "=z.foo()"}, all_in=True).user("d").end()
    run = Run(model, called).start().complete("b")
    assert run.waiting == ["c"] and run.step.incidents_opened
    assert "z.foo()" in run.step.incidents_opened[0].fault.feel  # type: ignore[union-attr]


def test_correcting_moves_no_token() -> None:
    run = Run(stuck()).start(x=2)
    run.apply(SetVariables(datetime(2026, 3, 2, tzinfo=UTC), {"x": 1}))
    assert run.last == "" and run.variables == {"x": 1} and run.waiting == ["a"]


def test_correcting_one_activity_leaves_the_process_alone() -> None:
    run = Run(stuck()).start(x=2)
    run.apply(SetVariables(run.now, {"x": 1}, run.id("a")))
    assert run.sees("a")["x"] == 1 and run.variables == {"x": 2}


def test_each_instance_of_a_multi_instance_activity_stands_for_itself() -> None:
    task = Builder().start().user("a").user("u", assignee="=x.foo()", loop=many("[1, 2]", element="i"))
    run = Run(task.end()).start(x=2).complete("a")
    assert run.last == "-a a-u +u[]" and run.waiting == ["u", "u"]
    assert run.cancel().status == "terminated"


def test_inside_a_subprocess() -> None:
    inner = Builder().start("s2").exclusive("g").when("x = 1").end("e2")
    run = Run(Builder().start().user("a").sub("sp", inner).user("b").end()).start(x=2).complete("a")
    assert run.waiting == ["g"]
    run.apply(SetVariables(run.now, {"x": 1})).go_on("g")
    assert run.waiting == ["b"]


def test_an_inclusive_join_that_fails_late_refuses_the_completion() -> None:
    model = Builder().start().parallel("f").user("a").inclusive("j").when("x = 1").end("e1")
    model.at("f").user("b").to("j").at("j").when("x = 3").end("e3")
    run = Run(model).start(x=2).complete("a")
    with pytest.raises(ExecutionError, match="出口条件都不成立"):
        run.complete("b")
    assert run.waiting == ["b"]
