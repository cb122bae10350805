"""Conditions of flows and events."""

from __future__ import annotations

from engine.model.definition import Expression
from engine.parsing.bpmn.reader import Element, Reader, content
from engine.parsing.bpmn.vocabulary import check_vocabulary


def read_condition(reader: Reader, element: Element) -> Expression | None:
    """The condition in an expression element; one in a language that is not FEEL is noted."""
    check_vocabulary(reader, element)
    language = (element.get("language") or "").lower()
    if language and not ("feel" in language or language in ("juel", "http://www.w3.org/1999/xpath")):
        reader.refuse(element, f"用{element.get('language')}写的条件", "请改写为FEEL。")
        return None
    return reader.expression(element, content(element), "条件")
