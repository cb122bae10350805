"""Boxed expressions of all kinds, each in any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from engine.model.decision import (
    ANY,
    BoxedList,
    Conditional,
    Context,
    Entry,
    Expression,
    Filter,
    Formula,
    Function,
    Invocation,
    Iteration,
    Parameter,
    Relation,
    Type,
    Typed,
)
from engine.parsing.dmn.reader import Element, Names, Reader, named, text_of
from engine.parsing.dmn.samples import sample_of, sample_of_value
from engine.parsing.dmn.table import read_table
from engine.parsing.xml import local

NOTHING = Formula("null")


def expression_of(element: Element) -> Element | None:
    """The first boxed expression in the element."""
    return next(named(element, *KINDS), None)


def read(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    """The boxed expression, of the type that it declares; a null after a problem."""
    value = KINDS[local(element)](reader, element, names, what)
    declared = reader.type(element, element.get("typeRef"))
    return value if local(element) == "functionDefinition" else _typed(f"{what}的结果", value, declared)


def inside(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    """The expression in the element; a null after the problem that there is none."""
    found = expression_of(element)
    if found is None:
        reader.error(element, f"{what}没有写表达式。", "请写出 FEEL 表达式或规则表。")
        return NOTHING
    return read(reader, found, names, what)


def function(reader: Reader, element: Element, names: Names, what: str, name: str = "") -> Function:
    """A function definition."""
    if (kind := element.get("kind") or "FEEL") != "FEEL":
        reader.error(element, f"{what}：不支持 {kind} 函数，只支持 FEEL。", "请把它改写成 FEEL 表达式。")
        return Function((), NOTHING, name=name)
    given = tuple(
        Parameter(known, reader.type(each, each.get("typeRef")))
        for each in named(element, "formalParameter")
        if (known := reader.name(each, each.get("name") or "", f"{what}的参数"))
    )
    within = {**names, **{each.name: sample_of(each.type) for each in given}}
    return Function(given, inside(reader, element, within, what), name=name)


def _literal(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    return Formula(reader.feel(element, what, names) or "null", what)


def _table(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    own = re.fullmatch(r"(规则|函数)“([^“”]*)”", what)
    return read_table(reader, element, names, f"规则表“{own[2]}”" if own else f"{what}的规则表")


def _context(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    known = dict(names)
    entries: list[Entry] = []
    for entry in named(element, "contextEntry"):
        variable = next(named(entry, "variable"), None)
        if variable is None:
            return Context(tuple(entries), inside(reader, entry, known, what))
        name = reader.name(variable, variable.get("name") or "", f"{what}的一项")
        place = f"{what}的“{name}”"
        declared = reader.type(variable, variable.get("typeRef"))
        value = inside(reader, entry, dict(known), place)
        known[name] = sample_of(declared) if declared != ANY else sample_of_value(value)
        entries.append(Entry(name, declared, value, place))
    return Context(tuple(entries))


def _list(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    items = enumerate(named(element, *KINDS), 1)
    return BoxedList(tuple(read(reader, each, names, f"{what}的第{at}项") for at, each in items))


def _relation(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    heads = list(named(element, "column"))
    columns = tuple(reader.name(each, each.get("name") or "", f"{what}的一列") or "列" for each in heads)
    types = tuple(reader.type(each, each.get("typeRef")) for each in heads)
    rows = []
    for number, row in enumerate(named(element, "row"), 1):
        cells = tuple(read(reader, each, names, f"{what}第{number}行的一格") for each in named(row, *KINDS))
        if len(cells) != len(columns):
            reader.error(
                row, f"{what}的一行有{len(cells)}格，应有{len(columns)}格。", "请让每行的格数与列数相同。"
            )
        rows.append(tuple(map(partial(_typed, f"{what}第{number}行的一格"), cells, types)))
    return Relation(columns, tuple(rows))


def _typed(what: str, value: Expression, declared: Type) -> Expression:
    return value if declared == ANY else Typed(value, declared, what)


def _function(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    return function(reader, element, names, what)


def _invocation(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    found = expression_of(element)
    callee = " ".join((text_of(found, "text") or "").split()) if found is not None else ""
    if found is None or not callee:
        reader.error(element, f"{what}没有写调用哪个函数。", "请写所调用函数的名称。")
        return NOTHING
    reader.feel(found, what, names)
    if not reader.knows(callee, names):
        reader.error(found, f"{what}调用的“{callee}”不是所引用的函数。", "请加上 knowledgeRequirement。")
    return Invocation(Formula(callee, what), _arguments(reader, element, names, what, callee), what)


def _arguments(
    reader: Reader, element: Element, names: Names, what: str, callee: str
) -> tuple[tuple[str, Expression], ...]:
    given = []
    for binding in named(element, "binding"):
        parameter = next(named(binding, "parameter"), None)
        name = "" if parameter is None else " ".join((parameter.get("name") or "").split())
        value = NOTHING if expression_of(binding) is None else None
        place = f"{what}给“{callee}”的参数“{name}”"
        given.append((name, value or inside(reader, binding, names, place)))
    return tuple(given)


def _part(reader: Reader, element: Element, name: str, names: Names, what: str) -> Expression:
    """The expression in the named child of a conditional, a filter or an iterator."""
    child = next(named(element, name), None)
    if child is None:
        reader.error(element, f"{what}缺少 {name}。", f"请补上 {name}。")
        return NOTHING
    return inside(reader, child, names, what)


def _conditional(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    parts = (_part(reader, element, name, names, what) for name in ("if", "then", "else"))
    return Conditional(*parts)


def _filter(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    items = _part(reader, element, "in", names, what)
    item = _item(items)
    within = {**names, **(item if isinstance(item, dict) else {}), "item": item}
    return Filter(items, _part(reader, element, "match", within, what))


def _iteration(reader: Reader, element: Element, names: Names, what: str) -> Expression:
    kind = local(element)
    variable = reader.name(element, element.get("iteratorVariable") or "", f"{what}的循环变量")
    items = _part(reader, element, "in", names, what)
    within = {**names, variable: _item(items), "partial": []}
    body = _part(reader, element, "return" if kind == "for" else "satisfies", within, what)
    return Iteration("for" if kind == "for" else "some" if kind == "some" else "every", variable, items, body)


def _item(items: Expression) -> object:
    sample = sample_of_value(items)
    return sample[0] if isinstance(sample, list) and sample else None


KINDS: Mapping[str, Callable[[Reader, Element, Names, str], Expression]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "functionDefinition": _function,
    "invocation": _invocation,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
}
