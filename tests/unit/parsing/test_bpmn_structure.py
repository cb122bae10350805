"""What is drawn must be able to run."""

from __future__ import annotations

import pytest

from engine.errors import Problem
from tests.unit.parsing.xml_text import FIRST_LINE, around, document, errors, flow, parsed, problems

START_END = '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>'
TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"


def told(inner: str, severity: str = "error") -> list[tuple[str, int | None, str]]:
    return [(p.element, p.line, p.message) for p in problems(inner) if p.severity == severity]


def only(inner: str, severity: str = "error") -> Problem:
    (problem,) = [each for each in problems(inner) if each.severity == severity]
    assert problem.hint
    return problem


def test_no_start_event() -> None:
    problem = only("")
    assert (problem.element, problem.line, problem.message) == ("p", 5, "流程没有开始事件。")


def test_without_a_start_event_what_nothing_leads_to_begins() -> None:
    problem = only('<bpmn:task id="a" name="甲"/><bpmn:task id="b" name="乙"/>', "warning")
    assert problem.element == "p"
    assert problem.message == "流程没有开始事件，将从任务“甲”、任务“乙”开始。"


def test_an_empty_subprocess_is_passed() -> None:
    problem = only(around('<bpmn:subProcess id="a"/>'), "warning")
    assert (problem.element, problem.message) == ("a", "子流程是空的，会直接通过。")


def test_a_subprocess_needs_a_start_event_that_waits_for_nothing() -> None:
    problem = only(around('<bpmn:subProcess id="a"><bpmn:task id="t"/></bpmn:subProcess>'), "warning")
    assert (problem.element, problem.line) == ("a", FIRST_LINE)
    waiting = f'<bpmn:subProcess id="a">\n<bpmn:startEvent id="w">{TIMER}</bpmn:startEvent></bpmn:subProcess>'
    problem = only(around(waiting))
    assert (problem.element, problem.line) == ("w", FIRST_LINE + 1)


def test_several_plain_start_events() -> None:
    problem = only(around('<bpmn:task id="a"/>') + '\n<bpmn:startEvent id="s2"/>' + flow("s2", "a"))
    assert (problem.element, problem.line) == ("s2", FIRST_LINE + 4)


def test_dangling_flows() -> None:
    inner = START_END + flow("s", "e") + "\n" + flow("s", "nowhere") + "\n" + flow("nobody", "e")
    assert [(element, line) for element, line, _ in told(inner)] == [
        ("s_nowhere", FIRST_LINE + 1),
        ("nobody_e", FIRST_LINE + 2),
    ]


def test_a_flow_across_a_subprocess_border() -> None:
    inside = '<bpmn:startEvent id="is"/><bpmn:endEvent id="ie"/>' + flow("is", "ie")
    sub = f'<bpmn:subProcess id="a">{inside}</bpmn:subProcess>'
    problem = only(around(sub) + "\n" + flow("start", "ie"))
    assert (problem.element, problem.line) == ("start_ie", FIRST_LINE + 4)
    assert "子流程" in problem.message


def test_flows_into_a_start_or_out_of_an_end() -> None:
    inner = START_END + flow("s", "e") + "\n" + flow("e", "s")
    messages = [message for _, _, message in told(inner)]
    assert len(messages) == 2
    assert "流入了开始事件" in messages[0]
    assert "流出" in messages[1]


def test_a_flow_into_a_boundary_event() -> None:
    inner = around('<bpmn:task id="a"/>') + (
        f'<bpmn:boundaryEvent id="b" attachedToRef="a">{TIMER}</bpmn:boundaryEvent>' + flow("start", "b")
    )
    assert "流入了边界事件" in only(inner).message


@pytest.mark.parametrize("host", ["nothing", "end"])
def test_a_boundary_event_must_stand_on_an_activity(host: str) -> None:
    inner = around('<bpmn:task id="a"/>') + (
        f'\n<bpmn:boundaryEvent id="b" attachedToRef="{host}">{TIMER}</bpmn:boundaryEvent>'
    )
    problem = only(inner)
    assert (problem.element, problem.line) == ("b", FIRST_LINE + 4)
    assert "没有附着" in problem.message


