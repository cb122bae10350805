"""Bytes to definitions."""

from engine.parsing.bpmn import parse_bpmn
from engine.parsing.dmn import parse_dmn
from engine.parsing.xml import parse_xml, validate

__all__ = ["parse_bpmn", "parse_dmn", "parse_xml", "validate"]
