"""Process versions, drafts, people, notifications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine import policy
from engine.errors import NotFound
from engine.model.records import DiagramDraft, ProcessDefinition, PublicEntry, User
from engine.model.views import Notice, References
from engine.queries.reader import Reader, account, person
from engine.store import definitions, documents, notices, people, start_timers


def all_definitions(reader: Reader, *, all_versions: bool) -> tuple[ProcessDefinition, ...]:
    """Latest version of each process, or all."""
    with reader.database.reading() as work:
        if all_versions:
            return definitions.all_definitions(work)
        return definitions.latest_definitions(work)


def versions(reader: Reader, key: str) -> tuple[ProcessDefinition, ...]:
    """All versions of a process, newest first."""
    with reader.database.reading() as work:
        return definitions.versions(work, key)


def definition(reader: Reader, definition_id: str) -> ProcessDefinition:
    """One version, or NotFound."""
    with reader.database.reading() as work:
        return reader.library.definition(work, definition_id)


def xml(reader: Reader, definition_id: str) -> bytes:
    """The BPMN file of one version."""
    with reader.database.reading() as work:
        found = reader.library.definition(work, definition_id)
        content = definitions.resource_content(work, found.deployment_id, found.resource)
    if content is None:
        raise NotFound
    return content


def references(reader: Reader, definition_id: str) -> References:
    """What the version's diagram may name."""
    with reader.database.reading() as work:
        return reader.library.references(work, definition_id)


def startable(reader: Reader, by: str) -> tuple[ProcessDefinition, ...]:
    """Latest versions that this user may start."""
    with reader.database.reading() as work:
        user = person(work, by)
        return tuple(one for one in definitions.latest_definitions(work) if not policy.start(user, one))


def next_starts(reader: Reader) -> Mapping[str, datetime]:
    """When a timer next starts each process that one starts, by key, the first to come first."""
    with reader.database.reading() as work:
        return start_timers.upcoming(work)


def may_edit(reader: Reader, by: str) -> bool:
    """Whether this user may change diagrams."""
    with reader.database.reading() as work:
        user = person(work, by)
        return not policy.edit_processes(user, people.get_setting(work, "process_admins") or "")


def draft(reader: Reader, key: str) -> DiagramDraft | None:
    """The unpublished diagram of a process."""
    with reader.database.reading() as work:
        return definitions.draft(work, key)


def user(reader: Reader, user_id: str) -> User | None:
    """An active user."""
    with reader.database.reading() as work:
        found = account(work, user_id)
    return found if found and found.active else None


def users(reader: Reader) -> tuple[User, ...]:
    """All users."""
    with reader.database.reading() as work:
        return people.all_users(work)


def groups(reader: Reader) -> tuple[str, ...]:
    """All groups."""
    with reader.database.reading() as work:
        return people.groups(work)


def told(reader: Reader, by: str, *, unread: bool) -> tuple[Notice, ...]:
    """Notifications for a user and his groups."""
    with reader.database.reading() as work:
        person(work, by)
        return notices.of_user(work, by, unread=unread)


def publications(reader: Reader) -> tuple[PublicEntry, ...]:
    """Public entries."""
    with reader.database.reading() as work:
        return documents.publications(work)
