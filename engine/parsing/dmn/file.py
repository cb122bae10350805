"""A DMN file: its decisions, each with all that it requires."""

from __future__ import annotations

import copy

from lxml import etree

from engine.errors import InvalidDefinition, Problem
from engine.model.decision import DecisionModel
from engine.parsing.dmn.graph import Graph
from engine.parsing.dmn.reader import Element, Reader, line_of, named
from engine.parsing.xml import local, parse_xml, validate

_DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
#: Namespace -> schema; 1.4 and 1.5 are checked as 1.3, whose expressions are all that is supported.
_SCHEMAS = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "DMN.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "DMN12.xsd",
    _DMN13: "DMN13.xsd",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "DMN13.xsd",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "DMN13.xsd",
}


def parse_dmn(content: bytes, resource: str) -> tuple[DecisionModel, ...]:
    """The decisions of a file in document order; InvalidDefinition with all problems."""
    root = parse_xml(content, resource)
    namespace = etree.QName(root).namespace or ""
    if local(root) != "definitions" or namespace not in _SCHEMAS:
        raise InvalidDefinition(
            problems=[Problem("不是 DMN 1.1 至 1.5 的规则文件。", resource, line=line_of(root))]
        )
    if problems := validate(_for_schema(root, namespace), _SCHEMAS[namespace], resource):
        raise InvalidDefinition(problems=problems)
    reader = Reader(resource, root)
    for each in named(root, "import"):
        reader.error(each, "不支持引用其他规则文件（import）。", "请把所需规则放进同一文件。")
    models = Graph(reader, root).decisions()
    reader.check()
    if not models and not reader.problems:
        reader.error(root, "文件中没有规则（decision）。")
    if reader.problems:
        raise InvalidDefinition(problems=sorted(reader.problems, key=lambda problem: problem.line or 0))
    return models


def _for_schema(root: Element, namespace: str) -> Element:
    """The tree as its schema knows it: later versions without diagram and in the namespace of DMN 1.3."""
    if _SCHEMAS[namespace] != "DMN13.xsd" or namespace == _DMN13:
        return root
    tree = copy.deepcopy(root)
    for child in list(tree):
        if local(child) == "DMNDI":
            tree.remove(child)
    for element in tree.iter(etree.Element):
        if etree.QName(element).namespace == namespace:
            element.tag = f"{{{_DMN13}}}{local(element)}"
    return tree
