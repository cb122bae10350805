"""Reads one BPMN file: gathers its problems, follows its references, turns its texts into FEEL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from engine import feel
from engine.errors import FeelError, Problem
from engine.model.assigning import called
from engine.model.definition import Expression, Text, Value
from engine.parsing.bpmn.names import BPMN, CAMUNDA, GLOBAL_TASKS, NODES, REFUSED_NODES, chinese, described
from engine.parsing.xml import line_of, local

Element = etree._Element
PEOPLE_NAMED = frozenset(
    {"办理人", "候选组", "候选人"}
)  #: attributes of a task whose expressions name people


def children(element: Element, *names: str) -> Iterator[Element]:
    """Child elements of BPMN's namespace, all or those with these names."""
    return element.iterchildren(*[f"{{{BPMN}}}{name}" for name in names or ("*",)])


def child(element: Element, name: str) -> Element | None:
    """The first such child."""
    return next(children(element, name), None)


def camunda(element: Element, name: str) -> str | None:
    """A camunda: attribute, stripped; None if absent or blank."""
    return (element.get(f"{{{CAMUNDA}}}{name}") or "").strip() or None


def extensions(element: Element, name: str) -> Iterator[Element]:
    """camunda: elements of this name among the extension elements."""
    holder = child(element, "extensionElements")
    return iter(()) if holder is None else holder.iterchildren(f"{{{CAMUNDA}}}{name}")


def content(element: Element | None) -> str:
    """All text in an element, stripped."""
    return "" if element is None else "".join(map(str, element.itertext())).strip()


def flag(element: Element, name: str, default: bool = False) -> bool:
    """A boolean attribute of BPMN's own."""
    text = element.get(name)
    return default if text is None else text.strip() in ("true", "1")


def reference(text: str | None) -> str:
    """An id reference without its namespace prefix."""
    return (text or "").strip().rpartition(":")[2]


def documentation(element: Element) -> str:
    """The documentation texts, one paragraph each."""
    return "\n\n".join(filter(None, map(content, children(element, "documentation"))))


def describe(element: Element) -> str:
    """The element as messages name it."""
    return described(local(element), element.get("name") or "", element.get("id") or "")


def is_name(text: str) -> bool:
    """Whether FEEL and our forms can take this as a variable's name."""
    return _NAME.fullmatch(text) is not None and text not in _KEYWORDS


_BATCH = 500  #: expressions checked by one call
_WORDS = frozenset({"instance", "of", "satisfies"})  #: that join names, too
_PROSE = re.compile(r"[^\W\d]\w*[?？]?(?:\s+\w+[?？]?)+")  #: words, but nothing that compares or computes
_NAME = re.compile(r"[^\W\d]\w*")
_KEYWORDS = frozenset(
    {
        *("and", "or", "in", "not", "if", "then", "else", "for", "some", "every", "return", "between"),
        *("function", "external", "true", "false", "null"),
    }
)


