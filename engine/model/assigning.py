"""Naming people in a diagram by what they are: FEEL functions say who is meant, asked when a task is made.

The functions only build values (`{"$who": ...}`), so that FEEL needs to know nothing of the organisation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

WHO = "$who"  #: marks a value that one of the functions has built

_PARAMETERS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # what -> names in English, in Chinese
    "people": (("people", "role", "unit"), ("人员", "岗位", "单位")),
    "head": (("head of", "unit"), ("单位负责人", "单位")),
    "superior": (("superior", "unit"), ("上级单位", "单位")),
    "charge": (("in charge of", "unit"), ("分管领导", "单位")),
    "unit": (("unit of", "person"), ("所在单位", "人员")),
    "initiator": (("initiator",), ("发起人",)),
    "doer": (("doer of", "step"), ("办理人", "环节")),
    "not": (("not doer of", "step"), ("非办理人", "环节")),
}


def _text(what: str, english: tuple[str, ...], given: tuple[str, ...]) -> str:
    entries = [f'"{WHO}": "{what}"', *(f'"{k}": {v}' for k, v in zip(english, given, strict=True))]
    return f"function({', '.join(given)}) {{{', '.join(entries)}}}"


FUNCTIONS: Mapping[str, str] = {
    name: _text(what, english[1:], given)
    for what, (english, chinese) in _PARAMETERS.items()
    for name, *rest in (english, chinese)
    for given in (tuple(rest),)
}
_CALL = {name: re.compile(rf"(?<!\w){re.escape(name)}\s*\(") for name in FUNCTIONS}
_STEP = re.compile(r'(?<!\w)(?:doer of|非?办理人)\s*\(\s*(?:(?:step|环节)\s*:\s*)?"([^"\\]*)"\s*\)')


def called(text: str) -> dict[str, str]:
    """The functions that an expression calls; others would hide variables of their names."""
    return {name: FUNCTIONS[name] for name, call in _CALL.items() if call.search(text)}


def steps(text: str) -> tuple[str, ...]:
    """The steps whose doer an expression asks for by a plain text."""
    return tuple(_STEP.findall(text))


def declared(value: Any) -> bool:
    """Whether a value was built by the functions, alone or in a list."""
    if isinstance(value, list):
        return any(declared(one) for one in value)
    return isinstance(value, dict) and WHO in value


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom a task is for, as its expressions have answered."""

    assignee: Any = None
    users: Any = None
    groups: Any = None
    backup: tuple[str, ...] = ()  #: groups to whom it falls when the functions find nobody


@dataclass(frozen=True, slots=True)
class Named:
    """Who that is. `problem`: why there is nobody, in Chinese."""

    assignee: str = ""
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()  #: steps whose doers must not do the task
    problem: str = ""
    note: str = ""  #: that it fell to the backup, and why


Resolve = Callable[[Wish], Named]
