"""What a dossier holds: the record as it is chained, forms, documents, diagrams, and an index to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from engine.dossier.archive import plain
from engine.model.execution import JsonObject
from engine.model.records import DocumentInfo, HistoryEvent, User
from engine.model.views import CaseView, FilledForm

CASE, RECORD, INDEX = "case.json", "record.jsonl", "index.html"


@dataclass(frozen=True, slots=True)
class Source:
    """A deployed file of a version that the case has run by."""

    deployment: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that goes into the file."""

    office: str
    case: CaseView
    record: Sequence[HistoryEvent]  #: as it is chained, oldest first
    large: Mapping[str, bytes]  #: sha256 -> JSON of each large value that the record mentions
    sources: Sequence[Source]  #: of all versions by which it ran
    content: Callable[[DocumentInfo], bytes]
    made_at: datetime
    made_by: User
    reason: str
    sayings: Mapping[str, str]  #: kind of an entry of the record -> what the index calls it
    veiled: Sequence[int] = ()  #: numbers of the entries that are told without what is protected in them


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a dossier."""

    path: str
    data: bytes
    about: str  #: what it is, in Chinese


def pretty(value: Any) -> bytes:
    """JSON to be read by people, too."""
    return (json.dumps(value, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else list(value)


def line(event: HistoryEvent) -> JsonObject:
    """An entry of the record as JSON."""
    return asdict(event) | {"at": event.at.isoformat()}


def event_of(told: Any) -> HistoryEvent:
    """The entry that `line` wrote; ValueError, KeyError or TypeError for anything else."""
    return HistoryEvent(**(told | {"at": datetime.fromisoformat(told["at"])}))


def document_path(number: int, info: DocumentInfo) -> str:
    """Where the case's document of this number stands."""
    return f"documents/{number:03}-{plain(info.name)}"


def form_path(number: int, form: FilledForm) -> str:
    """Where the form of this number stands."""
    return f"forms/{number:03}-{plain(form.task.name)}.json"


def parts(dossier: Dossier, index: Callable[[Dossier], str]) -> Iterator[Part]:
    """The files one after the other; documents are read when it is their turn."""
    view = dossier.case
    yield Part(INDEX, index(dossier).encode(), "目录：用浏览器打开")
    yield Part(CASE, pretty(_case(view)), "案件数据")
    lines = [json.dumps(line(event), ensure_ascii=False, sort_keys=True) for event in dossier.record]
    yield Part(RECORD, "".join(f"{one}\n" for one in lines).encode(), "办理记录，逐条相扣")
    for sha256, data in sorted(dossier.large.items()):
        yield Part(f"values/{sha256}.json", data, "办理记录中的长内容")
    for number, form in enumerate(view.forms, 1):
        yield Part(form_path(number, form), pretty(_form(form)), f"表单：{form.task.name}")
    if view.decisions:
        made = [{"at": one.at, "element": one.element_id} | asdict(one.evaluation) for one in view.decisions]
        yield Part("decisions.json", pretty(made), "按规则表得出的结论和命中的规则")
    for number, info in enumerate(view.documents, 1):
        yield Part(document_path(number, info), dossier.content(info), f"文书材料：{info.name}")
    for source in dossier.sources:
        path = f"sources/{source.deployment}/{source.name}"
        yield Part(path, source.content, "办理时所依的流程、规则和表单")


def _case(view: CaseView) -> JsonObject:
    return {
        "instance": asdict(view.instance),
        "process": view.process_name,
        "summary": dict(view.summary),
        "variables": view.variables,
        "people": dict(view.people),
        "tasks": [asdict(form.task) for form in view.forms],
        "open_tasks": [asdict(task) for task in view.open_tasks],
        "stages": [asdict(stage) for stage in view.stages],
        "activities": [
            asdict(activity) for diagram in view.diagrams for activity in diagram.activities
        ],
        "diagrams": [
            {"definition": diagram.definition.id, "resource": diagram.definition.resource,
             "deployment": diagram.definition.deployment_id, "called_by": diagram.call_element,
             "flows_taken": diagram.flows_taken}
            for diagram in view.diagrams
        ],
        "registers": [asdict(one.entry) for book in view.registers for one in book.entries],
        "documents": [
            asdict(info) | {"path": document_path(number, info)}
            for number, info in enumerate(view.documents, 1)
        ],
    }  # fmt: skip


def _form(form: FilledForm) -> JsonObject:
    return {
        "title": form.title,
        "step": form.task.name,
        "task": form.task.id,
        "by": form.actor_display,
        "at": form.at,
        "values": form.values,
        "schema": form.schema,
    }
