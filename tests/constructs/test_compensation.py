"""Compensation: what is completed is undone, the latest first, once."""

from __future__ import annotations

from typing import Any

import pytest

from engine import parsing
from engine.model.execution import SetVariables
from tests.builders import Builder, many
from tests.constructs.driver import Run


def booked(builder: Builder, *names: str, **more: Any) -> Builder:
    """User tasks, each with a task that undoes it; the cursor stays behind the last."""
    for name in names:
        builder.user(name, **more)
        builder.undo(name, f"un-{name}").at(name)
    return builder


def plain(**throw: Any) -> Builder:
    return booked(Builder().start(), "a", "b").compensate("x", **throw).user("z").end()


def read(model: Builder) -> Run:
    """The same process after it was written as BPMN and parsed."""
    return Run(parsing.parse_bpmn(model.xml(), "p.bpmn").processes[0])


def test_throw_undoes_all_in_reverse_order_and_waits() -> None:
    run = read(plain()).start().complete("a").complete("b")
    assert run.last == "-b b-x +x +un-b" and run.waiting == ["un-b"]
    assert run.complete("un-b").last == "-un-b +un-a"
    assert run.complete("un-a").last == "-un-a -x x-z +z"
    assert run.state is not None and "log" not in run.state["run"]
    assert run.complete("z").status == "completed"


def test_order_is_that_of_completion_not_of_drawing() -> None:
    model = booked(Builder().start().parallel("f"), "a").parallel("j")
    booked(model.at("f"), "b").to("j").at("j").compensate("x").end()
    run = read(model).start().complete("b").complete("a")
    assert run.waiting == ["un-a"]
    assert run.complete("un-a").complete("un-b").path == "start f b a j un-a un-b x end"


def test_one_activity_only() -> None:
    run = read(plain(activity="a")).start().complete("a").complete("b")
    assert run.waiting == ["un-a"]
    assert run.complete("un-a").waiting == ["z"]


def test_what_is_not_completed_is_not_undone() -> None:
    model = booked(Builder().start().parallel("f"), "a").compensate("x").end()
    booked(model.at("f"), "b").end("e2")
    run = read(model).start().complete("a")
    assert run.waiting == ["b", "un-a"]
    run.complete("un-a").complete("b")
    assert run.status == "completed" and "un-b" not in run.path


def test_nothing_to_undo_goes_on_at_once() -> None:
    model = Builder().start().exclusive("g").when("false").user("a").end()
    model.at("g").default().compensate("x").end("e2").undo("a", "un-a")
    run = read(model).start()
    assert (run.status, run.path) == ("completed", "start g x e2")


def test_each_is_undone_once() -> None:
    model = booked(Builder().start(), "a").compensate("x").compensate("y").user("z").end()
    run = read(model).start().complete("a").complete("un-a")
    assert run.waiting == ["z"] and run.path == "start a un-a x y"


def test_a_loop_is_undone_as_often_as_it_went_round() -> None:
    model = booked(Builder().start().exclusive("m"), "a").exclusive("g").when("again").to("m")
    model.default().compensate("x").end()
    run = read(model).start().complete("a", again=True).complete("a", again=False)
    run.complete("un-a").complete("un-a")
    assert run.path == "start m a g m a g un-a un-a x end"


def test_end_event_ends_when_all_is_undone() -> None:
    model = booked(Builder().start(), "a", "b").compensate("x", kind="endEvent")
    run = read(model).start().complete("a").complete("b").complete("un-b")
    assert run.status == "active"
    run.complete("un-a")
    assert (run.status, run.step.end_event) == ("completed", "x")


def test_without_waiting_the_flow_goes_on_meanwhile() -> None:
    run = read(plain(waits=False)).start().complete("a").complete("b")
    assert sorted(run.waiting) == ["un-b", "z"]
    run.complete("z")
    assert run.status == "active" and run.waiting == ["un-b"]
    assert run.complete("un-b").complete("un-a").status == "completed"


def inside(*names: str) -> Builder:
    return booked(Builder().start("i"), *names).end("o")


def test_completed_subprocess_is_undone_from_inside_in_reverse() -> None:
    model = booked(Builder().start(), "a").sub("s", inside("b", "c"))
    booked(model, "d").compensate("x").end()
    run = read(model).start()
    for name in ("a", "b", "c", "d", "un-d", "un-c", "un-b"):
        run.complete(name)
    assert run.waiting == ["un-a"]
    run.complete("un-a")
    assert run.path == "start a i b c o s d un-d un-c un-b un-a x end"


def test_subprocess_by_name_nested_twice() -> None:
    deep = Builder().start("j").sub("t", inside("b", "c")).end("q")
    run = read(Builder().start().sub("s", deep).compensate("x", "s").end()).start()
    for name in ("b", "c", "un-c", "un-b"):
        run.complete(name)
    assert run.status == "completed" and run.path.endswith("t q s un-c un-b x end")


def test_handler_of_a_subprocess_goes_before_those_inside() -> None:
    model = Builder().start().sub("s", inside("b")).undo("s", "un-s").at("s").compensate("x").end()
    run = read(model).start().complete("b")
    assert run.waiting == ["un-s"] and run.complete("un-s").status == "completed"


