"""BPMN files for the parser's tests, written as an author would."""

from __future__ import annotations

from engine.errors import InvalidDefinition, Problem
from engine.model.definition import Bpmn, Node
from engine.parsing import parse_bpmn

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="Definitions_1" targetNamespace="http://test.example">
"""
#: the line that the first line of a process's content stands on
FIRST_LINE = 6


def document(inner: str, top: str = "", attributes: str = 'isExecutable="true"') -> bytes:
    """A file with one process `p` of this content; top-level elements follow it."""
    return (
        f'{HEAD}<bpmn:process id="p" {attributes}>\n{inner}\n</bpmn:process>\n{top}\n</bpmn:definitions>\n'
    ).encode()


def around(element: str, target: str = "a", source: str | None = None) -> str:
    """The element, on line FIRST_LINE, between a start and an end event."""
    return f"""{element}
<bpmn:startEvent id="start"/><bpmn:endEvent id="end"/>
<bpmn:sequenceFlow id="in" sourceRef="start" targetRef="{target}"/>
<bpmn:sequenceFlow id="out" sourceRef="{source or target}" targetRef="end"/>"""


def flow(source: str, target: str, condition: str = "", name: str | None = None) -> str:
    """A sequence flow named source_target."""
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    flow_id = name or f"{source}_{target}"
    return (
        f'<bpmn:sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{inner}'
        "</bpmn:sequenceFlow>"
    )


def parsed(inner: str, top: str = "") -> Bpmn:
    """What a process with this content is parsed to."""
    return parse_bpmn(document(inner, top), "a.bpmn")


def node(element: str, top: str = "", element_id: str = "a") -> Node:
    """The node `a` of a process that has little else."""
    found = parsed(around(element, element_id), top).processes[0].node(element_id)
    assert found is not None
    return found


def problems(inner: str, top: str = "", attributes: str = 'isExecutable="true"') -> tuple[Problem, ...]:
    """All that parsing says about a process with this content, refused or not."""
    try:
        return parse_bpmn(document(inner, top, attributes), "a.bpmn").warnings
    except InvalidDefinition as error:
        return error.problems


def errors(inner: str, top: str = "") -> tuple[Problem, ...]:
    """The errors among them."""
    return tuple(each for each in problems(inner, top) if each.severity == "error")