def gateway(kind: str, *flows: str, default: str = "") -> str:
    attribute = f'default="{default}"' if default else ""
    return (
        START_END + f'\n<bpmn:{kind} id="g" name="结论？" {attribute}/>\n' + flow("s", "g") + "".join(flows)
    )


def test_an_exclusive_gateway_needs_conditions() -> None:
    bare = gateway("exclusiveGateway", flow("g", "e", "x", "a"), flow("g", "e", name="b"))
    problem = only(bare)
    assert problem.element == "b"
    assert "没有条件" in problem.message
    assert told(gateway("exclusiveGateway", flow("g", "e", name="b"))) == [], "one way out needs none"


@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway"])
def test_a_missing_default_is_a_warning(kind: str) -> None:
    inner = gateway(kind, flow("g", "e", "x", "a"), flow("g", "e", "y", "b"))
    warning = only(inner, "warning")
    assert (warning.element, warning.line) == ("g", FIRST_LINE + 1)
    assert "“结论？”没有默认流" in warning.message
    assert told(inner) == []


def test_a_default_must_be_a_way_out_without_condition() -> None:
    inner = gateway("exclusiveGateway", flow("g", "e", "x", "a"), flow("g", "e", "y", "b"), default="s_g")
    assert "默认流 s_g 不是它的出线" in only(inner).message
    inner = gateway("exclusiveGateway", flow("g", "e", "x", "a"), flow("g", "e", "y", "b"), default="b")
    assert "默认流 b 不能带条件" in only(inner).message


def test_conditions_on_a_parallel_gateway_are_a_warning() -> None:
    warning = only(gateway("parallelGateway", flow("g", "e", "x", "a")), "warning")
    assert (warning.element, "不起作用" in warning.message) == ("a", True)


@pytest.mark.parametrize("kind", ['task id="a"', 'userTask id="a" camunda:assignee="x"'])
def test_conditions_out_of_an_activity(kind: str) -> None:
    inner = (
        f"<bpmn:{kind}/>"
        + START_END
        + flow("s", "a")
        + "\n"
        + flow("a", "e", "x > 1")
        + flow("a", "e", name="o")
    )
    assert told(inner) == []
    flows = parsed(inner).processes[0].scope.flows
    assert flows["a_e"].condition is not None and flows["o"].condition is None


def test_conditions_on_all_flows_of_an_activity_are_a_warning() -> None:
    inner = '<bpmn:task id="a"/>' + START_END + flow("s", "a") + flow("a", "e", "x > 1")
    warning = only(inner, "warning")
    assert (warning.element, "都有条件" in warning.message) == ("a", True)


def test_an_activitys_default_has_no_condition() -> None:
    inner = '<bpmn:task id="a" default="a_e"/>' + START_END + flow("s", "a") + flow("a", "e", "x > 1")
    assert "默认流 a_e 不能带条件" in only(inner).message


def test_conditions_behind_an_event_gateway_are_refused() -> None:
    inner = (
        START_END + f'<bpmn:eventBasedGateway id="g"/><bpmn:intermediateCatchEvent id="i">{TIMER}'
        f'</bpmn:intermediateCatchEvent><bpmn:intermediateCatchEvent id="k">{TIMER}'
        "</bpmn:intermediateCatchEvent>"
        + flow("s", "g")
        + flow("g", "i", "x > 1")
        + flow("g", "k")
        + flow("i", "e")
        + flow("k", "e")
    )
    assert only(inner).element == "g_i"


def test_an_event_gateway_is_followed_by_events_alone() -> None:
    inner = (
        START_END + '<bpmn:eventBasedGateway id="g"/><bpmn:task id="t"/>'
        f'<bpmn:intermediateCatchEvent id="i">{TIMER}</bpmn:intermediateCatchEvent>'
        + flow("s", "g")
        + flow("g", "i")
        + "\n"
        + flow("g", "t")
        + flow("t", "e")
        + flow("i", "e")
    )
    problem = only(inner)
    assert (problem.element, problem.line) == ("g_t", FIRST_LINE + 1)
    assert "不能是任务“t”" in problem.message


