"""Moving a running case to another step: each verb one step of execution, with its reason in the record."""

from __future__ import annotations

from typing import Literal

from engine import execution, policy
from engine.commands import cases, steps, telling
from engine.commands.context import Context, allow, person, written
from engine.commands.steps import Act
from engine.commands.tasks import fresh, locate
from engine.errors import Conflict, InvalidInput
from engine.model.chain import Entry
from engine.model.execution import MoveTokens
from engine.model.moving import Target, earlier
from engine.model.records import User, UserTask
from engine.store import passages, people, tasks
from engine.store.database import Work
from engine.store.instances import Case

Then = Literal["replay", "return"]

_NOT_ADMIN = "只有流程管理员可以跳转。"


def jump(
    context: Context,
    instance_id: str,
    to: str,
    reason: str,
    *,
    by: str,
    activity_id: str | None = None,
    revision: int | None = None,
) -> None:
    """Let a live activity, or all of the case, end here and go on at another element."""
    reason = written(reason, "跳转的理由")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = cases.visible_case(work, instance_id, user)
        admins = people.get_setting(work, "process_admins") or ""
        allow(user, policy.edit_processes(user, admins) and _NOT_ADMIN)
        steps.must_run(case)
        if revision is not None and revision != case.instance.revision:
            raise Conflict("这一页打开后本件已有进展，请刷新后再办。")
        now = context.clock()
        inner = steps.inner_id(instance_id, activity_id) if activity_id else None
        name = _name_of(context, work, case, to)
        entry = Entry(
            now, by, "instance.jumped", {"reason": reason, "element": to, "name": name}, activity_id
        )
        losing = tasks.of_instance(work, instance_id, "open")
        steps.run(context, work, case, MoveTokens(now, to, inner), Act(now, by, (entry,)))
        tell_losers(work, losing, user, entry, f"{user.display}把本件跳转到“{name}”：{reason}")


def _name_of(context: Context, work: Work, case: Case, element_id: str) -> str:
    """What the diagrams that the case runs call an element."""
    for definition_id in dict.fromkeys([case.instance.definition_id, *case.bindings.processes.values()]):
        node = context.library.process(work, definition_id).node(element_id)
        if node is not None:
            return node.name or element_id
    return element_id


def tell_losers(work: Work, before: tuple[UserTask, ...], user: User, entry: Entry, text: str) -> None:
    """Tell those whose tasks are gone."""
    for task in before:
        left = tasks.get(work, task.id)
        if task.assignee and left is not None and left.status == "cancelled":
            about = f"{text}。您的“{task.name}”不用办了。"
            telling.tell(work, task, entry.kind, user, about, entry.at, [task.assignee])


def send_back(
    context: Context,
    task_id: str,
    to: str,
    reason: str,
    *,
    by: str,
    then: Then = "replay",
    revision: int | None = None,
) -> None:
    """Send a task back to an earlier step: "previous", "initiator" or an element id."""
    reason = written(reason, "退回的理由")
    if then not in ("replay", "return"):
        raise InvalidInput("退回以后或者逐步重办，或者办完直接返回。")
    with context.database.unit_of_work() as work:
        user, task, case = locate(work, task_id, by)
        allow(user, policy.send_back(user, task, tasks.separated(work, task)))
        fresh(task, revision)
        target = _chosen(_targets(context, work, case, task), to)
        heir = _heir(work, target)
        trigger = MoveTokens(
            context.clock(),
            target.element_id,
            steps.inner_id(task.instance_id, task.id),
            target.definition_id,
            again=True,
            returns=then == "return",
            person=heir,
            sender=by,
        )
        _carry_out(context, work, case, trigger, _sent(trigger, task, target, reason, by), user)


def _targets(context: Context, work: Work, case: Case, task: UserTask) -> dict[str, tuple[Target, ...]]:
    """The steps to which a task may be sent back, and those of them that the initiator did."""
    passed = passages.passages(work, task.instance_id)
    places = [(one.definition_id, one.element_id) for one in passed]
    inner = steps.inner_id(task.instance_id, task.id)
    program = steps.program_of(context, work, case)
    aims = execution.aims(program, case.state, inner, places, context.clock())
    moved = passages.last_move(work, task.instance_id)
    initiator = case.instance.started_by
    return {
        "": earlier(passed, aims, moved),
        "initiator": earlier(passed, aims, moved, initiator) if initiator else (),
    }


def _chosen(targets: dict[str, tuple[Target, ...]], to: str) -> Target:
    found = targets[""]
    if not found:
        raise InvalidInput("这一步之前没有人办过可以退回的步骤。")
    if to == "previous":
        return found[0]
    if to == "initiator":
        if not targets["initiator"]:
            raise InvalidInput("发起人没有办过这一步之前的步骤，请另选退回到哪一步。")
        return targets["initiator"][-1]
    chosen = next((one for one in found if one.element_id == to), None)
    if chosen is None:
        names = "、".join(f"“{one.name}”" for one in found)
        raise InvalidInput(f"不能退回到“{to}”，可以退回到{names}。")
    return chosen


def _heir(work: Work, target: Target) -> str:
    """Who gets the step again: who did it, if he still may; "" leaves it to the diagram."""
    done, user = tasks.get(work, target.task_id), people.get(work, target.done_by)
    if done is None or user is None or not user.active or user.id in tasks.separated(work, done):
        return ""
    return user.id


def _sent(trigger: MoveTokens, task: UserTask, target: Target, reason: str, by: str) -> Entry:
    data = {
        "name": task.name,
        "reason": reason,
        "to": target.element_id,
        "to_name": target.name,
        "person": trigger.person,
        "then": "return" if trigger.returns else "replay",
    }
    return Entry(trigger.now, by, "task.sent_back", data, task.id, on_behalf_of=task.on_behalf_of or "")


def _carry_out(
    context: Context, work: Work, case: Case, trigger: MoveTokens, entry: Entry, user: User
) -> None:
    """Send back, and tell those who get or lose a task."""
    data = entry.data
    losing = [one for one in tasks.of_instance(work, case.instance.id, "open") if one.id != entry.activity_id]
    kept = steps.run(context, work, case, trigger, Act(entry.at, user.id, (entry,)))
    text = f"{user.display}把“{data['name']}”退回到“{data['to_name']}”：{data['reason']}"
    told = {"verb": "sent_back", "by": user.id, "reason": data["reason"]}
    for task in kept.tasks:
        if task.element_id == trigger.to:
            tasks.change(work, task, handed=told)
            telling.tell(
                work, task, entry.kind, user, text, entry.at, [task.assignee] if task.assignee else []
            )
    tell_losers(work, tuple(losing), user, entry, text)
