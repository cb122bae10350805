"""Checking the whole record against its chains and anchors, as it stands in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import NotFound
from engine.model.audit import AuditEvent
from engine.model.chain import Head, broken
from engine.model.digests import NOTHING, algorithm_of
from engine.model.records import HistoryEvent
from engine.model.sealing import (
    Anchor,
    Breach,
    Sealed,
    SealedHead,
    Verification,
    events_digest,
    heads_digest,
)
from engine.queries.reader import ZONE, Reader
from engine.store import anchors, scanning
from engine.store.database import Work
from engine.store.scanning import Unreadable

FILED = frozenset({"document.attached", "document.created"})  #: entries that tell of a new file
PRUNED = "record.pruned"  #: tells which looks were removed after their time


@dataclass(slots=True)
class _Tally:
    """What has been seen so far."""

    breaches: list[Breach] = field(default_factory=list)
    cases: int = 0
    entries: int = 0
    events: int = 0
    anchors: int = 0

    def found(self, breaches: Iterator[Breach]) -> None:
        self.breaches.extend(breaches)


def verify(reader: Reader, instance_id: str = "", codes: Sequence[tuple[str, date]] = ()) -> Verification:
    """Check one case or everything; `codes` are those that the office has on paper, with their days."""
    tally = _Tally()
    with reader.database.reading() as work:
        made = tally_anchors(work, tally)
        tally.found(_codes(made, codes))
        tally.found(_cases_covered(work, made, instance_id))
        tally.found(_cases(work, tally, instance_id))
        if not instance_id:
            tally.found(_events_covered(work, made))
            tally.found(_events(work, tally, made, reader.clock()))
    return Verification(tally.cases, tally.entries, tally.events, tally.anchors, tuple(tally.breaches))


def tally_anchors(work: Work, tally: _Tally) -> dict[int, Anchor]:
    """The anchors that can be read, by number, each held against the one before."""
    made: dict[int, Anchor] = {}
    expected, before, at = 1, NOTHING, None
    for one in scanning.anchors(work):
        tally.anchors += 1
        if isinstance(one, Unreadable):
            tally.breaches.append(_anchor("不能读取，内容已被改动", one.number))
            continue
        if one.number != expected:
            tally.breaches.append(_anchor(f"第{expected}号至第{one.number - 1}号锚点缺失", expected))
        elif one.previous != before:
            tally.breaches.append(_anchor("与前一个锚点不相衔接", one.number))
        if not one.whole:
            tally.breaches.append(_anchor("与校验值不符，内容已被改动", one.number))
        if at is not None and one.at < at:
            tally.breaches.append(_anchor("早于前一个锚点", one.number))
        made[one.number] = one
        expected, before, at = one.number + 1, one.hash, one.at
    return made


def _codes(made: Mapping[int, Anchor], codes: Sequence[tuple[str, date]]) -> Iterator[Breach]:
    """Codes on paper that no anchor of their day has: all may have been written anew, anchors included."""
    for code, day in codes:
        begin = datetime.combine(day, time(), ZoneInfo(ZONE))
        of_day = [one for one in made.values() if begin <= one.at < begin + timedelta(days=1)]
        if code not in [_code(one) for one in of_day]:
            yield _anchor(f"纸上的核对码 {code}（{day}）与当天的{len(of_day)}个锚点都不符，记录已被整体改写")


def _code(anchor: Anchor) -> str:
    try:
        return anchor.code
    except ValueError:  # its hash is no hash any more
        return ""


def _anchor(message: str, number: int | None = None) -> Breach:
    return Breach("anchor", message, number=number)


def made(reader: Reader, since: datetime | None) -> tuple[Anchor, ...]:
    """The anchors made since, or all, oldest first."""
    with reader.database.reading() as work:
        return anchors.since(work, since)


def case_named(reader: Reader, text: str) -> str:
    """The id of the case with this id or number."""
    with reader.database.reading() as work:
        found = anchors.case_named(work, text)
    if found is None:
        raise NotFound(f"没有案件“{text}”。")
    return found


def case_numbers(reader: Reader, instance_ids: Sequence[str]) -> Mapping[str, str]:
    """Id -> number of those of these cases that are there and have one."""
    with reader.database.reading() as work:
        return anchors.case_numbers(work, instance_ids)


# -- cases ---------------------------------------------------------------------------------------------------


def _cases_covered(work: Work, made: Mapping[int, Anchor], only: str) -> Iterator[Breach]:
    """What anchors say of the cases' chains, held against the anchors and against the chains."""
    known: set[str] = set()
    seen: set[int] = set()
    for number, group in groupby(scanning.case_seals(work), key=attrgetter("anchor")):
        seals = list(group)
        heads = [SealedHead(one.instance_id, one.seq, one.hash) for one in seals]
        known |= {one.instance_id for one in heads}
        seen.add(number)
        anchor = made.get(number)
        if anchor is None:
            yield _anchor("锚点缺失，它所封存的案件清单还在", number)
        elif (len(heads), heads_digest(heads, algorithm_of(anchor.cases_digest))) != (
            anchor.cases,
            anchor.cases_digest,
        ) or len(known) != anchor.total:
            yield _anchor("所封存的案件清单已被改动", number)
        for one in seals:
            if only in ("", one.instance_id) and (told := _case_covered(one)):
                yield Breach("case", told, one.instance_id, one.seq)
    for number, anchor in made.items():
        if anchor.cases and number not in seen:
            yield _anchor("所封存的案件清单已被删除", number)


