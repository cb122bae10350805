"""Which steps of a case a task may be sent back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Passage:
    """A user task of a case that somebody has completed."""

    task_id: str
    definition_id: str
    element_id: str
    name: str
    parent_id: str | None  #: activity around it, as execution knows it
    done_by: str
    done_at: datetime
    seq: int  #: of its entry in the record


@dataclass(frozen=True, slots=True)
class Aim:
    """What it would mean to move a live activity to an element."""

    refused: str  #: why it cannot be, in Chinese; or ""
    order: Literal["before", "around", "beside"] = "beside"  #: before it on the way, or only round a loop
    level: str | None = None  #: the live activity around the element, None: the process itself
    nested: bool = False  #: the element stands in something that is over


@dataclass(frozen=True, slots=True)
class Target:
    """A step to which a task may be sent back."""

    element_id: str
    definition_id: str
    name: str
    done_by: str  #: user id of who did it last
    done_at: datetime
    task_id: str  #: of what he did


Place = tuple[str, str]  #: definition id, element id


def earlier(
    passages: Sequence[Passage], aims: Mapping[Place, Aim], moved: int, by: str = ""
) -> tuple[Target, ...]:
    """The steps that were really passed before, the latest first; `by`: those that this person did.

    What lies before only round a loop counts if the case was not moved since (`moved`, an entry's number).
    """
    found: dict[Place, Target] = {}
    for one in sorted(passages, key=lambda passage: -passage.seq):
        place = (one.definition_id, one.element_id)
        if place not in found and by in ("", one.done_by) and _passed(one, aims[place], moved):
            found[place] = Target(
                one.element_id, one.definition_id, one.name, one.done_by, one.done_at, one.task_id
            )
    return tuple(found.values())


def _passed(one: Passage, aim: Aim, moved: int) -> bool:
    if aim.refused or aim.order == "beside" or (aim.order == "around" and one.seq < moved):
        return False
    return aim.nested or one.parent_id == aim.level


@dataclass(frozen=True, slots=True)
class JumpStep:
    """A step of a case that may be left, or gone on at."""

    id: str  #: of the live activity that may be left; of the element where the case may go on
    element_id: str
    definition_id: str
    name: str
    about: str = ""  #: whom or what it is about, of several equal ones


@dataclass(frozen=True, slots=True)
class JumpView:
    """From where and to where an administrator may let a case jump."""

    sources: tuple[JumpStep, ...]
    targets: tuple[JumpStep, ...]


@dataclass(frozen=True, slots=True)
class JumpPlan:
    """What a jump would bring about; nothing has changed."""

    leaving: tuple[str, ...]  #: names of the steps that would end here
    coming: tuple[tuple[str, str], ...]  #: name of a step that would begin, and who would get it
    ends: bool  #: the case would be over
