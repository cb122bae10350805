"""Signals between instances: one broadcast, then a job of its own for each that hears it."""

from __future__ import annotations

from collections.abc import Iterable

from engine import policy
from engine.commands import steps
from engine.commands.context import Context, person
from engine.commands.starting import Opening, event_start, start_in
from engine.commands.steps import Act
from engine.errors import EngineError, InvalidInput, Problem
from engine.model.chain import Entry
from engine.model.definition import Node
from engine.model.execution import DeliverSignal, JsonObject, OpenedJob
from engine.model.records import ProcessDefinition, SignalSent, User
from engine.store import definitions, jobs, reading
from engine.store.database import Work
from engine.store.instances import Case
from engine.store.jobs import Job, Subscription


def send(context: Context, name: str, payload: JsonObject, *, by: str) -> SignalSent:
    """Send a signal from outside: to the cases that the sender may see and the processes he may start.

    Cases hear it by jobs; processes begin at once, each by itself: one that fails does not stop the others.
    """
    if not name.strip():
        raise InvalidInput("请写明信号名称。")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        waiting = [one for one in _waiting(work, name) if _may_tell(work, one.instance_id, by)]
        _tell(work, context, waiting, name, payload, by)
        starts = [
            (definition, node)
            for definition, node in _starts(context, work, name)
            if by == policy.SYSTEM or not policy.start(user, definition)
        ]
        begun, refused = _begin_each(context, work, starts, payload, user)
    return SignalSent(len({one.instance_id for one in waiting}), begun, refused)


def broadcast(context: Context, work: Work, job: Job) -> None:
    """A job for every other instance that waits for the signal, and for every process that begins with it."""
    payload = job.payload or {}
    waiting = [one for one in _waiting(work, job.topic) if one.instance_id != job.instance_id]
    _tell(work, context, waiting, job.topic, payload, policy.SYSTEM)
    opened = [
        OpenedJob(job.activity_id, "begin", node.id, definition.id, topic=job.topic, payload=payload)
        for definition, node in _starts(context, work, job.topic)
    ]
    jobs.add(work, job.instance_id, opened, context.clock())
    work.after_commit(context.wake)


def hear(context: Context, work: Work, job: Job, case: Case) -> None:
    """Let all in the instance that still wait for the signal have it; nothing happens if none does."""
    waiting = jobs.subscriptions(work, job.topic, job.instance_id, kind="signal")
    if not waiting:
        return
    now, told = context.clock(), job.payload or {}
    payload, by = told.get("variables", {}), told.get("by", policy.SYSTEM)
    data = {"signal": job.topic, "elements": [one.element_id for one in waiting], "payload": payload}
    entry = Entry(now, by, "signal.delivered", data, waiting[0].activity_id)
    steps.run(context, work, case, DeliverSignal(now, job.topic, payload), Act(now, by, (entry,)))


def begin(context: Context, work: Work, job: Job) -> None:
    """Start the process that begins with the signal."""
    definition = context.library.definition(work, job.definition_id)
    start_in(context, work, Opening(definition, job.payload or {}, policy.SYSTEM, job.element_id))


def is_awaited(context: Context, name: str) -> bool:
    """Whether anything waits for this signal or begins with it."""
    with context.database.reading() as work:
        return bool(_waiting(work, name) or _starts(context, work, name))


def _may_tell(work: Work, instance_id: str, by: str) -> bool:
    """Whether the case is this user's to act in: he sees it, and not only by a copy."""
    sees = reading.may_see(work, instance_id, by)
    return sees and (by == policy.SYSTEM or not reading.only_reads(work, instance_id, by))


def _waiting(work: Work, name: str) -> tuple[Subscription, ...]:
    return jobs.subscriptions(work, name, kind="signal")


def _starts(context: Context, work: Work, name: str) -> list[tuple[ProcessDefinition, Node]]:
    """The latest versions that begin with this signal, with their start events."""
    found = []
    for definition in definitions.latest_definitions(work):
        node = event_start(context.library.process(work, definition.id), "signal", name)
        if node is not None:
            found.append((definition, node))
    return found


def _tell(
    work: Work, context: Context, waiting: Iterable[Subscription], name: str, payload: JsonObject, by: str
) -> None:
    """One job for each instance."""
    told: JsonObject = {"variables": payload, "by": by}
    first = {one.instance_id: one for one in reversed(list(waiting))}
    opened = [
        (key, OpenedJob(one.activity_id, "hear", one.element_id, one.definition_id, topic=name, payload=told))
        for key, one in first.items()
    ]
    jobs.add_each(work, opened, context.clock())
    work.after_commit(context.wake)


def _begin_each(
    context: Context,
    work: Work,
    starts: Iterable[tuple[ProcessDefinition, Node]],
    payload: JsonObject,
    user: User,
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Ids of the instances begun, and why others did not begin."""
    begun: list[str] = []
    refused: list[Problem] = []
    for definition, node in starts:
        try:
            with work.part():
                begun.append(start_in(context, work, Opening(definition, payload, user.id, node.id)).id)
        except EngineError as error:
            problems = error.problems or [Problem(error.message, definition.resource, node.id, node.line)]
            refused.extend(problems)
    return tuple(begun), tuple(refused)
