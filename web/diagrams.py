"""What has happened on a diagram, as the JSON that the viewer script draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from engine import Diagram, UserTask
from web.i18n import _
from web.saying import said, said_names
from web.wording import clock_words

CONTAINERS = ("subProcess", "transaction")
LOOP = "multiInstanceBody"  #: what encloses the runs of a multi-instance activity
SEEN_ONCE = ("startEvent", "endEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway")


def diagram_json(
    diagram: Diagram, xml: bytes, open_tasks: Iterable[UserTask], people: Mapping[str, str]
) -> dict[str, Any]:
    """The viewer's JSON for one diagram of a case; its fields are described in `web/cases.py`."""
    states = element_states(diagram)
    badges = element_badges(diagram, open_tasks, people)
    active = [element for element, state in states.items() if state == "active"]
    definition = diagram.definition
    return {
        "definition": {
            "id": definition.id,
            "key": definition.key,
            "name": definition.name,
            "version": definition.version,
        },
        "xml": said_names(xml.decode("utf-8")),
        "states": states,
        "flows": list(dict.fromkeys(diagram.flows_taken)),
        "badges": badges,
        "counts": repeat_counts(diagram),
        "focus": badges[0]["element"] if badges else (active[0] if active else None),
        "label": _("%(name)s流程图", name=definition.name),
        "description": describe(diagram, states),
    }


def element_states(diagram: Diagram) -> dict[str, str]:
    """State by element id; an element with a live run is active even if an earlier run is done.

    An embedded subprocess in which something goes on is only "open": what goes on inside is active.
    """
    states = dict.fromkeys(diagram.skipped, "skipped")
    inside = {one.element_id for one in diagram.activities if one.kind in CONTAINERS}
    for activity in diagram.activities:
        element = activity.element_id
        if activity.status == "active":
            states[element] = "open" if element in inside else "active"
        elif activity.status == "completed" and states.get(element) not in ("active", "open"):
            states[element] = "done"
    return states


def element_badges(
    diagram: Diagram, open_tasks: Iterable[UserTask], people: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Who has which open task and for how long, most urgent first; several of one element are counted."""
    mine = [task for task in open_tasks if task.definition_id == diagram.definition.id]
    mine.sort(key=lambda task: (task.due_at is None, task.due_at or task.created_at))
    by_element: dict[str, list[UserTask]] = {}
    for task in mine:
        by_element.setdefault(task.element_id, []).append(task)
    return [_badge(element, tasks, people) for element, tasks in by_element.items()]


def _badge(element: str, tasks: list[UserTask], people: Mapping[str, str]) -> dict[str, Any]:
    first = tasks[0]
    words = clock_words(first)
    who = said(people.get(first.assignee or "", "") or "、".join(first.candidate_groups))
    if len(tasks) > 1:
        who = _("%(n)s项", n=len(tasks))
    text = "\u3000".join(part for part in (who, words.text if first.due_at else "") if part)
    return {"element": element, "text": text, "who": who, "remaining": words.text, "tone": words.tone}


def repeat_counts(diagram: Diagram) -> list[dict[str, Any]]:
    """How often an element was run, where that is more than once; all runs of one loop count once."""
    loops = {one.element_id for one in diagram.activities if one.kind == LOOP}
    runs = Counter(
        one.element_id
        for one in diagram.activities
        if one.kind not in SEEN_ONCE and (one.kind == LOOP or one.element_id not in loops)
    )
    return [
        {"element": element, "runs": count, "text": _("%(n)s次", n=count)}
        for element, count in runs.items()
        if count > 1
    ]


def describe(diagram: Diagram, states: Mapping[str, str]) -> str:
    """The diagram's progress in a sentence, for those who can't see it."""
    names: dict[str, list[str]] = {"done": [], "active": []}
    for activity in diagram.activities:
        state = states.get(activity.element_id, "")
        if state in names and activity.name and activity.kind.endswith(("Task", "Activity", "Process")):
            names[state].append(said(activity.name))
    done, active = (_("、").join(dict.fromkeys(names[state])) for state in ("done", "active"))
    parts = [_("已完成%(steps)s", steps=done)] if done else []
    parts += [_("正在进行%(steps)s", steps=active)] if active else []
    return _("；").join(parts) + _("。") if parts else _("尚未开始。")
