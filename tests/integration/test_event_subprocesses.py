"""Event subprocesses through the engine and its database: opened, fired, closed."""

from __future__ import annotations

from engine import Engine
from tests.builders import Builder
from tests.integration.helpers import begin, do, names, process


def inner(name: str) -> Builder:
    return Builder().user(name, groups="甲组").end(f"{name}-end")


def test_a_message_out_of_the_case_starts_one_beside_the_flow(people: Engine) -> None:
    model = process().throw("t", "补充").user("a", groups="甲组").end()
    instance = begin(people, model.on("e", inner("h"), message="补充", interrupting=False))
    people.run_due_jobs()
    assert sorted(names(people, "a2")) == ["a", "h"]
    do(people, "a2", "a")
    assert people.case(instance.id, by="a1").instance.status == "active"
    do(people, "a2", "h")
    assert people.case(instance.id, by="a1").instance.status == "completed"


def test_an_error_takes_the_place_of_all_else_and_the_rest_is_shown_as_left_out(people: Engine) -> None:
    model = process().user("a", groups="甲组").end("bad", "error", "E")
    model.on("e", inner("h"), error="E").on("f", inner("k"), timer="duration P1D")
    instance = begin(people, model)
    do(people, "a2", "a")
    assert names(people, "a2") == ["h"]
    (diagram,) = people.case(instance.id, by="a1").diagrams
    assert {"f", "k", "on-f"} <= set(diagram.skipped) and not {"e", "h"} & set(diagram.skipped)
    do(people, "a2", "h")
    assert people.case(instance.id, by="a1").instance.status == "completed"


def test_a_condition_sees_what_another_task_writes_and_a_correction(people: Engine) -> None:
    model = process().parallel("s").catch("c", condition="n > 5").user("x", groups="甲组").end("e1")
    model.at("s").user("a", groups="甲组").end("e2")
    model.on("e", inner("h"), condition="n > 7", interrupting=False)
    instance = begin(people, model, n=0)
    do(people, "a2", "a", n=6)
    assert names(people, "a2") == ["x"]
    people.correct(instance.id, {"n": 8}, "更正", by="")
    assert sorted(names(people, "a2")) == ["h", "x"]


def test_what_has_not_come_is_closed_with_the_case(people: Engine) -> None:
    model = process().user("a", groups="甲组").end().on("e", inner("h"), timer="duration P1D")
    instance = begin(people, model)
    (diagram,) = people.case(instance.id, by="a1").diagrams
    assert not {"e", "h", "on-e"} & set(diagram.skipped)
    do(people, "a2", "a")
    assert people.case(instance.id, by="a1").instance.status == "completed"
    assert people.next_due() is None
