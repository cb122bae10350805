"""Every diagram in bpmn/: read, deployed, and drawn so that nobody must guess what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import Engine
from engine.commands.deploying import read_bundles
from engine.model.definition import Node, ProcessModel
from engine.parsing import parse_bpmn, parse_case_rules
from tests.acceptance import geometry
from tests.acceptance.desk import BPMN

FILES = sorted(BPMN.rglob("*.bpmn"))
FOLDERS = sorted({path.parent.name for path in FILES})
LONGEST_NAME = 12
PEOPLE = {"userTask", "manualTask"}
LABELLED = {"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent", "subProcess", "callActivity"}
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def processes(path: Path) -> tuple[ProcessModel, ...]:
    return parse_bpmn(path.read_bytes(), path.name).processes


def nodes(path: Path) -> list[Node]:
    return [node for process in processes(path) for node in process.scope.walk()]


def told(problems: list[str]) -> str:
    return "\n  ".join(["", *problems])


def test_there_are_diagrams() -> None:
    assert {"accountability", "initiation", "collection"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("folder", FOLDERS)
def test_bundle_deploys_without_an_error(sqlite_url: str, folder: str) -> None:
    engine = Engine.open(sqlite_url)
    problems = engine.check(read_bundles(BPMN, [folder]))
    engine.close()
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


@each_file
def test_everything_is_drawn(path: Path) -> None:
    found = geometry.missing(geometry.read(path))
    assert not found, told(found)


@each_file
def test_no_shape_covers_another(path: Path) -> None:
    found = geometry.overlaps(geometry.read(path))
    assert not found, told(found)


@each_file
def test_no_flow_passes_through_a_shape(path: Path) -> None:
    found = geometry.trespasses(geometry.read(path))
    assert not found, told(found)


@each_file
def test_no_flow_crosses_another(path: Path) -> None:
    found = geometry.crossings(geometry.read(path))
    assert not found, told(found)


@each_file
def test_labels_are_free(path: Path) -> None:
    found = geometry.hidden_labels(geometry.read(path))
    assert not found, told(found)


@each_file
def test_lanes_are_named(path: Path) -> None:
    assert all(process.lanes for process in processes(path))
    drawing = geometry.read(path)
    lanes = [drawing.names[key] for key, kind in drawing.kinds.items() if kind == "lane"]
    assert all(lanes) and len(set(lanes)) == len(lanes), lanes


@each_file
def test_names_are_short_and_chinese(path: Path) -> None:
    named = [process.name for process in processes(path)] + [node.name for node in nodes(path) if node.name]
    named += [flow.name for process in processes(path) for flow in process.scope.flows.values() if flow.name]
    wrong = [name for name in named if len(name) > LONGEST_NAME or not re.search("[\u4e00-\u9fff]", name)]
    assert not wrong


@each_file
def test_steps_ends_and_questions_are_named(path: Path) -> None:
    asks = [node for node in nodes(path) if node.kind.endswith("Gateway") and len(node.outgoing) > 1]
    does = [node for node in nodes(path) if node.kind.endswith("Task") or node.kind in LABELLED]
    assert [node.id for node in (*asks, *does) if not node.name] == []


@each_file
def test_answers_of_a_question_are_named(path: Path) -> None:
    for process in processes(path):
        scopes = [process.scope, *(node.scope for node in process.scope.walk() if node.scope)]
        for scope in scopes:
            bare = [
                flow
                for node in scope.nodes.values()
                if node.kind == "exclusiveGateway" and len(node.outgoing) > 1
                for flow in node.outgoing
                if not scope.flows[flow].name
            ]
            assert not bare


@each_file
def test_a_question_always_has_an_answer(path: Path) -> None:
    """An exclusive gateway without a default flow stops a case when no condition holds."""
    bare = [
        node.id
        for node in nodes(path)
        if node.kind == "exclusiveGateway" and len(node.outgoing) > 1 and not node.default
    ]
    assert not bare


@each_file
def test_every_step_of_a_person_has_a_form_and_somebody_to_do_it(path: Path) -> None:
    for node in nodes(path):
        if node.kind in PEOPLE:
            assert node.assignment and node.assignment.form_ref, f"{node.id} has no form"
            assert node.lane or node.assignment.candidate_groups or node.assignment.assignee, node.id


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_form_is_used(folder: str) -> None:
    there = {path.name.removesuffix(".form.json") for path in (BPMN / folder).rglob("*.form.json")}
    used = {ref for path in FILES if path.parent.name == folder for ref in _form_refs(path)}
    rules = [parse_case_rules(path.read_bytes(), path.name) for path in (BPMN / folder).glob("*.case.json")]
    used |= {register.form for one in rules for register in one.registers}
    assert there - used == set()


def _form_refs(path: Path) -> set[str]:
    return {node.assignment.form_ref for node in nodes(path) if node.assignment and node.assignment.form_ref}


def test_crossing_and_overlap_are_seen(tmp_path: Path) -> None:
    """The checks above are worth something: a bad drawing is refused by each of them."""
    path = tmp_path / "bad.bpmn"
    path.write_text(_BAD, encoding="utf-8")
    drawing = geometry.read(path)
    assert geometry.missing(drawing) == ["e has no shape", "flow f3 (a“甲” -> e) has no edge"]
    assert len(geometry.overlaps(drawing)) == 1
    assert "flow f2 (c“丙” -> d1“丁”) passes through c“丙” (300,20 100x60)" in geometry.trespasses(drawing)
    assert [problem[-6:] for problem in geometry.crossings(drawing)] == ["50,130", "30,130"]
    assert len(geometry.hidden_labels(drawing)) == 1


_BAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:bad"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI">
  <collaboration id="co"><participant id="pool" name="池" processRef="p" /></collaboration>
  <process id="p" isExecutable="true">
    <task id="a" name="甲" /><task id="b" name="乙" /><task id="c" name="丙" /><task id="d1" name="丁" />
    <endEvent id="e" />
    <sequenceFlow id="f1" name="走" sourceRef="a" targetRef="b" />
    <sequenceFlow id="f2" sourceRef="c" targetRef="d1" />
    <sequenceFlow id="f3" sourceRef="a" targetRef="e" />
  </process>
  <bpmndi:BPMNDiagram id="dia"><bpmndi:BPMNPlane id="pl" bpmnElement="co">
    <bpmndi:BPMNShape id="s0" bpmnElement="pool"><dc:Bounds x="0" y="0" width="900" height="600" />
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s1" bpmnElement="a"><dc:Bounds x="100" y="100" width="100" height="60" />
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="b"><dc:Bounds x="500" y="100" width="100" height="60" />
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="c"><dc:Bounds x="300" y="20" width="100" height="60" />
    </bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s4" bpmnElement="d1"><dc:Bounds x="380" y="60" width="100" height="30" />
    </bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="f1"><di:waypoint x="200" y="130" /><di:waypoint x="500" y="130" />
      <bpmndi:BPMNLabel><dc:Bounds x="220" y="125" width="12" height="14" /></bpmndi:BPMNLabel>
    </bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e2" bpmnElement="f2"><di:waypoint x="350" y="30" /><di:waypoint x="350" y="200" />
      <di:waypoint x="430" y="200" /><di:waypoint x="430" y="90" />
    </bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>
"""
