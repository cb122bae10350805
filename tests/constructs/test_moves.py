"""Tokens that are moved: no token is lost or doubled, whatever stands beside the one that moves."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import Conflict, InvalidInput
from engine.model.execution import MoveTokens
from tests.builders import Builder, many
from tests.constructs.driver import Run


def line() -> Run:
    return Run(Builder().start().user("a").user("b").user("c").end()).start()


def forked() -> Run:
    """x, then a1 a2 beside b1 b2, then y."""
    model = Builder().start().user("x").parallel("f").user("a1").user("a2").parallel("j").user("y").end()
    model.at("f").user("b1").user("b2").to("j")
    return Run(model).start().complete("x")


def finished(run: Run, *steps: str) -> str:
    """The rest of the path, which must reach the end once."""
    before = len(run.path.split())
    for step in steps:
        run.complete(step)
    assert (run.status, run.path.split().count("end")) == ("completed", 1)
    return " ".join(run.path.split()[before:])


def test_back_in_a_line() -> None:
    run = line().complete("a").complete("b").move("a", "c")
    assert run.last == "!c +a" and run.waiting == ["a"]
    assert finished(run, "a", "b", "c") == "a b c end"


def test_on_in_a_line_without_saying_from_where() -> None:
    run = line().move("c")
    assert run.last == "!a +c"
    assert finished(run, "c") == "c end"


def test_to_the_end() -> None:
    run = line().move("end", "a")
    assert run.last == "!a +end -end" and run.step.end_event == "end"


def test_the_same_step_begins_anew() -> None:
    run = line()
    before = run.id("a")
    assert run.move("a", "a").waiting == ["a"] and run.id("a") != before


def test_within_a_branch_the_others_stay() -> None:
    run = forked().complete("a1").complete("b1").move("a1", "a2")
    assert run.last == "!a2 +a1" and run.waiting == ["b2", "a1"]
    assert finished(run, "b2", "a1", "a2", "y") == "b2 a1 a2 j y end"


def test_before_the_split_the_other_branches_end() -> None:
    run = forked().complete("a1").complete("b1").move("x", "a2")
    assert run.last == "!b2 !a2 +x"
    assert finished(run, "x", "a1", "a2", "b1", "b2", "y").endswith("j y end")


def test_before_the_split_what_has_come_to_the_join_ends() -> None:
    run = forked().complete("b1").complete("b2").move("x", "a1")
    assert run.last == "!j !a1 +x"
    assert finished(run, "x", "a1", "a2", "b1", "b2", "y").endswith("j y end")


def test_behind_the_join_the_other_branches_end_too() -> None:
    run = forked().move("y", "a1")
    assert run.last == "!b1 !a1 +y"
    assert finished(run, "y") == "y end"


def test_into_a_branch_the_others_count_as_through() -> None:
    run = forked()
    for step in ("a1", "a2", "b1", "b2"):
        run.complete(step)
    run.move("a2", "y")
    assert run.waiting == ["a2"]
    assert finished(run, "a2", "y") == "a2 j y end"


def test_into_a_branch_from_before_the_split() -> None:
    run = forked().move("x").move("b2", "x")
    assert finished(run, "b2", "y") == "b2 j y end"


def test_to_another_branch_is_refused_while_that_lives() -> None:
    run = forked()
    with pytest.raises(InvalidInput, match="另一条分支"):
        run.move("b2", "a1")
    run.complete("b1").complete("b2")
    with pytest.raises(InvalidInput, match="另一条分支"):
        run.move("b2", "a1")


@pytest.mark.parametrize(("to", "text"), [("f", "网关"), ("j", "网关"), ("q", "没有")])
def test_gateways_and_strangers_are_refused(to: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=text):
        forked().move(to, "a1")


def test_what_is_over_cant_be_moved() -> None:
    run = line()
    over = run.id("a")
    run.complete("a")
    with pytest.raises(Conflict):
        run.apply(MoveTokens(run.now, "c", over))


# several instances -----------------------------------------------------------------------------------------
def voted(**more: Any) -> Run:
    model = Builder().start().user("a").user("v", loop=many("[1, 2, 3]", output=("out", "n"), **more))
    return Run(model.user("z").end()).start().complete("a")


def test_one_instance_takes_the_whole_activity_with_it() -> None:
    run = voted().complete("v", 0, n=1).move("a", "v", 1)
    assert run.last == "!v[1] !v[2] !v[] +a"
    assert finished(run, "a", "v", "v", "v", "z") == "a v[0] v[1] v[2] v[] z end"


def test_one_after_the_other_too() -> None:
    run = voted(sequential=True).complete("v").move("z", "v")
    assert run.last == "!v[1] !v[] +z"
    assert finished(run, "z") == "z end"


def test_instances_begin_anew_as_a_whole() -> None:
    run = voted().complete("v").complete("v").complete("v").move("v", "z")
    assert run.waiting == ["v", "v", "v"]
    assert finished(run, "v", "v", "v", "z") == "v[0] v[1] v[2] v[] z end"


def test_inside_an_instance_the_others_stay() -> None:
    inner = Builder().start("i").user("p").user("q").end("o")
    run = Run(Builder().start().user("a").sub("s", inner, loop=many("[1, 2]")).end()).start().complete("a")
    run.complete("p", 1).move("p", "q")
    assert run.last == "!q +p" and run.waiting == ["p", "p"]
    with pytest.raises(InvalidInput, match="移到“s”本身"):
        run.move("p")
    run.move("a", "p", 1)
    assert run.waiting == ["a"]
    assert finished(run, "a", "p", "p", "q", "q").endswith("s[1] s[] end")


# scopes ----------------------------------------------------------------------------------------------------
def nested(**more: Any) -> Builder:
    inner = Builder().start("i").user("p").parallel("f").user("q").parallel("j").user("r").end("o")
    inner.at("f").user("w").to("j")
    return Builder().start().user("a").sub("s", inner, **more).user("z").end()


def test_out_of_a_subprocess_and_to_it() -> None:
    run = Run(nested()).start().complete("a").complete("p").move("a", "q")
    assert run.last == "!q !w !s +a"
    run.complete("a").complete("p").move("s", "w")
    assert run.last == "!q !w !s +s +i -i i-p +p"
    assert finished(run, "p", "q", "w", "r", "z").endswith("o s z end")


def test_into_a_subprocess_that_is_over() -> None:
    run = Run(nested()).start()
    for step in ("a", "p", "q", "w", "r"):
        run.complete(step)
    run.move("r", "z")
    assert run.last == "!z +s +r"
    run.move("q", "r")
    assert run.last == "!r +j +q"
    assert finished(run, "q", "r", "z") == "q j r o s z end"


def called(**more: Any) -> Run:
    child = Builder("child").start("i").user("p").user("q").end("o")
    model = Builder().start().user("a").call("c", "child", **more).user("z").end()
    return Run(model, child).start(x=1)


def test_out_of_a_called_process_and_into_it_where_its_data_are_known() -> None:
    run = called(all_in=True, all_out=True).complete("a").complete("p", y=2).move("a", "q")
    assert run.last == "!q !c +a"
    run.complete("a").complete("p", y=3).complete("q").move("q", "z")
    assert run.last == "!z +c +q" and run.sees("q") == {"x": 1, "y": 3}
    assert finished(run, "q", "z") == "q o c z end" and run.variables == {"x": 1, "y": 3}


def test_into_a_called_process_whose_data_are_gone() -> None:
    run = called(given={"x": "=x"}).complete("a").complete("p").complete("q")
    with pytest.raises(InvalidInput, match="移到“c”本身"):
        run.move("q", "z")
    assert finished(run.move("c", "z"), "p", "q", "z") == "p q o c z end"


# events ----------------------------------------------------------------------------------------------------
def timed(interrupting: bool) -> Run:
    model = Builder().start().user("a").user("b").user("z").end()
    model.boundary("t", "b", timer="duration PT1H", interrupting=interrupting).user("late")
    return Run(model.to("z") if interrupting else model.end("done")).start().complete("a")


def test_a_boundary_timer_ends_with_its_step_and_begins_anew() -> None:
    run = timed(True)
    first = run.job("t").due_at
    run.move("a", "b")
    assert run.waiting == ["a"]
    run.complete("a")
    again = run.job("t").due_at
    assert first is not None and again is not None and again > first
    run.fire("t").move("b", "late")
    assert sorted(run.waiting) == ["b", "t"]
    assert finished(run.fire("t"), "late", "z") == "late z end"


def test_the_branch_of_a_boundary_event_ends_when_its_step_begins_anew() -> None:
    run = timed(False).fire("t").complete("b").move("b", "z")
    assert run.waiting == ["b", "t"]
    run.fire("t").move("a", "late")
    assert run.waiting == ["a"]
    run.complete("a").fire("t").complete("b").move("end", "z")
    assert finished(run, "late") == "late done"


def test_one_of_several_events_and_a_continuation_and_a_fault() -> None:
    model = Builder().start().user("a").event_gateway("g").catch("m", message="M").end()
    model.at("g").catch("t", timer="duration PT1H").end("e2")
    run = Run(model).start().complete("a").move("a", "t")
    assert run.waiting == ["a"]
    run = Run(Builder().start().user("a").task("b", async_before=True).user("z").end()).start().complete("a")
    assert finished(run.move("z", "b"), "z") == "z end"
    run = Run(Builder().start().user("a").script("b", "1 +", "x").user("z").end()).start().complete("a")
    assert finished(run.move("z", "b"), "z") == "z end"


def test_an_activity_that_needs_several_tokens_begins_at_once() -> None:
    run = Run(Builder().start().user("a").user("b", start_quantity=2).user("z").end()).start()
    assert run.move("b", "a").waiting == ["b"]


def test_other_joins() -> None:
    for kind in ("inclusive", "complex"):
        model = getattr(Builder().start().user("x").parallel("f").user("a"), kind)("j").user("y").end()
        model.at("f").user("b").to("j")
        run = Run(model).start().complete("x").complete("b")
        run.move("x", "a")
        assert run.waiting == ["x"]
        run.complete("x").complete("b").complete("a")
        assert finished(run, "y").endswith("y end")


# straight back ---------------------------------------------------------------------------------------------
def test_straight_back_to_the_sender() -> None:
    run = line().complete("a").complete("b").move("a", "c", again=True, returns=True, person="p", sender="s")
    assert run.task("a").assignee == "p"
    run.complete("a")
    assert run.last == "-a +c" and run.task("c").assignee == "s"
    assert finished(run, "c") == "c end"


def test_straight_back_twice() -> None:
    run = line().complete("a").complete("b").move("b", "c", returns=True).move("a", "b", returns=True)
    run.complete("a")
    assert run.waiting == ["b"]
    assert finished(run.complete("b"), "c") == "c end"


def test_straight_back_after_a_continuation() -> None:
    model = Builder().start().user("a", async_after=True).user("b").user("c").end()
    run = Run(model).start().complete("a").go_on("a").complete("b").move("a", "c", returns=True)
    assert finished(run.complete("a").go_on("a"), "c") == "c end"


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_straight_back_into_a_branch(kind: str) -> None:
    model = getattr(Builder().start().user("x").parallel("f").user("a"), kind)("j").user("y").end()
    model.at("f").user("b").to("j")
    run = Run(model).start().complete("x").move("x", "a", returns=True)
    assert run.waiting == ["b", "x"]
    run.complete("b").complete("x")
    assert finished(run, "a", "y") == "a j y end"


def test_sent_on_again_from_there_the_branches_begin_anew() -> None:
    run = forked().move("x", "a1", returns=True).move("x", "b1")
    assert run.waiting == ["x"]
    assert finished(run, "x", "a1", "a2", "b1", "b2", "y").endswith("j y end")
    model = Builder().start().user("w").user("x").parallel("f").user("a").parallel("j").end()
    model.at("f").user("b").to("j")
    run = Run(model).start().complete("w").complete("x").move("x", "a", returns=True).move("w", "x")
    assert run.waiting == ["w"]
    assert finished(run, "w", "x", "a", "b").endswith("j end")


def test_interrupted_there_the_branches_begin_anew() -> None:
    model = Builder().start().user("x").parallel("f").user("a").parallel("j").end()
    model.at("f").user("b").to("j").boundary("t", "x", timer="duration PT1H").user("late").to("x")
    run = Run(model).start().complete("x").move("x", "a", returns=True).fire("t")
    assert run.waiting == ["late"]
    assert finished(run, "late", "x", "a", "b").endswith("j end")


def test_straight_back_only_on_one_level() -> None:
    run = Run(nested()).start().complete("a").complete("p")
    with pytest.raises(InvalidInput, match="同一层"):
        run.move("a", "q", returns=True)


# undoing ---------------------------------------------------------------------------------------------------
def test_what_was_done_twice_is_undone_once() -> None:
    model = Builder().start().user("a").undo("a", "un-a").at("a").user("b").undo("b", "un-b").at("b")
    run = Run(model.user("c").compensate("k").end()).start().complete("a").complete("b")
    run.move("a", "c", again=True).complete("a").complete("b").complete("c")
    run.complete("un-b").complete("un-a")
    assert run.status == "completed" and run.path == "start a b a b c un-b un-a k end"


def test_what_was_not_done_again_is_still_undone() -> None:
    model = Builder().start().user("a").exclusive("g").when("n = 1").user("b").undo("b", "un-b").at("b")
    model.exclusive("h").user("c").compensate("k").end().at("g").default().to("h")
    run = Run(model).start().complete("a", n=1).complete("b").move("a", "c", again=True)
    run.complete("a", n=2).complete("c").complete("un-b")
    assert run.status == "completed"


def test_of_the_rounds_of_a_loop_only_the_last_is_done_again() -> None:
    model = Builder().start().exclusive("m").user("a").undo("a", "un-a").at("a").user("b").exclusive("g")
    model.when("n = 1").to("m").default().compensate("k").end()
    run = Run(model).start().complete("a").complete("b", n=1).complete("a").move("a", "b", again=True)
    run.complete("a").complete("b", n=2).complete("un-a").complete("un-a")
    assert run.status == "completed"


def test_undoing_of_instances_and_of_a_subprocess_entered_again() -> None:
    inner = Builder().start("i").user("p").undo("p", "un-p").at("p").user("q").undo("q", "un-q").at("q")
    model = Builder().start().user("v", loop=many("[1, 2]")).undo("v", "un-v").at("v")
    model.sub("s", inner.end("o")).user("c").compensate("k").end()
    run = (
        Run(model).start().complete("v").complete("v").complete("p").complete("q").move("q", "c", again=True)
    )
    run.complete("q").move("v", "c", again=True)
    for step in ("v", "v", "p", "q", "c", "un-q", "un-p", "un-v", "un-v"):
        run.complete(step)
    assert run.status == "completed"


def test_undoing_goes_on_by_itself() -> None:
    model = Builder().start().user("a").undo("a", "un-a").at("a").user("c").compensate("k").user("z").end()
    run = Run(model).start().complete("a").complete("c")
    with pytest.raises(InvalidInput, match="撤销"):
        run.move("z", "un-a")
    with pytest.raises(InvalidInput, match="撤销"):
        run.move("un-a")
    assert finished(run.move("z"), "z") == "z end"


def test_into_a_branch_of_a_complex_join_only_from_it() -> None:
    model = Builder().start().user("x").parallel("f").user("a1").user("a2")
    model.complex("j", activation="activationCount = 2").user("y").end().at("f").user("b").to("j")
    run = Run(model).start().complete("x").complete("a1").move("a1", "a2").complete("a1").complete("b")
    run.complete("a2")
    with pytest.raises(InvalidInput, match="复杂网关"):
        run.move("b", "y")


def test_beside_an_event_subprocess() -> None:
    inner = Builder().user("e").end("o")
    model = Builder().start().user("a").user("b").end()
    run = Run(model.on("s", inner, message="M", interrupting=False)).start().deliver("on-s")
    with pytest.raises(InvalidInput, match="主线"):
        run.move("b", "e")
    run.move("b", "a")
    assert sorted(run.waiting) == ["b", "e", "on-s"]
