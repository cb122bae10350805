"""Taking back: a step by who has completed it, a case by who has started it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import execution, policy
from engine.commands import cases, moving, steps
from engine.commands.context import MAX_REASON, Context, allow, person, written
from engine.commands.steps import Act
from engine.errors import Conflict, InvalidInput, NotFound
from engine.execution import Program
from engine.model.chain import Entry
from engine.model.definition import Node
from engine.model.execution import Cancel, TakeBack
from engine.model.records import ActivityInstance, User, UserTask
from engine.store import acting, instances, jobs, passages, people, tasks
from engine.store.database import Work
from engine.store.instances import Case

_BODY = "multiInstanceBody"
_WAITS = frozenset({"intermediateCatchEvent", "receiveTask", "boundaryEvent", "startEvent"})
_TELLS = frozenset({"message", "signal", "escalation", "error", "compensate"})


def take_back(context: Context, task_id: str, reason: str, *, by: str) -> None:
    """Take a completed task back while nobody has acted upon what has come of it."""
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"取回的理由不超过{MAX_REASON}字。")
    with context.database.unit_of_work() as work:
        user, task, case = _completed(work, task_id, by)
        now, reason = context.clock(), reason.strip()
        activities = {one.id: one for one in instances.activities(work, task.instance_id)}
        around = list(_around(activities, activities[task.id]))
        trail = _trail(context, work, case, task, activities)
        for one in trail.activities:
            _untouched(context, work, one)
        _refuse_running(context, work, trail.activities)
        inner = [(steps.inner_id(one.instance_id, one.id), one.element_id) for one in around]
        trigger = TakeBack(now, task.element_id, tuple(inner), trail.passed, by)
        entry = Entry(now, by, "task.taken_back", {"name": task.name, "reason": reason}, task.id)
        losing = tasks.of_instance(work, task.instance_id, "open")
        steps.run(context, work, case, trigger, Act(now, by, (entry,)))
        text = f"{user.display}取回了“{task.name}”" + (f"：{reason}" if reason else "")
        moving.tell_losers(work, losing, user, entry, text)


def _completed(work: Work, task_id: str, by: str) -> tuple[User, UserTask, Case]:
    """The task with its running case, locked, if this person may take it back."""
    user = person(work, by)
    found = acting.open_task(work, task_id, user.id)
    if found is None or not found.seen:
        raise NotFound
    allow(user, policy.take_back(user, found.task, tasks.separated(work, found.task)))
    steps.must_run(found.case)
    return user, found.task, found.case


def _around(activities: dict[str, ActivityInstance], one: ActivityInstance) -> Iterator[ActivityInstance]:
    """The activities around an activity, inner ones first; instances without their bodies."""
    parent = activities.get(one.parent_id or "")
    while parent is not None:
        if parent.kind != _BODY:
            yield parent
        parent = activities.get(parent.parent_id or "")


@dataclass(frozen=True, slots=True)
class _Trail:
    """What has come of a completed task."""

    activities: list[ActivityInstance]
    passed: frozenset[str]  #: elements on the innermost level that is live


def _trail(
    context: Context, work: Work, case: Case, task: UserTask, activities: dict[str, ActivityInstance]
) -> _Trail:
    """Follow the flows from a task, outward as far as what is around it is over."""
    program = steps.program_of(context, work, case)
    order = {name: number for number, name in enumerate(activities)}
    since = [one for one in activities.values() if _lives_after(one, task, order[one.id] > order[task.id])]
    found: dict[str, ActivityInstance] = {}
    reached: dict[str, ActivityInstance] = {}
    level: ActivityInstance | None = activities[task.id]
    while level is not None and level.status != "active":
        _refuse_several(level)
        beside = [one for one in since if one.parent_id == level.parent_id and one.id != level.id]
        reached = _reached(program, level, beside)
        if level.status == "cancelled" or any(one.element_id == level.element_id for one in beside):
            raise Conflict(f"“{level.name}”已经重新办理过，不能再取回。")
        found |= reached
        level = activities.get(level.parent_id or "")
    for one in since:
        if one.parent_id in found:
            found[one.id] = one
    return _Trail(list(found.values()), frozenset(one.element_id for one in reached.values()))


def _lives_after(one: ActivityInstance, task: UserTask, younger: bool) -> bool:
    """Whether an activity was entered once the task was completed, or is a join that then still waited."""
    when = task.completed_at
    if younger and (when is None or one.started_at >= when):
        return True
    return one.kind.endswith("Gateway") and (one.ended_at is None or when is None or one.ended_at >= when)


def _reached(
    program: Program, first: ActivityInstance, beside: list[ActivityInstance]
) -> dict[str, ActivityInstance]:
    """Those of these activities to which the flows lead from the first one, step by step."""
    reached: dict[str, ActivityInstance] = {}
    following = set(execution.follow(program, first.definition_id, first.element_id))
    while more := [one for one in beside if one.element_id in following and one.id not in reached]:
        for one in more:
            reached[one.id] = one
            following |= execution.follow(program, one.definition_id, one.element_id)
    return reached


def _refuse_several(level: ActivityInstance) -> None:
    if level.loop_index is not None or level.kind == _BODY:
        raise InvalidInput(f"“{level.name}”由几个人分别办理或重复办理，办过的一份不能单独取回。")


def _untouched(context: Context, work: Work, one: ActivityInstance) -> None:
    """Conflict, saying who acted, unless nobody has acted upon this activity."""
    task = tasks.get(work, one.id)
    node = context.library.process(work, one.definition_id).node(one.element_id)
    names = people.displays(work)
    if task is not None:
        who = names.get(task.completed_by or task.assignee or "", "他人")
        if task.status == "completed":
            raise Conflict(f"“{task.name}”已由{who}办结，不能取回。")
        if task.status != "open":
            raise Conflict(f"“{task.name}”已有变动，不能取回。")
        if task.revision > 1 and (task.assignee or task.draft):
            raise Conflict(f"“{task.name}”已由{who}接手，不能取回。")
    elif node is not None and one.status == "completed" and _effective(node):
        raise Conflict(f"“{one.name}”已经执行，不能取回。")


def _effective(node: Node) -> bool:
    """Whether something outside the case has happened once this is completed."""
    event = node.event
    if node.topic or node.kind == "sendTask" or node.kind in _WAITS - {"startEvent"}:
        return True
    return event is not None and event.kind in _TELLS


def _refuse_running(context: Context, work: Work, followed: list[ActivityInstance]) -> None:
    busy = jobs.running(work, [one.id for one in followed], context.clock())
    name = next((one.name for one in followed if one.id in busy), "")
    if busy:
        raise Conflict(f"“{name}”正在自动执行，不能取回。")


def withdraw(context: Context, instance_id: str, reason: str, *, by: str) -> None:
    """End a case as its initiator, while nobody else has completed a step, or as its process declares."""
    reason = written(reason, "撤回的理由")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = cases.visible_case(work, instance_id, user)
        steps.must_run(case)
        properties = context.library.definition(work, case.instance.definition_id).properties or {}
        until = properties.get("withdrawUntil", "")
        passed = passages.passages(work, instance_id)
        refused = policy.withdraw(user, case.instance, until, passed, people.displays(work))
        allow(user, refused)
        now = context.clock()
        entry = Entry(now, by, "instance.withdrawn", {"reason": reason})
        losing = tasks.of_instance(work, instance_id, "open")
        act = Act(now, by, (entry,), end_reason=f"发起人撤回：{reason}")
        steps.run(context, work, case, Cancel(now, reason), act)
        moving.tell_losers(work, losing, user, entry, f"{user.display}撤回了本件：{reason}")
