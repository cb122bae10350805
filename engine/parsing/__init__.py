"""Bytes to definitions."""

from engine.parsing.bpmn import parse_bpmn
from engine.parsing.xml import parse_xml, validate

__all__ = ["parse_bpmn", "parse_xml", "validate"]
