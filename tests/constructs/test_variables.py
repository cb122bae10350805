"""Scopes: who sees which variables, and where results are written."""

from __future__ import annotations

import pytest

from engine import execution
from engine.errors import Conflict
from tests.builders import Builder, many
from tests.constructs.driver import Run


def test_results_go_to_the_process() -> None:
    run = Run(Builder().start().user("a").user("b").end()).start(x=1).complete("a", x=2, y=3)
    assert run.variables == {"x": 2, "y": 3} and run.sees("b") == {"x": 2, "y": 3}


def test_input_parameters_are_local_and_see_each_other() -> None:
    model = Builder().start().user("a", inputs={"p": "=x + 1", "q": "=p + 1", "t": "字"}).user("b").end()
    run = Run(model).start(x=1)
    assert run.task("a").local == {"p": 2, "q": 3, "t": "字"}
    assert run.sees("a") == {"x": 1, "p": 2, "q": 3, "t": "字"}
    assert run.complete("a").sees("b") == {"x": 1}


def test_output_parameters_see_each_other() -> None:
    model = Builder().start().user("a", outputs={"p": "=x + 1", "q": "=p + 1", "x": "=x * 10"}).end()
    assert Run(model).start().complete("a", x=1).variables == {"p": 2, "q": 3, "x": 10}


def test_without_output_parameters_everything_submitted_leaves() -> None:
    run = Run(Builder().start().user("a", inputs={"p": "=1"}).end()).start().complete("a", p=5, y=6)
    assert run.variables == {"p": 5, "y": 6}


def test_with_output_parameters_only_those_leave() -> None:
    run = Run(Builder().start().user("a", outputs={"r": "=y * 2", "s": "=x"}).end()).start(x=1)
    assert run.complete("a", x=9, y=6).variables == {"x": 1, "r": 12, "s": 9}


def test_script_result_obeys_output_parameters() -> None:
    model = Builder().start().script("s", "n + 1", "m", outputs={"r": "=m"}).end()
    assert Run(model).start(n=1).variables == {"n": 1, "r": 2}


def test_message_payload_obeys_output_parameters() -> None:
    model = Builder().start().receive("r", "m", outputs={"得": "=内容"}).end()
    assert Run(model).start().deliver("r", 内容="好").variables == {"得": "好"}


def test_subprocess_writes_to_the_nearest_scope_that_has_the_name() -> None:
    inner = Builder().start("i").user("a").user("b").end("o")
    run = Run(Builder().start().sub("s", inner, inputs={"p": "=x"}).user("c").end()).start(x=1)
    run.complete("a", p=2, y=3)
    assert run.sees("b") == {"x": 1, "p": 2, "y": 3} and run.variables == {"x": 1, "y": 3}
    assert run.complete("b").variables == {"x": 1, "y": 3}


def test_subprocess_with_output_parameters_keeps_the_rest() -> None:
    inner = Builder().start("i").user("a").end("o")
    run = Run(Builder().start().sub("s", inner, outputs={"r": "=y"}).end()).start().complete("a", y=3, z=4)
    assert run.variables == {"r": 3}


def test_instance_keeps_what_is_done_inside_it() -> None:
    inner = Builder().start("i").user("a").sub("s2", Builder().start("j").user("b").end("p")).end("o")
    run = Run(Builder().start().sub("s", inner, loop=many(times="2")).end()).start(x=1)
    run.complete("a", 0, x=10).complete("b", 0, x=20)
    assert run.variables == {"x": 1} and run.sees("a", 0)["x"] == 1


def test_instance_of_a_task_with_parameters() -> None:
    loop = many("[5, 6]", element="n", output=("得", "r"))
    model = Builder().start().user("a", loop=loop, inputs={"p": "=n * 2"}, outputs={"r": "=p + y"}).end()
    run = Run(model).start()
    assert run.task("a", 1).local == {"loopCounter": 1, "n": 6, "p": 12}
    assert run.complete("a", y=1).complete("a", y=2).variables == {"得": [11, 14]}


def test_outputs_of_an_instance_inside_an_instance() -> None:
    inner = (
        Builder().start("i").script("s", "k * 10", "v", loop=many("[1, 2]", element="k", output=("内", "v")))
    )
    model = Builder().start().sub("m", inner.end("o"), loop=many(times="2", output=("外", "内"))).end()
    assert Run(model).start().variables == {"外": [[10, 20], [10, 20]]}


def test_local_of_a_task_in_a_subprocess_shows_what_is_around_it() -> None:
    inner = Builder().start("i").user("a", inputs={"q": "=1"}).end("o")
    model = Builder().start().sub("s", inner, loop=many('["甲"]', element="人")).end()
    assert Run(model).start(x=1).task("a").local == {"loopCounter": 0, "人": "甲", "q": 1}


def test_handler_sees_the_local_variables() -> None:
    model = Builder().start().service("s", "t", inputs={"p": "=x"}, loop=many("[7]", element="n")).end()
    seen = Run(model).start(x=1).sees("s")
    assert (seen["x"], seen["p"], seen["n"]) == (1, 1, 7)


def test_case_data_is_held_once() -> None:
    model = Builder().start().parallel("f").user("a").end("e1")
    for n in range(5):
        model.at("f").sub(f"s{n}", Builder().start(f"i{n}").user(f"u{n}").end(f"o{n}")).end(f"e{n + 2}")
    run = Run(model).start(大="很长的文字" * 100)
    assert str(run.state).count("很长的文字") == 100


def test_variables_of_what_is_over_are_a_conflict() -> None:
    run = Run(Builder().start().user("a").end()).start()
    assert run.state is not None
    with pytest.raises(Conflict):
        execution.visible_variables(run.program, run.state, "nobody")


def test_falsy_values_are_kept() -> None:
    run = Run(Builder().start().user("a").end()).start(a=1, b=True).complete("a", a=None, b=False, c=0, d="")
    assert run.variables == {"a": None, "b": False, "c": 0, "d": ""}