def _case_covered(seal: scanning.CaseSeal) -> str:
    """What is wrong with a case at the place that an anchor covers."""
    if seal.case is None:
        return f"案件已被删除（第{seal.anchor}号锚点时还有，记到第{seal.seq}条）"
    if seal.present is None:
        return f"第{seal.seq}条记录缺失（第{seal.anchor}号锚点时还有）"
    return "" if seal.present == seal.hash else f"第{seal.seq}条记录与第{seal.anchor}号锚点所封存的不符"


def _cases(work: Work, tally: _Tally, only: str) -> Iterator[Breach]:
    """Each case's chain, and its files; at the end what belongs to no case or no chain."""
    heads = scanning.heads(work, only)
    files = scanning.documents(work, only)
    tally.cases = len(heads)
    for instance_id, group in groupby(scanning.history(work, only), key=attrgetter("instance_id")):
        rows = list(group)
        tally.entries += len(rows)
        record = [one for one in rows if isinstance(one, HistoryEvent)]
        for one in rows:
            if isinstance(one, Unreadable):
                yield Breach("case", "记录不能读取，内容已被改动", instance_id, one.number)
        kept = heads.pop(instance_id, None)
        if kept is None:
            yield Breach("case", f"案件已被删除，还留有{len(rows)}条记录", instance_id)
        else:
            for message in broken(record, Head(*kept)):
                yield Breach("case", message, instance_id, _number_in(message))
        yield from _files(work, instance_id, record, files)
    for instance_id, (seq, _) in heads.items():
        yield Breach("case", f"全部记录缺失，应有{seq}条", instance_id)
    for row in files.values():
        yield Breach("document", f"材料“{row.name}”没有登记在记录中", row.instance_id)


def _number_in(message: str) -> int | None:
    digits = message.partition("第")[2].partition("条")[0]
    return int(digits) if digits.isdigit() else None


def _files(
    work: Work, instance_id: str, record: Sequence[HistoryEvent], files: dict[Any, Any]
) -> Iterator[Breach]:
    """The files of which a chain tells; takes them out of `files`."""
    for event in record:
        if event.kind not in FILED or not isinstance(event.data, dict):
            continue
        told, row = event.data, files.pop(event.data.get("id"), None)
        name = told.get("name")
        if row is None:
            yield Breach("document", f"材料“{name}”已被删除", instance_id, event.seq)
        elif (row.instance_id, row.name, row.size, row.sha256) != (
            instance_id,
            name,
            told.get("size"),
            told.get("sha256"),
        ):
            yield Breach("document", f"材料“{name}”的登记已被改动", instance_id, event.seq)
        else:
            content = scanning.content(work, row.sha256)
            if content is None or hashlib.sha256(content).hexdigest() != row.sha256:
                yield Breach("document", f"材料“{name}”的内容与校验值不符", instance_id, event.seq)


# -- beside the cases ----------------------------------------------------------------------------------------


def _events_covered(work: Work, made: Mapping[int, Anchor]) -> Iterator[Breach]:
    """What anchors say of the entries beside the cases, held against the anchors and the entries."""
    gone: dict[int, scanning.Seal] = {}
    seen: set[int] = set()
    for number, group in groupby(scanning.seals(work), key=attrgetter("anchor")):
        seals = list(group)
        sealed = [Sealed(one.event_id, one.kind, one.hash) for one in seals]
        seen.add(number)
        anchor = made.get(number)
        if anchor is None:
            yield _anchor("锚点缺失，它所封存的清单还在", number)
        elif (len(sealed), events_digest(sealed, algorithm_of(anchor.events_digest))) != (
            anchor.events,
            anchor.events_digest,
        ):
            yield _anchor("所封存的清单已被改动", number)
        for one in seals:
            if one.present is None:
                gone[one.event_id] = one
            elif one.present != one.hash:
                yield _event("与锚点所封存的不符，已被改动或调换", one.event_id)
    for number, anchor in made.items():
        if anchor.events and number not in seen:
            yield _anchor("所封存的清单已被删除", number)
    pruned = _pruned(work)
    for number, seal in gone.items():
        if number not in pruned or not str(seal.kind).startswith("look."):
            yield _event(f"已被删除（第{seal.anchor}号锚点时还有）", number)


def _pruned(work: Work) -> Collection[int]:
    """Numbers of the looks of which the record tells that they were removed after their time."""
    found: set[int] = set()
    for event in scanning.events(work, PRUNED):
        if isinstance(event, AuditEvent) and event.whole:
            for first, last in event.entry.data["numbers"]:
                found.update(range(first, last + 1))
    return found


def _events(work: Work, tally: _Tally, made: Mapping[int, Anchor], now: datetime) -> Iterator[Breach]:
    """Each entry against its own hash, and against the time at which it was sealed."""
    sealed, settled = scanning.sealed_events(work), anchors.settled(work, now)
    for event in scanning.events(work):
        tally.events += 1
        if isinstance(event, Unreadable):
            yield _event("不能读取，内容已被改动", event.number)
        elif not event.whole:
            yield _event("与校验值不符，内容已被改动", event.id)
        elif event.id not in sealed:
            if event.id <= settled:
                yield _event("是事后插入的：它的编号早已封存，封存时没有它", event.id)
        elif told := _out_of_time(event, sealed[event.id], made):
            yield _event(told, event.id)


def _out_of_time(event: AuditEvent, number: int, made: Mapping[int, Anchor]) -> str:
    """An entry can't be older than what was sealed before it came, nor newer than its anchor."""
    anchor, before = made.get(number), made.get(number - 1)
    early = before is not None and event.entry.at < before.at - anchors.LATE
    late = anchor is not None and event.entry.at > anchor.at + anchors.LATE
    return "所记的时间与封存的时间不符，是事后插入的" if early or late else ""


def _event(message: str, number: int | None) -> Breach:
    return Breach("audit", message, number=number)
