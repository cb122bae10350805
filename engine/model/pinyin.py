"""Chinese text found by pinyin: whole syllables, their initials, or both mixed, whatever reading is meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module

_LONGEST = 40  #: letters and characters that are looked at


def found(text: str, letters: str) -> int | None:
    """Where the letters spell something in the text: zs, zhangs, zhangsan find 张三 at 0; None if nowhere."""
    if not letters or len(letters) > _LONGEST:
        return None
    spelt = [readings(one) for one in text[:_LONGEST]]
    return next((at for at in range(len(spelt)) if _spells(spelt[at:], letters)), None)


@lru_cache(maxsize=8192)
def readings(character: str) -> frozenset[str]:
    """The readings of a character without tones, ü as v; itself for a letter or digit."""
    given = _dictionary().get(ord(character), "")
    plain = frozenset(_toneless(one) for one in given.split(",") if one)
    return plain or frozenset({character.lower()})


def _spells(spelt: list[frozenset[str]], letters: str) -> bool:
    """Whether some way through the readings uses up all letters."""
    left = {letters}
    for options in spelt:
        after: set[str] = set()
        for rest in left:
            for one in options:
                if one.startswith(rest):
                    return True
                after.update(rest[len(part) :] for part in _parts(one) if rest.startswith(part))
        left = after
        if not left:
            return False
    return False


def _parts(reading: str) -> tuple[str, ...]:
    """What may be typed for a syllable: all of it, its first letter, or zh, ch, sh."""
    initial = (reading[:2],) if reading[:2] in ("zh", "ch", "sh") else ()
    return (reading, reading[:1], *initial)


def _toneless(syllable: str) -> str:
    bare = unicodedata.normalize("NFD", syllable)
    plain = bare.replace("u\u0308", "v")
    return "".join(one for one in plain if not unicodedata.combining(one)).lower()


@lru_cache(maxsize=1)
def _dictionary() -> Mapping[int, str]:
    """pypinyin's table, loaded when first asked for: it takes a third of a second."""
    table: Mapping[int, str] = import_module("pypinyin.pinyin_dict").pinyin_dict
    return table
