"""Running jobs: taken in one transaction, handled outside any, completed in another."""

from __future__ import annotations

import logging
import mimetypes
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from engine import execution, handlers, policy
from engine.commands import cases, messages, scheduling, signals, steps
from engine.commands.context import Context, allow, person, require
from engine.commands.leases import Held
from engine.commands.starting import number
from engine.commands.steps import Act
from engine.errors import Conflict, EngineError, ExecutionError, InvalidDefinition
from engine.model.chain import Entry
from engine.model.execution import CompleteActivity, Continue, Fault, FireTimer, JobKind, JsonObject, Trigger
from engine.model.handling import HandlerContext, HandlerResult
from engine.store import definitions, documents, instances, jobs, notices, people
from engine.store import messages as kept
from engine.store.database import Work
from engine.store.instances import Case
from engine.store.jobs import Job
from engine.store.notices import Message

BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
_BATCH = 10
_RACES = 5  #: how often a lost race is run again at once

_log = logging.getLogger("wenze.jobs")


def run_due(context: Context, limit: int) -> int:
    """Run jobs that are due, a few at a time; gives how many ran."""
    done = 0
    while done < limit:
        now = context.clock()
        with context.database.reading() as work:
            due = jobs.next_due(work)
        if due is None or due > now:
            break
        before = done
        with Held(context, min(_BATCH, limit - done)) as held:
            for job in held:
                run(context, job)
                done += 1
        if done == before:
            break
    return done


def next_due(context: Context) -> datetime | None:
    """When the next job may be taken, or a timer starts an instance."""
    with context.database.reading() as work:
        found = (jobs.next_due(work), scheduling.next_due(work))
    return min((one for one in found if one is not None), default=None)


def run(context: Context, job: Job, result: HandlerResult | None = None) -> None:
    """Run one job; what goes wrong is tried again later, and is an incident in the end.

    A `result` that is known is taken instead of the handler's.
    """
    try:
        if job.kind == "handler" and result is None:
            result = _handle(context, job)
            if result is None:
                return
        _finish(context, job, result)
    except Exception as error:
        _log.warning("job %s (%s %s) failed", job.id, job.kind, job.element_id, exc_info=True)
        _failed(context, job, error)


def _finish(context: Context, job: Job, result: HandlerResult | None) -> None:
    """Do what the job is for in one transaction, at once again if that lost a race."""
    for attempt in range(1, _RACES + 1):
        try:
            with context.database.unit_of_work() as work:
                _do(context, work, job, result)
            return
        except Conflict:
            if attempt == _RACES:
                raise


def _do(context: Context, work: Work, job: Job, result: HandlerResult | None) -> None:
    """Only who finds the job still there may do it: who comes second does nothing."""
    if job.kind == "message":
        messages.send(context, work, job)
        return
    alone = _ALONE.get(job.kind)
    if alone is not None:
        if jobs.finish(work, job.id):
            alone(context, work, job)
        return
    case = _load(work, job)
    if case.instance.status == "suspended":
        jobs.rest(work, job.id)  # it runs again when the case is resumed
        return
    if job.kind == "handler" and result is None:  # resumed since its handler was held back
        jobs.postpone(work, job.id, job.attempts, context.clock())
        return
    if not jobs.finish(work, job.id) or case.instance.status != "active":
        return
    if job.kind == "hear":
        signals.hear(context, work, job, case)
    else:
        _step(context, work, job, case, result)


def _rouse(context: Context, work: Work, job: Job) -> None:
    """Let messages that are kept for what now waits look for it."""
    kept.rouse(work, job.topic, context.clock())
    work.after_commit(context.wake)


#: jobs that step no case of their own
_ALONE: Mapping[JobKind, Callable[[Context, Work, Job], None]] = {
    "signal": signals.broadcast,
    "begin": signals.begin,
    "rouse": _rouse,
}


def _step(context: Context, work: Work, job: Job, case: Case, result: HandlerResult | None) -> None:
    now, inner = context.clock(), steps.inner_id(job.instance_id, job.activity_id)
    if result is not None:
        variables, entries = _keep_result(work, job, result, now)
        trigger: Trigger = CompleteActivity(now, inner, variables)
    elif job.kind == "continue":
        trigger, entries = Continue(now, inner), []
    else:
        trigger = FireTimer(now, inner)
        entries = [Entry(now, policy.SYSTEM, "timer.fired", {"element": job.element_id}, job.activity_id)]
    act = Act(now, policy.SYSTEM, tuple(entries), closed=job.activity_id)
    steps.run(context, work, case, trigger, act)


def _load(work: Work, job: Job) -> Case:
    case = instances.load(work, job.instance_id, lock=True)
    if case is None:
        raise ExecutionError("案件已不存在。")
    return case


# -- handlers -----------------------------------------------------------------------------------------------


def _handle(context: Context, job: Job) -> HandlerResult | None:
    """What the handler brings about; None where the job is gone, or rests with its case."""
    with context.database.reading() as work:
        case = instances.load(work, job.instance_id)
        if jobs.get(work, job.id) is None:
            return None
        rests = case is not None and case.instance.status == "suspended"
        given = None if rests else _handler_context(context, work, job, case)
    if given is None:
        _finish(context, job, None)  # which gives it back, unless the case goes on by now
        return None
    handler = handlers.registry.get(job.topic)
    if handler is None:
        raise InvalidDefinition(f"没有处理程序“{job.topic}”。")
    return handler(given)


