"""Recording what changes no case: looks, refusals, and whatever a caller has to tell."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine import policy
from engine.commands.context import Context
from engine.errors import EngineError
from engine.model.acting import acting
from engine.model.audit import AuditEntry
from engine.model.execution import JsonObject
from engine.store import audit
from engine.store.database import Work

PAGES = frozenset({"case", "task", "history"})  #: what one opens again and again; all else counts each time
_IDS = ("task_id", "instance_id", "document_id", "copy_id", "job_id", "definition_id", "key", "name")

_log = logging.getLogger("wenze.record")


def look(
    context: Context,
    thing: str,
    thing_id: str,
    *,
    by: str,
    instance_id: str | None = None,
    reason: str = "",
    data: JsonObject | None = None,
) -> None:
    """Record that somebody looked; the same page seen again within the pause is the same look."""
    now = context.clock()
    mark = (by, thing, thing_id, acting().place)
    if thing in PAGES and context.looks.again(mark, now):
        return
    note(context, AuditEntry(now, by, f"look.{thing}", thing_id, instance_id, reason, data or {}))
    context.looks.keep(mark, now)


def note(context: Context, entry: AuditEntry) -> None:
    """Record an entry in a transaction of its own, with the case of what it is about."""
    with context.database.unit_of_work() as work:
        audit.append(work, _with_case(work, entry))


def _with_case(work: Work, entry: AuditEntry) -> AuditEntry:
    if entry.instance_id is not None or not entry.object:
        return entry
    if entry.kind == "look.case":
        return replace(entry, instance_id=entry.object)
    return replace(entry, instance_id=audit.case_of(work, entry.object))


def refused(context: Context, verb: str, given: Mapping[str, Any], refusal: EngineError) -> None:
    """Record that a verb was refused for want of right, with the ids that it was given; never fails."""
    by = given.get("by")
    if not isinstance(by, str) or by == policy.SYSTEM or refusal.recorded:
        return
    ids = {name: given[name] for name in _IDS if isinstance(given.get(name), str) and given[name]}
    about = next(iter(ids.values()), "")
    entry = AuditEntry(context.clock(), by, f"refused.{verb}", about, ids.get("instance_id"), refusal.message)
    _try(lambda: note(context, replace(entry, data=_short(ids))))
    refusal.recorded = True


def _short(ids: Mapping[str, str]) -> JsonObject:
    return {name: text[: audit.LONGEST].encode("utf-8", "replace").decode() for name, text in ids.items()}


def _try(act: Callable[[], None]) -> None:
    """Nobody gets another answer because his refusal could not be written down."""
    try:
        act()
    except Exception:
        _log.exception("a refusal could not be recorded")
