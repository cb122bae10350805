"""What goes into a case's dossier."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import IO

from engine import dossier
from engine.dossier import Dossier, Source
from engine.errors import NotFound
from engine.model.curtain import Curtain
from engine.model.execution import JsonObject
from engine.model.records import DocumentInfo, HistoryEvent
from engine.model.views import CaseView
from engine.queries import cases
from engine.queries.reader import Reader, person
from engine.store import definitions, documents, history, large, people
from engine.store.database import Work


def write(
    reader: Reader,
    instance_id: str,
    file: IO[bytes],
    *,
    by: str,
    reason: str,
    key: str,
    sayings: Mapping[str, str],
) -> JsonObject:
    """Write the dossier as this user may see the case; gives its manifest."""
    with reader.database.reading() as work:
        view = cases.case_in(reader, work, instance_id, by=by)
        user = person(work, by)
        curtain = cases.curtain_of(reader, work, cases.visible(work, instance_id, by), user)
        true = history.recorded(work, instance_id)
        record = [replace(event, data=_veiled(curtain, event.data)) for event in true]
        made = Dossier(
            office=(people.get_setting(work, "office") or {}).get("name", ""),
            case=view,
            record=record,
            large=large.contents(work, _mentioned(record)),
            sources=tuple(_sources(work, view)),
            content=_reading(work),
            made_at=reader.clock(),
            made_by=user,
            reason=reason,
            sayings=sayings,
            veiled=[a.seq for a, b in zip(true, record, strict=True) if a.data != b.data],
        )
        return dossier.write(made, key, file)


def _veiled(curtain: Curtain, data: JsonObject) -> JsonObject:
    """An entry's data without what is protected, and without the hashes under which that would be found."""
    hidden = curtain.masked | curtain.absent
    return {
        name: {one: value for one, value in told.items() if one not in hidden}
        if name.endswith(history.LARGE) and isinstance(told, Mapping)
        else told
        for name, told in curtain.deep(data).items()
    }


def _mentioned(record: Sequence[HistoryEvent]) -> set[str]:
    """Hashes of the large values that a record tells of."""
    lifted = [value for event in record for name, value in event.data.items() if name.endswith(history.LARGE)]
    return {sha256 for hashes in lifted for sha256 in hashes.values()}


def _sources(work: Work, view: CaseView) -> Iterator[Source]:
    """The files of all deployments whose diagrams the case has run by."""
    for deployment in sorted({diagram.definition.deployment_id for diagram in view.diagrams}):
        for name in definitions.resource_names(work, deployment):
            content = definitions.resource_content(work, deployment, name)
            if content is not None:
                yield Source(deployment, name, content)


def _reading(work: Work) -> Callable[[DocumentInfo], bytes]:
    def content(info: DocumentInfo) -> bytes:
        found = documents.get(work, info.id)
        if found is None:
            raise NotFound
        return found[1]

    return content
