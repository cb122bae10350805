"""Data objects, inputs, outputs and associations: they compute variables."""

from __future__ import annotations

import pytest

from tests.constructs.driver import Run
from tests.constructs.xml import process, run_file

OBJECTS = (
    '<dataObject id="O1"/><dataObjectReference id="R1" name="报告" dataObjectRef="O1"/>'
    '<dataObject id="O2" name="结论"/><dataObjectReference id="R2" name="结论 [初稿]" dataObjectRef="O2"/>'
)


def one(
    inside: str, kind: str = "userTask", attributes: str = "", more: str = "", objects: str = OBJECTS
) -> Run:
    """A process of one activity `a` with these data elements, then a task `u`."""
    parts = (
        f'<startEvent id="s"/><{kind} id="a" {attributes}>{inside}</{kind}>'
        '<userTask id="u"/><endEvent id="e"/>'
    )
    return run_file(process(objects + parts, "s", "a", "u", "e") + more)


def taken(*inside: str) -> str:
    return f"<dataInputAssociation>{''.join(inside)}</dataInputAssociation>"


def given(*inside: str) -> str:
    return f"<dataOutputAssociation>{''.join(inside)}</dataOutputAssociation>"


def io(inputs: str = "", outputs: str = "") -> str:
    return f"<ioSpecification>{inputs}{outputs}<inputSet/><outputSet/></ioSpecification>"


def ends(source: str, target: str) -> str:
    return f"<sourceRef>{source}</sourceRef><targetRef>{target}</targetRef>"


def copied(source: str, target: str) -> str:
    return f"<assignment><from>{source}</from><to>{target}</to></assignment>"


IN, OUT = '<dataInput id="DI" name="材料"/>', '<dataOutput id="DO" name="意见"/>'


def test_an_input_is_a_local_variable_of_the_activity() -> None:
    run = one(io(IN) + taken(ends("R1", "DI"))).start(报告="甲")
    assert run.task("a").local == {"材料": "甲"}
    assert run.complete("a").variables == {"报告": "甲"}


def test_an_output_goes_to_the_data_object_and_nothing_else_leaves() -> None:
    run = one(io("", OUT) + given(ends("DO", "R2"))).start()
    assert run.complete("a", 意见="同意", 草稿="x").variables == {"结论": "同意"}


def test_assignments_compute_what_goes_in_and_out() -> None:
    inside = taken("<targetRef>DI</targetRef>", copied("报告 + 1", "材料"), copied("=报告 * 2", "DO"))
    inside += given("<targetRef>R2</targetRef>", copied('意见 + "！"', "结论"))
    run = one(io(IN, OUT) + inside).start(报告=1)
    assert run.task("a").local == {"材料": 2, "意见": 2}
    assert run.complete("a", 意见="同意").variables == {"报告": 1, "结论": "同意！"}


def test_a_transformation_computes_too() -> None:
    inside = "<sourceRef>R1</sourceRef><targetRef>DI</targetRef><transformation>count(报告)</transformation>"
    run = one(io(IN) + taken(inside)).start(报告=[1, 2])
    assert run.task("a").local == {"材料": 2}


def test_associations_as_drawing_tools_write_them_only_explain() -> None:
    inside = '<property id="P" name="__targetRef_placeholder"/>'
    inside += taken(ends("R1", "P")) + given("<targetRef>R2</targetRef>")
    run = one(inside).start(报告="甲")
    assert run.task("a").local == {}
    assert run.complete("a", 结论="同意", 附注="x").variables == {"报告": "甲", "结论": "同意", "附注": "x"}


def test_a_data_object_of_a_subprocess_ends_with_it() -> None:
    inside = (
        '<dataObject id="O3" name="草稿"/><startEvent id="i"/><userTask id="t"/><userTask id="t2"/>'
        '<endEvent id="o"/><sequenceFlow id="i-t" sourceRef="i" targetRef="t"/>'
        '<sequenceFlow id="t-t2" sourceRef="t" targetRef="t2"/>'
        '<sequenceFlow id="t2-o" sourceRef="t2" targetRef="o"/>'
    )
    run = one(inside, "subProcess").start().complete("t", 草稿="甲", 报告="乙")
    assert run.sees("t2") == {"草稿": "甲", "报告": "乙"}
    assert run.complete("t2").variables == {"报告": "乙"}


