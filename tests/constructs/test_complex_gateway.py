"""Complex gateways: enough tokens, the late ones, the next round."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError
from engine.parsing.bpmn import parse_bpmn
from tests.builders import Builder
from tests.constructs.driver import Run


def run(model: Builder) -> Run:
    """An instance of the model as its file says it."""
    return Run(parse_bpmn(model.xml(), "p.bpmn").processes[0])


def votes(activation: str = "activationCount >= 2") -> Builder:
    """Three people in parallel; the gateway `g` goes on when enough have voted."""
    model = Builder().start().task("m").parallel("f")
    model.user("a").to("g").at("f").user("b").to("g")
    return model.at("f").user("c").complex("g", activation)


def test_goes_on_when_enough_have_come_and_takes_the_late_one_in() -> None:
    one = run(votes().user("u").end()).start().complete("a")
    assert one.last == "-a a-g +g" and one.waiting == ["b", "c"]
    one.complete("c")
    assert one.last == "-c c-g -g g-u +u" and one.waiting == ["b", "u"]
    one.complete("u")
    assert one.status == "active", "somebody may still come"
    one.complete("b")
    assert one.last == "-b b-g" and one.status == "completed" and one.path.split().count("g") == 1


def test_the_late_one_comes_before_the_next_step_is_done() -> None:
    one = run(votes().user("u").end()).start().complete("a").complete("b").complete("c")
    assert one.last == "-c c-g" and one.waiting == ["u"]
    assert one.complete("u").status == "completed"


def test_a_late_token_that_can_no_longer_come_is_not_waited_for() -> None:
    model = Builder().start().parallel("f").user("a").to("g")
    model.at("f").user("b").exclusive("x").when("不来").end("gone")
    model.at("x").default().complex("g", "activationCount >= 1").user("u").end()
    one = run(model).start().complete("a").complete("u")
    assert one.status == "active"
    assert one.complete("b", 不来=True).status == "completed"


def test_each_round_begins_anew() -> None:
    model = votes().user("u").exclusive("x").when("够").end()
    one = run(model.at("x").default().to("m")).start()
    for enough in (False, True):
        one.complete("b").complete("c").complete("a").complete("u", 够=enough)
    assert one.status == "completed"
    assert one.path.split().count("g") == 2 and one.path.split().count("f") == 2


def test_a_token_of_the_next_round_waits_until_this_round_is_over() -> None:
    """The second token of a flow stays for the next round, when the late one has ended this one."""
    model = Builder().start().parallel("f").user("a", completion_quantity=2).to("g")
    model.at("f").user("b").complex("g", "activationCount >= 1").user("u").end()
    one = run(model).start().complete("a")
    assert one.waiting == ["b", "u"] and one.path.split().count("g") == 1
    one.complete("b")
    assert one.last == "-b b-g +g -g g-u +u" and one.waiting == ["u", "u"]
    assert one.complete("u").complete("u").status == "completed"


@pytest.mark.parametrize("first", ["a", "b"])
def test_which_flow_has_brought_tokens_counts(first: str) -> None:
    model = Builder().start().parallel("f").user("a").to("g")
    model.at("f").user("b").complex("g", 'get value(activationCounts, "a-g") = 1')
    one = run(model.user("u").end()).start().complete(first)
    assert ("u" in one.waiting) == (first == "a")


def test_the_condition_sees_data_that_another_branch_changes() -> None:
    model = Builder().start().parallel("f").user("a").to("g").at("f").user("b").to("g")
    model.at("f").user("c").end("e2").at("b").complex("g", "急").user("u").end()
    one = run(model).start(急=False).complete("a")
    assert "u" not in one.waiting
    assert "u" in one.complete("c", 急=True).waiting


def test_flows_that_ask_for_the_phase_get_the_late_tokens() -> None:
    model = votes().when("waitingForStart").user("u").end()
    model.at("g").when("not(waitingForStart)").user("late").end("e2")
    one = run(model).start().complete("a").complete("b")
    assert one.waiting == ["c", "u"]
    one.complete("c")
    assert one.last == "-c c-g +g -g g-late +late" and one.waiting == ["u", "late"]
    assert one.complete("u").complete("late").status == "completed"


def test_the_default_flow_is_for_the_late_tokens_when_the_others_are_not() -> None:
    model = votes().when("waitingForStart").user("u").end().at("g").default().user("late").end("e2")
    one = run(model).start().complete("a").complete("b").complete("c")
    assert one.waiting == ["u", "late"]


@pytest.mark.parametrize(("n", "next_steps"), [(1, ["x"]), (5, ["x", "y"]), (-1, ["z"])])
def test_diverging_takes_all_flows_whose_condition_holds(n: int, next_steps: list[str]) -> None:
    model = Builder().start().complex("g").when("n > 0").user("x").end("e1").at("g").when("n > 3").user("y")
    one = run(model.end("e2").at("g").default().user("z").end("e3")).start(n=n)
    assert one.waiting == next_steps


def test_no_way_on_names_the_gateway() -> None:
    model = Builder().start().complex("g").when("n > 0").user("x").end("e1").at("g").when("n > 3").user("y")
    with pytest.raises(ExecutionError) as caught:
        run(model.end("e2")).start(n=0)
    assert caught.value.problems[0].element == "g"


def test_one_flow_may_need_several_tokens() -> None:
    model = Builder().start().user("a", completion_quantity=3).complex("g", "activationCount >= 3")
    one = run(model.user("u").end()).start().complete("a")
    assert one.waiting == ["u"]


def test_a_boundary_event_ends_a_subprocess_in_which_late_tokens_are_awaited() -> None:
    inner = Builder().start("i").parallel("f").user("a").to("g").at("f").user("b")
    model = Builder().start().sub("s", inner.complex("g", "activationCount >= 1").task("t").end("o")).end()
    one = run(model.boundary("late", "s", timer="duration P1D").end("e2")).start().complete("a")
    assert one.waiting == ["late", "b"] or one.waiting == ["b", "late"]
    one.fire("late")
    assert one.last == "!b !s +late -late late-e2 +e2 -e2" and one.status == "completed"
