"""Global tasks, element ids of any kind, and references with a namespace prefix."""

from __future__ import annotations

import pytest

from tests.constructs.driver import Run
from tests.constructs.xml import process, run_file

USER = '<globalUserTask id="g" name="核对" camunda:candidateGroups="甲组"/>'
SCRIPT = '<globalScriptTask id="g" camunda:resultVariable="和"><script>数 + 1</script></globalScriptTask>'
IN_AND_OUT = (
    '<extensionElements><camunda:in source="甲" target="数"/><camunda:out source="和" target="得"/>'
    "</extensionElements>"
)


def calling(task: str, inner: str = "", attributes: str = "", more: str = "") -> Run:
    """A process that calls the global task `g`, then a person's."""
    call = f'<callActivity id="c" calledElement="g" {attributes}>{inner}</callActivity>'
    parts = f'<startEvent id="s"/>{call}<userTask id="u"/><endEvent id="e"/>{more}'
    return run_file(process(parts, "s", "c", "u", "e") + task)


def test_a_global_user_task_is_done_by_a_person_where_it_is_called() -> None:
    run = calling(USER).start(数=1)
    assert run.last == "+s -s s-c +c +g" and run.waiting == ["g"]
    assert (run.task("g").name, run.task("g").candidate_groups) == ("核对", ("甲组",))
    assert run.sees("g") == {"数": 1}, "without mapping it sees what the call sees"
    run.complete("g", 数=2)
    assert run.last == "-g -c c-u +u" and run.variables == {"数": 2}


@pytest.mark.parametrize("kind", ["globalTask", "globalManualTask"])
def test_plain_and_manual_global_tasks(kind: str) -> None:
    run = calling(f'<{kind} id="g"/>').start()
    assert run.waiting == (["u"] if kind == "globalTask" else ["g"])


def test_a_global_script_task_with_and_without_mapping() -> None:
    assert calling(SCRIPT).start(数=1).variables == {"数": 1, "和": 2}
    assert calling(SCRIPT, IN_AND_OUT).start(甲=4, 数=1).variables == {"甲": 4, "数": 1, "得": 5}


def test_a_global_task_is_called_in_a_multi_instance_and_left_by_a_boundary_event() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    timer = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
    more = (
        f'<boundaryEvent id="t" attachedToRef="c">{timer}</boundaryEvent><endEvent id="late"/>'
        '<sequenceFlow id="t-late" sourceRef="t" targetRef="late"/>'
    )
    run = calling(USER, loop, more=more).start()
    assert run.waiting == ["g", "g", "t"]
    run.complete("g").fire("t")
    assert run.last == "!g !c[1] !c[] +t -t t-late +late -late" and run.status == "completed"


def test_two_calls_of_one_global_task() -> None:
    parts = (
        '<startEvent id="s"/><callActivity id="c1" calledElement="g"/>'
        '<callActivity id="c2" calledElement="own:g"/><endEvent id="e"/>'
    )
    run = run_file(process(parts, "s", "c1", "c2", "e") + SCRIPT).start(数=1)
    assert run.path == "s g c1 g c2 e"


def test_a_prefixed_called_process() -> None:
    parts = '<startEvent id="s"/><callActivity id="c" calledElement="own:q"/><endEvent id="e"/>'
    called = process('<startEvent id="s2"/><userTask id="u"/><endEvent id="e2"/>', "s2", "u", "e2", key="q")
    assert run_file(process(parts, "s", "c", "e") + called).start().waiting == ["u"]


IDS = ["Start", "End", "Root", "审批", "a.b-c_d", "_1", "root", "Ünï"]


@pytest.mark.parametrize("name", IDS)
def test_element_ids_of_any_kind(name: str) -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    parts = f'<startEvent id="s"/><userTask id="{name}">{loop}</userTask><endEvent id="e"/>'
    run = run_file(process(parts, "s", name, "e")).start()
    assert run.waiting == [name]
    assert run.complete(name).status == "completed" and run.path == f"s {name}[0] {name}[] e"


@pytest.mark.parametrize("name", IDS)
def test_events_and_subprocesses_with_ids_of_any_kind(name: str) -> None:
    inside = (
        f'<startEvent id="{name}"/><endEvent id="x"/><sequenceFlow id="y" sourceRef="{name}" targetRef="x"/>'
    )
    parts = f'<startEvent id="s"/><subProcess id="sub">{inside}</subProcess><endEvent id="e"/>'
    assert run_file(process(parts, "s", "sub", "e")).start().path == f"s {name} x sub e"
