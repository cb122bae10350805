"""Boxed expressions, written as FEEL: contexts, lists, relations, functions, invocations."""

from __future__ import annotations

from engine.parsing.dmn.reader import Element, Reader, named, text_of
from engine.parsing.xml import local

EXPRESSIONS = (
    "literalExpression",
    "decisionTable",
    "context",
    "list",
    "relation",
    "functionDefinition",
    "invocation",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
)
_RESULT = "结果值"  #: key of a boxed context's final entry


def expression_of(element: Element) -> Element | None:
    """The first boxed expression in the element."""
    return next(named(element, *EXPRESSIONS), None)


def formula(reader: Reader, element: Element, names: frozenset[str], what: str) -> str:
    """The boxed expression as FEEL; "null" after a problem."""
    match local(element):
        case "literalExpression":
            return reader.feel(element, what, names) or "null"
        case "context":
            return _context(reader, element, names, what)
        case "list":
            return _list(reader, element, names, what)
        case "relation":
            return _relation(reader, element, names, what)
        case "functionDefinition":
            return function(reader, element, names, what)
        case "invocation":
            return _invocation(reader, element, names, what)
        case "decisionTable":
            reader.error(element, f"{what}：规则表不能放在另一个表达式里面。", "请把它单独作为一项规则。")
        case kind:
            reader.error(element, f"{what}：不支持盒式表达式 {kind}。", "请改用 FEEL 表达式。")
    return "null"


def parameters(reader: Reader, element: Element, what: str) -> tuple[Element, ...]:
    """The formal parameters whose names FEEL can hold."""
    return tuple(
        each
        for each in named(element, "formalParameter")
        if reader.name(each, each.get("name") or "", f"{what}的参数")
    )


def function(reader: Reader, element: Element, names: frozenset[str], what: str) -> str:
    """A FEEL function for a function definition."""
    if (kind := element.get("kind") or "FEEL") != "FEEL":
        reader.error(element, f"{what}：不支持 {kind} 函数，只支持 FEEL。")
        return "null"
    given = [" ".join((each.get("name") or "").split()) for each in parameters(reader, element, what)]
    body = _inner(reader, element, names | set(given), what)
    return f"function({', '.join(given)}) ({body})"


def _inner(reader: Reader, element: Element, names: frozenset[str], what: str) -> str:
    inside = expression_of(element)
    if inside is None:
        reader.error(element, f"{what}没有写表达式。")
        return "null"
    return formula(reader, inside, names, what)


def _context(reader: Reader, element: Element, names: frozenset[str], what: str) -> str:
    known = set(names)
    entries = []
    final = False
    for entry in named(element, "contextEntry"):
        variable = next(named(entry, "variable"), None)
        if variable is None:
            final = True
            entries.append(f"{_RESULT}: ({_inner(reader, entry, frozenset(known), what)})")
            continue
        name = reader.name(variable, variable.get("name") or "", f"{what}的一项")
        value = _inner(reader, entry, frozenset(known), f"{what}的“{name}”")
        if name:
            known.add(name)
            entries.append(f"{name}: ({value})")
    text = "{" + ", ".join(entries) + "}"
    return f"{text}.{_RESULT}" if final else text


def _list(reader: Reader, element: Element, names: frozenset[str], what: str) -> str:
    values = [formula(reader, each, names, what) for each in named(element, *EXPRESSIONS)]
    return "[" + ", ".join(f"({value})" for value in values) + "]"


def _relation(reader: Reader, element: Element, names: frozenset[str], what: str) -> str:
    columns = [
        reader.name(each, each.get("name") or "", f"{what}的一列") or "列"
        for each in named(element, "column")
    ]
    rows = []
    for row in named(element, "row"):
        cells = [formula(reader, each, names, what) for each in named(row, *EXPRESSIONS)]
        if len(cells) != len(columns):
            reader.error(row, f"{what}的一行有{len(cells)}格，应有{len(columns)}格。")
        pairs = zip(columns, cells, strict=False)
        rows.append("{" + ", ".join(f"{name}: ({value})" for name, value in pairs) + "}")
    return "[" + ", ".join(rows) + "]"


def called(element: Element) -> str:
    """The name of the function that an invocation calls."""
    inside = expression_of(element)
    return " ".join((text_of(inside, "text") or "").split()) if inside is not None else ""


def arguments(
    reader: Reader, element: Element, names: frozenset[str], what: str
) -> tuple[tuple[str, str], ...]:
    """The parameters and values of an invocation's bindings."""
    found = []
    for binding in named(element, "binding"):
        parameter = next(named(binding, "parameter"), None)
        name = "" if parameter is None else " ".join((parameter.get("name") or "").split())
        value = _inner(reader, binding, names, f"{what}的参数“{name}”")
        found.append((name, value))
    return tuple(found)


def _invocation(reader: Reader, element: Element, names: frozenset[str], what: str) -> str:
    inside = expression_of(element)
    if inside is None:
        reader.error(element, f"{what}没有写调用哪个函数。")
        return "null"
    name = called(element)
    if name not in names:
        reader.feel(inside, what, names)
        reader.error(
            inside,
            f"{what}调用的“{name}”不是所引用的函数。",
            "请加上 knowledgeRequirement；含规则表的只能直接作为规则的表达式调用。",
        )
    given = arguments(reader, element, names, what)
    return f"{name}({', '.join(f'{each}: ({value})' for each, value in given)})"
