"""What events send along: their input parameters, and what a signal definition lists."""

from __future__ import annotations

from dataclasses import replace

from engine.model.definition import Node, Parameter
from engine.parsing.bpmn.activities import read_mapping, read_parameters
from engine.parsing.bpmn.names import THROWING
from engine.parsing.bpmn.reader import Element, Reader, children, describe, extensions


def read_payload(reader: Reader, element: Element, node: Node) -> Node:
    """The event with its parameters, and with the variables that its signal takes along (camunda:in)."""
    inputs, outputs = read_parameters(reader, element)
    for definition in children(element, "signalEventDefinition"):
        for each in extensions(definition, "in"):
            inputs += _carried(reader, element, each, node)
    return replace(node, inputs=inputs, outputs=outputs)


def _carried(reader: Reader, element: Element, given: Element, node: Node) -> tuple[Parameter, ...]:
    if node.kind not in THROWING:
        reader.error(
            given, f"{describe(element)}在等待信号，不能带出变量（camunda:in）。", "请写在抛出信号的事件上。"
        )
    elif given.get("variables") == "all":
        reader.refuse(given, "随信号带出全部变量", "请逐个列出变量（source 和 target）。")
    elif (mapping := read_mapping(reader, given)) is not None:
        return (mapping,)
    return ()
