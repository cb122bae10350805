"""The record read as it stands in the database, whatever somebody may have put there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, text

from engine.model.audit import AuditEntry, AuditEvent
from engine.model.records import HistoryEvent
from engine.model.sealing import Anchor
from engine.store.database import Work

_AT_ONCE = 1_000  #: rows held in memory


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is no entry any more."""

    instance_id: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Seal:
    """What an anchor covers, beside what now stands there."""

    anchor: Any
    event_id: Any
    kind: Any
    hash: Any
    present: Any  #: hash of the entry as it now stands; None when there is none


@dataclass(frozen=True, slots=True)
class CaseSeal:
    """The end of a case's chain under an anchor, beside what now stands there."""

    anchor: Any
    instance_id: Any
    seq: Any
    hash: Any
    present: Any  #: hash of the entry of that number; None when there is none
    case: Any  #: id of the case, None when there is none


def rows(work: Work, statement: str, **values: Any) -> Iterator[Row[Any]]:
    """The rows of a statement as the driver gives them, a thousand at once."""
    found = work.connection.execution_options(yield_per=_AT_ONCE).execute(text(statement), values)
    yield from found


def history(work: Work, instance_id: str = "") -> Iterator[HistoryEvent | Unreadable]:
    """The chains of all cases one after the other, or that of one."""
    which = "WHERE instance_id = :case" if instance_id else ""
    values = {"case": instance_id} if instance_id else {}
    statement = (
        "SELECT instance_id, seq, at, actor, kind, activity_id, data, hash, origin, on_behalf_of "  # noqa: S608
        f"FROM history_event {which} ORDER BY instance_id, seq"
    )
    for row in rows(work, statement, **values):
        told = dict(row._mapping)
        try:
            told |= {"at": _instant(row.at), "data": json.loads(row.data), "seq": _number(row.seq)}
            yield HistoryEvent(**told)
        except (ValueError, TypeError):
            yield Unreadable(str(row.instance_id), row.seq if isinstance(row.seq, int) else None)


def heads(work: Work, instance_id: str = "") -> dict[str, tuple[Any, Any]]:
    """Case -> number and hash of the end of its chain, as the case keeps them."""
    which = "WHERE id = :case" if instance_id else ""
    values = {"case": instance_id} if instance_id else {}
    statement = f"SELECT id, history_seq, history_hash FROM process_instance {which}"  # noqa: S608
    return {row.id: (row.history_seq, row.history_hash) for row in rows(work, statement, **values)}


def events(work: Work, kind: str = "") -> Iterator[AuditEvent | Unreadable]:
    """The entries beside the cases by number, or those of one kind."""
    which = "WHERE kind = :kind" if kind else ""
    statement = (
        "SELECT id, at, actor, kind, object, instance_id, reason, data, origin, on_behalf_of, hash "  # noqa: S608
        f"FROM audit_event {which} ORDER BY id"
    )
    for row in rows(work, statement, **({"kind": kind} if kind else {})):
        told = dict(row._mapping)
        number, kept = told.pop("id"), told.pop("hash")
        try:
            entry = AuditEntry(**told | {"at": _instant(row.at), "data": json.loads(row.data)})
            yield AuditEvent(number, entry, kept)
        except (ValueError, TypeError):
            yield Unreadable("", number)


def anchors(work: Work) -> Iterator[Anchor | Unreadable]:
    """All anchors by number."""
    statement = (
        "SELECT number, at, previous, events, events_digest, cases, cases_digest, total, hash "
        "FROM anchor ORDER BY number"
    )
    for row in rows(work, statement):
        try:
            yield Anchor(**dict(row._mapping) | {"at": _instant(row.at)})
        except (ValueError, TypeError):
            yield Unreadable("", row.number)


def seals(work: Work) -> Iterator[Seal]:
    """What anchors cover of the entries beside the cases, by anchor and number."""
    statement = (
        "SELECT s.anchor, s.event_id, s.kind, s.hash, e.hash AS present FROM audit_seal s "
        "LEFT JOIN audit_event e ON e.id = s.event_id ORDER BY s.anchor, s.event_id"
    )
    return (Seal(*tuple(row)) for row in rows(work, statement))


def case_seals(work: Work) -> Iterator[CaseSeal]:
    """What anchors cover of the cases' chains, by anchor and case."""
    statement = (
        "SELECT s.anchor, s.instance_id, s.seq, s.hash, e.hash AS present, p.id FROM case_seal s "
        "LEFT JOIN history_event e ON e.instance_id = s.instance_id AND e.seq = s.seq "
        "LEFT JOIN process_instance p ON p.id = s.instance_id ORDER BY s.anchor, s.instance_id"
    )
    return (CaseSeal(*tuple(row)) for row in rows(work, statement))


def sealed_events(work: Work) -> dict[int, int]:
    """Number of an entry -> its anchor."""
    return {row.event_id: row.anchor for row in rows(work, "SELECT event_id, anchor FROM audit_seal")}


def documents(work: Work, instance_id: str = "") -> dict[Any, Row[Any]]:
    """The cases' files without their bytes, by id."""
    which = "WHERE instance_id = :case" if instance_id else ""
    values = {"case": instance_id} if instance_id else {}
    statement = f"SELECT id, instance_id, name, size, sha256 FROM document {which}"  # noqa: S608
    return {row.id: row for row in rows(work, statement, **values)}


def content(work: Work, sha256: str) -> bytes | None:
    """Bytes by their hash."""
    statement = text("SELECT bytes FROM content WHERE sha256 = :sha256")
    found = work.connection.execute(statement, {"sha256": sha256}).scalar()
    return None if found is None else found if isinstance(found, bytes) else bytes(str(found), "utf-8")


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise ValueError(value)
    return at.astimezone(UTC)
