"""Undoing, through the engine and its database."""

from __future__ import annotations

from engine import Engine
from engine.model.definition import Assignment, Text
from tests.builders import Builder
from tests.integration.helpers import begin, do, names, process

GROUP = Assignment(candidate_groups=Text("甲组"))


def test_what_was_done_is_undone_by_tasks_in_reverse_order(people: Engine) -> None:
    inner = Builder().start("i").user("book", groups="甲组").end("o").undo("book", "unbook", assignment=GROUP)
    model = process().sub("s", inner).user("pay", groups="甲组").compensate("x").end()
    instance = begin(people, model.undo("pay", "refund", assignment=GROUP))
    for name in ("book", "pay", "refund", "unbook"):
        assert names(people, "a2") == [name]
        do(people, "a2", name)
    case = people.case(instance.id, by="a1")
    assert case.instance.status == "completed"
