"""Tokens that are moved: no token is lost or doubled, whatever stands beside the one that moves."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, InvalidInput
from engine.model.execution import MoveTokens
from tests.builders import Builder
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
