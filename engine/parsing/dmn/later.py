"""What DMN 1.4 and 1.5 add to 1.3: checked here; the rest by the schema of 1.3, the last one at hand."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

from engine.errors import Problem
from engine.parsing.dmn.reader import Element, line_of, named, place
from engine.parsing.xml import local

_PARTS = {
    "conditional": ("if", "then", "else"),
    "filter": ("in", "match"),
    "for": ("in", "return"),
    "some": ("in", "satisfies"),
    "every": ("in", "satisfies"),
}
_ITERATORS = ("for", "some", "every")
_ASIDE = ("description", "extensionElements")
_EXPRESSIONS = {*_PARTS, "literalExpression", "decisionTable", "context", "list", "relation", "invocation"}
_EXPRESSIONS.add("functionDefinition")


def form_problems(root: Element, namespace: str, resource: str) -> tuple[Problem, ...]:
    """What is wrong with the form of boxed conditionals, filters and iterators."""
    found = []
    for element in root.iter(*(f"{{{namespace}}}{name}" for name in _PARTS)):
        if isinstance(element.tag, str) and _is_expression(element):
            found += [
                Problem(message, resource, place(at), line_of(at), hint)
                for at, message, hint in _wrong(element)
            ]
    return tuple(found)


def _is_expression(element: Element) -> bool:
    """Not so the `in` or `if` of another language in an extension."""
    return not any(local(each) == "extensionElements" for each in element.iterancestors(etree.Element))


def _wrong(element: Element) -> Iterator[tuple[Element, str, str]]:
    kind, wanted = local(element), list(_PARTS[local(element)])
    parts = [each for each in element.iterchildren(etree.Element) if local(each) not in _ASIDE]
    if [local(each) for each in parts] != wanted:
        given = "、".join(local(each) for each in parts) or "没有"
        hint = f"请按 {'、'.join(wanted)} 的次序各写一个。"
        yield element, f"{kind} 中应依次有 {'、'.join(wanted)}，实为 {given}。", hint
        return
    for part in parts:
        inner = [local(each) for each in part.iterchildren(etree.Element)]
        if len(inner) != 1 or inner[0] not in _EXPRESSIONS:
            yield (
                part,
                f"{kind} 的 {local(part)} 中应有一个表达式，实为{len(inner)}个元素。",
                "请只写一个表达式。",
            )
        allowed = {"id", "typeRef"} if local(part) == "in" and kind in _ITERATORS else {"id"}
        for name in sorted(set(map(str, part.attrib)) - allowed):
            yield part, f"{kind} 的 {local(part)} 不应有属性 {name}。", f"请删除 {name}。"


def as_known(root: Element, namespace: str, known: str) -> Element:
    """A copy of the tree in the form and the namespace of DMN 1.3, without diagrams."""
    tree = copy.deepcopy(root)
    for diagram in list(named(tree, "DMNDI")):
        tree.remove(diagram)
    for element in list(tree.iter(etree.Element)):
        if etree.QName(element).namespace == namespace:
            _known(element, namespace)
            element.tag = f"{{{known}}}{local(element)}"
    return tree


def _known(element: Element, namespace: str) -> None:
    if local(element) in _PARTS:
        _flatten(element, namespace)
    constraint = next(named(element, "typeConstraint"), None)
    if constraint is not None and next(named(element, "allowedValues"), None) is None:
        constraint.tag = f"{{{namespace}}}allowedValues"
    elif constraint is not None:
        element.remove(constraint)


def _flatten(element: Element, namespace: str) -> None:
    """A conditional, filter or iterator as a list of the expressions in its parts."""
    parts = _PARTS[local(element)]
    element.tag = f"{{{namespace}}}list"
    if "iteratorVariable" in element.attrib:
        del element.attrib["iteratorVariable"]
    for part in list(element.iterchildren(etree.Element)):
        if local(part) in parts:
            for inner in reversed(list(part.iterchildren(etree.Element))):
                part.addnext(inner)
            element.remove(part)
