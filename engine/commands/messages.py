"""Messages between instances: each reaches exactly one receiver, or is kept for one that comes later.

Order of locks: a case, the job, a gate. The sender's case is locked only where its record is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine import feel, policy
from engine.commands import steps
from engine.commands.context import Context, allow, person
from engine.commands.starting import Opening, event_start, start_in
from engine.commands.steps import Act
from engine.errors import Conflict, ExecutionError, LostRace, NotFound
from engine.model.chain import Entry
from engine.model.definition import Node
from engine.model.execution import DeliverMessage, JsonObject
from engine.model.records import ProcessDefinition, ProcessInstance, User
from engine.store import definitions, instances, jobs, messages, reading
from engine.store.database import Work
from engine.store.jobs import Job, Subscription

RESTING = timedelta(
    hours=1
)  #: when to look again whether a receiver that rests has been resumed, at the latest


@dataclass(frozen=True, slots=True)
class Beginning:
    """The process that a message starts, and by which key."""

    definition: ProcessDefinition
    node: Node
    key: str | None  #: no second instance begins while one of this key runs; None: always


def deliver(
    context: Context,
    message: str,
    payload: JsonObject,
    *,
    by: str,
    business_key: str | None,
    instance_id: str | None,
    correlation: str | None,
) -> None:
    """Hand a message to the one event that waits for it, or to the process that it starts."""
    with context.database.unit_of_work() as work:
        user = person(work, by)
        targeted = business_key is not None or instance_id is not None
        waiting = [
            one
            for one in jobs.subscriptions(work, message, instance_id)
            if correlation is None or one.correlation == correlation
            if not targeted or _is_of(work, one, business_key)
            if reading.may_see(work, one.instance_id, user.id)
            if user.id == policy.SYSTEM or not reading.only_reads(work, one.instance_id, user.id)
        ]
        if len(waiting) > 1:
            raise Conflict(f"有{len(waiting)}处在等待消息“{message}”，请指明是哪一件。")
        if waiting:
            receive(context, work, waiting[0], payload, by)
        elif targeted or not start_by_message(context, work, message, payload, user):
            raise NotFound(f"没有在等待消息“{message}”的步骤。")


def receive(context: Context, work: Work, waiting: Subscription, payload: JsonObject, by: str) -> None:
    """Let the waiting activity have the message."""
    case = instances.load(work, waiting.instance_id, lock=True)
    if case is None:
        raise NotFound
    now = context.clock()
    data = {"message": waiting.message, "element": waiting.element_id, "payload": payload}
    entry = Entry(now, by, "message.delivered", data, waiting.activity_id)
    inner = steps.inner_id(waiting.instance_id, waiting.activity_id)
    act = Act(now, by, (entry,), completed=waiting.activity_id)
    steps.run(context, work, case, DeliverMessage(now, inner, payload), act)


def start_by_message(context: Context, work: Work, message: str, payload: JsonObject, user: User) -> bool:
    """Start the process that begins with this message; False for none, Conflict if its key runs already."""
    found = find_beginning(context, work, message, payload)
    if found is None:
        return False
    allow(user, policy.start(user, found.definition))
    if found.key is not None and (number := messages.running(work, found.definition.key, found.key)):
        raise Conflict(
            f"区分依据“{found.key}”的“{found.definition.name}”已有一件在办（{number}），没有再发起。"
        )
    begin(context, work, found, payload, user.id)
    return True


def send(context: Context, work: Work, job: Job) -> None:
    """Let the message's receiver have it, start what it starts, or keep it; LostRace: look again."""
    receiver = _receiver(work, job)
    if receiver is not None:
        _hand_over(context, work, job, receiver)
        return
    beginning = _beginning(context, work, job)
    if beginning is not None:
        if jobs.finish(work, job.id):
            begin(context, work, beginning, job.payload or {}, policy.SYSTEM)
    elif job.expires_at is not None and job.expires_at > context.clock():
        if messages.hold(work, job.id):
            _nobody(context, work, job)
            messages.keep(work, job.id, job.expires_at)
    else:
        _drop(context, work, job)


