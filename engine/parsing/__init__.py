"""Bytes to definitions."""

from engine.parsing.xml import parse_xml, validate

__all__ = ["parse_xml", "validate"]