def test_throw_inside_undoes_its_own_scope_only_and_names_reach_outward() -> None:
    model = booked(Builder().start(), "a")
    inner = booked(Builder().start("i"), "b").compensate("x").compensate("y", "a").end("o")
    run = read(model.sub("s", inner).end()).start().complete("a").complete("b")
    assert run.waiting == ["un-b"]
    assert run.complete("un-b").waiting == ["un-a"]
    assert run.complete("un-a").status == "completed"


def test_interrupted_subprocess_forgets_what_was_done_inside() -> None:
    model = Builder().start().sub("s", booked(Builder().start("i"), "b").user("c").end("o")).end()
    model.boundary("t", "s", timer="duration P1D").compensate("x").user("z").end("e2")
    run = read(model).start().complete("b").fire("t")
    assert run.waiting == ["z"] and run.state is not None and "log" not in run.state["run"]


@pytest.mark.parametrize("sequential", [False, True])
def test_each_completed_instance_is_undone_with_its_own_variables(sequential: bool) -> None:
    model = Builder().start().user("a", loop=many("[7, 8]", element="e", sequential=sequential))
    model.undo("a", "un-a").at("a").compensate("x").end()
    run = read(model).start().complete("a").complete("a")
    assert run.sees("un-a")["e"] == 8
    assert run.complete("un-a").sees("un-a")["e"] == 7
    assert run.complete("un-a").status == "completed"


def test_each_completed_instance_of_a_subprocess_is_undone() -> None:
    loop = many("[7, 8]", element="e", sequential=True)
    run = read(Builder().start().sub("s", inside("b", "c"), loop=loop).compensate("x").end()).start()
    for name in ("b", "c", "b", "c"):
        run.complete(name)
    seen = []
    for name in ("un-c", "un-b", "un-c", "un-b"):
        seen.append(run.sees(name)["e"])
        run.complete(name)
    assert seen == [8, 8, 7, 7] and run.status == "completed"


def test_handler_sees_the_local_variables_of_then_and_writes_to_the_case() -> None:
    inner = booked(Builder().start("i"), "b").end("o")
    model = Builder().start().sub("s", inner, inputs={"k": "=n"}, outputs={"got": "=k"})
    run = read(model.compensate("x").end()).start(n=1).complete("b")
    assert run.sees("un-b")["k"] == 1
    run.complete("un-b", undone=True)
    assert run.status == "completed"


def test_handler_may_be_a_script_a_subprocess_or_many() -> None:
    model = Builder().start().user("a").user("b").user("c").compensate("x").end()
    model.undo("a", "un-a", kind="scriptTask", script=None)
    model.undo("b", "un-b", kind="subProcess", scope=Builder().start("i").user("fix").end("o").scope())
    model.undo("c", "un-c", loop=many(times="2"))
    run = Run(model).start().complete("a").complete("b").complete("c")
    run.complete("un-c").complete("un-c").complete("fix")
    assert run.status == "completed"
    assert run.path == "start a b c un-c[0] un-c[1] un-c[] i fix o un-b un-a x end"


def test_interrupted_throw_takes_its_handlers_along_and_leaves_the_rest() -> None:
    inner = booked(Builder().start("i"), "b", "c").compensate("x").end("o")
    model = Builder().start().sub("s", inner).end()
    model.boundary("t", "s", timer="duration P1D").user("late").end("e2")
    run = read(model).start().complete("b").complete("c").fire("t")
    assert run.last == "!un-c !x !s +t -t t-late +late"
    assert run.tokens == 1


def test_interrupted_handler_lets_the_next_be_undone() -> None:
    model = plain().boundary("t", "un-b", timer="duration P1D").end("e2")
    run = Run(model).start().complete("a").complete("b").fire("t")
    assert run.waiting == ["un-a"]
    assert run.complete("un-a").complete("z").status == "completed"


def test_cancelled_instance_ends_with_everything_that_undoes() -> None:
    model = Builder().start().sub("s", inside("b", "c")).compensate("x").end()
    run = read(model).start().complete("b").complete("c").cancel()
    assert run.status == "terminated"


def test_failure_behind_the_throw_is_tried_again_where_it_stands() -> None:
    model = booked(Builder().start(), "a").compensate("x").when("ok = true").user("z").end()
    run = Run(model).start().complete("a").complete("un-a")
    assert run.waiting == ["x"] and run.job("x").kind == "continue"
    run.apply(SetVariables(run.now, {"ok": True}, None))
    assert run.go_on("x").last == "-x x-z +z"


def test_failed_handler_is_tried_again() -> None:
    model = Builder().start().user("a").compensate("x").user("z").end()
    model.undo("a", "un-a", loop=many("list"))
    run = Run(model).start(list=1).complete("a")
    assert run.waiting == ["un-a"] and run.job("un-a").kind == "continue"
    run.apply(SetVariables(run.now, {"list": [1]}, None))
    assert run.go_on("un-a").complete("un-a").waiting == ["z"]


def test_without_compensation_nothing_is_logged() -> None:
    run = Run(Builder().start().user("a").user("b").end()).start().complete("a")
    assert run.state is not None and "log" not in str(run.state)
