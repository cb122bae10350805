"""The anchors of the record, for the administrator who audits."""

from __future__ import annotations

from engine import policy
from engine.errors import NotAllowed
from engine.model.sealing import Anchor
from engine.queries.reader import Reader, person
from engine.store import anchors
from engine.store.database import Work

DEED = "read the record"


def sealed(reader: Reader, by: str, limit: int) -> tuple[Anchor, ...]:
    """The latest anchors, newest first."""
    with reader.database.reading() as work:
        _allow(work, by)
        return anchors.newest(work, limit)


def _allow(work: Work, by: str) -> None:
    refusal = policy.administer(person(work, by), DEED)
    if refusal and by != policy.SYSTEM:
        raise NotAllowed(refusal)
