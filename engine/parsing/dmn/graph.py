"""Decision requirements: decisions, input data, knowledge models and services, joined across files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.model.decision import (
    ANY,
    DecisionModel,
    Given,
    InputData,
    Knowledge,
    Node,
    Requirement,
    Service,
    Type,
)
from engine.parsing.dmn import boxed
from engine.parsing.dmn.reader import Element, Names, Reader, by_id, line_of, named, target, text_of
from engine.parsing.dmn.samples import sample_of, sample_of_decision
from engine.parsing.xml import local

_INFORMATION = ("requiredDecision", "requiredInput")
_CALLABLE = ("businessKnowledgeModel", "decisionService")


class Graph:
    """The elements of one file and the files that it imports; builds each element once."""

    def __init__(self, reader: Reader, root: Element, imports: Mapping[str, Graph]) -> None:
        self._reader = reader
        self._root = root
        self._imports = imports  #: by the import's name
        self.namespace = root.get("namespace") or ""
        self._elements = by_id(named(root, "decision", "inputData", *_CALLABLE))
        self._built: dict[str, Node | None] = {}

    def decisions(self) -> tuple[DecisionModel, ...]:
        """All decisions and decision services of the file; those with problems are left out."""
        built = []
        for element in named(self._root, "decision", "decisionService"):
            if not element.get("id"):
                self._reader.error(
                    element, f"规则“{element.get('name') or ''}”没有 id。", "请给它一个 id，流程以此引用它。"
                )
            elif isinstance(model := self.node(element), DecisionModel):
                built.append(model)
        self.functions()  # for their problems
        return tuple(built)

    def functions(self) -> tuple[Knowledge, ...]:
        """All business knowledge models of the file; those with problems are left out."""
        nodes = (self.node(element) for element in named(self._root, "businessKnowledgeModel"))
        return tuple(node for node in nodes if isinstance(node, Knowledge))

    def node(self, element: Element) -> Node | None:
        """What the element makes; None after a problem."""
        key = element.get("id") or ""
        if key in self._built:
            return self._built[key]
        self._built[key] = None
        with self._reader.within(key):
            self._built[key] = self._make(element)
        return self._built[key]

    def _make(self, element: Element) -> Node | None:
        match local(element):
            case "decision":
                return self._decision(element)
            case "inputData":
                return self._input(element)
            case "businessKnowledgeModel":
                return self._knowledge(element)
        return self._service(element)

    def _variable(self, element: Element) -> str:
        variable = next(named(element, "variable"), None)
        name = None if variable is None else variable.get("name")
        return " ".join((name or element.get("name") or element.get("id") or "").split())

    def _type(self, element: Element) -> Type:
        variable = next(named(element, "variable"), None)
        return ANY if variable is None else self._reader.type(variable, variable.get("typeRef"))

    def _result_type(self, element: Element) -> Type:
        """The type of what a function gives; that of a function variable is the function's own."""
        found = self._type(element)
        return found.items or ANY if found.base == "function" else found

    # elements

    def _input(self, element: Element) -> InputData:
        return InputData(
            self._variable(element), self._type(element), element.get("id") or "", self._reader.resource
        )

    def _decision(self, element: Element) -> DecisionModel:
        requires = tuple(self._requirements(element))
        what = f"规则“{element.get('name') or element.get('id')}”"
        found = boxed.expression_of(element)
        if found is None and not self._is_asked_for(element):
            hint = "由人决定的事项，须有别的规则或规则服务要求它。"
            self._reader.error(element, f"{what}没有规则表，也没有表达式。", hint, breaks=False)
        return DecisionModel(
            id=element.get("id") or "",
            name=element.get("name") or element.get("id") or "",
            logic=Given(self._variable(element))
            if found is None
            else boxed.read(self._reader, found, self._names(requires), what),
            variable=self._variable(element),
            type=self._type(element),
            requires=requires,
            resource=self._reader.resource,
            line=line_of(element),
            documentation=(text_of(element, "description") or "").strip(),
            types=self._reader.types(),
        )

    def _is_asked_for(self, element: Element) -> bool:
        """Whether another decision or a service of the file requires it."""
        key = element.get("id") or ""
        references = self._root.iter("{*}requiredDecision", "{*}inputDecision")
        return any(target(each) == key for each in references)

    def _knowledge(self, element: Element) -> Knowledge | None:
        name = self._reader.name(element, self._variable(element), "函数")
        logic = next(named(element, "encapsulatedLogic"), None)
        if not name or logic is None:
            self._reader.error(
                element,
                f"函数“{element.get('name') or ''}”没有内容（encapsulatedLogic）。",
                "请写出函数的内容。",
            )
            return None
        requires = tuple(self._requirements(element))
        names = {**self._names(requires), name: None}
        made = boxed.function(self._reader, logic, names, f"函数“{name}”", name)
        made = replace(made, type=self._result_type(element))
        return Knowledge(
            element.get("id") or "", name, made, requires, self._reader.resource, self._reader.types()
        )

    def _service(self, element: Element) -> DecisionModel:
        inputs = [*self._parts(element, "inputData"), *self._parts(element, "inputDecision")]
        outputs = [each for each in self._parts(element, "outputDecision") if isinstance(each, DecisionModel)]
        if not outputs:
            self._reader.error(
                element,
                f"规则服务“{element.get('name') or ''}”没有输出规则（outputDecision）。",
                "请指明输出哪项规则。",
            )
        given = tuple(each for each in inputs if isinstance(each, DecisionModel | InputData))
        return DecisionModel(
            id=element.get("id") or "",
            name=element.get("name") or element.get("id") or "",
            logic=Service(given, tuple(outputs)),
            variable=self._variable(element),
            type=self._result_type(element),
            resource=self._reader.resource,
            line=line_of(element),
            documentation=(text_of(element, "description") or "").strip(),
        )

    # what an element requires

    def _parts(self, element: Element, kind: str) -> Iterator[Node]:
        """The elements that the references of this kind name."""
        for reference in named(element, kind):
            if found := self._referenced(reference):
                yield found[1]

    def _requirements(self, element: Element) -> Iterator[Requirement]:
        """What the element requires, each with the name by which it is seen."""
        own = element.get("id")
        for group, kinds in (
            ("informationRequirement", _INFORMATION),
            ("knowledgeRequirement", ("requiredKnowledge",)),
        ):
            for each in named(element, group):
                for reference in named(each, *kinds):
                    if target(reference) == own and group == "knowledgeRequirement":
                        continue  # a function sees itself
                    if found := self._referenced(reference):
                        yield Requirement(*found)

    def _referenced(self, reference: Element) -> tuple[tuple[str, ...], Node] | None:
        """The element that an `href` names, in this file or an imported one, and the path of its name."""
        namespace, _, key = (reference.get("href") or "").rpartition("#")
        places = [((), self)] if namespace in ("", self.namespace) else self._imported(namespace)
        for path, graph in places:
            element = graph._elements.get(key)
            if element is None:
                continue
            if graph is self and self._reader.is_within(key):
                self._reader.error(
                    element,
                    f"规则“{element.get('name') or key}”直接或间接地要求了自身。",
                    "请去掉其中一个要求。",
                )
                return None
            node = graph.node(element)
            if node is None:
                self._reader.mark_broken()
                return None
            return (*path, graph._variable(element)), node
        self._reader.error(
            reference, f"所要求的“{reference.get('href') or ''}”在文件中没有。", "请改正或删除这个引用。"
        )
        return None

    def _imported(self, namespace: str) -> list[tuple[tuple[str, ...], Graph]]:
        return [
            ((name,) if name else (), graph)
            for name, graph in self._imports.items()
            if graph.namespace == namespace
        ]

    def _names(self, requires: tuple[Requirement, ...]) -> Names:
        """The names that FEEL knows, each with a sample of its value."""
        names: dict[str, object] = {
            self._variable(each): None for each in self._elements.values() if self._is_value(each)
        }
        for each in requires:
            inner = names
            for name in each.path[:-1]:
                held = inner.get(name)
                inner[name] = inner = held if isinstance(held, dict) else {}
            inner[each.path[-1]] = _sample(each.node)
        return names

    @staticmethod
    def _is_value(element: Element) -> bool:
        return local(element) not in _CALLABLE


def _sample(node: Node) -> object:
    match node:
        case InputData():
            return sample_of(node.type)
        case DecisionModel() if not isinstance(node.logic, Service):
            return sample_of_decision(node)
    return None
