"""Completing many steps at once: only where the diagram says so, and nothing is left to be filled in."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Engine, InvalidDefinition, InvalidInput, NotAllowed
from tests.integration.helpers import begin, deploy, form, kinds, process, take

BULK = {"bulkComplete": "true"}


def note(**fields: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["结论"],
        "properties": {"结论": {"type": "string", "title": "结论", **fields}},
    }
    return {"title": "签收单", "schema": schema, "layout": [{"title": "签收", "fields": ["结论"]}]}


def test_a_step_is_completed_as_its_form_opens(people: Engine) -> None:
    case = begin(
        people,
        process().user("one", groups="甲组", form="note", properties=BULK).user("two", groups="甲组").end(),
        form("note", note(default="已阅")),
    )
    people.complete_as_opened(take(people, "a1", "one").id, by="a1")
    assert people.case(case.id, by="").variables["结论"] == "已阅"
    assert kinds(people, case)[-1] == "task.completed"
    with pytest.raises(NotAllowed, match="逐件填写"):
        people.complete_as_opened(take(people, "a1", "two").id, by="a1")


def test_what_a_draft_has_emptied_must_be_filled_in(people: Engine) -> None:
    begin(
        people,
        process().user("one", groups="甲组", form="note", properties=BULK).end(),
        form("note", note(default="已阅")),
    )
    task = take(people, "a1")
    people.save_draft(task.id, {"结论": ""}, by="a1")
    with pytest.raises(InvalidInput, match="逐件办理"):
        people.complete_as_opened(task.id, by="a1")


@pytest.mark.parametrize(
    ("properties", "fields", "told"),
    [(BULK, {}, "要填的字段：结论"), ({"bulkComplete": "yes"}, {"default": "x"}, "bulkComplete 写了“yes”")],
)
def test_a_step_that_must_be_filled_in_is_refused(
    people: Engine, properties: dict[str, str], fields: dict[str, str], told: str
) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        deploy(
            people,
            process().user("one", groups="甲组", form="note", properties=properties).end(),
            form("note", note(**fields)),
        )
    (problem,) = refused.value.problems
    assert told in problem.message
    assert (problem.element, problem.resource) == ("one", "t/p.bpmn")
