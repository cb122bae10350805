"""A decision and all that it requires as JSON for the sandbox, which evaluates it (`web/src/dmn`)."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict
from functools import singledispatch
from threading import Lock
from typing import Any

from engine.model import decision as model
from engine.model.decision import DecisionModel, Expression, InputData, Knowledge, Node, Type

Json = dict[str, Any]

_REMEMBERED = 64
_NAMES_TYPES = re.compile(r"\binstance\b|\bfunction\s*\(")  #: FEEL that may name types of the file
_lock = Lock()
_written: OrderedDict[int, tuple[DecisionModel, Graph]] = OrderedDict()


class Graph:
    """A decision with all that it requires: each once, as JSON text."""

    def __init__(self, root: DecisionModel) -> None:
        self._keys: dict[int, str] = {}
        self.decisions: dict[str, DecisionModel] = {}
        self._json: dict[str, Json] = {}
        self._files: dict[str, Mapping[str, Type]] = {}
        self._prefixes: dict[str, set[tuple[str, ...]]] = {}
        self.root = self._key(root)
        self._tell_prefixes()
        text = json.dumps(self._json, ensure_ascii=False)
        types = self._types() if _NAMES_TYPES.search(text) else {}
        self.text = f'"nodes": {text}, "types": {json.dumps(types, ensure_ascii=False)}'

    def _key(self, node: Node) -> str:
        if id(node) not in self._keys:
            key = f"n{len(self._keys)}"
            self._keys[id(node)] = key
            if isinstance(node, DecisionModel):
                self.decisions[key] = node
            self._json[key] = self._node(node)
        return self._keys[id(node)]

    def _node(self, node: Node) -> Json:
        if isinstance(node, InputData):
            return {"kind": "input", "name": node.name, "type": _type(node.type)}
        self._files[node.resource] = node.types
        for each in node.requires:
            if len(each.path) > 1 and isinstance(each.node, InputData):
                self._prefixes.setdefault(self._key(each.node), set()).add(each.path[:-1])
        requires = [{"path": list(each.path), "key": self._key(each.node)} for each in node.requires]
        if isinstance(node, Knowledge):
            logic = _expression(node.function)
            return {
                "kind": "knowledge",
                "name": node.name,
                "file": node.resource,
                "logic": logic,
                "requires": requires,
            }
        if isinstance(node.logic, model.Service):
            return self._service(node, node.logic)
        return {
            "kind": "decision",
            "name": node.name,
            "file": node.resource,
            "type": _type(node.type),
            "logic": _expression(node.logic, node.variable),
            "requires": requires,
        }

    def _tell_prefixes(self) -> None:
        """Under which imports' names a variable may stand for the input data of another file."""
        for key, prefixes in self._prefixes.items():
            self._json[key]["prefixes"] = [list(each) for each in sorted(prefixes)]

    def _types(self) -> dict[str, Json]:
        """The named types of each file, which `instance of` may name."""
        return {
            file: {name: _type(each) for name, each in types.items()} for file, types in self._files.items()
        }

    def _service(self, node: DecisionModel, service: model.Service) -> Json:
        return {
            "kind": "service",
            "name": node.name,
            "type": _type(node.type),
            "parameters": [
                {"name": name_of(each), "type": _type(each.type), "key": self._key(each)}
                for each in service.inputs
            ],
            "outputs": [{"name": each.variable, "key": self._key(each)} for each in service.outputs],
        }


def graph(root: DecisionModel) -> Graph:
    """The graph of this decision; those used last are not made again."""
    with _lock:
        if found := _written.get(id(root)):
            _written.move_to_end(id(root))
            return found[1]
    made = Graph(root)
    with _lock:
        _written[id(root)] = (root, made)  # the decision is kept, so that its id stays its own
        while len(_written) > _REMEMBERED:
            _written.popitem(last=False)
    return made


def name_of(node: DecisionModel | InputData) -> str:
    """The name by which others see its value."""
    return node.variable if isinstance(node, DecisionModel) else node.name


def output_key(output: model.Output, variable: str) -> str:
    """The name by which an output of a table stands in a result."""
    return output.name or output.label or variable


def _type(type_: Type) -> Json:
    return asdict(type_)


def _expression(expression: Expression, variable: str = "") -> Json:
    if isinstance(expression, model.Table):
        return _table(expression, variable)
    return _json(expression)


@singledispatch
def _json(expression: Any) -> Json:
    raise TypeError(expression)


@_json.register
def _(expression: model.Table) -> Json:
    return _table(expression, "")


def _table(table: model.Table, variable: str) -> Json:
    return asdict(table) | {
        "kind": "table",
        "outputs": [asdict(each) | {"key": output_key(each, variable)} for each in table.outputs],
    }


@_json.register
def _(expression: model.Formula) -> Json:
    return {"kind": "literal", "feel": expression.feel, "what": expression.what}


@_json.register
def _(expression: model.Given) -> Json:
    return {"kind": "given", "name": expression.name}


@_json.register
def _(expression: model.Context) -> Json:
    entries = [
        {"name": each.name, "type": _type(each.type), "value": _json(each.value), "what": each.what}
        for each in expression.entries
    ]
    result = None if expression.result is None else _json(expression.result)
    return {"kind": "context", "entries": entries, "result": result}


@_json.register
def _(expression: model.BoxedList) -> Json:
    return {"kind": "list", "items": [_json(each) for each in expression.items]}


@_json.register
def _(expression: model.Relation) -> Json:
    rows = [[_json(cell) for cell in row] for row in expression.rows]
    return {"kind": "relation", "columns": list(expression.columns), "rows": rows}


@_json.register
def _(expression: model.Function) -> Json:
    return {
        "kind": "function",
        "name": expression.name,
        "parameters": [{"name": each.name, "type": _type(each.type)} for each in expression.parameters],
        "body": _json(expression.body),
        "type": _type(expression.type),
    }


@_json.register
def _(expression: model.Invocation) -> Json:
    given = [{"name": name, "value": _json(value)} for name, value in expression.arguments]
    return {
        "kind": "invocation",
        "callee": _json(expression.callee),
        "arguments": given,
        "what": expression.what,
    }


@_json.register
def _(expression: model.Conditional) -> Json:
    return {
        "kind": "conditional",
        "condition": _json(expression.condition),
        "then": _json(expression.then),
        "otherwise": _json(expression.otherwise),
    }


@_json.register
def _(expression: model.Filter) -> Json:
    return {"kind": "filter", "list": _json(expression.list), "match": _json(expression.match)}


@_json.register
def _(expression: model.Iteration) -> Json:
    return {
        "kind": "for" if expression.kind == "for" else "quantified",
        "quantifier": expression.kind,
        "variable": expression.variable,
        "list": _json(expression.list),
        "body": _json(expression.body),
    }


@_json.register
def _(expression: model.Typed) -> Json:
    value = _json(expression.value)
    return value | {"declared": _type(expression.type), "what": expression.what or value.get("what", "")}
