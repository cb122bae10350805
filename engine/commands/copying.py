"""Copies of a case for information (抄送): who gets one sees the case and can do no more."""

from __future__ import annotations

from collections.abc import Sequence

from engine import policy
from engine.commands import cases, steps, telling
from engine.commands.context import MAX_REASON, Context, allow, person
from engine.commands.delegating import receiver, refuse
from engine.errors import Conflict, InvalidInput, NotFound
from engine.model.chain import Entry
from engine.model.records import ProcessInstance
from engine.store import copies, instances, reading, tasks
from engine.store.database import Work

MOST = 100  #: persons of one call
_READS = "您只是抄送对象，可以查看，不能办理。"


def copy_to(
    context: Context,
    instance_id: str,
    people: Sequence[str],
    note: str,
    *,
    by: str,
    task_id: str | None,
    asked: bool = False,
) -> None:
    """Send people a copy of a case, and of one of its tasks; `asked`: to confirm that they have read it."""
    note, people = note.strip(), list(dict.fromkeys(people))
    if not people or len(people) > MOST:
        raise InvalidInput(f"请选择抄送的人，一次不超过{MOST}人。")
    if len(note) > MAX_REASON:
        raise InvalidInput(f"附言不超过{MAX_REASON}字。")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = cases.visible_case(work, instance_id, user)
        allow(user, reading_only(work, instance_id, by))
        task = tasks.get(work, task_id) if task_id else None
        if task_id and (task is None or task.instance_id != instance_id):
            raise NotFound
        _check(work, case.instance, people, by)
        now = context.clock()
        copies.add(work, instance_id, task_id, people, by, note, now, asked=asked)
        instances.add_readers(work, instance_id, people)
        data = {"to": people, "note": note, "name": task.name if task else ""}
        kind = "instance.circulated" if asked else "instance.copied"
        steps.note(work, case, Entry(now, by, kind, data, task_id))
        what = case.instance.title or case.instance.business_key
        text = f"{user.display or '系统'}把“{what}”{'送您传阅，请确认已阅' if asked else '抄送给您'}" + (
            f"：{note}" if note else ""
        )
        telling.tell_about(work, instance_id, kind, user, text, now, people, task_id)


def _check(work: Work, instance: ProcessInstance, people: Sequence[str], by: str) -> None:
    waiting = {one.user for one in copies.of_instance(work, instance.id) if one.read_at is None}
    for one in people:
        target = receiver(work, one, instance, "copies")
        refuse("" if target.active else f"{target.display}的账号已停用，请另选一人。")
        refuse("不必抄送给自己，请另选一人。" if one == by else "")
        if one in waiting:
            raise Conflict(f"已经抄送给{target.display}，还没有读，不必再抄送。")


def read(context: Context, copy_ids: Sequence[str], *, by: str) -> None:
    """Keep that a person has read copies of his."""
    with context.database.unit_of_work() as work:
        person(work, by)
        copies.mark_read(work, by, copy_ids, context.clock())


def confirm(context: Context, copy_id: str, remark: str, *, by: str) -> None:
    """Confirm that one has read what one was sent, with a remark if one likes; who sent it is told."""
    remark = remark.strip()
    if len(remark) > MAX_REASON:
        raise InvalidInput(f"阅后意见不超过{MAX_REASON}字。")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        found = copies.get(work, copy_id)
        if found is None or found.user != by:
            raise NotFound
        case = cases.visible_case(work, found.instance_id, user)
        found = copies.get(work, copy_id) or found  # as it is once the case is locked
        refuse("" if found.asked else "这一份只供知悉，不用确认。")
        if found.confirmed_at is not None:
            raise Conflict("您已经确认过已阅。")
        now = context.clock()
        copies.confirm(work, copy_id, remark, now)
        data = {"copy": copy_id, "remark": remark}
        steps.note(work, case, Entry(now, by, "instance.read", data, found.task_id))
        what = case.instance.title or case.instance.business_key
        text = f"{user.display}已阅“{what}”" + (f"：{remark}" if remark else "")
        telling.tell_about(
            work, found.instance_id, "instance.read", user, text, now, [found.sender], found.task_id
        )


def reading_only(work: Work, instance_id: str, user_id: str) -> str:
    """Why a user who sees a case only as a copy can't do anything in it; "" for everybody else."""
    if user_id == policy.SYSTEM or not reading.only_reads(work, instance_id, user_id):
        return ""
    return _READS
