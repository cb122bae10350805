"""Finished Chinese texts in another language: sentences of the engine and words of the domain.

The engine speaks Chinese and knows no reader: its refusals, findings and records are sentences with values
in them, some kept for years. Each of its sentences stands in the catalogue `engine` as a template, by which
it is recognised wherever it shows. Words of the domain (names of processes and steps, labels and choices of
forms) come with the bundles as `*.words.json`. Both are exchanged in what is *read*: text and labels of a
page. Values of controls, scripts and stored data are never touched, nor what people wrote, unless it is
exactly such a word.
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Response, current_app, g, has_request_context

SPEAKER = "wenze.speaker"  #: name of what makes speakers among the app's extensions
FOLDER = Path(__file__).parent / "translations"
CHINESE = re.compile(r"[\u3400-\u9fff]")
BRACED = re.compile(r"\{(\w*)\}")
LEAST = 4  #: Chinese characters that a template with values needs to be recognised by itself
OPEN = 6
LEAST_INSIDE = 2  #: and within another sentence
DEEPEST = 4
LONGEST = 6  #: parts of a word of the domain, such as unit and position
LETTERS = re.compile(r"[A-Za-z]{2}")
SEPARATORS = {
    "、": ", ",
    "，": ", ",
    "：": ": ",
    "；": "; ",
    "（": " (",
    "）": ")",
    "。": ". ",
    "\u3000": "\u3000",
    "或": " or ",
}
_PARTS = re.compile(f"([{''.join(SEPARATORS)}]| · |, |: |\\s+)")
_SENTENCES = re.compile(r"(?<=[。；])(?=.)")
_READ = re.compile(
    r"<(?P<kept>script|style|textarea|pre)\b.*?</(?P=kept)>"
    r"|(?<=>)(?P<text>[^<>]*[\u3400-\u9fff][^<>]*)(?=<)"
    r"|(?P<name>\s(?:aria-label|title|placeholder|alt|label|data-l|hx-confirm)=\")"
    r"(?P<label>[^\"]*[\u3400-\u9fff][^\"]*)\"",
    re.DOTALL,
)
WIDTH = 130  #: of a label in a diagram
_LABEL = re.compile(
    r"(<(?:\w+:)?BPMNLabel[^>]*>\s*<(?:\w+:)?Bounds x=\")([-\d.]+)(\"[^>]*? width=\")([\d.]+)(\")"
)
_DRAWN = re.compile(r"(\sname=\"|<(?:\w+:)?text>)([^<>\"]*[\u3400-\u9fff][^<>\"]*)(\"|</(?:\w+:)?text>)")


class Sentences:
    """The engine's sentences of one language, found by how they begin or end."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.exact = {text: told for text, told in texts.items() if not BRACED.search(text)}
        self._by_edge: dict[tuple[int, str], list[tuple[int, re.Pattern[str], list[str], str]]] = defaultdict(
            list
        )
        for text, told in texts.items():
            if text not in self.exact:
                self._add(text, told)
        for one in self._by_edge.values():
            one.sort(key=lambda each: -each[0])

    def _add(self, text: str, told: str) -> None:
        parts = BRACED.split(text)
        literals, names = parts[::2], parts[1::2]
        pattern = "(.*?)".join(re.escape(one) for one in literals)
        weight = sum(len(CHINESE.findall(one)) for one in literals)
        if weight < OPEN and not re.search("[“。：]", text):
            weight = min(weight, LEAST - 1)  # a phrase such as …的结果: people write such words, too
        head, tail = literals[0], literals[-1]
        edge = (0, head[0]) if head else (-1, tail[-1]) if tail else (1, "")
        self._by_edge[edge].append((weight, re.compile(pattern, re.DOTALL), names, told))

    def match(self, text: str, least: int) -> tuple[str, dict[str, str]] | None:
        """Template of the translation and the values of the sentence."""
        for edge in ((0, text[0]), (-1, text[-1]), (1, "")):
            for weight, pattern, names, told in self._by_edge.get(edge, ()):
                if weight < least:
                    break
                if found := pattern.fullmatch(text):
                    return told, dict(zip(names, found.groups(), strict=True))
        return None


@cache
def sentences(language: str) -> Sentences:
    """The engine's sentences in this language; none where the catalogue isn't compiled."""
    path = FOLDER / language / "engine.json"
    return Sentences(json.loads(path.read_text("utf-8")) if path.is_file() else {})


