"""Whom tasks are offered to: each set of candidates is kept once, so that an open task needs one row only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import String, and_, bindparam, or_, select

from engine.model.records import UserTask
from engine.store.database import Work
from engine.store.sql import insert_new
from engine.store.tables import membership, offer

_MOST_KNOWN = 10_000  #: sets of candidates that a process remembers to have kept

USER = bindparam("user", type_=String)
_groups = select(membership.c.group_name).where(membership.c.user_id == USER)
_to_user = and_(offer.c.kind == "user", offer.c.name == USER)
_to_group = and_(offer.c.kind == "group", offer.c.name.in_(_groups))
OF_USER = select(offer.c.id).where(or_(_to_user, _to_group))
"""Ids of all that is offered to `user`, by name or by group; one for each way that it reaches him."""


def add(work: Work, tasks: Iterable[UserTask]) -> None:
    """Keep the sets of candidates of these tasks that aren't kept yet."""
    new = {key: one for one in tasks if (key := offer_id(one)) and key not in work.known}
    rows = [
        {"id": key, "kind": kind, "name": name}
        for key, task in sorted(new.items())
        for kind, name in _candidates(task)
    ]
    insert_new(work, offer, rows)
    if new:
        work.after_commit(lambda: _remember(work.known, new))


def offer_id(task: UserTask) -> str | None:
    """The id of the task's set of candidates; None for no candidates."""
    candidates = _candidates(task)
    return hashlib.sha256(json.dumps(candidates).encode()).hexdigest()[:32] if candidates else None


def _candidates(task: UserTask) -> list[tuple[str, str]]:
    groups, users = sorted(set(task.candidate_groups)), sorted(set(task.candidate_users))
    return [("group", name) for name in groups] + [("user", name) for name in users]


def _remember(known: set[str], new: Iterable[str]) -> None:
    if len(known) > _MOST_KNOWN:
        known.clear()
    known.update(new)
