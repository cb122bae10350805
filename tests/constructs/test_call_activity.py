"""Call activities: another process inside the same instance, with variables of its own."""

from __future__ import annotations

import pytest

from engine import execution
from engine.errors import ExecutionError
from engine.model.execution import Start
from tests.builders import Builder
from tests.constructs.driver import NOW, Run


def called(key: str = "called") -> Builder:
    return Builder(key).start("i").user("u").end("o")


def test_called_process_runs_inside() -> None:
    run = Run(Builder().start().call("c", "called").end(), called()).start()
    assert run.last == "+start -start start-c +c +i -i i-u +u"
    changes = [item for item in run.step.trace if getattr(item, "element_id", "") in ("c", "u")]
    assert [(item.definition_id, item.parent_id) for item in changes] == [("p:1", None), ("called:1", "2")]  # type: ignore[union-attr]
    assert run.task("u").definition_id == "called:1"
    run.complete("u")
    assert run.last == "-u u-o +o -o -c c-end +end -end" and run.step.end_event == "end"


def test_the_bound_version_is_called() -> None:
    old, new = called().build(), Builder("called").start("i").user("v2").end("o").build()
    caller = Builder().start().call("c", "called").end().build()
    for bound, expected in (("called:1", "u"), ("called:2", "v2")):
        program = execution.compile_program(
            {"p:1": caller, "called:1": old, "called:2": new}, "p:1", {"called": bound}, {}
        )
        step = execution.advance(program, None, Start(NOW, {}))
        assert [task.element_id for task in step.tasks_opened] == [expected]


def test_nothing_goes_in_or_out_by_itself() -> None:
    run = Run(Builder().start().call("c", "called").end(), called()).start(x=1)
    assert run.sees("u") == {}
    assert run.complete("u", x=2, y=3).variables == {"x": 1}


def test_what_a_running_call_will_return_is_seen_in_the_outcome() -> None:
    inner = Builder("called").start("i").user("u").user("v").end("o")
    run = Run(Builder().start().call("c", "called", all_in=True, all_out=True).end(), inner).start(x=1)
    assert run.complete("u", x=2, y=3).variables == {"x": 2, "y": 3}
    assert run.complete("v").variables == {"x": 2, "y": 3}
    kept = Run(Builder().start().call("c", "called", all_in=True).end(), inner).start(x=1)
    assert kept.complete("u", x=2, y=3).variables == {"x": 1}


def test_mapped_variables() -> None:
    model = Builder().start().call("c", "called", given={"n": "=x + 1", "t": "字"}, taken={"r": "=n * 10"})
    run = Run(model.end(), called()).start(x=1)
    assert run.sees("u") == {"n": 2, "t": "字"}
    assert run.complete("u", n=7).variables == {"x": 1, "r": 70}


def test_all_variables() -> None:
    model = Builder().start().call("c", "called", all_in=True, all_out=True, given={"z": "=x"}).end()
    run = Run(model, called()).start(x=1)
    assert run.sees("u") == {"x": 1, "z": 1}
    run.complete("u", x=2, y=3)
    assert run.variables == {"x": 2, "y": 3, "z": 1}


def test_input_and_output_parameters_of_the_call() -> None:
    model = Builder().start()
    model.call(
        "c", "called", all_in=True, all_out=True, inputs={"局部": "=x + 1"}, outputs={"得": "=y"}
    ).end()
    run = Run(model, called()).start(x=1)
    assert run.sees("u") == {"x": 1, "局部": 2}
    assert run.complete("u", y=5).variables == {"x": 1, "得": 5}


def test_interrupting_event_cancels_the_called_process() -> None:
    model = Builder().start().call("c", "called").end().boundary("t", "c", timer="duration P1D").end("e2")
    run = Run(model, called()).start().fire("t")
    assert run.last == "!u !c +t -t t-e2 +e2 -e2" and run.status == "completed"


def test_error_end_of_the_called_process_is_caught() -> None:
    bad = Builder("called").start("i").user("u").end("bad", "error", "E1")
    model = Builder().start().call("c", "called").end().boundary("err", "c", error="E1").user("fix").end("e2")
    assert Run(model, bad).start().complete("u").waiting == ["fix"]
    assert Run(Builder().start().call("c", "called").end(), bad).start().complete("u").step.error == "E1"


def test_terminate_end_of_the_called_process_lets_the_caller_go_on() -> None:
    stop = (
        Builder("called")
        .start("i")
        .parallel("f")
        .user("u")
        .end("stop", "terminate")
        .at("f")
        .user("v")
        .end("o")
    )
    run = Run(Builder().start().call("c", "called").user("b").end(), stop).start().complete("u")
    assert run.last == "-u u-stop +stop -stop !v -c c-b +b"


def test_calls_in_calls() -> None:
    middle = Builder("middle").start("i2").call("c2", "called", all_in=True, all_out=True).end("o2")
    model = Builder().start().call("c", "middle", all_in=True, taken={"r": "=y"}).end()
    run = Run(model, middle, called()).start(x=1)
    assert run.sees("u") == {"x": 1} and run.tokens == 3
    assert run.complete("u", y=2).variables == {"x": 1, "r": 2}


def test_process_that_calls_itself_until_it_is_enough() -> None:
    model = Builder("p").start().exclusive("x").when("n = 0").user("u").end("e")
    model.at("x").default().call(
        "c", "p", given={"n": "=n - 1"}, taken={"d": "=if d = null then 1 else d + 1"}
    )
    run = Run(model.end("e2")).start(n=20)
    assert run.waiting == ["u"]
    assert run.complete("u").variables == {"n": 20, "d": 20}


def test_process_that_calls_itself_for_ever_is_refused() -> None:
    with pytest.raises(ExecutionError, match="太深"):
        Run(Builder("p").start().call("c", "p").end()).start()


def test_unknown_process_names_the_call() -> None:
    with pytest.raises(ExecutionError) as caught:
        Run(Builder().start().call("c", "nobody").end()).start()
    assert caught.value.problems[0].element == "c"
