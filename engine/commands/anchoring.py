"""Sealing the record at intervals."""

from __future__ import annotations

from datetime import timedelta

from engine import policy
from engine.commands.context import Context
from engine.errors import InvalidInput, LostRace
from engine.model.audit import AuditEntry
from engine.model.digests import ALGORITHMS, NOTHING
from engine.model.sealing import Anchor, events_digest, heads_digest
from engine.store import anchors, audit, grants, hashing, people

MINUTES = 10  #: between two anchors, unless the setting says otherwise
SETTING = "record.anchor_minutes"


def seal(context: Context) -> Anchor | None:
    """Cover what has come to the record since the last anchor; None when nothing has."""
    with context.database.unit_of_work() as work:
        now, before, algorithm = context.clock(), anchors.last(work), hashing.algorithm(work)
        events = anchors.unsealed(work, now)
        heads = anchors.grown(work, before.at if before else None)
        if not events and not heads:
            return None
        made = Anchor(
            number=before.number + 1 if before else 1,
            at=now,
            previous=before.hash if before else NOTHING,
            events=len(events),
            events_digest=events_digest(events, algorithm),
            cases=len(heads),
            cases_digest=heads_digest(heads, algorithm),
            total=(before.total if before else 0) + len(heads) - anchors.covered(work, heads),
        ).hashed(algorithm)
        anchors.add(work, made, events, heads)
        return made


def seal_due(context: Context) -> None:
    """Seal when the interval is over; whoever else does it at the same time has done it for us."""
    now = context.clock()
    if context.next_seal is not None and now < context.next_seal:
        return
    with context.database.reading() as work:
        before = anchors.last(work)
        pause = timedelta(minutes=people.get_setting(work, SETTING) or MINUTES)
    if before is None or before.at + pause <= now:
        try:
            seal(context)
        except LostRace:
            return
        context.next_seal = now + pause
    else:
        context.next_seal = before.at + pause


def choose_hash(context: Context, name: str, *, by: str) -> None:
    """Record by this algorithm from now on; what is recorded stays checkable as it is."""
    if name not in ALGORITHMS:
        raise InvalidInput(f"没有这种校验算法：{name}。可选：{'、'.join(ALGORITHMS)}。")
    with context.database.unit_of_work() as work:
        data = {"old": hashing.algorithm(work), "new": name}
        hashing.choose(work, name)
        audit.append(work, AuditEntry(context.clock(), by, "setting.changed", hashing.SETTING, data=data))


def grant(context: Context, role: str) -> tuple[str, ...]:
    """Let a database role add to the record and no more."""
    with context.database.unit_of_work() as work:
        run = grants.grant(work, role)
        audit.append(work, AuditEntry(context.clock(), policy.SYSTEM, "database.granted", role))
        return run
