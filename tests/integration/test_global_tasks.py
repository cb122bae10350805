"""A global task of another file is deployed, called and done like a step of the case."""

from __future__ import annotations

from engine import Engine, Resource
from tests.constructs.xml import HEAD
from tests.integration.helpers import begin, do, names, process, task

LIBRARY = f'{HEAD}<globalUserTask id="check" name="核对" camunda:candidateGroups="甲组"/></definitions>'


def test_a_global_task_of_another_file(people: Engine) -> None:
    library = Resource("t/library.bpmn", LIBRARY.encode())
    case = begin(people, process("p").call("c", "check").user("u", groups="甲组").end(), library)
    assert names(people, "a1") == ["核对"]
    page = people.task(task(people, "a1").id, by="a1")
    assert page.diagram is not None and page.diagram.definition.key == "p", "nobody draws the task itself"
    do(people, "a1", "核对", 结论="相符")
    shown = people.case(case.id, by="a1")
    assert shown.variables["结论"] == "相符"
    assert [one.definition.key for one in shown.diagrams] == ["p"]
    assert names(people, "a1") == ["u"]


def test_nobody_starts_a_global_task_by_himself(people: Engine) -> None:
    begin(people, process("p").call("c", "check").end(), Resource("t/library.bpmn", LIBRARY.encode()))
    assert [one.key for one in people.startable("a1")] == ["p"]
