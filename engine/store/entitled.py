"""Who is entitled to vote at a step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine import feel
from engine.errors import FeelError
from engine.model.execution import JsonObject
from engine.model.meeting import Member
from engine.model.records import UserTask
from engine.store import access, people
from engine.store.database import Work


def entitled(work: Work, task: UserTask, variables: JsonObject) -> tuple[Member, ...]:
    """The members whom the step names, else those of its candidate groups; nobody where it can't be told."""
    named = dict.fromkeys(_named(work, task, variables))
    displays, barred = people.displays(work), access.barred(work, task.instance_id)
    texts = [displays.get(one, one) for one in named]
    return tuple(
        Member(one, f"{text}（{one}）" if texts.count(text) > 1 else text, one in barred)
        for one, text in zip(named, texts, strict=True)
    )


def _named(work: Work, task: UserTask, variables: JsonObject) -> Iterable[str]:
    written = task.properties.get("collectiveMembers", "").strip()
    groups: Iterable[str] = task.candidate_groups
    if written.startswith("="):
        found = _asked(written[1:], variables)
        if isinstance(found, list):
            return [str(one) for one in found if one not in (None, "")]
        groups = (found,) if isinstance(found, str) else ()
    elif written:
        groups = [one.strip() for one in written.replace("，", ",").split(",")]
    return [one for group in groups for one in sorted(people.members(work, group))]


def _asked(expression: str, variables: JsonObject) -> Any:
    try:
        return feel.evaluate(expression, variables)
    except FeelError:
        return None
