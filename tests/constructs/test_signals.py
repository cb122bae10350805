"""Signals within one instance: throw, catch, boundary, gateway, end, start, payload."""

from __future__ import annotations

import pytest

from engine.errors import Conflict
from engine.model.execution import OpenedSubscription
from tests.builders import Builder, event
from tests.constructs.driver import Run


def test_a_catch_event_waits_for_its_signal() -> None:
    run = Run(Builder().start().catch("c", signal="开闸").end()).start()
    opened = run.opened("c")
    assert isinstance(opened, OpenedSubscription)
    assert (opened.kind, opened.message, opened.correlation) == ("signal", "开闸", None)
    with pytest.raises(Conflict):
        run.signal("关闸")
    assert run.signal("开闸", x=1).last == "-c c-end +end -end"
    assert (run.status, run.variables) == ("completed", {"x": 1})


def forked() -> Builder:
    """Two branches and a message wait; the last branch throws after task go."""
    model = Builder().start().parallel("fork").catch("c", signal="开闸").user("a").end("e1")
    model.at("fork").catch("d", signal="开闸").user("b").end("e2")
    model.at("fork").catch("m", message="开闸").end("e3")
    return model.at("fork").user("go").throw("t", signal="开闸").user("after").end("e4")


@pytest.mark.parametrize("compact", [True, False])
def test_a_throw_reaches_all_that_wait_in_the_same_step_the_oldest_first(compact: bool) -> None:
    run = Run(forked(), compact=compact).start().complete("go")
    assert run.last == "-go go-t +t -t -c -d c-a +a d-b +b t-after +after"
    assert run.waiting == ["m", "a", "b", "after"]
    assert [(job.kind, job.element_id, job.topic) for job in run.messages] == [("signal", "t", "开闸")]


def test_a_signal_is_not_kept_for_who_waits_later() -> None:
    run = Run(Builder().start().throw("t", signal="s").catch("c", signal="s").end()).start()
    assert run.waiting == ["c"]
    assert run.signal("s").status == "completed"


def test_a_throw_takes_its_parameters_along() -> None:
    model = Builder().start().parallel("fork").catch("c", signal="s", outputs={"y": "=金额 + 1"}).user("a")
    model.end("e1").at("fork").catch("d", signal="s").end("e2").at("fork").user("go")
    run = Run(model.throw("t", signal="s", inputs={"金额": "=x * 2"}).end("e3")).start(x=4)
    run.complete("go")
    assert run.variables == {"x": 4, "y": 9, "金额": 8}
    assert run.messages[0].payload == {"金额": 8}


def inside(kind: str, **boundary: object) -> Builder:
    """A subprocess whose throw (or end) event is heard by the boundary event b on it."""
    inner = Builder().start("s2").user("go")
    if kind == "throw":
        inner = inner.throw("t", signal="s").user("after").end("e2")
    else:
        inner = inner.end("t", "signal", "s")
    model = Builder().start().sub("sub", inner).user("next").end()
    return model.boundary("b", "sub", signal="s", **boundary).user("late").end("e3")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["throw", "end"])
def test_an_interrupting_boundary_event_takes_the_thrower_with_it(kind: str) -> None:
    run = Run(inside(kind)).start().complete("go")
    assert run.waiting == ["late"]
    assert "!sub +b -b b-late +late" in run.last
    assert run.complete("late").status == "completed"


def test_a_boundary_event_that_does_not_interrupt_hears_each_time() -> None:
    run = Run(inside("throw", interrupting=False)).start()
    run.signal("s").signal("s")
    assert sorted(run.waiting) == ["b", "go", "late", "late"]
    run.complete("go")
    assert sorted(run.waiting) == ["after", "b", "late", "late", "late"]
    run.complete("after")
    assert sorted(run.waiting) == ["late", "late", "late", "next"]


def test_an_event_based_gateway_goes_the_way_of_the_signal() -> None:
    model = Builder().start().event_gateway("g").catch("c", signal="s").user("a").end("e1")
    model.at("g").catch("t", timer="duration P1D").user("b").end("e2")
    run = Run(model).start()
    assert run.signal("s", x=1).last == "-g g-c +c -c c-a +a"
    assert (run.waiting, run.variables) == (["a"], {"x": 1})


def test_a_signal_end_event_throws_and_ends() -> None:
    model = Builder().start().parallel("fork").catch("c", signal="s").end("e1")
    run = Run(model.at("fork").user("go").end("t", "signal", "s")).start().complete("go")
    assert run.last == "-go go-t +t -t -c c-e1 +e1 -e1"
    assert run.status == "completed"


def test_a_process_starts_at_the_signal_that_is_named() -> None:
    model = Builder().start().end().start("s", event=event("signal", "开闸")).user("a").end("e2")
    run = Run(model).start("s", 号=1)
    assert (run.waiting, run.variables) == (["a"], {"号": 1})


def test_called_processes_and_instances_hear_too() -> None:
    called = Builder("q").start().catch("c", signal="s").user("a").end()
    model = Builder().start().parallel("fork").call("call", "q").end("e1")
    model.at("fork").user("go").throw("t", signal="s").end("e2")
    assert Run(model, called).start().complete("go").waiting == ["a"]


def test_an_event_that_is_put_off_does_not_hear_yet() -> None:
    model = Builder().start().catch("c", signal="s", async_before=True).end()
    run = Run(model).start()
    with pytest.raises(Conflict):
        run.signal("s")
    assert run.go_on("c").signal("s").status == "completed"


def test_a_boundary_event_that_throws_its_own_signal_is_stopped() -> None:
    model = Builder().start().user("a").end().boundary("b", "a", signal="s", interrupting=False)
    run = Run(model.throw("t", signal="s").end("e2")).start()
    run.signal("s")
    (stuck,) = run.step.incidents_opened
    assert stuck.element_id == "t"
    assert stuck.fault is not None
    assert "自己触发自己" in stuck.fault.message


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_begins_by_a_signal_of_its_own_case(interrupting: bool) -> None:
    model = Builder().start().user("go").throw("t", signal="s", inputs={"x": "=1"}).user("after").end()
    model.on("e", Builder().user("h").end("h-end"), signal="s", interrupting=interrupting)
    run = Run(model).start().complete("go")
    assert sorted(run.waiting) == (["h"] if interrupting else ["after", "h", "on-e"])
    assert run.variables == {"x": 1}
    if not interrupting:
        run.signal("s").complete("after").complete("h")
    assert run.complete("h").status == "completed"


def test_an_end_event_that_begins_an_event_subprocess_does_not_end_its_scope_before() -> None:
    inner = Builder().start("i").user("go").end("t", "signal", "s")
    inner.on("e", Builder().user("h").end("h-end"), signal="s", interrupting=False)
    run = Run(Builder().start().sub("sub", inner).user("next").end()).start().complete("go")
    assert sorted(run.waiting) == ["h", "on-e"]
    assert run.complete("h").waiting == ["next"]
