"""The verbs of a user task."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from engine import execution, parsing, policy
from engine.commands import circles, guarding, meetings, parts, presence, steps
from engine.commands.context import ZONE, Context, allow, person
from engine.commands.directory import directory
from engine.commands.once import Ticket, once, ticket
from engine.commands.steps import Act
from engine.errors import Conflict, InvalidInput, NotFound
from engine.model.chain import Entry
from engine.model.execution import JsonObject
from engine.model.records import User, UserTask
from engine.store import access, acting, instances, passages, people, tasks
from engine.store.database import Work
from engine.store.instances import Case


def locate(work: Work, task_id: str, by: str) -> tuple[User, UserTask, Case]:
    """The task with its instance, locked; NotFound for who may not see it."""
    user = person(work, by)
    found = acting.open_task(work, task_id, user.id)
    if found is None or not found.seen:
        raise NotFound
    if found.task.status != "open":
        raise Conflict(_closed(work, found.task))
    steps.must_run(found.case)
    return user, found.task, found.case


def _closed(work: Work, task: UserTask) -> str:
    if task.status == "cancelled":
        sender = passages.sent_back_by(work, task)
        who = people.displays(work).get(sender, sender)
        return f"这项任务已由{who}退回。" if sender else "这项任务已经撤销，无须办理。"
    if task.status == "waiting":
        return "还没有轮到这项加签，等办理人办结后再签署。"
    who = people.displays(work).get(task.completed_by or "", "他人")
    return f"这项任务已由{who}办结{_when(task.completed_at)}。"


def _when(at: datetime | None) -> str:
    """The office's date and time in brackets."""
    local = at.astimezone(ZoneInfo(ZONE)) if at is not None else None
    return f"（{local.month}月{local.day}日{local:%H:%M}）" if local is not None else ""


def claim(context: Context, task_id: str, *, by: str) -> None:
    """Take an offered task."""
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        if task.assignee not in (None, by):
            who = people.displays(work).get(task.assignee or "", "他人")
            raise Conflict(f"这项任务刚才已由{who}认领。")
        allow(user, policy.claim(user, task, tasks.separated(work, task)))
        if circles.rules_of(context, work, case.instance).leaders:
            allow(user, policy.admit(user, access.barred(work, task.instance_id), None))
        tasks.change(work, task, assignee=by)
        instances.add_participants(work, task.instance_id, [by])
        steps.note(work, case, Entry(context.clock(), by, "task.claimed", {"name": task.name}, task.id))


def release(context: Context, task_id: str, *, by: str) -> None:
    """Give a task back to those it was offered to; the draft stays."""
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        allow(user, policy.release(user, task))
        draft = guarding.handed_on(context, work, case, task)
        tasks.change(work, task, assignee=None, handed=None, on_behalf_of=None, draft=draft)
        steps.note(work, case, Entry(context.clock(), by, "task.released", {"name": task.name}, task.id))


def save_draft(context: Context, task_id: str, values: JsonObject, *, by: str, revision: int | None) -> int:
    """Keep unfinished values; gives the new revision."""
    with context.database.unit_of_work() as work:
        user, task, _ = locate(work, task_id, by)
        allow(user, policy.work_on(user, task))
        return presence.save(context, work, task, values, by=by, revision=revision)


def complete(
    context: Context, task_id: str, values: JsonObject, *, by: str, revision: int | None, key: str = ""
) -> tuple[UserTask, ...]:
    """Finish a task; gives the tasks of the case that opened thereby and are the same user's."""
    asked = ticket(by, key, "complete", task_id, values)

    def replay(work: Work, answer: list[str]) -> tuple[UserTask, ...]:
        return tuple(task for one in answer if (task := tasks.get(work, one)) is not None)

    return once(
        context, asked, lambda: _complete(context, task_id, values, asked=asked, revision=revision), replay
    )


def _complete(
    context: Context, task_id: str, values: JsonObject, *, asked: Ticket, revision: int | None
) -> tuple[UserTask, ...]:
    by = asked.by
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        allow(user, policy.complete(user, task, tasks.separated(work, task)))
        fresh(task, revision)
        cleaned = _checked(context, work, case, task, values, user)
        now = context.clock()
        data = {"element": task.element_id, "name": task.name, "values": cleaned}
        entry = Entry(now, by, "task.completed", data, task.id, on_behalf_of=task.on_behalf_of or "")
        if task.parts and parts.hold(work, case, task, user, cleaned, entry):
            asked.answered(context, work, [])
            return ()
        tasks.complete(work, task, by, now)
        kept = parts.go_on(context, work, case, task, cleaned, Act(now, by, (entry,)))
        following = tuple(one for one in kept.tasks if _is_for(work, user, one))
        asked.answered(context, work, [one.id for one in following])
        return following


def _is_for(work: Work, user: User, task: UserTask) -> bool:
    """Whether a new task is the user's, or he may claim it."""
    return task.assignee == user.id or not policy.claim(user, task, tasks.separated(work, task))


def fresh(task: UserTask, revision: int | None) -> None:
    """Refuse what was asked on a page that shows an older task."""
    if revision is not None and revision != task.revision:
        raise Conflict("这一页打开后任务已有变动，请刷新后再办。")


def _checked(
    context: Context, work: Work, case: Case, task: UserTask, values: JsonObject, user: User
) -> JsonObject:
    """The values as the task's form accepts them from this user; without a form, as they are."""
    if not task.form_ref:
        return guarding.free(context, work, case, user, values)
    form = context.library.form(work, task.definition_id, task.form_ref)
    inner = steps.inner_id(task.instance_id, task.id)
    visible = execution.visible_variables(steps.program_of(context, work, case), case.state, inner)
    curtain = guarding.curtain(context, work, case, user)
    form = parsing.form_for(form, parsing.at_step(form, task.element_id, task.properties), curtain, visible)
    meeting = meetings.meeting_of(work, task, form, visible, values)
    if meeting:
        form, visible, values = meeting.opened(form, visible, values)
    cleaned, problems = parsing.check_form(
        form, values, visible, now=context.local_now(), directory=directory(context, work, form)
    )
    problems = meeting.problems(cleaned, problems) if meeting else problems
    if problems:
        raise InvalidInput(problems=problems)
    return meeting.counted(cleaned) if meeting else cleaned
