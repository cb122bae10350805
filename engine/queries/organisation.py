"""The organisation as it was on a day, and how it came to be so."""

from __future__ import annotations

from datetime import date

from engine import parsing, policy
from engine.model.organisation import ImportRecord, Organisation
from engine.model.substituting import Substitution
from engine.queries.reader import Reader, person
from engine.store import organisation as store
from engine.store import people, substitutes
from engine.store.database import Work

MOST_IMPORTS = 20


def get(reader: Reader, day: date | None) -> Organisation:
    """All that is known, or what was in force on the day."""
    with reader.database.reading() as work:
        found = store.load(work)
    return found.at(day) if day else found


def imports(reader: Reader) -> tuple[ImportRecord, ...]:
    """The last imports, newest first."""
    with reader.database.reading() as work:
        return store.imports(work, MOST_IMPORTS)


def export(reader: Reader, title: str) -> bytes:
    """The whole organisation as XLSX, or its sheet of this title as CSV."""
    with reader.database.reading() as work:
        return parsing.write_organisation(store.load(work), title)


def may_maintain(reader: Reader, user: str) -> bool:
    """Whether the user may change the organisation."""
    with reader.database.reading() as work:
        return not _refused(work, user)


def _refused(work: Work, user: str) -> str:
    admins = people.get_setting(work, "process_admins") or ""
    return policy.maintain_organisation(person(work, user), admins)


def substitutions(reader: Reader, user: str) -> tuple[Substitution, ...]:
    """Those that concern the user, or all that hold or will hold."""
    with reader.database.reading() as work:
        return substitutes.concerning(work, user) if user else substitutes.to_come(work, reader.clock())
