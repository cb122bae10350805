"""What a form's picker offers to who fills it in."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from engine.model.directory import KINDS, Choice, Directory
from engine.model.forms import FormDefinition
from engine.queries.reader import ZONE, Reader, person
from engine.store import organisation, people


def pick(
    reader: Reader, form: FormDefinition | None, path: str, query: str, *, by: str
) -> tuple[Choice, ...]:
    """Those whom the field may name and who fit the query, 20 at most; nobody if it is no picker.

    The form is an opened one, in which `x-among` is a list.
    """
    spec = _field(form.schema if form else {}, path)
    kind, among = str(spec.get("x-widget")), spec.get("x-among")
    if kind not in KINDS or spec.get("readOnly"):
        return ()
    today = reader.clock().astimezone(ZoneInfo(ZONE)).date()
    with reader.database.reading() as work:
        person(work, by)
        directory = Directory(organisation.load(work).at(today), people.all_users(work))
    return directory.find(kind, query, None if among is None else frozenset(among))


def _field(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The field at a path such as `对象-0-名称`; {} if there is none."""
    spec = schema
    for part in path.split("-"):
        if part.isdecimal() and isinstance(spec.get("items"), dict):
            spec = spec["items"]
        else:
            spec = (spec.get("properties") or {}).get(part) or {}
    return spec