def find_beginning(context: Context, work: Work, message: str, payload: JsonObject) -> Beginning | None:
    """The process that begins with this message; ExecutionError for several."""
    found = [
        (definition, node)
        for definition in definitions.latest_definitions(work)
        if (node := event_start(context.library.process(work, definition.id), "message", message))
    ]
    if len(found) > 1:
        names = "、".join(f"“{definition.name}”" for definition, _ in found)
        raise ExecutionError(f"消息“{message}”能发起{len(found)}个流程（{names}），一个消息只能发起一个。")
    for definition, node in found:
        return Beginning(definition, node, _key(node, payload))
    return None


def begin(
    context: Context, work: Work, beginning: Beginning, payload: JsonObject, by: str
) -> ProcessInstance:
    """Start what the message starts; LostRace if one of its key has just begun."""
    definition, key = beginning.definition, beginning.key
    if key is not None:
        messages.gate(work, f"start {definition.key} {key}")
        if messages.running(work, definition.key, key):
            raise LostRace
    instance = start_in(context, work, Opening(definition, payload, by, beginning.node.id))
    if key is not None:
        messages.started(work, instance.id, definition.key, key)
    return instance


def _key(node: Node, payload: JsonObject) -> str | None:
    """The start event's correlation key over what the message carries."""
    if node.event is None or node.event.correlation is None:
        return None
    value = feel.evaluate(node.event.correlation.feel, payload)
    return None if value is None else str(value)


def _receiver(work: Work, job: Job) -> Subscription | None:
    """The one event that waits for the message: in the same case, else with the same key elsewhere."""
    waiting = jobs.subscriptions(work, job.topic)
    own = [one for one in waiting if one.instance_id == job.instance_id]
    same = [one for one in waiting if one.correlation == job.correlation]
    loose = [one for one in own if None in (one.correlation, job.correlation)]
    for fits in ([one for one in same if one in own], loose, same):
        if len(fits) > 1:
            raise ExecutionError(_ambiguous(job, fits))
        if fits:
            return fits[0]
    return None


def _ambiguous(job: Job, fits: list[Subscription]) -> str:
    key = "没有区分依据" if job.correlation is None else f"区分依据“{job.correlation}”"
    where = "本件" if all(one.instance_id == job.instance_id for one in fits) else "几件"
    return (
        f"消息“{job.topic}”（{key}）有{len(fits)}处在等待（{where}中），不知道给哪一处。"
        "请在发送和等待的步骤上都填写能区分它们的 correlationKey，处理后重试。"
    )


def _beginning(context: Context, work: Work, job: Job) -> Beginning | None:
    """The process that begins with the message, unless one with its key runs already."""
    found = find_beginning(context, work, job.topic, job.payload or {})
    if found is None or found.key is None:
        return found
    return None if messages.running(work, found.definition.key, found.key) else found


def _hand_over(context: Context, work: Work, job: Job, receiver: Subscription) -> None:
    case = instances.load(work, receiver.instance_id, lock=True)
    if case is not None and case.instance.status == "suspended":
        now = context.clock()
        messages.keep(work, job.id, max(job.expires_at or now, now + RESTING))
        return
    if not jobs.finish(work, job.id):
        return
    if not messages.waits(work, receiver):
        raise LostRace
    receive(context, work, receiver, job.payload or {}, policy.SYSTEM)


def _nobody(context: Context, work: Work, job: Job) -> None:
    """Make sure that nobody waits now, and that who comes will find the message; LostRace otherwise."""
    messages.gate(work, job.topic)
    if _receiver(work, job) is not None:
        raise LostRace


def _drop(context: Context, work: Work, job: Job) -> None:
    """Nobody has come in time: the sender's record says so."""
    case = instances.load(work, job.instance_id, lock=True)
    if case is None or not jobs.finish(work, job.id):
        return
    _nobody(context, work, job)
    data = {"message": job.topic, "element": job.element_id, "correlation": job.correlation}
    entry = Entry(context.clock(), policy.SYSTEM, "message.unheard", data, job.activity_id)
    steps.note(work, case, entry)


def _is_of(work: Work, one: Subscription, business_key: str | None) -> bool:
    return business_key is None or one.instance_id in instances.with_business_key(work, business_key)
