"""Processes that a timer starts: their timers are set when they are deployed, and fire here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from engine import feel, policy
from engine.commands.context import Context
from engine.commands.starting import Opening, start_in
from engine.errors import EngineError, InvalidDefinition, Problem
from engine.execution import timers
from engine.execution.timers import Timer
from engine.model.definition import Expression, Node, ProcessModel
from engine.model.records import ProcessDefinition
from engine.store import start_timers
from engine.store.database import Work
from engine.store.start_timers import StartTimer

BACKOFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))  #: after failures; the last stays

_log = logging.getLogger("wenze.timers")


def schedule(work: Work, definition: ProcessDefinition, process: ProcessModel, now: datetime) -> None:
    """Let the timers of a new version take the place of the earlier version's; past dates don't count."""
    found = []
    for node in _timer_starts(process):
        timer = _first(process, node, now)
        if timer.due >= now:
            found.append(StartTimer(definition.id, node.id, timer.due, timer.to_json()))
    start_timers.replace(work, definition.key, found)


def _timer_starts(process: ProcessModel) -> Iterator[Node]:
    for node in process.scope.nodes.values():
        if node.kind == "startEvent" and node.event and node.event.kind == "timer":
            yield node


def _first(process: ProcessModel, node: Node, now: datetime) -> Timer:
    value = node.event.value if node.event else None
    try:
        text = feel.evaluate(value.feel, {}) if isinstance(value, Expression) else value and value.value
        return timers.first((node.event and node.event.timer) or "duration", str(text), now)
    except (EngineError, ValueError, OverflowError) as error:
        problem = Problem(
            f"开始事件“{node.name or node.id}”算不出何时发起流程。",
            process.resource,
            node.id,
            node.line,
            "部署时还没有数据，请直接写明日期、时长或周期。",
        )
        raise InvalidDefinition(problems=[problem]) from error


def next_due(work: Work) -> datetime | None:
    """When a timer starts the next instance."""
    return start_timers.next_due(work)


def run_due(context: Context, limit: int) -> int:
    """Start what timers start by now, each in a transaction of its own; gives how many fired."""
    done = 0
    while done < limit and _fire_one(context):
        done += 1
    return done


def _fire_one(context: Context) -> bool:
    now = context.clock()
    with context.database.reading() as work:
        due = start_timers.next_due(work)
    if due is None or due > now:
        return False
    with context.database.unit_of_work() as work:
        taken = start_timers.take(work, now)
        if taken is None:
            return False
        try:
            with work.part():
                definition = context.library.definition(work, taken.definition_id)
                start_in(context, work, Opening(definition, {}, policy.SYSTEM, taken.element_id))
        except Exception as error:
            _log.exception("%s could not be started by its timer", taken.definition_id)
            _postpone(work, taken, now, error)
        else:
            _go_on(work, taken, now)
    return True


def _go_on(work: Work, fired: StartTimer, now: datetime) -> None:
    following = timers.following(Timer.from_json(fired.timer), now)
    if following is None:
        start_timers.remove(work, fired)
        return
    start_timers.keep(
        work,
        replace(fired, due_at=following.due, timer=following.to_json(), attempts=0, failure=""),
    )


def _postpone(work: Work, failed: StartTimer, now: datetime, error: Exception) -> None:
    """Again later, until it succeeds or another version is deployed; the doctor tells of it."""
    message = error.message if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
    later = now + BACKOFF[min(failed.attempts, len(BACKOFF) - 1)]
    start_timers.keep(work, replace(failed, due_at=later, attempts=failed.attempts + 1, failure=message))
