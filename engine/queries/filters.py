"""Saved filters, how much they find, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from engine import policy
from engine.model.definition import ProcessModel
from engine.model.finding import Narrowings, Place, SavedFilter, SearchField
from engine.model.records import ProcessDefinition
from engine.queries.inbox import MOST_COUNTED, asked_for, narrowed, of_cases
from engine.queries.reader import ZONE, Reader, person
from engine.store import boxes, definitions, filters, organisation, people, reading
from engine.store.boxes import Box
from engine.store.database import Work
from engine.store.instances import Bindings

_PEOPLE = ("userTask", "manualTask")


def saved(reader: Reader, by: str, place: Place | None, *, manage: bool) -> tuple[SavedFilter, ...]:
    """One's own filters in their order, then those shared with one's groups; to manage: shared with any."""
    with reader.database.reading() as work:
        user = person(work, by)
        admins = people.get_setting(work, "process_admins") or ""
        every = manage and not policy.edit_processes(user, admins)
        return filters.reaching(work, by, user.groups, place, shared=every)


def counts(reader: Reader, by: str, box: Box | None, found: Sequence[SavedFilter]) -> Mapping[str, int]:
    """Filter id -> how much it finds for this person in a box (None: among cases), counted up to 100."""
    now = reader.clock()
    with reader.database.reading() as work:
        person(work, by)
        if not found:
            return {}
        if box is None:
            wanted = [of_cases(work, one.criteria, now) for one in found]
            counted = reading.count_cases(work, by, wanted, MOST_COUNTED)
            return dict(zip((one.id for one in found), counted, strict=True))
        asked = {one.id: asked_for(by, box, narrowed(work, one.criteria, now), now) for one in found}
        return boxes.count(work, by, asked, MOST_COUNTED)


def choices(reader: Reader, by: str, key: str) -> Narrowings:
    """Units; steps and searchable fields of the process of this key and of what it calls, if it is there."""
    with reader.database.reading() as work:
        person(work, by)
        units = _units(reader, work)
        latest = {one.key: one for one in definitions.latest_definitions(work)} if key else {}
        if key not in latest:
            return Narrowings(units=units)
        models = _called(reader, work, latest, key)
        names = dict.fromkeys(name for one in models.values() for name in _steps(one))
        fields = _fields(reader, work, latest[key], models)
        return Narrowings(tuple(names), units, tuple(fields.values()))


def _fields(
    reader: Reader, work: Work, top: ProcessDefinition, models: Mapping[str, ProcessModel]
) -> Mapping[str, SearchField]:
    return reader.library.searchable(work, top.id, Bindings({each: each for each in models}))


def _called(
    reader: Reader, work: Work, latest: Mapping[str, ProcessDefinition], key: str
) -> dict[str, ProcessModel]:
    """Definition id -> process: of this key, then of all that it calls."""
    found: dict[str, ProcessModel] = {}
    waiting = [key]
    while waiting:
        one = latest.get(waiting.pop(0))
        if one is not None and one.id not in found:
            found[one.id] = reader.library.process(work, one.id)
            waiting += sorted(found[one.id].called_keys())
    return found


def _steps(process: ProcessModel) -> Iterator[str]:
    for node in process.scope.walk():
        if node.kind in _PEOPLE and node.name:
            yield node.name


def _units(reader: Reader, work: Work) -> tuple[tuple[str, str], ...]:
    """The organisation's units of today, else what accounts say."""
    day = reader.clock().astimezone(ZoneInfo(ZONE)).date()
    known = organisation.units(work, day.isoformat())
    return known or tuple((name, name) for name in people.unit_names(work))
