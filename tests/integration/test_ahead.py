"""What is said to come when a task is completed."""

from __future__ import annotations

from engine import Ahead, Engine, NextStep
from tests.builders import Builder
from tests.integration.helpers import begin, process
from tests.integration.test_jump_view import forked


def told(engine: Engine, *given: Builder, by: str = "a1") -> Ahead:
    """What is told of the first task of a new case."""
    (first,) = engine.case(begin(engine, *given).id, by="").open_tasks
    return engine.task(first.id, by=by).ahead


def test_what_is_certain_and_what_is_not(people: Engine) -> None:
    line = process("line").user("one", groups="甲组").script("sum", "1 + 1", "total")
    line.user("two", groups="乙组").end()
    assert told(people, line) == Ahead((NextStep("two", "乙组"),), certain=True)
    assert told(people, forked()) == Ahead((NextStep("two", "乙组"), NextStep("three", "甲组")), certain=True)
    choice = process("choice").user("one", groups="甲组").exclusive("way")
    choice.when("x > 1").user("two", groups="乙组").end("done").at("way").default().end("other")
    found = told(people, choice)
    assert (found.steps, found.certain, found.ends) == ((NextStep("two", "乙组"),), False, True)


def test_the_way_goes_on_behind_what_ends(people: Engine) -> None:
    inner = Builder().start("s").user("one", groups="甲组").end("e")
    outer = process("outer").sub("part", inner).user("after", groups="乙组").end()
    assert told(people, outer) == Ahead((NextStep("after", "乙组"),), certain=True)
    assert told(people, process("last").user("one", groups="甲组").end()) == Ahead(
        (), certain=True, ends=True
    )
