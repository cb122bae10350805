"""Reading elements: texts, names, types, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from engine import feel
from engine.errors import FeelError, Problem
from engine.model.decision import ANY, Base, Type
from engine.parsing.xml import local

Element = etree._Element

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
    "daytimeduration": "duration",
    "yearmonthduration": "duration",
    "days and time duration": "duration",
    "years and months duration": "duration",
    "context": "context",
    "function": "function",
}
_NAME = re.compile(r"[^\W\d][\w .+*/'-]*")  #: FEEL takes these signs in names that are known to it
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
    names: frozenset[str]


class Reader:
    """Collects problems and the FEEL texts to be checked together at the end."""

    def __init__(self, resource: str, root: Element) -> None:
        self.resource = resource
        self.problems: list[Problem] = []
        self._checks: list[_Check] = []
        self._items = {item.get("name") or "": item for item in named(root, "itemDefinition")}
        self._resolving: set[str] = set()

    def error(self, element: Element, message: str, hint: str = "") -> None:
        """Note one problem; it stands at the element's id or the nearest one around it."""
        self.problems.append(Problem(message, self.resource, place(element), line_of(element), hint))

    def feel(
        self, element: Element, what: str, names: Iterable[str], *, unary: bool = False, empty: bool = False
    ) -> str:
        """The FEEL in the element's text, to be checked with these names known; "" after a problem."""
        language = (element.get("expressionLanguage") or "").strip()
        if language.lower() not in _FEEL and "feel" not in language.lower():
            self.error(element, f"{what}用的是“{language}”，只支持 FEEL。", "请删除 expressionLanguage。")
            return ""
        text = (text_of(element, "text") or "").strip()
        if not text:
            if not empty:
                self.error(element, f"{what}没有写表达式。")
            return ""
        try:
            text = feel.translate(text) or text
        except FeelError as error:
            self.error(element, f"{what}：{error}。")
            return ""
        self._checks.append(_Check(element, what, text, unary, frozenset(names)))
        return text

    def check(self) -> None:
        """Check the syntax of all FEEL read so far."""
        for names in dict.fromkeys(check.names for check in self._checks):
            checks = [check for check in self._checks if check.names == names]
            answers = feel.check_many([(c.text, c.unary) for c in checks], names=sorted(names))
            for check, answer in zip(checks, answers, strict=True):
                if answer:
                    self.error(check.element, f"{check.what}：{answer}。")
        self._checks.clear()

    def name(self, element: Element, name: str, what: str) -> str:
        """The name if FEEL can hold it as a variable; else "" after a problem."""
        name = " ".join(name.split())
        if not _NAME.fullmatch(name) or _RESERVED & set(name.split()):
            self.error(
                element,
                f"{what}的名称“{name}”不能用作变量名。",
                "名称用汉字、字母、数字，不用括号、引号、逗号和FEEL的关键字。",
            )
            return ""
        return name

    def type(self, element: Element, reference: str | None) -> Type:
        """The type of this name: one of FEEL's, or an item definition of the file."""
        name = (reference or "").strip()
        plain = name.rpartition(":")[2] if name not in self._items else name
        if not plain:
            return ANY
        if plain in self._items:
            return self._item(element, plain)
        if plain.lower() == "list":
            return Type(collection=True)
        base = _BASES.get(plain.lower())
        if base is None:
            self.error(
                element, f"不认识类型“{name}”。", "请用 string、number、boolean、date 等，或先定义它。"
            )
            return ANY
        return Type(base)

    def _item(self, element: Element, name: str) -> Type:
        if name in self._resolving:
            self.error(element, f"类型“{name}”引用了自身。")
            return ANY
        self._resolving.add(name)
        try:
            return self._definition(self._items[name])
        finally:
            self._resolving.discard(name)

    def _definition(self, item: Element) -> Type:
        collection = item.get("isCollection") in ("true", "1")
        components = list(named(item, "itemComponent"))
        if components:
            parts = {part.get("name") or "": self._definition(part) for part in components}
            return Type("context", collection, parts=parts)
        if any(True for _ in named(item, "functionItem")):
            return Type("function", collection)
        found = self.type(item, text_of(item, "typeRef"))
        values = next(named(item, "allowedValues"), None)
        allowed = self.feel(values, "允许的值", (), unary=True) if values is not None else found.allowed
        return replace(found, collection=collection or found.collection, allowed=allowed)


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


def is_foreign(element: Element) -> bool:
    """Whether an `href` points into another file."""
    return bool((element.get("href") or "").rpartition("#")[0])


def by_id(elements: Iterable[Element]) -> Mapping[str, Element]:
    """The elements by their ids."""
    return {element.get("id") or "": element for element in elements}
