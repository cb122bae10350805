"""Words of the domain in another language: {"language": "en", "words": {text: text}}."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.model.words import Words
from engine.parsing.jsonfile import JsonReader, escaped, read_object

SUFFIX = ".words.json"
LONGEST = 2_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")


def parse_words(content: bytes, resource: str) -> Words:
    """The file's words; InvalidDefinition with every problem at its place."""
    data = read_object(content, resource)
    reader = JsonReader(resource)
    reader.keys(data, ("language", "words"), "")
    language = reader.text(data, "language", "", required=True)
    if language and not _LANGUAGE.fullmatch(language):
        reader.error("/language", f"“{language}”不是语言的代码。", "请写如 en、zh_TW。")
    words = read_words(reader, data.get("words"), "/words")
    reader.finish()
    return Words(language, words)


def read_words(reader: JsonReader, given: Any, pointer: str) -> Mapping[str, str]:
    """An object of texts; what is no text is noted."""
    if not isinstance(given, dict):
        reader.error(pointer, "这里应当是对象。")
        return {}
    for text, told in given.items():
        if not isinstance(told, str) or not told.strip() or len(told) > LONGEST or not text.strip():
            reader.error(f"{pointer}/{escaped(text)}", "译文应当是不空的文字。", "请填写，或删除这一项。")
    return {text: told for text, told in given.items() if isinstance(told, str)}
