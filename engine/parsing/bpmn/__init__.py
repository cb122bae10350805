"""BPMN 2.0 with Camunda 7's extensions, read into our own frozen tree."""

from engine.parsing.bpmn.document import parse_bpmn

__all__ = ["parse_bpmn"]
