"""Verbs of a case: cancel, deliver a message, attach a file."""

from __future__ import annotations

from hashlib import sha256

from engine import policy
from engine.commands import steps
from engine.commands.context import Context, allow, person, require
from engine.commands.once import Ticket, once, ticket
from engine.commands.starting import Opening, event_start, start_in
from engine.commands.steps import Act
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.model.execution import Cancel, DeliverMessage, JsonObject
from engine.model.records import DocumentInfo, User
from engine.store import definitions, documents, instances, jobs, reading, tasks
from engine.store.database import Work
from engine.store.history import Entry
from engine.store.instances import Case
from engine.store.jobs import Subscription

MAX_BYTES = 20_000_000
MAX_REASON = 2_000


def visible_case(work: Work, instance_id: str, user: User, *, lock: bool = True) -> Case:
    """The instance; NotFound for who may not see it."""
    require(reading.may_see(work, instance_id, user.id))
    case = instances.load(work, instance_id, lock=lock)
    if case is None:
        raise NotFound
    return case


def cancel(context: Context, instance_id: str, reason: str, *, by: str) -> None:
    """End a case with a reason."""
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidInput(f"请写明终止的理由，不超过{MAX_REASON}字。")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = visible_case(work, instance_id, user)
        groups = instances.visible_groups(work, instance_id)
        steps.must_run(case)
        allow(user, policy.cancel(user, case.instance, groups))
        now, reason = context.clock(), reason.strip()
        entry = Entry(now, by, "instance.cancelled", {"reason": reason})
        steps.run(context, work, case, Cancel(now, reason), Act(now, by, (entry,), end_reason=reason))


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


def _is_of(work: Work, one: Subscription, business_key: str | None) -> bool:
    return business_key is None or one.instance_id in instances.with_business_key(work, business_key)


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
    """Start the process that begins with this message; False when there is none."""
    for definition in definitions.latest_definitions(work):
        node = event_start(context.library.process(work, definition.id), "message", message)
        if node is not None:
            allow(user, policy.start(user, definition))
            start_in(context, work, Opening(definition, payload, user.id, node.id))
            return True
    return False


def attach(
    context: Context,
    name: str,
    content: bytes,
    media_type: str,
    *,
    by: str,
    task_id: str | None,
    instance_id: str | None,
    key: str = "",
) -> DocumentInfo:
    """Keep a file with a task that one has, or with a case that one sees."""
    _check_file(name, content)
    given = (name, sha256(content).hexdigest(), task_id, instance_id)
    asked = ticket(by, key, "attach", *given)

    def act() -> DocumentInfo:
        return _attach(context, name, content, media_type, asked, task_id=task_id, instance_id=instance_id)

    return once(context, asked, act, documents.info)


def _attach(
    context: Context,
    name: str,
    content: bytes,
    media_type: str,
    asked: Ticket,
    *,
    task_id: str | None,
    instance_id: str | None,
) -> DocumentInfo:
    by = asked.by
    with context.database.unit_of_work() as work:
        user = person(work, by)
        task = tasks.get(work, task_id) if task_id is not None else None
        require(task_id is None or task is not None)
        instance_id = task.instance_id if task else instance_id
        case = visible_case(work, instance_id or "", user)
        if task:
            allow(user, policy.work_on(user, task))
        elif reading.only_reads(work, case.instance.id, user.id):
            raise NotAllowed("您只是抄送对象，可以查看，不能添加材料。")
        steps.must_run(case)
        info = add_document(
            context, work, case, name, content, media_type=media_type, by=by, activity_id=task_id
        )
        asked.answered(context, work, info.id)
        return info


def _check_file(name: str, content: bytes) -> None:
    if not name.strip() or len(name) > 255 or any(part in name for part in ("/", "\\", "\0")):
        raise InvalidInput("文件名有误。")
    if not content:
        raise InvalidInput(f"“{name}”是空文件。")
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"“{name}”超过20MB。")


def add_document(
    context: Context,
    work: Work,
    case: Case,
    name: str,
    content: bytes,
    *,
    media_type: str,
    by: str,
    activity_id: str | None,
) -> DocumentInfo:
    """Keep a file and say so in the record."""
    now = context.clock()
    info = documents.add(
        work,
        instance_id=case.instance.id,
        activity_id=activity_id,
        name=name,
        data=content,
        media_type=media_type,
        at=now,
        by=by,
    )
    steps.note(work, case, document_entry(info))
    return info


def document_entry(info: DocumentInfo) -> Entry:
    """What the record says of a new file."""
    data = {"id": info.id, "name": info.name, "size": info.size, "sha256": info.sha256}
    kind = "document.attached" if info.created_by else "document.created"
    return Entry(info.created_at, info.created_by, kind, data, info.activity_id)