@dataclass
class Reader:
    """The state of one reading: where problems go, and what references point to."""

    resource: str
    problems: list[Problem] = field(default_factory=list)
    messages: Mapping[str, Element] = field(default_factory=dict)
    errors: Mapping[str, Element] = field(default_factory=dict)
    escalations: Mapping[str, Element] = field(default_factory=dict)
    definitions: Mapping[str, Element] = field(default_factory=dict)  #: reusable event definitions
    signals: Mapping[str, Element] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)  #: nodes refused whole, so not checked further
    idle: frozenset[str] = frozenset()  #: processes of the file that are marked not to run
    data: Mapping[str, str] = field(default_factory=dict)  #: id -> variable of what holds data; "": a store
    pending: list[tuple[Element, str, str]] = field(default_factory=list)  #: expressions to check

    def error(self, element: Element, message: str, hint: str = "") -> None:
        """Note a problem of this element."""
        self.note(_id(element), line_of(element), message, hint)

    def warn(self, element: Element, message: str, hint: str = "") -> None:
        """Note something dubious that does not prevent deployment."""
        self.note(_id(element), line_of(element), message, hint, "warning")

    def note(
        self, element_id: str, line: int | None, message: str, hint: str = "", severity: str = "error"
    ) -> None:
        """Note a problem by element id and line."""
        self.problems.append(Problem(message, self.resource, element_id, line, hint, severity))

    def refuse(self, element: Element, what: str, hint: str) -> None:
        """Note that something is not supported."""
        self.error(element, f"{describe_near(element)}：不支持{what}。", hint)

    def translated(self, element: Element, text: str, what: str) -> str | None:
        """FEEL of `=...` or `${...}`; None for a literal (and after a problem is noted: "null")."""
        try:
            return feel.translate(text)
        except FeelError as error:
            message = f"{describe_near(element)}：{what}{error.message}。"
            self.error(element, message)
            return "null"

    def expression(self, element: Element, text: str, what: str) -> Expression | None:
        """A text that is FEEL whether marked or not; None if it is blank."""
        if not text.strip():
            return None
        translated = self.translated(element, text, what)
        return self.checked(element, text if translated is None else translated, what)

    def value(self, element: Element, text: str | None, what: str) -> Value | None:
        """A text that is FEEL only if marked; None if it is absent."""
        if text is None:
            return None
        translated = self.translated(element, text, what)
        return Text(text.strip()) if translated is None else self.checked(element, translated, what)

    def checked(self, element: Element, expression: str, what: str) -> Expression:
        """The expression; its syntax is checked with all the others by `finish`."""
        self.pending.append((element, expression.strip(), what))
        if _PROSE.fullmatch(expression.strip()) and not (_KEYWORDS | _WORDS) & set(expression.split()):
            self.warn(
                element,
                f"{describe_near(element)}：{what}“{shortened(expression)}”像是说明文字，算出来是空的。",
                "请写成FEEL，如 金额 > 100；变量名不能含空格。",
            )
        return Expression(expression.strip(), line_of(element))

    def name(self, element: Element, text: str, what: str) -> str:
        """A variable name, noted as a problem if FEEL could not read it as one."""
        if not is_name(text):
            self.error(
                element,
                f"{describe_near(element)}：{what}“{shortened(text)}”不能作变量名。",
                "变量名不能含空格、标点，不能以数字开头，也不能是FEEL的关键字。",
            )
        return text

    def finish(self) -> None:
        """Check the syntax of every expression, by a few calls of the sandbox."""
        for at in range(0, len(self.pending), _BATCH):
            batch = self.pending[at : at + _BATCH]
            try:
                answers = feel.check_over([(text, False, _known(text, what)) for _, text, what in batch])
            except FeelError as error:
                self.error(batch[0][0], f"表达式无法检查：{error.message}。")
                return
            for (element, _, what), answer in zip(batch, answers, strict=True):
                if answer:
                    self.error(element, f"{describe_near(element)}：{what}有错误：{answer}。", "请改正。")


def _known(text: str, what: str) -> dict[str, None]:
    """Functions that an expression may call beside FEEL's own: those over the organisation."""
    return dict.fromkeys(called(text)) if what in PEOPLE_NAMED else {}


def describe_near(element: Element) -> str:
    """The nearest element with an id, as messages name it."""
    near: Element | None = element
    while near is not None and not (near.get("id") and local(near) in _NAMED):
        near = near.getparent()
    return chinese(local(element)) if near is None else describe(near)


def shortened(text: str) -> str:
    """A text cut for a message."""
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _id(element: Element) -> str:
    near: Element | None = element
    while near is not None and local(near) != "definitions":
        if near.get("id") and local(near) in _NAMED:
            return near.get("id") or ""
        near = near.getparent()
    return ""


_NAMED = (
    NODES
    | REFUSED_NODES
    | GLOBAL_TASKS.keys()
    | {"process", "sequenceFlow", "lane", "participant", "message", "error", "escalation", "signal"}
)