class Speaker:
    """Says finished Chinese texts in one language, with these words of the domain."""

    def __init__(self, language: str, words: Mapping[str, str]) -> None:
        self._sentences = sentences(language)
        self._words = words
        self._patterns = Sentences({text: told for text, told in words.items() if BRACED.search(text)})
        self._said_before: dict[str, str] = {}

    def say(self, text: str) -> str:
        """The text in the language, as far as it is known; unknown texts stay as they are."""
        if text not in self._said_before:
            self._said_before[text] = self._said(text, 0)
        return self._said_before[text]

    def _said(self, text: str, depth: int) -> str:
        core = text.strip()
        if not core or depth > DEEPEST or not CHINESE.search(core):
            return text
        told = self._whole(core, depth)
        if told is None:
            parts = _SENTENCES.split(core)
            if len(parts) > 1:
                return " ".join(self._said(part, depth + 1).strip() for part in parts)
            told = self._pieces(core)
        return text.replace(core, told) if told is not None else text

    def _whole(self, text: str, depth: int) -> str | None:
        if known := self._known_word(text):
            return known
        found = self._patterns.match(text, 1) or self._sentences.match(text, LEAST_INSIDE if depth else LEAST)
        if found is None:
            return None
        told, values = found
        given = {name: self._said(value, depth + 1) for name, value in values.items()}
        return BRACED.sub(lambda match: given.get(match[1], match[0]), told)

    def _known_word(self, text: str) -> str:
        return self._words.get(text) or self._sentences.exact.get(text) or ""

    def _pieces(self, text: str) -> str | None:
        """A row of words: all of them, or what is known beside what is in the language already."""
        parts, told, at = _PARTS.split(text), [], 0
        mixed = LETTERS.search(text) is not None
        while at < len(parts):
            if at % 2 or not CHINESE.search(parts[at]):
                told.append(SEPARATORS.get(parts[at], parts[at]))
                at += 1
                continue
            end, known = self._longest(parts, at)
            if not known and not mixed:
                return None
            told.append(known or parts[at])
            at = end
        return "".join(told)

    def _longest(self, parts: list[str], start: int) -> tuple[int, str]:
        """The end and the translation of the longest run of these parts that is one word; "" for none."""
        for end in range(min(len(parts), start + 2 * LONGEST - 1), start, -2):
            word = "".join(parts[start:end])
            if known := self._known_word(word):
                return end, known
            if word.endswith("等") and (known := self._known_word(word[:-1])):
                return end, f"{known} and others"
        return start + 1, ""

    def page(self, source: str) -> str:
        """A page with its texts and labels in the language."""
        return _READ.sub(self._read, source)

    def _read(self, match: re.Match[str]) -> str:
        if match["kept"]:
            return match[0]
        if match["label"]:
            return f'{match["name"]}{html.escape(self.say(html.unescape(match["label"])))}"'
        return html.escape(self.say(html.unescape(match["text"])), quote=False)


def speaker() -> Speaker | None:
    """Who speaks in this request; nobody where the reader reads Chinese."""
    if not has_request_context():
        return None
    if "speaker" not in g:
        g.speaker = current_app.extensions[SPEAKER]()
    found: Speaker | None = g.speaker
    return found


def said(text: str) -> str:
    """A finished text in the reader's language."""
    found = speaker()
    return found.say(text) if found else text


def said_names(xml: str) -> str:
    """A diagram to be looked at, its names and notes in the reader's language; never one to be edited."""
    found = speaker()
    if found is None:
        return xml

    def named(match: re.Match[str]) -> str:
        return f"{match[1]}{html.escape(found.say(html.unescape(match[2])))}{match[3]}"

    return _LABEL.sub(_wider, _DRAWN.sub(named, xml))


def _wider(match: re.Match[str]) -> str:
    """A label with room for words of letters, its middle where it was: Chinese ones are drawn narrow."""
    left, width = float(match[2]), float(match[4])
    if width >= WIDTH:
        return match[0]
    return f"{match[1]}{left - (WIDTH - width) / 2:g}{match[3]}{WIDTH}{match[5]}"


def finish(response: Response) -> Response:
    """Exchange what is still Chinese in a page for a reader of another language."""
    found = speaker()
    if found is None or response.mimetype != "text/html" or response.direct_passthrough:
        return response
    if not response.headers.get("Content-Disposition", "").startswith("attachment"):
        response.set_data(found.page(response.get_data(as_text=True)))
    return response