def test_a_data_object_in_a_multi_instance_subprocess_is_each_instances_own() -> None:
    inside = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        '</multiInstanceLoopCharacteristics><dataObject id="O3" name="草稿"/>'
        '<startEvent id="i"/><userTask id="t"/><userTask id="t2"/><endEvent id="o"/>'
        '<sequenceFlow id="i-t" sourceRef="i" targetRef="t"/>'
        '<sequenceFlow id="t-t2" sourceRef="t" targetRef="t2"/>'
        '<sequenceFlow id="t2-o" sourceRef="t2" targetRef="o"/>'
    )
    run = one(inside, "subProcess").start().complete("t", 0, 草稿="甲").complete("t", 0, 草稿="乙")
    assert [run.sees("t2", n)["草稿"] for n in range(2)] == ["甲", "乙"]


CALLED = process('<startEvent id="s2"/><userTask id="t"/><endEvent id="e2"/>', "s2", "t", "e2", key="q")


def test_a_call_gives_and_takes_by_associations() -> None:
    inside = io(IN, OUT) + taken(ends("R1", "DI")) + given(ends("DO", "R2"))
    run = one(inside, "callActivity", 'calledElement="q"', CALLED).start(报告="甲", 别的=1)
    assert run.sees("t") == {"材料": "甲"}
    assert run.complete("t", 意见="同意").variables == {"报告": "甲", "别的": 1, "结论": "同意"}


def test_drawn_associations_of_a_call_pass_the_data_object_by_its_name() -> None:
    inside = '<property id="P" name="__targetRef_placeholder"/>'
    inside += taken(ends("R1", "P")) + given("<targetRef>R2</targetRef>")
    run = one(inside, "callActivity", 'calledElement="q"', CALLED).start(报告="甲", 别的=1)
    assert run.sees("t") == {"报告": "甲"}
    assert run.complete("t", 结论="同意", 草稿="x").variables == {"报告": "甲", "别的": 1, "结论": "同意"}


def test_a_thrown_message_carries_its_inputs() -> None:
    message = '<message id="M" name="通知"/>'
    inside = '<dataInput id="DI" name="材料"/>' + taken(ends("R1", "DI"))
    inside += '<messageEventDefinition messageRef="M"/>'
    run = one(inside, "intermediateThrowEvent", more=message).start(报告="甲")
    assert [job.payload for job in run.messages] == [{"材料": "甲"}]


def test_a_caught_message_leaves_by_its_outputs() -> None:
    message = '<message id="M" name="回函"/>'
    inside = '<dataOutput id="DO" name="意见"/>' + given(ends("DO", "R2"))
    inside += '<messageEventDefinition messageRef="M"/>'
    run = one(inside, "intermediateCatchEvent", more=message).start()
    assert run.deliver("a", 意见="同意", 别的=1).variables == {"结论": "同意"}


@pytest.mark.parametrize("way", ["input", "object"])
def test_multi_instance_over_standard_data(way: str) -> None:
    ref = {"input": "DI", "object": "R1"}[way]
    lists = (
        f"<multiInstanceLoopCharacteristics><loopDataInputRef>{ref}</loopDataInputRef>"
        '<loopDataOutputRef>DO</loopDataOutputRef><inputDataItem id="II" name="一份"/>'
        '<outputDataItem id="OI" name="一条"/></multiInstanceLoopCharacteristics>'
    )
    inside = io(IN, OUT) + taken(ends("R1", "DI")) * (way == "input") + given(ends("DO", "R2")) + lists
    run = one(inside).start(报告=["甲", "乙"])
    assert [run.task("a", n).local for n in range(2)] == [
        {"loopCounter": 0, "一份": "甲"},
        {"loopCounter": 1, "一份": "乙"},
    ]
    run.complete("a", 1, 一条="二").complete("a", 0, 一条="一")
    assert run.variables["结论"] == ["一", "二"]
