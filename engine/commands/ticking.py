"""What becomes of a legal clock: begun, paused, resumed, made longer, ended. Pure; times are aware UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine import calendars
from engine.calendars import Days
from engine.commands.context import ZONE
from engine.errors import InvalidInput
from engine.model.clocks import Approval, LegalClock, Outcome, Stage
from engine.model.execution import JsonObject

_ORDER: tuple[Stage, ...] = ("", "soon", "today", "over")


def scheduled(clock: LegalClock, now: datetime, days: Days) -> LegalClock:
    """The clock with its warning, and with when people are told next; of each stage once."""
    warn_at = calendars.warn(clock.due_at, clock.warn or None, length=clock.length, zone=ZONE, days=days)
    years = calendars.guessed(clock.started_at, clock.due_at, days, zone=ZONE)
    clock = replace(clock, warn_at=warn_at, years=years)
    told = min(clock.told, stage(clock, now), key=_ORDER.index)
    return replace(clock, told=told, next_at=None if clock.paused_at else _next(clock, told))


def begun(clock: LegalClock, now: datetime, days: Days) -> LegalClock:
    """A new clock; a warning that is due as it begins is not given."""
    clock = scheduled(clock, now, days)
    return told(clock, stage(clock, now))


def stage(clock: LegalClock, now: datetime) -> Stage:
    """The last of its stages that has come."""
    return next((one for one in reversed(_ORDER) if one and _times(clock)[one] <= now), "")


def told(clock: LegalClock, of: Stage) -> LegalClock:
    """The clock once people know of this stage."""
    return replace(clock, told=of, next_at=_next(clock, of))


def _next(clock: LegalClock, known: Stage) -> datetime | None:
    times = _times(clock)
    return min((times[one] for one in _ORDER[_ORDER.index(known) + 1 :]), default=None)


def _times(clock: LegalClock) -> dict[Stage, datetime]:
    last_day = max(calendars.opening(clock.due_at, zone=ZONE), clock.warn_at)
    return {"soon": clock.warn_at, "today": min(last_day, clock.due_at), "over": clock.due_at}


def paused(clock: LegalClock, now: datetime, why: str, by: Approval) -> LegalClock:
    """The clock standing still from now on."""
    limit = clock.limits.get("pauses")
    if limit is not None and len(clock.made("pause")) >= limit:
        raise InvalidInput(f"“{clock.name}”最多暂停{limit}次，已经暂停过{limit}次，不能再暂停。")
    move = {"kind": "pause", "from": now.isoformat(), "to": None, "why": why, **_approved(by)}
    return replace(clock, paused_at=now, waits_for=why, next_at=None, moves=(*clock.moves, move))


def resumed(clock: LegalClock, now: datetime, days: Days, by: Approval | None = None) -> LegalClock:
    """A paused clock going on: it ends later by the days that it stood still."""
    since = clock.paused_at
    if since is None:
        return clock
    due_at = calendars.resumed(clock.due_at, clock.length, (since, now), zone=ZONE, days=days)
    *before, last = clock.moves
    closed = {**last, "to": now.isoformat(), "due": due_at.isoformat()}
    if by is not None:
        closed |= {"resumed_by": by.by, "resumed_step": by.step}
    going = replace(clock, due_at=due_at, paused_at=None, waits_for="", moves=(*before, closed))
    return scheduled(going, now, days)


def rested(clock: LegalClock, since: datetime, now: datetime, days: Days) -> LegalClock:
    """The clock after its case was suspended; one that was paused anyhow stood still already."""
    if clock.paused_at is not None:
        return clock
    begin = max(since, clock.started_at)
    due_at = calendars.resumed(clock.due_at, clock.length, (begin, now), zone=ZONE, days=days)
    move = {"kind": "rest", "from": begin.isoformat(), "to": now.isoformat(), "due": due_at.isoformat()}
    return scheduled(replace(clock, due_at=due_at, moves=(*clock.moves, move)), now, days)


def extended(clock: LegalClock, length: str, now: datetime, days: Days, by: Approval) -> LegalClock:
    """The clock made longer as far as the law lets it; InvalidInput says what that is."""
    most, number = clock.limits.get("most", ""), clock.limits.get("extensions", 0)
    basis = clock.limits.get("basis", "")
    rule = f"（{basis}）" if basis else ""
    if len(clock.made("extend")) >= number:
        already = f"，已经延长过{len(clock.made('extend'))}次" if clock.made("extend") else ""
        raise InvalidInput(f"“{clock.name}”的期限最多延长{number}次{rule}{already}，不能再延长。")
    try:
        due_at = calendars.due(clock.due_at, length, zone=ZONE, days=days)
    except ValueError as error:
        raise InvalidInput(f"“{clock.name}”的期限要延长多久写得不对：{error}。") from error
    if most and due_at > calendars.due(clock.due_at, most, zone=ZONE, days=days):
        raise InvalidInput(
            f"“{clock.name}”的期限每次最多延长{calendars.in_words(most)}{rule}，不能延长{calendars.in_words(length)}。"
        )
    move = {
        "kind": "extend",
        "at": now.isoformat(),
        "length": length,
        "from": clock.due_at.isoformat(),
        "due": due_at.isoformat(),
        **_approved(by),
        "basis": basis,
    }
    return scheduled(replace(clock, due_at=due_at, moves=(*clock.moves, move)), now, days)


def ended(clock: LegalClock, now: datetime, outcome: Outcome, days: Days) -> LegalClock:
    """The clock at its end; if it stood still, it did so until now."""
    clock = resumed(clock, now, days)
    return replace(clock, ended_at=now, outcome=outcome, next_at=None)


def reckoned(clock: LegalClock, now: datetime, days: Days) -> LegalClock:
    """The clock with its end counted anew by another calendar."""
    due_at = calendars.due(clock.started_at, clock.length, zone=ZONE, days=days)
    moves = []
    for one in clock.moves:
        move = dict(one)
        if one["kind"] == "extend":
            move |= {"from": due_at.isoformat()}
            due_at = calendars.due(due_at, one["length"], zone=ZONE, days=days)
        elif one["to"] is not None:
            span = (datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["to"]))
            due_at = calendars.resumed(due_at, clock.length, span, zone=ZONE, days=days)
        if "due" in move:
            move["due"] = due_at.isoformat()
        moves.append(move)
    return scheduled(replace(clock, due_at=due_at, moves=tuple(moves)), now, days)


def _approved(by: Approval) -> JsonObject:
    return {"by": by.by, "step": by.step, "activity": by.activity_id, "basis": by.basis}
