"""Reading elements: texts, names, types, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from lxml import etree

from engine import feel
from engine.errors import FeelError, Problem
from engine.model.decision import ANY, Base, Type
from engine.parsing.xml import local

Element = etree._Element
Names = Mapping[str, object]  #: what FEEL knows, each with a sample of its value

_BASES: dict[str, Base] = {
    "any": "any",
    "string": "string",
    "number": "number",
    "integer": "number",
    "long": "number",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "datetime": "date and time",
    "date and time": "date and time",
    "dateandtime": "date and time",
    "duration": "duration",
    "daytimeduration": "days and time duration",
    "yearmonthduration": "years and months duration",
    "days and time duration": "days and time duration",
    "years and months duration": "years and months duration",
    "range": "range",
    "context": "context",
    "function": "function",
}
_WIDE = "\U00010000-\U000effff"
#: FEEL takes these signs in names that are known to it
_NAME = re.compile(rf"(?:[^\W\d]|[?{_WIDE}])[\w .+*/'?{_WIDE}-]*")
_RESERVED = frozenset({"and", "or", "not", "in", "if", "then", "else", "for", "some", "every", "return"}) | {
    "between",
    "function",
    "external",
    "true",
    "false",
    "null",
}
_FEEL = ("", "feel", "feel-scala-unary-tests")


@dataclass(frozen=True, slots=True)
class _Check:
    element: Element
    what: str
    text: str
    unary: bool
    names: Names


class Reader:
    """Collects problems and the FEEL texts to be checked together at the end."""

    def __init__(self, resource: str, root: Element, imports: Mapping[str, Reader] | None = None) -> None:
        self.resource = resource
        self.problems: list[Problem] = []
        self.broken: set[str] = set()  #: ids of elements that could not be read whole
        self._checks: list[_Check] = []
        self._items = {item.get("name") or "": item for item in named(root, "itemDefinition")}
        self._imports = {} if imports is None else imports  # filled as they are opened
        self._types: dict[str, Type] = {}
        self._resolving: set[str] = set()
        self._owners: list[str] = []

    def error(self, element: Element, message: str, hint: str = "", *, breaks: bool = True) -> None:
        """Note one problem; it stands at the element's id or the nearest one around it.

        What it `breaks` cannot be evaluated, as what is being read.
        """
        if breaks:
            self.broken.update(self._owners)
        self.problems.append(Problem(message, self.resource, place(element), line_of(element), hint))

    def mark_broken(self) -> None:
        """The elements that are being read need one that could not be read."""
        self.broken.update(self._owners)

    @contextmanager
    def within(self, key: str) -> Iterator[None]:
        """While the element of this id is read."""
        self._owners.append(key)
        try:
            yield
        finally:
            self._owners.pop()

    def is_within(self, key: str) -> bool:
        """Whether the element of this id is being read."""
        return key in self._owners

    def feel(
        self, element: Element, what: str, names: Names, *, unary: bool = False, empty: bool = False
    ) -> str:
        """The FEEL in the element's text, to be checked with these names known; "" after a problem."""
        language = (element.get("expressionLanguage") or "").strip()
        if language.lower() not in _FEEL and "feel" not in language.lower():
            self.error(element, f"{what}用的是“{language}”，只支持 FEEL。", "请删除 expressionLanguage。")
            return ""
        text = (text_of(element, "text") or "").strip()
        if not text:
            if not empty:
                self.error(element, f"{what}没有写表达式。", "请写出 FEEL 表达式。")
            return ""
        try:
            text = feel.translate(text) or text
        except FeelError as error:
            self.error(element, f"{what}：{error}。", "请改写成 FEEL。")
            return ""
        plain = " ".join(text.split())
        known = {name: sample for name, sample in names.items() if name in plain}  # the fewer the faster
        self._checks.append(_Check(element, what, text, unary, known))
        return text

    def check(self) -> None:
        """Check the syntax of all FEEL read so far."""
        answers = feel.check_over([(check.text, check.unary, check.names) for check in self._checks])
        for check, answer in zip(self._checks, answers, strict=True):
            if answer:
                self.error(check.element, f"{check.what}：{answer}。", _hint(answer), breaks=False)
        self._checks.clear()

    def knows(self, callee: str, names: Names) -> bool:
        """Whether something of this name, behind imports' names too, can be called here."""
        if callee in names:
            return True
        inside: object = names
        for part in callee.split("."):
            if not isinstance(inside, Mapping) or part not in inside:
                return feel.check(f"{callee}()") is None
            inside = inside[part]
        return True

    def name(self, element: Element, name: str, what: str) -> str:
        """The name if FEEL can hold it as a variable; else "" after a problem."""
        name = " ".join(name.split())
        if not _NAME.fullmatch(name) or name in _RESERVED:
            self.error(
                element,
                f"{what}的名称“{name}”不能用作变量名。",
                "名称用汉字、字母、数字，不用括号、引号、逗号和FEEL的关键字。",
            )
            return ""
        return name

    def type(self, element: Element, reference: str | None) -> Type:
        """The type of this name: one of FEEL's, or an item definition of the file or an imported one."""
        name = (reference or "").strip()
        plain = name.rpartition(":")[2] if name not in self._items else name
        if not plain:
            return ANY
        if plain in self._items:
            return self._item(element, plain)
        if plain.lower() == "list":
            return Type(collection=True)
        base = _BASES.get(plain.lower())
        if base is not None:
            return Type(base)
        if (found := self._imported(element, plain)) is not None:
            return found
        hint = "请用 string、number、boolean、date 等，或先定义它。"
        self.error(element, f"不认识类型“{name}”。", hint, breaks=False)
        return ANY

    def types(self) -> Mapping[str, Type]:
        """The item definitions of the file by name."""
        for name, item in self._items.items():
            self._item(item, name)
        return self._types

    def _imported(self, element: Element, name: str) -> Type | None:
        """A type behind an import's name; without one, of any imported file that defines it."""
        for prefix, reader in self._imports.items():
            rest = name.removeprefix(f"{prefix}.")
            if rest in reader._items:
                return reader.type(element, rest)
            if rest != name and (found := reader._imported(element, rest)) is not None:
                return found
        return None

    def _item(self, element: Element, name: str) -> Type:
        if name in self._types:
            return self._types[name]
        if name in self._resolving:
            self.error(element, f"类型“{name}”引用了自身。", "请改用别的类型。")
            return ANY
        self._resolving.add(name)
        try:
            self._types[name] = self._definition(self._items[name])
            return self._types[name]
        finally:
            self._resolving.discard(name)

    def _definition(self, item: Element) -> Type:
        found = self._single(item)
        constraint = self._tests(item, "typeConstraint")
        if item.get("isCollection") in ("true", "1"):
            lists = found.collection or found.base == "list" or found.constraint
            found = Type("list", items=found) if lists else replace(found, collection=True)
        return replace(found, constraint=constraint or found.constraint)

    def _single(self, item: Element) -> Type:
        """The type of the item, or of one of its items if it is a collection."""
        components = list(named(item, "itemComponent"))
        if components:
            return Type(
                "context", parts={part.get("name") or "": self._definition(part) for part in components}
            )
        function = next(named(item, "functionItem"), None)
        if function is not None:
            return Type("function", items=self.type(function, function.get("outputTypeRef")))
        found = self.type(item, text_of(item, "typeRef"))
        allowed = self._tests(item, "allowedValues")
        return replace(found, allowed=allowed) if allowed else found

    def _tests(self, item: Element, name: str) -> str:
        values = next(named(item, name), None)
        return "" if values is None else self.feel(values, "允许的值", {}, unary=True)


def _hint(answer: str) -> str:
    if "没有函数" in answer:
        return "请核对函数名；文件中的函数，要求了它（knowledgeRequirement）才能调用。"
    return "请改正这个 FEEL 表达式。"


def named(element: Element, *names: str) -> Iterator[Element]:
    """The children with one of these local names."""
    return (child for child in element.iterchildren(etree.Element) if local(child) in names)


def text_of(element: Element, name: str) -> str | None:
    """The text of the first child of this local name."""
    child = next(named(element, name), None)
    return None if child is None else (child.text or "")


def place(element: Element) -> str:
    """The id of the element, or of the nearest one around it that has one."""
    at: Element | None = element
    while at is not None:
        if at.get("id"):
            return str(at.get("id"))
        at = at.getparent()
    return ""


def line_of(element: Element) -> int | None:
    """The 1-based line on which the element begins."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def target(element: Element) -> str:
    """The local id that an `href` names."""
    return (element.get("href") or "").rpartition("#")[2]


def by_id(elements: Iterable[Element]) -> Mapping[str, Element]:
    """The elements by their ids."""
    return {element.get("id") or "": element for element in elements}
