"""Verbs of a case: cancel, deliver a message, attach a file."""

from __future__ import annotations

from hashlib import sha256

from engine import policy
from engine.commands import steps
from engine.commands.context import Context, allow, person, require
from engine.commands.once import Ticket, once, ticket
from engine.commands.steps import Act
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.model.chain import Entry
from engine.model.execution import Cancel
from engine.model.records import DocumentInfo, User
from engine.store import documents, instances, reading, tasks
from engine.store.database import Work
from engine.store.instances import Case

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