def test_an_event_gateway_has_two_ways_whose_events_have_no_other_way_in() -> None:
    inner = (
        START_END + f'<bpmn:eventBasedGateway id="g"/><bpmn:intermediateCatchEvent id="i">{TIMER}'
        "</bpmn:intermediateCatchEvent>" + flow("s", "g") + flow("g", "i") + flow("i", "e") + flow("s", "i")
    )
    messages = [message for _, _, message in told(inner)]
    assert len(messages) == 2
    assert "至少要有两条出线" in messages[0]
    assert "别的进线" in messages[1]


@pytest.mark.parametrize("kind", ["userTask", "sequenceFlow"])
def test_duplicate_ids(kind: str) -> None:
    double = {
        "userTask": '<bpmn:userTask id="e" camunda:assignee="x"/>',
        "sequenceFlow": flow("s", "e", name="e"),
    }[kind]
    found = [each for each in errors(START_END + flow("s", "e") + "\n" + double) if "重复" in each.message]
    assert [(each.element, each.line) for each in found] == [("e", FIRST_LINE + 1)]


def test_a_duplicate_behind_a_schema_error_is_found_too() -> None:
    inner = START_END + flow("s", "e") + '<bpmn:fooTask id="f"/>\n<bpmn:task id="e"/>'
    assert ("e", FIRST_LINE + 1) in [(each.element, each.line) for each in errors(inner)]


def test_missing_ids() -> None:
    inner = START_END + flow("s", "e") + '\n<bpmn:task/>\n<bpmn:sequenceFlow sourceRef="s" targetRef="e"/>'
    assert [(line, message) for _, line, message in told(inner)] == [
        (FIRST_LINE + 1, "任务没有id。"),
        (FIRST_LINE + 2, "顺序流没有id。"),
    ]


def test_unreachable_nodes_are_a_warning() -> None:
    inner = around('<bpmn:task id="a"/>') + '\n<bpmn:task id="island" name="孤岛"/>'
    warning = only(inner, "warning")
    assert (warning.element, warning.line) == ("island", FIRST_LINE + 4)
    assert "“孤岛”走不到" in warning.message
    assert told(inner) == []


def test_what_stands_behind_a_boundary_event_is_reached() -> None:
    inner = around('<bpmn:task id="a"/>') + (
        f'<bpmn:boundaryEvent id="b" attachedToRef="a">{TIMER}</bpmn:boundaryEvent>'
        '<bpmn:task id="late"/>' + flow("b", "late") + flow("late", "end")
    )
    assert told(inner, "warning") == []


def test_a_circle_without_end_is_a_warning() -> None:
    inner = (
        '<bpmn:startEvent id="s"/><bpmn:task id="a"/><bpmn:task id="b"/>'
        + flow("s", "a")
        + flow("a", "b")
        + flow("b", "a")
    )
    warning = only(inner, "warning")
    assert (warning.element, warning.message) == ("p", "从开始事件走不到任何结束。")


def test_nobody_to_do_a_user_task_is_a_warning() -> None:
    warning = only(around('<bpmn:userTask id="a" name="审批"/>'), "warning")
    assert "“审批”没有办理人" in warning.message


def test_lanes_without_name_or_with_strangers_are_warnings() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
        '<bpmn:lane id="l2" name="甲"><bpmn:flowNodeRef>gone</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>\n'
    )
    found = told(lanes + around('<bpmn:task id="a"/>'), "warning")
    assert [element for element, _, _ in found] == ["l1", "l2"]


def test_warnings_do_not_stop_and_come_with_the_result() -> None:
    bpmn = parsed(around('<bpmn:task id="a"/>') + '<bpmn:task id="island"/>')
    assert [str(each) for each in bpmn.warnings] == [
        f"a.bpmn island 第{FIRST_LINE + 3}行：任务“island”走不到。请连上进线，或删除。"
    ]


def test_many_nodes_take_no_time_to_speak_of() -> None:
    """Flows and reachability are linear in the file: 3,000 nodes are 3 times 1,000."""
    chain = "".join(f'<bpmn:task id="t{i}"/>' for i in range(3000))
    flows = "".join(flow(f"t{i}", f"t{i + 1}") for i in range(2999))
    inner = START_END + chain + flows + flow("s", "t0") + flow("t2999", "e")
    assert len(document(inner)) < 1_000_000
    assert len(parsed(inner).processes[0].scope.nodes) == 3002
