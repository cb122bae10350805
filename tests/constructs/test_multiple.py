"""Events with several definitions: any of them, or all, are waited for; all are thrown."""

from __future__ import annotations

from typing import Any

import pytest

from engine import parsing
from engine.model.execution import SetVariables
from tests.builders import Builder, event
from tests.constructs.driver import Run
from tests.constructs.test_migration import migrate

WAITED = (
    event("message", "m"),
    event("timer", "", "duration P1D"),
    event("signal", "S"),
    event("conditional", "n > 5"),
)
BROUGHT = {
    "message": {"n": 0, "k": 1},
    "timer": {"n": 0},
    "signal": {"n": 0, "k": 1},
    "condition": {"n": 6},
}


def waited(**more: Any) -> dict[str, Any]:
    return {"event": WAITED[0], "others": WAITED[1:], **more}


def caught(**more: Any) -> Builder:
    return Builder().start().node("c", "intermediateCatchEvent", **waited(**more)).user("x").end()


def come(run: Run, which: str) -> Run:
    """Let one of the four come."""
    if which == "message":
        return run.deliver("c", messages(run), k=1)
    if which == "timer":
        return run.fire("c", 0)
    return run.signal("S", k=1) if which == "signal" else run.apply(SetVariables(run.now, {"n": 6}))


def messages(run: Run) -> int:
    """Which of what is open at the event waits for the message."""
    opened = [each for each in run.open.values() if each.element_id == "c"]
    return next(n for n, each in enumerate(opened) if getattr(each, "message", "") == "m")


@pytest.mark.parametrize("which", BROUGHT)
def test_the_first_that_comes_suffices(which: str) -> None:
    run = come(Run(caught()).start(n=0), which)
    assert run.last == "-c c-x +x" and run.waiting == ["x"]
    assert run.variables == BROUGHT[which]


def test_all_must_come_in_any_order_and_bring_what_they_carry() -> None:
    run = Run(caught(all_of=True)).start(n=0)
    for which in ("condition", "timer", "signal"):
        assert come(run, which).last == "" and run.status == "active"
    run.deliver("c", messages(run), q=2)
    assert run.last == "-c c-x +x" and run.variables == {"n": 6, "k": 1, "q": 2}


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("which", BROUGHT)
def test_at_a_boundary(which: str, interrupting: bool) -> None:
    model = Builder().start().user("a", inputs={"d": "=1"}).end()
    model._here = None
    model.node("c", "boundaryEvent", attached_to="a", **waited(interrupting=interrupting))
    run = come(Run(model.user("late").end("e2")).start(n=0), which)
    assert "late" in run.waiting and ("a" in run.waiting) is not interrupting
    if not interrupting:
        assert run.waiting.count("c") == 3, "it waits again for all that can be opened"
        run.complete("a")
    assert run.complete("late").status == "completed"


def test_behind_a_gateway_and_as_start_of_an_event_subprocess() -> None:
    model = Builder().start().event_gateway("g").node("c", "intermediateCatchEvent", **waited()).end("e1")
    model.at("g").catch("o", message="o").end("e2")
    assert Run(model).start(n=0).deliver("c", 1).last == "-g g-c +c -c c-e1 +e1 -e1"
    assert Run(model).start(n=0).deliver("o").status == "completed"
    inner = Builder().node("c", "startEvent", **waited(interrupting=False)).user("h").end("o")
    beside = Builder().start().user("a").end()
    beside._nodes["e"] = Builder().sub("e", inner, triggered=True)._nodes["e"]
    run = Run(beside).start(n=0)
    come(come(run, "message"), "timer")
    assert run.waiting.count("h") == 2 and "a" in run.waiting
    assert run.sees("h")["k"] == 1
    assert run.complete("a").complete("h").complete("h").status == "completed"


def test_what_is_let_go_closes_what_it_waited_for() -> None:
    run = Run(caught()).start(n=0).cancel()
    assert run.status == "terminated" and len(run.step.closed) == 3


@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_all_are_thrown_in_their_order(kind: str) -> None:
    several = {"event": event("message", "m"), "others": (event("signal", "S"), event("escalation", "E"))}
    inner = Builder().start("i").user("x").node("t", kind, inputs={"k": "=7"}, **several)
    inner = inner if kind == "endEvent" else inner.user("y").end("o")
    model = Builder().start().parallel("p").sub("s", inner).end("e1").at("p").catch("c", signal="S").end("e2")
    model.boundary("b", "s", escalation="E", interrupting=kind == "endEvent").user("late").end("e3")
    run = Run(model).start().complete("x")
    assert [(job.kind, job.topic, job.payload) for job in run.messages] == [
        ("message", "m", {"k": 7}),
        ("signal", "S", {"k": 7}),
    ]
    assert sorted(run.waiting) == (["late"] if kind == "endEvent" else ["late", "y"])
    assert "+t -t -c" in run.last and "c-e2 +e2 -e2" in run.last


def test_it_goes_on_waiting_in_another_version() -> None:
    run = Run(caught()).start(n=0)
    migrate(run, caught())
    assert come(run, "message").waiting == ["x"]


def test_what_is_written_as_bpmn_is_read_the_same() -> None:
    model = caught(all_of=True)
    model.at("x").node(
        "t", "intermediateThrowEvent", event=event("message", "m"), others=(event("signal", "S"),)
    )
    (read,) = parsing.parse_bpmn(model.end("e9").xml(), "p.bpmn").processes
    for id in ("c", "t"):
        node, written = read.node(id), model.build().node(id)
        assert node is not None and written is not None
        assert [each.kind for each in node.events] == [each.kind for each in written.events]
        assert node.all_of == written.all_of
    run = Run(read).start(n=6)
    assert run.waiting == ["c", "c", "c"]
