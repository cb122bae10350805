"""A DMN file: its decisions, each with all that it requires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from engine.errors import InvalidDefinition, Problem
from engine.model.decision import DecisionModel, Knowledge
from engine.parsing.dmn import later
from engine.parsing.dmn.graph import Graph
from engine.parsing.dmn.reader import Element, Reader, line_of, named
from engine.parsing.xml import local, parse_xml, validate

_DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_LATER = (
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
#: Namespace -> schema; 1.4 and 1.5 are checked by that of 1.3, and what they add by ourselves.
_SCHEMAS = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "DMN.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "DMN12.xsd",
    _DMN13: "DMN13.xsd",
    **dict.fromkeys(_LATER, "DMN13.xsd"),
}


def parse_dmn(
    content: bytes, resource: str, beside: Mapping[str, bytes] | None = None
) -> tuple[DecisionModel, ...]:
    """The decisions and services of a file in document order; InvalidDefinition with all problems.

    Files that it imports are looked for in `beside`, the files that are deployed with it, by name.
    """
    _refuse_invalid(parse_xml(content, resource), resource)
    found = examine_dmn(content, resource, beside)
    if found.problems:
        raise InvalidDefinition(problems=found.problems)
    return found.models


@dataclass(frozen=True, slots=True)
class Examined:
    """What could be read of a file, with its problems."""

    models: tuple[DecisionModel, ...]
    problems: tuple[Problem, ...]
    broken: frozenset[str]  #: ids of elements, of imported files too, that could not be read whole
    functions: tuple[Knowledge, ...] = ()


def examine_dmn(content: bytes, resource: str, beside: Mapping[str, bytes] | None = None) -> Examined:
    """As `parse_dmn`, with the problems beside what can be read; refused only if it is no such XML."""
    files = Files(beside or {})
    opened = files.open(content, resource)
    models = opened.graph.decisions()
    reader = opened.reader
    broken = files.broken()
    reader.check()
    if not models and not reader.problems:
        reader.error(opened.root, "文件中没有规则（decision）。", "请至少写一项规则。")
    problems = sorted(reader.problems, key=lambda problem: problem.line or 0)
    return Examined(models, tuple(problems), broken, opened.graph.functions())


def may_import(content: bytes) -> bool:
    """Whether the file may refer to others; sure only of those that cannot."""
    return b"import" in content or b"\0" in content[:200]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is read as far as its elements are known."""

    root: Element
    reader: Reader
    graph: Graph


class Files:
    """The files of one deployment, opened by the namespace under which they are imported."""

    def __init__(self, beside: Mapping[str, bytes]) -> None:
        self._beside = beside
        self._opened: dict[str, Opened | None] = {}

    def open(self, content: bytes, resource: str) -> Opened:
        """The file with all that it imports."""
        self._opened[resource] = None
        root = parse_xml(content, resource)
        if local(root) != "definitions":
            _refuse_invalid(root, resource)
        readers: dict[str, Reader] = {}
        graphs: dict[str, Graph] = {}
        reader = Reader(resource, root, readers)
        reader.problems.extend(_form_problems(root, resource))
        for each in named(root, "import"):
            if (found := self._import(reader, each)) is not None:
                name = " ".join((each.get("name") or "").split())
                readers[name], graphs[name] = found.reader, found.graph
        self._opened[resource] = opened = Opened(root, reader, Graph(reader, root, graphs))
        return opened

    def broken(self) -> frozenset[str]:
        """The ids of elements of any of the files that could not be read whole."""
        return frozenset(key for each in self._opened.values() if each for key in each.reader.broken)

    def _import(self, reader: Reader, element: Element) -> Opened | None:
        if (element.get("importType") or "") not in _SCHEMAS:
            reader.error(
                element, f"不支持引用“{element.get('importType')}”类型的文件。", "只能引用 DMN 规则文件。"
            )
            return None
        namespace = element.get("namespace") or ""
        name = next((name for name in sorted(self._beside) if self._namespace(name) == namespace), None)
        if name is None:
            reader.error(
                element,
                f"引用的规则文件（命名空间“{namespace}”）不在一起部署的文件中。",
                "请把它和本文件一起部署。",
            )
            return None
        return self._once(reader, element, name)

    def _once(self, reader: Reader, element: Element, name: str) -> Opened | None:
        """The file of this name, opened at most once; None after a problem."""
        if name in self._opened:
            if self._opened[name] is None:
                reader.error(element, f"规则文件“{name}”与本文件互相引用。", "请去掉其中一个引用。")
            return self._opened[name]
        try:
            opened = self.open(self._beside[name], name)
        except InvalidDefinition:
            opened = None
        if opened is None or opened.reader.problems:
            reader.error(element, f"引用的规则文件“{name}”有错。", "请先改正它。")
        return opened

    def _namespace(self, name: str) -> str | None:
        if not name.endswith(".dmn"):
            return None
        try:
            return parse_xml(self._beside[name], name).get("namespace")
        except InvalidDefinition:
            return None


def _refuse_invalid(root: Element, resource: str) -> None:
    """InvalidDefinition if the file's schema does not accept it."""
    if problems := _form_problems(root, resource):
        raise InvalidDefinition(problems=problems)


def _form_problems(root: Element, resource: str) -> tuple[Problem, ...]:
    """What the schema of its version says against a file."""
    namespace = etree.QName(root).namespace or ""
    if local(root) != "definitions" or namespace not in _SCHEMAS:
        return (Problem("不是 DMN 1.1 至 1.5 的规则文件。", resource, line=line_of(root)),)
    if namespace not in _LATER:
        return validate(root, _SCHEMAS[namespace], resource)
    wrong = later.form_problems(root, namespace, resource)
    return wrong or validate(later.as_known(root, namespace, _DMN13), _SCHEMAS[namespace], resource)