def _handler_context(context: Context, work: Work, job: Job, case: Case | None) -> HandlerContext:
    node = context.library.process(work, job.definition_id).node(job.element_id)
    if case is None or node is None:
        raise ExecutionError("案件或步骤已不存在。")
    hung = context.library.guarded(work, case.instance.definition_id, case.bindings).outside()
    return HandlerContext(
        instance_id=job.instance_id,
        business_key=case.instance.business_key,
        title=case.instance.title,
        activity_id=job.activity_id,
        element_id=job.element_id,
        topic=job.topic,
        properties=node.properties,
        variables=hung.before(variables_of(context, work, job, case)),
        idempotency_key=job.id,
        now=context.clock(),
        people=people.displays(work),
        resources=named_files(context, work, job.definition_id, node.properties),
    )


def variables_of(context: Context, work: Work, job: Job, case: Case) -> JsonObject:
    """What a handler's activity sees now; Conflict if it is over."""
    inner = steps.inner_id(job.instance_id, job.activity_id)
    return execution.visible_variables(steps.program_of(context, work, case), case.state, inner)


def named_files(
    context: Context, work: Work, definition_id: str, properties: Mapping[str, str]
) -> Mapping[str, bytes]:
    """The files of the definition's deployment that properties name, by the name used there."""
    definition = context.library.definition(work, definition_id)
    folder, names = PurePosixPath(definition.resource).parent, context.library.names(work, definition)
    found = {}
    for value in properties.values():
        place = next((name for name in (str(folder / value), value) if name in names), None)
        content = definitions.resource_content(work, definition.deployment_id, place) if place else None
        if content is not None:
            found[value] = content
    return found


def _keep_result(
    work: Work, job: Job, result: HandlerResult, now: datetime
) -> tuple[JsonObject, list[Entry]]:
    variables: JsonObject = dict(result.variables)
    about: JsonObject = {"element": job.element_id, "topic": job.topic}
    entries = [Entry(now, policy.SYSTEM, "job.completed", about, job.activity_id)]
    for file in result.documents:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        info = documents.add(
            work,
            instance_id=job.instance_id,
            activity_id=job.activity_id,
            name=file.name,
            data=file.content,
            media_type=kind,
            at=now,
            by=policy.SYSTEM,
        )
        entries.append(cases.document_entry(info))
    for variable, pattern in result.numbers.items():
        variables[variable] = number(work, pattern, now)
        data: JsonObject = {"text": variables[variable]}
        entries.append(Entry(now, policy.SYSTEM, "number.allocated", data, job.activity_id))
    for told in result.notifications:
        message = Message(job.instance_id, "notification.sent", policy.SYSTEM, told.text)
        notices.tell(work, message, now, groups=told.groups)
        data = {"groups": list(told.groups), "text": told.text}
        entries.append(Entry(now, policy.SYSTEM, "notification.sent", data, job.activity_id))
    for public in result.publications:
        kept = documents.publish(work, job.instance_id, public.title, public.body, now)
        variables[public.variable] = {"id": kept.id, "title": kept.title, "at": now.isoformat()}
        data = {"publication": kept.id, "title": kept.title}
        entries.append(Entry(now, policy.SYSTEM, "publication.created", data, job.activity_id))
    return variables, entries


# -- failures -----------------------------------------------------------------------------------------------


def _failed(context: Context, job: Job, error: Exception) -> None:
    """Later again, unless it is out of retries or can't come out otherwise."""
    certain = isinstance(error, EngineError) and not isinstance(error, Conflict)
    final = certain or job.attempts >= len(BACKOFF)
    if not final:
        _again(context, job, job.attempts + 1, BACKOFF[job.attempts])
        return
    message = error.message if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
    now = context.clock()
    with context.database.unit_of_work() as work:
        if jobs.get(work, job.id) is None:
            return
        case = _load(work, job)
        stack = "".join(traceback.format_exception(error))
        jobs.fail(work, job, Fault(message, getattr(error, "feel", ""), stack), now)
        data = {"element": job.element_id, "message": message}
        steps.note(work, case, Entry(now, policy.SYSTEM, "incident.created", data, job.activity_id))


def _again(context: Context, job: Job, attempts: int, after: timedelta) -> None:
    with context.database.unit_of_work() as work:
        jobs.postpone(work, job.id, attempts, context.clock() + after)
        work.after_commit(context.wake)


def retry(context: Context, job_id: str, *, by: str) -> None:
    """Let a failed job run again now, asked by somebody who may steer its case."""
    with context.database.unit_of_work() as work:
        user = person(work, by)
        job = jobs.get(work, job_id)
        require(job is not None)
        if job is None:
            return
        case = cases.visible_case(work, job.instance_id, user)
        if case.instance.status == "suspended":
            raise Conflict(policy.stopped(case.instance))
        allow(user, policy.retry(user, case.instance, instances.visible_groups(work, job.instance_id)))
        now = context.clock()
        if not jobs.retry(work, job_id, by, now):
            raise Conflict("这项作业没有失败，无须重试。")
        steps.note(
            work, case, Entry(now, by, "incident.retried", {"element": job.element_id}, job.activity_id)
        )
        work.after_commit(context.wake)
