"""Escalations: thrown on the way or at the end, caught around, interrupting or not, or by nobody."""

from __future__ import annotations

import pytest

from engine import parsing
from tests.builders import Builder, many
from tests.constructs.driver import Run


def thrower(code: str = "E", *, end: bool = False) -> Builder:
    """A task, then an escalation, then another task unless it is an end event."""
    model = Builder().start("i").user("a")
    return model.end("t", "escalation", code) if end else model.throw("t", escalation=code).user("b").end("o")


def process(inner: Builder, **boundary: object) -> Builder:
    """The thrower in a subprocess, whose boundary event leads to task late."""
    model = Builder().start().sub("s", inner).user("next").end()
    return model.boundary("e", "s", **boundary).user("late").end("end2")  # type: ignore[arg-type]


def test_interrupting_boundary_ends_the_subprocess() -> None:
    run = Run(process(thrower(), escalation="E")).start().complete("a")
    assert run.last == "-a a-t +t -t !s +e -e e-late +late"
    assert run.complete("late").status == "completed"


def test_boundary_that_does_not_interrupt_catches_every_time() -> None:
    inner = thrower()
    inner.at("b").to("a")
    run = Run(process(inner, escalation="E", interrupting=False)).start().complete("a")
    assert run.last == "-a a-t +t -t +e -e e-late +late t-b +b"
    run.complete("b").complete("a")
    assert sorted(run.waiting) == ["b", "late", "late"]


def test_end_event_ends_its_token_and_the_subprocess_goes_on() -> None:
    run = Run(process(thrower(end=True), escalation="E", interrupting=False)).start().complete("a")
    assert run.last == "-a a-t +t -t +e -e e-late +late -s s-next +next"
    assert run.complete("late").complete("next").status == "completed"


def test_end_event_with_an_interrupting_boundary() -> None:
    run = Run(process(thrower(end=True), escalation="E")).start().complete("a")
    assert run.last == "-a a-t +t -t !s +e -e e-late +late"


def test_what_nobody_catches_changes_nothing() -> None:
    run = Run(process(thrower("other"), escalation="E")).start().complete("a").complete("b")
    assert run.waiting == ["next"] and run.step.error is None
    top = Run(Builder().start().throw("t", escalation="E").end("x", "escalation", "E")).start()
    assert (top.status, top.step.end_event, top.step.error) == ("completed", "x", None)


@pytest.mark.parametrize(("code", "late"), [("E", "named"), ("F", "rest")])
def test_the_event_that_names_the_code_goes_before_the_one_for_all(code: str, late: str) -> None:
    model = Builder().start().sub("s", thrower(code)).end()
    model.boundary("all", "s", escalation="").user("rest").end("e1")
    model.boundary("one", "s", escalation="E").user("named").end("e2")
    assert Run(model).start().complete("a").waiting == [late]


def test_an_error_event_does_not_catch_an_escalation() -> None:
    run = Run(process(thrower(), error="")).start().complete("a")
    assert run.waiting == ["b"]


def test_it_goes_outward_through_subprocesses_and_called_processes() -> None:
    called = Builder("q").start().sub("deep", thrower()).end()
    model = Builder().start().call("c", "q").end()
    model.boundary("e", "c", escalation="E", interrupting=False).user("late").end("end2")
    run = Run(model, called).start().complete("a")
    assert sorted(run.waiting) == ["b", "late"]
    assert run.complete("b").complete("late").status == "completed"


@pytest.mark.parametrize("interrupting", [True, False])
def test_instances_of_a_subprocess_escalate_to_the_boundary_of_all(interrupting: bool) -> None:
    model = Builder().start().sub("s", thrower(), loop=many(times="2")).end()
    model.boundary("e", "s", escalation="E", interrupting=interrupting).user("late").end("end2")
    run = Run(model).start().complete("a")
    assert sorted(run.waiting) == (["late"] if interrupting else ["a", "b", "late"])


def test_what_is_written_as_bpmn_is_read_the_same() -> None:
    model = process(thrower(), escalation="E", interrupting=False)
    (read,) = parsing.parse_bpmn(model.xml(), "p.bpmn").processes
    for id in ("e", "t"):
        node, written = read.node(id), model.build().node(id)
        assert node is not None and written is not None
        assert (node.event, node.interrupting) == (written.event, written.interrupting)
    assert Run(read).start().complete("a").waiting == ["late", "b"]
