"""Decision requirements: decisions, input data and knowledge models, joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.model.decision import DecisionModel, Formula, InputData, Invocation, Table, Type
from engine.parsing.dmn import boxed
from engine.parsing.dmn.reader import Element, Reader, by_id, is_foreign, line_of, named, target, text_of
from engine.parsing.dmn.table import read_table
from engine.parsing.xml import local


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """A business knowledge model: a FEEL function, or a table with typed parameters."""

    name: str
    function: str = ""
    table: Table | None = None
    types: dict[str, Type] | None = None


class Graph:
    """The elements of one file; builds each decision once."""

    def __init__(self, reader: Reader, root: Element) -> None:
        self._reader = reader
        self._root = root
        self._decisions = by_id(named(root, "decision"))
        self._inputs = by_id(named(root, "inputData"))
        self._knowledge = by_id(named(root, "businessKnowledgeModel"))
        self._built: dict[str, DecisionModel | None] = {}
        self._known: dict[str, _Knowledge | None] = {}
        self._names = frozenset(self._variable_names())

    def decisions(self) -> tuple[DecisionModel, ...]:
        """All decisions of the file; those with problems are left out."""
        built = []
        for element in named(self._root, "decision"):
            if not element.get("id"):
                self._reader.error(element, f"规则“{element.get('name') or ''}”没有 id。")
            elif model := self._decision(element):
                built.append(model)
        return tuple(built)

    def _variable_names(self) -> Iterator[str]:
        """Names with blanks are known to FEEL only when told."""
        for element in [*self._inputs.values(), *self._decisions.values()]:
            yield self._variable(element)

    def _variable(self, element: Element) -> str:
        variable = next(named(element, "variable"), None)
        name = None if variable is None else variable.get("name")
        return " ".join((name or element.get("name") or element.get("id") or "").split())

    def _type(self, element: Element) -> Type:
        variable = next(named(element, "variable"), None)
        return Type() if variable is None else self._reader.type(variable, variable.get("typeRef"))

    # decisions

    def _decision(self, element: Element) -> DecisionModel | None:
        key = element.get("id") or ""
        if key in self._built:
            if self._built[key] is None:
                self._reader.error(element, f"规则“{element.get('name') or key}”直接或间接地要求了自身。")
            return self._built[key]
        self._built[key] = None
        required = tuple(self._required(element))
        knowledge = self._required_knowledge(element)
        functions = {each.name: each.function for each in knowledge if not each.table}
        names = self._names | set(functions)
        model = DecisionModel(
            id=key,
            name=element.get("name") or key,
            logic=self._logic(element, names, knowledge),
            variable=self._variable(element),
            type=self._type(element),
            inputs=tuple(self._required_inputs(element)),
            required=required,
            functions=functions,
            resource=self._reader.resource,
            line=line_of(element),
            documentation=(text_of(element, "description") or "").strip(),
        )
        self._built[key] = model
        return model

    def _logic(
        self, element: Element, names: frozenset[str], knowledge: tuple[_Knowledge, ...]
    ) -> Table | Formula | Invocation:
        what = f"规则“{element.get('name') or element.get('id')}”"
        inside = boxed.expression_of(element)
        if inside is None:
            self._reader.error(element, f"{what}没有规则表，也没有表达式。")
            return Formula("null")
        if local(inside) == "decisionTable":
            return read_table(self._reader, inside, names)
        if local(inside) == "invocation":
            name = boxed.called(inside)
            model = next((each for each in knowledge if each.table and each.name == name), None)
            if model and model.table:
                given = boxed.arguments(self._reader, inside, names, what)
                self._check_arguments(inside, what, model, given)
                return Invocation(model.name, model.table, given, model.types or {})
        return Formula(boxed.formula(self._reader, inside, names, what))

    def _check_arguments(
        self, element: Element, what: str, model: _Knowledge, given: tuple[tuple[str, str], ...]
    ) -> None:
        for name, _ in given:
            if name not in (model.types or {}):
                self._reader.error(element, f"{what}给“{model.name}”的参数“{name}”不存在。")

    # what a decision requires

    def _targets(self, element: Element, requirement: str, kind: str) -> Iterator[Element]:
        """The elements of the file that the requirements of this kind name."""
        known = {
            "requiredDecision": self._decisions,
            "requiredInput": self._inputs,
            "requiredKnowledge": self._knowledge,
        }
        for each in named(element, requirement):
            for reference in named(each, kind):
                found = known[kind].get(target(reference))
                if found is not None and not is_foreign(reference):
                    yield found
                else:
                    self._reader.error(reference, f"所要求的“{reference.get('href') or ''}”在文件中没有。")

    def _required(self, element: Element) -> Iterator[DecisionModel]:
        for each in self._targets(element, "informationRequirement", "requiredDecision"):
            if model := self._decision(each):
                yield model

    def _required_inputs(self, element: Element) -> Iterator[InputData]:
        for each in self._targets(element, "informationRequirement", "requiredInput"):
            yield InputData(self._variable(each), self._type(each))

    def _required_knowledge(self, element: Element) -> tuple[_Knowledge, ...]:
        """The knowledge models required directly or by one another, each once."""
        found: dict[str, _Knowledge] = {}
        waiting = list(self._targets(element, "knowledgeRequirement", "requiredKnowledge"))
        while waiting:
            each = waiting.pop(0)
            key = each.get("id") or ""
            if key in found:
                continue
            if key not in self._known:
                self._known[key] = self._read_knowledge(each)
            if model := self._known[key]:
                found[key] = model
            waiting += self._targets(each, "knowledgeRequirement", "requiredKnowledge")
        return tuple(found.values())

    def _read_knowledge(self, element: Element) -> _Knowledge | None:
        name = self._reader.name(element, self._variable(element), "函数")
        logic = next(named(element, "encapsulatedLogic"), None)
        if not name or logic is None:
            self._reader.error(element, f"函数“{element.get('name') or ''}”没有内容（encapsulatedLogic）。")
            return None
        functions = {self._variable(each) for each in self._knowledge.values()}
        names = self._names | functions
        inside = boxed.expression_of(logic)
        if inside is None or local(inside) != "decisionTable":
            return _Knowledge(name, boxed.function(self._reader, logic, names, f"函数“{name}”"))
        types = {
            " ".join((each.get("name") or "").split()): self._reader.type(each, each.get("typeRef"))
            for each in boxed.parameters(self._reader, logic, f"函数“{name}”")
        }
        return _Knowledge(name, table=read_table(self._reader, inside, names | set(types)), types=types)
