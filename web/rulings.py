"""The decisions of a case: which tables were asked, what they saw, which rows fired, what they gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import CaseView, DecisionEvaluation, DecisionRecord, TaskView
from web.wording import shown

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One decision table."""

    name: str
    hits: str  #: numbers of the rows that fired
    inputs: Pairs
    results: Pairs
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruling:
    """One time that a diagram asked for a decision."""

    name: str
    about: str  #: of the task beside it, where the diagram asks for each of several subjects
    at: datetime
    results: Pairs
    lines: tuple[Line, ...]


def rulings(view: CaseView) -> list[Ruling]:
    """The decisions of a case, newest first."""
    abouts = _abouts(view)
    records = sorted(view.decisions, key=lambda record: record.at, reverse=True)
    return [ruling(record, abouts.get(record.activity_id, "")) for record in records]


def decisions_for(view: TaskView) -> list[DecisionRecord]:
    """What was decided for this task: not what was decided in other runs of a repeated part, on others."""
    diagram = view.diagram
    parents = {one.id: one.parent_id for one in diagram.activities} if diagram else {}
    own = {None, parents.get(view.row.task.id)}
    return [record for record in view.decisions if parents.get(record.activity_id) in own]


def ruling(record: DecisionRecord, about: str = "") -> Ruling:
    """One decision; of a graph, the tables in which rows fired."""
    whole = record.evaluation
    lines = tuple(_line(one) for one in _walk(whole) if one is whole or one.hits)
    composed = bool(whole.required) and not whole.hits
    return Ruling(
        name=whole.name or whole.decision_id,
        about=about,
        at=record.at,
        results=_pairs(whole.result),
        lines=lines[1:] if composed and len(lines) > 1 else lines,
    )


def _walk(evaluation: DecisionEvaluation) -> Iterator[DecisionEvaluation]:
    """A decision, then those that it required."""
    yield evaluation
    for required in evaluation.required:
        yield from _walk(required)


def _line(evaluation: DecisionEvaluation) -> Line:
    return Line(
        name=evaluation.name or evaluation.decision_id,
        hits="，".join(str(hit.number) for hit in evaluation.hits),
        inputs=_pairs(evaluation.inputs),
        results=_pairs(evaluation.result),
        notes=tuple(dict.fromkeys(hit.annotation for hit in evaluation.hits if hit.annotation)),
    )


def _pairs(value: object) -> Pairs:
    if isinstance(value, Mapping):
        return tuple((str(name), shown(part)) for name, part in value.items())
    return (("", shown(value)),)


def _abouts(view: CaseView) -> dict[str, str]:
    """For each activity, what the tasks in the same run of its subprocess are about."""
    activities = {one.id: one for diagram in view.diagrams for one in diagram.activities}
    tasks = [*view.open_tasks, *(form.task for form in view.forms)]
    by_parent = {
        activities[task.id].parent_id: task.properties["about"]
        for task in tasks
        if task.id in activities and task.properties.get("about")
    }
    by_parent.pop(None, None)
    return {one.id: by_parent[one.parent_id] for one in activities.values() if one.parent_id in by_parent}
