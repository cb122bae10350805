"""Multi-instance behaviours: what completing instances throw, and who catches it."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError
from tests.constructs.driver import Run
from tests.constructs.xml import process, run_file

ROOTS = (
    '<escalation id="E" escalationCode="E1"/><error id="X" errorCode="X1"/><message id="M" name="有一份"/>'
    '<escalationEventDefinition id="esc" escalationRef="E"/><errorEventDefinition id="err" errorRef="X"/>'
    '<signal id="S" name="到一份"/><signalEventDefinition id="sig" signalRef="S"/>'
)
CATCH = {
    "escalation": '<escalationEventDefinition escalationRef="E"/>',
    "error": '<errorEventDefinition errorRef="X"/>',
    "signal": '<signalEventDefinition signalRef="S"/>',
    "message": '<messageEventDefinition messageRef="M"/>',
}


def meeting(attributes: str, inner: str = "", catches: str = "escalation", cancel: bool = False) -> Run:
    """Three instances of task `a`; what they throw goes to boundary event `b`, behind it task `c`."""
    loop = (
        f"<multiInstanceLoopCharacteristics {attributes}><loopCardinality>3</loopCardinality>{inner}"
        "</multiInstanceLoopCharacteristics>"
    )
    more = (
        f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="{str(cancel).lower()}">{CATCH[catches]}'
        '</boundaryEvent><userTask id="c"/><sequenceFlow id="b-c" sourceRef="b" targetRef="c"/>'
    )
    parts = f'<startEvent id="s"/><userTask id="a">{loop}</userTask><userTask id="u"/><endEvent id="e"/>'
    return run_file(ROOTS + process(parts + more, "s", "a", "u", "e")).start()


def test_none_throws_for_each_instance() -> None:
    run = meeting('behavior="None" noneBehaviorEventRef="esc"').complete("a")
    assert run.last == "-a[0] +b -b b-c +c"
    run.complete("a").complete("a")
    assert sorted(run.waiting) == ["c", "c", "c", "u"]


def test_one_throws_for_the_first_instance() -> None:
    run = meeting('behavior="One" oneBehaviorEventRef="esc"').complete("a", 1)
    assert run.last == "-a[1] +b -b b-c +c"
    run.complete("a").complete("a")
    assert run.waiting == ["c", "u"]


def test_one_ends_the_others_where_the_boundary_event_interrupts() -> None:
    run = meeting('behavior="One" oneBehaviorEventRef="esc"', cancel=True).complete("a", 1)
    assert run.last == "-a[1] !a[0] !a[2] !a[] +b -b b-c +c" and run.waiting == ["c"]
    assert run.complete("c").status == "completed"


def test_all_throws_nothing() -> None:
    run = meeting('behavior="All" oneBehaviorEventRef="esc"').complete("a").complete("a").complete("a")
    assert run.waiting == ["u"]


def complex_(condition: str, event: str) -> str:
    inside = f'<event id="i{abs(hash(condition))}">{event}</event>'
    return (
        f"<complexBehaviorDefinition><condition>{condition}</condition>{inside}</complexBehaviorDefinition>"
    )


def test_complex_throws_when_its_condition_holds() -> None:
    inner = complex_("nrOfCompletedInstances = 2", CATCH["escalation"]) + complex_("否决", CATCH["error"])
    run = meeting('behavior="Complex"', inner).complete("a", 否决=False)
    assert run.last == "-a[0]"
    run.complete("a", 否决=False)
    assert run.last == "-a[1] +b -b b-c +c"
    assert run.complete("a", 否决=False).waiting == ["c", "u"]


def test_complex_throws_by_a_reference_and_several_at_once() -> None:
    inner = complex_("true", "<eventDefinitionRef>esc</eventDefinitionRef>")
    inner += complex_("nrOfActiveInstances = 0", CATCH["escalation"])
    run = meeting('behavior="Complex"', inner).complete("a").complete("a").complete("a")
    assert sorted(run.waiting) == ["c", "c", "c", "c", "u"]


def test_an_error_ends_the_activity_and_nobody_to_catch_it_is_an_error() -> None:
    run = meeting('behavior="One" oneBehaviorEventRef="err"', "", "error", cancel=True).complete("a")
    assert run.last == "-a[0] !a[1] !a[2] !a[] +b -b b-c +c"
    lonely = meeting('behavior="One" oneBehaviorEventRef="err"')
    with pytest.raises(ExecutionError, match="X1"):
        lonely.complete("a")


def test_a_message_is_sent_and_waits_for_its_boundary_event() -> None:
    inner = complex_("loopCounter = 1", CATCH["message"])
    run = meeting('behavior="Complex"', inner, "message").complete("a").complete("a")
    assert [(job.topic, job.element_id) for job in run.messages] == [("有一份", "a")]
    assert run.deliver("b").waiting.count("c") == 1


@pytest.mark.parametrize("cancel", [False, True])
def test_a_signal_is_caught_at_the_boundary_at_once_and_goes_to_all_others(cancel: bool) -> None:
    run = meeting('behavior="One" oneBehaviorEventRef="sig"', "", "signal", cancel=cancel).complete("a")
    assert run.last == "-a[0] " + "!a[1] !a[2] !a[] " * cancel + "+b -b b-c +c"
    assert [(job.kind, job.topic) for job in run.messages] == [("signal", "到一份")]


def test_it_throws_before_the_completion_condition_ends_the_rest() -> None:
    condition = "<completionCondition>nrOfCompletedInstances = 1</completionCondition>"
    run = meeting('behavior="One" oneBehaviorEventRef="esc"', condition).complete("a", 2)
    assert run.last == "-a[2] +b -b !a[0] !a[1] -a[] a-u +u b-c +c"


def test_an_escalation_goes_outward_from_a_multi_instance_without_catcher() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="esc">'
        "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    inside = (
        f'<startEvent id="i"/><userTask id="a">{loop}</userTask><endEvent id="o"/>'
        '<sequenceFlow id="i-a" sourceRef="i" targetRef="a"/>'
        '<sequenceFlow id="a-o" sourceRef="a" targetRef="o"/>'
    )
    parts = (
        f'<startEvent id="s"/><subProcess id="sub">{inside}</subProcess><endEvent id="e"/>'
        f'<boundaryEvent id="b" attachedToRef="sub">{CATCH["escalation"]}</boundaryEvent><endEvent id="e2"/>'
        '<sequenceFlow id="b-e2" sourceRef="b" targetRef="e2"/>'
    )
    run = run_file(ROOTS + process(parts, "s", "sub", "e")).start().complete("a")
    assert run.last == "-a[0] !a[1] !a[] !sub +b -b b-e2 +e2 -e2" and run.status == "completed"
