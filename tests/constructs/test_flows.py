"""Flows out of activities and events: several, conditional, default; how many tokens begin and end one."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError
from tests.builders import Builder
from tests.constructs.driver import Run


def split(**more: object) -> Builder:
    """A task with conditional flows to a and b, and the default to c."""
    model = Builder().start().user("t", **more)  # type: ignore[arg-type]
    model.when("n > 1").user("a").end("ea").at("t").when("n > 2").user("b").end("eb")
    return model.at("t").default().user("c").end("ec")


@pytest.mark.parametrize(("n", "expected"), [(2, ["a"]), (3, ["a", "b"]), (0, ["c"]), (None, ["c"])])
def test_all_flows_that_hold_are_taken_else_the_default(n: int | None, expected: list[str]) -> None:
    assert Run(split()).start().complete("t", n=n).waiting == expected


def test_flows_are_traced_in_the_order_of_the_file() -> None:
    run = Run(split()).start().complete("t", n=3)
    assert run.last == "-t t-a +a t-b +b"
    assert run.complete("b").complete("a").status == "completed"


def test_a_flow_without_condition_is_always_taken() -> None:
    model = Builder().start().user("t").when("n > 1").user("a").end("ea").at("t").user("b").end("eb")
    assert Run(model).start().complete("t", n=0).waiting == ["b"]
    assert Run(model).start().complete("t", n=2).waiting == ["a", "b"]


def test_no_flow_at_all_names_the_task() -> None:
    model = Builder().start().user("t").when("n > 1").user("a").end()
    with pytest.raises(ExecutionError) as caught:
        Run(model).start().complete("t", n=0)
    assert caught.value.problems[0].element == "t"


def test_conditions_out_of_events() -> None:
    model = Builder().start().when("n > 1").user("a").boundary("late", "a", timer="duration PT1H")
    model.when("n > 2").user("b").end("eb").at("late").default().user("c").end("ec")
    assert Run(model).start(n=3).fire("late").waiting == ["b"]
    assert Run(model).start(n=2).fire("late").waiting == ["c"]


def test_conditions_out_of_a_subprocess() -> None:
    inner = Builder().start("is").user("i").end("ie")
    model = Builder().start().sub("s", inner).when("ok").user("a").end("ea")
    model.at("s").default().user("b").end("eb")
    assert Run(model).start().complete("i", ok=True).waiting == ["a"]
    assert Run(model).start().complete("i", ok=False).waiting == ["b"]


def test_an_activity_begins_with_as_many_tokens_as_it_needs() -> None:
    model = Builder().start().parallel("f").user("a").user("t", start_quantity=2).end()
    model.at("f").user("b").to("t")
    run = Run(model).start().complete("a")
    assert (run.last, run.waiting, run.status) == ("-a a-t", ["b"], "active")
    assert run.complete("b").last == "-b b-t +t"
    assert run.complete("t").last == "-t t-end +end -end"
    assert run.status == "completed"


def test_tokens_that_are_too_many_wait_for_more() -> None:
    model = Builder().start().user("a", completion_quantity=5).task("t", start_quantity=2).end()
    run = Run(model).start().complete("a")
    assert run.all.count("+t") == 2
    assert (run.status, run.waiting) == ("active", []), "one token waits for a second that cannot come"


def test_an_activity_sends_as_many_tokens_as_it_says() -> None:
    run = Run(Builder().start().user("a", completion_quantity=3).user("b").end()).start().complete("a")
    assert run.last == "-a a-b +b a-b +b a-b +b"
    assert run.complete("b").complete("b").complete("b").status == "completed"


def test_a_cancelled_subprocess_takes_waiting_tokens_along() -> None:
    inner = Builder().start("is").parallel("f").task("x").user("t", start_quantity=2).end("ie")
    inner.at("f").user("y").to("t")
    model = Builder().start().sub("s", inner).end().boundary("late", "s", timer="duration PT1H").end("e2")
    assert Run(model).start().fire("late").status == "completed"
