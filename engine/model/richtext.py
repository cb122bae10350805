"""Long text with a little shape, kept as plain text that reads well as it is.

    一、Heading        （一）Smaller heading
    - item             1. numbered item
    **strong**         an empty line between paragraphs

So it is safe wherever text is (every page escapes it), and documents and prints need no other form of it.
What comes as HTML, also from a word processor, becomes such text; nothing else of it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from typing import Literal

Kind = Literal["paragraph", "heading", "subheading", "item", "numbered"]

STRONG = re.compile(r"(?<![*0-9])\*\*(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\*\*(?![*0-9])")
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、\S.{0,60}")
_SUBHEADING = re.compile(r"（[一二三四五六七八九十]{1,3}）\S.{0,60}")
_ITEM = re.compile(r"[-·•●▪◦]\s+(?=\S)")
_NUMBERED = re.compile(r"([0-9]{1,3})[.．、)）]\s*(?=[^\s0-9])")
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:/?(?:p|div|span|br|ul|ol|li|b|strong|h[1-6]|table|o:p|style|!--)\b|!--)", re.I
)
_BLOCKS = frozenset({"p", "div", "ul", "ol", "tr", "table", "blockquote", "section", "article", "pre"})
_SILENT = frozenset(
    {"script", "style", "head", "title", "template", "iframe", "object", "svg", "math", "xml"}
)
_STRONG_TAGS = frozenset({"b", "strong"})
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item: runs of text, each strong or not."""

    kind: Kind
    runs: tuple[tuple[str, bool], ...]
    number: int = 0  #: of a numbered item


def blocks(text: str) -> tuple[Block, ...]:
    """The text's blocks in their order; every line is one, empty ones are none."""
    return tuple(_block(line.strip()) for line in text.split("\n") if line.strip())


def grouped(text: str) -> Iterator[tuple[Kind, list[Block]]]:
    """Neighbouring blocks of one kind together, as lists need it."""
    for kind, run in groupby(blocks(text), lambda block: block.kind):
        yield kind, list(run)


def plain(text: str) -> str:
    """The text without the marks of strong parts."""
    return STRONG.sub(r"\1", text) if "**" in text else text


def cleaned(text: str) -> str:
    """Text as it is kept: HTML turned into text, one form of list marks, no more than one empty line."""
    if _LOOKS_LIKE_HTML.search(text):
        text = _from_html(text)
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip(" ") for line in text.split("\n")]
    joined = "\n".join(_ITEM.sub("- ", line, count=1) if _ITEM.match(line) else line for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip("\n")


def _block(line: str) -> Block:
    bare = plain(line)
    if _HEADING.fullmatch(bare) and not bare.endswith("。"):
        return Block("heading", ((bare, True),))
    if _SUBHEADING.fullmatch(bare) and not bare.endswith("。"):
        return Block("subheading", ((bare, True),))
    if match := _ITEM.match(line):
        return Block("item", _runs(line[match.end() :]))
    if match := _NUMBERED.match(line):
        return Block("numbered", _runs(line[match.end() :]), int(match[1]))
    return Block("paragraph", _runs(line))


def _runs(line: str) -> tuple[tuple[str, bool], ...]:
    parts = STRONG.split(line)
    return tuple((part, at % 2 == 1) for at, part in enumerate(parts) if part)


def _from_html(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects lines of text; knows blocks, breaks, lists, headings and strong parts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._silent = 0
        self._strong = 0
        self._lists: list[int] = []  #: 0 for bullets, else the next number
        self._headings = [0, 0]

    def text(self) -> str:
        return "\n".join(line.replace("****", "").strip() for line in self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif self._silent:
            return
        elif tag == "br":
            self._lines.append("")
        elif tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else 0)
            self._break()
        elif tag == "li":
            self._item()
        elif len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self._heading(int(tag[1]))
        elif tag in _BLOCKS:
            self._break()
        elif tag in _STRONG_TAGS:
            self._strong += 1
            self._lines[-1] += "**" if self._strong == 1 else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif self._silent:
            return
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._break()
        elif tag in _STRONG_TAGS and self._strong:
            self._strong -= 1
            self._lines[-1] += "**" if self._strong == 0 else ""
        elif tag in _BLOCKS or tag == "li" or (len(tag) == 2 and tag[0] == "h"):
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._lines[-1] += re.sub(r"\s+", " ", data)

    def _break(self) -> None:
        if self._lines[-1].strip() and not re.fullmatch(r"\s*(- |[0-9]+\. )", self._lines[-1]):
            self._lines.append("")

    def _item(self) -> None:
        self._break()
        number = self._lists[-1] if self._lists else 0
        self._lines[-1] = f"{number}. " if number else "- "
        if number:
            self._lists[-1] += 1

    def _heading(self, level: int) -> None:
        self._break()
        at = 0 if level <= 2 else 1
        self._headings[at] += 1
        self._headings[1] = self._headings[1] if at else 0
        number = _NUMBERS[min(self._headings[at], len(_NUMBERS)) - 1]
        self._lines[-1] = f"（{number}）" if at else f"{number}、"
