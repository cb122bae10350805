"""Exclusive, parallel, inclusive and event-based gateways, and the flows out of activities."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, ExecutionError
from engine.model.execution import CompleteActivity
from tests.builders import Builder
from tests.constructs.driver import Run


def choice(kind: str = "exclusive") -> Builder:
    """Start, a gateway with conditions on n to a, b, c (c default) and an end after each."""
    model = Builder().start().node("x", f"{kind}Gateway")
    model.when("n > 1").user("a").end("ea").at("x").when("n > 2").user("b").end("eb")
    return model.at("x").default().user("c").end("ec")


@pytest.mark.parametrize(("n", "expected"), [(2, ["a"]), (3, ["a"]), (0, ["c"]), (None, ["c"])])
def test_exclusive_takes_first_flow_that_holds(n: int | None, expected: list[str]) -> None:
    assert Run(choice()).start(n=n).waiting == expected


def test_exclusive_traces_gateway_and_flow_in_order() -> None:
    run = Run(choice()).start(n=2)
    assert run.last == "+start -start start-x +x -x x-a +a"
    assert run.complete("a").last == "-a a-ea +ea -ea"
    assert (run.status, run.step.end_event) == ("completed", "ea")


def test_exclusive_without_any_flow_names_the_gateway() -> None:
    model = Builder().start().exclusive("x").when("n > 1").user("a").end()
    with pytest.raises(ExecutionError) as caught:
        Run(model).start(n=1)
    problem = caught.value.problems[0]
    assert (problem.element, problem.resource) == ("x", "p.bpmn")
    assert "默认" in problem.message


def test_condition_with_an_error_names_the_gateway() -> None:
    model = Builder().start().exclusive("x").when("nosuch(1)").user("a").end()
    with pytest.raises(ExecutionError) as caught:
        Run(model).start(n=1)
    assert caught.value.problems[0].element == "x"


def test_exclusive_does_not_ask_conditions_after_the_first_that_holds() -> None:
    model = (
        Builder().start().exclusive("x").when("n > 1").user("a").end("e1").at("x").when("nosuch(1)").end("e2")
    )
    assert Run(model).start(n=2).waiting == ["a"]
    with pytest.raises(ExecutionError):
        Run(model).start(n=0)


@pytest.mark.parametrize(("n", "expected"), [(2, ["a"]), (3, ["a", "b"]), (0, ["c"])])
def test_inclusive_takes_all_flows_that_hold_else_the_default(n: int, expected: list[str]) -> None:
    assert Run(choice("inclusive")).start(n=n).waiting == expected


def test_inclusive_without_any_flow_names_the_gateway() -> None:
    model = Builder().start().inclusive("x").when("n > 1").user("a").end("e1")
    model.at("x").when("n > 2").user("b").end("e2")
    with pytest.raises(ExecutionError) as caught:
        Run(model).start(n=1)
    assert caught.value.problems[0].element == "x"


def test_loop_back_to_an_earlier_task() -> None:
    model = Builder().start().user("a").exclusive("x").when("ok").end()
    model.at("x").default().to("a")
    run = Run(model).start().complete("a", ok=False)
    assert run.last == "-a a-x +x -x x-a +a"
    assert run.complete("a", ok=True).status == "completed"


def fork(kind: str = "parallel") -> Builder:
    """Start, split s to a and b, join j, then c."""
    model = Builder().start().node("s", f"{kind}Gateway").user("a")
    model.node("j", f"{kind}Gateway").user("c").end()
    return model.at("s").user("b").to("j")


def test_parallel_runs_branches_in_order_and_waits_for_all() -> None:
    run = Run(fork()).start()
    assert run.last == "+start -start start-s +s -s s-a +a s-b +b"
    assert run.complete("b").last == "-b b-j +j"
    assert run.complete("a").last == "-a a-j -j j-c +c"
    assert run.complete("c").status == "completed"


def test_a_branch_runs_to_its_wait_before_the_next_begins() -> None:
    model = Builder().start().parallel("s").task("a").user("b").end("e1").at("s").task("c").end("e2")
    assert Run(model).start().path == "start s a c e2"


def test_parallel_join_keeps_excess_tokens_for_the_next_round() -> None:
    model = Builder().start().parallel("s").user("a").exclusive("m").parallel("j").user("c").end()
    model.at("s").user("b").to("j").at("s").user("a2").to("m")
    run = Run(model).start().complete("a").complete("a2")
    assert run.waiting == ["b"]
    run.complete("b")
    assert run.waiting == ["c"] and run.last == "-b b-j +j -j j-c +c"
    run.complete("c")
    assert run.status == "active" and run.tokens == 1, "one token is left at the join for ever"
    assert run.cancel().last == "!j"


def test_two_tokens_pass_an_activity_with_two_inputs_each_for_itself() -> None:
    model = Builder().start().parallel("s").user("a").user("c").end().at("s").user("b").to("c")
    run = Run(model).start().complete("a").complete("b")
    assert run.waiting == ["c", "c"]
    assert run.complete("c").complete("c").status == "completed"


def test_inclusive_join_waits_only_for_branches_that_were_taken() -> None:
    model = Builder().start().inclusive("s").when("n > 0").user("a").inclusive("j").user("d").end()
    model.at("s").when("n > 1").user("b").to("j").at("s").when("n > 2").user("c").to("j")
    run = Run(model).start(n=2).complete("a")
    assert run.waiting == ["b"]
    assert run.complete("b").last == "-b b-j -j j-d +d"
    assert Run(model).start(n=1).complete("a").waiting == ["d"]


def test_inclusive_join_sees_that_a_token_went_another_way() -> None:
    model = Builder().start().parallel("s").user("a").inclusive("j").user("d").end()
    model.at("s").user("b").exclusive("x").when("n > 0").to("j").at("x").default().user("c").end("e2")
    run = Run(model).start(n=0).complete("a")
    assert run.waiting == ["b"]
    assert run.complete("b").waiting == ["c", "d"]
    assert run.complete("c").complete("d").status == "completed"


def test_inclusive_join_waits_for_a_token_that_loops_before_it() -> None:
    model = Builder().start().parallel("s").user("a").inclusive("j").user("d").end()
    model.at("s").user("b").exclusive("x").when("again").to("b").at("x").default().to("j")
    run = Run(model).start().complete("a")
    run.complete("b", again=True)
    assert run.waiting == ["b"]
    assert run.complete("b", again=False).waiting == ["d"]


def test_inclusive_join_inside_a_loop_does_not_wait_for_its_own_output() -> None:
    model = Builder().start().exclusive("m").inclusive("s").when("n > 0").user("a").inclusive("j")
    model.at("s").when("n > 1").user("b").to("j")
    model.at("j").exclusive("x").when("again").to("m").at("x").default().user("d").end()
    run = Run(model).start(n=2).complete("a", again=True).complete("b")
    assert run.waiting == ["a", "b"]
    assert run.complete("b", again=False).complete("a").waiting == ["d"]


def test_inclusive_join_ignores_a_token_that_can_only_come_by_a_flow_that_has_one() -> None:
    """BPMN 13.4.3 (iii): a path to a flow that has a token already does not hold the join back."""
    model = Builder().start().parallel("s").user("a").exclusive("m").inclusive("j").user("d").end()
    model.at("s").user("b").exclusive("x").when("n > 0").to("m").at("x").default().to("j")
    run = Run(model).start(n=1).complete("a")
    assert run.waiting == ["b", "d"]


def test_inclusive_join_waits_for_a_boundary_branch() -> None:
    model = Builder().start().parallel("s").user("a").inclusive("j").user("d").end()
    model.at("s").user("b").end("eb").boundary("t", "b", timer="duration P1D").to("j")
    run = Run(model).start().complete("a")
    assert run.waiting == ["b", "t"]
    run.fire("t")
    assert run.waiting == ["d"]
    other = Run(model).start().complete("a").complete("b")
    assert other.waiting == ["d"]


def test_inclusive_joins_that_wait_for_each_other_do_not_stand_still() -> None:
    model = Builder().start().parallel("s").user("a").inclusive("j1").exclusive("x1").when("n > 0").end("e1")
    model.at("s").user("b").inclusive("j2").exclusive("x2").when("n > 0").end("e2")
    model.at("x1").default().to("j2").at("x2").default().to("j1")
    run = Run(model).start(n=1).complete("a").complete("b")
    assert run.status == "completed"


def test_event_gateway_lets_the_first_event_decide() -> None:
    model = Builder().start().event_gateway("g").catch("t", timer="duration PT1H").user("late").end("e1")
    model.at("g").catch("m", message="答复").user("b").end("e2")
    run = Run(model).start()
    assert run.last == "+start -start start-g +g"
    assert run.waiting == ["t", "m"]
    timer, message = run.id("t"), run.id("m")
    run.deliver("m", 内容="好")
    assert run.last == "-g g-m +m -m m-b +b"
    assert run.step.closed == (message, timer)
    assert run.variables == {"内容": "好"}
    assert Run(model).start().fire("t").waiting == ["late"]


def test_event_gateway_followed_by_a_receive_task() -> None:
    model = Builder().start().event_gateway("g").receive("r", "m").end("e1")
    model.at("g").catch("t", timer="duration PT1H").end("e2")
    run = Run(model).start()
    assert run.deliver("r", a=1).path == "start g r e1"


def test_conditional_flows_out_of_an_activity() -> None:
    model = Builder().start().user("a").when("n > 1").user("b").end("e1")
    model.at("a").when("n > 2").user("c").end("e2").at("a").default().user("d").end("e3")
    assert Run(model).start().complete("a", n=3).waiting == ["b", "c"]
    assert Run(model).start().complete("a", n=0).waiting == ["d"]


def test_several_flows_out_of_an_activity_are_a_parallel_split() -> None:
    model = Builder().start().user("a").user("b").end("e1").at("a").user("c").end("e2")
    assert Run(model).start().complete("a").waiting == ["b", "c"]


def test_completing_what_is_over_is_a_conflict() -> None:
    run = Run(fork()).start()
    again = CompleteActivity(run.now, run.id("a"), {})
    run.complete("a")
    with pytest.raises(Conflict):
        run.apply(again)
