"""Files of cases, publications and number series."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from engine.model.records import DocumentInfo, PublicEntry
from engine.store.database import Work
from engine.store.definitions import put_content
from engine.store.sql import insert, new_id, upsert
from engine.store.tables import content, document, process_instance, publication, series


def add(
    work: Work,
    *,
    instance_id: str,
    activity_id: str | None,
    name: str,
    data: bytes,
    media_type: str,
    at: datetime,
    by: str,
) -> DocumentInfo:
    """Keep a file with a case."""
    made = DocumentInfo(
        id=new_id(),
        instance_id=instance_id,
        activity_id=activity_id,
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=put_content(work, data),
        created_at=at,
        created_by=by,
    )
    row = {name: getattr(made, name) for name in DocumentInfo.__slots__}
    insert(work, document, [row])
    return made


def get(work: Work, document_id: str) -> tuple[DocumentInfo, bytes] | None:
    """A file and its bytes."""
    row = work.connection.execute(
        select(document, content.c.bytes)
        .join(content, content.c.sha256 == document.c.sha256)
        .where(document.c.id == document_id)
    ).first()
    return (_info(row), bytes(row.bytes)) if row else None


def info(work: Work, document_id: str) -> DocumentInfo | None:
    """What is known of a file."""
    row = work.connection.execute(select(document).where(document.c.id == document_id)).first()
    return _info(row) if row else None


_OF_INSTANCE = (
    select(document)
    .where(document.c.instance_id == bindparam("instance"))
    .order_by(document.c.created_at, document.c.name)
)


def of_instance(work: Work, instance_id: str) -> tuple[DocumentInfo, ...]:
    """A case's files, oldest first."""
    rows = work.connection.execute(_OF_INSTANCE, {"instance": instance_id})
    return tuple(_info(row) for row in rows)


def next_number(work: Work, pattern: str, year: int) -> int:
    """The next number of a series in a year, from 1; without a gap, since it is undone with the step."""
    statement = upsert(work, series).values(pattern=pattern, year=year, value=1)
    return int(
        work.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["pattern", "year"], set_={"value": series.c.value + 1}
            ).returning(series.c.value)
        ).scalar_one()
    )


def publish(work: Work, instance_id: str, title: str, body: str, now: datetime) -> PublicEntry:
    """Keep a public entry."""
    entry = PublicEntry(new_id(), instance_id, title, body, now)
    insert(work, publication, [{name: getattr(entry, name) for name in PublicEntry.__slots__}])
    return entry


def publications(work: Work, limit: int = 500) -> tuple[PublicEntry, ...]:
    """Public entries, newest first."""
    case = process_instance.c
    public = select(publication).join(process_instance, case.id == publication.c.instance_id)
    public = public.where(case.shown_to.contains("public"))
    ordered = public.order_by(publication.c.created_at.desc(), publication.c.id)
    rows = work.connection.execute(ordered.limit(limit))
    return tuple(PublicEntry(r.id, r.instance_id, r.title, r.body, r.created_at) for r in rows)


def _info(row: Row[Any]) -> DocumentInfo:
    return DocumentInfo(
        id=row.id,
        instance_id=row.instance_id,
        activity_id=row.activity_id,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        created_at=row.created_at,
        created_by=row.created_by,
    )
