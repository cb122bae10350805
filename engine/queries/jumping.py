"""Where an administrator may let a case jump, and what that would bring about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine import execution, policy
from engine.errors import NotAllowed
from engine.execution import Program
from engine.model.definition import Node
from engine.model.execution import ActivityChange, MoveTokens, OpenedTask, Step
from engine.model.moving import JumpPlan, JumpStep, JumpView
from engine.queries import cases
from engine.queries.reader import Reader, person
from engine.store import people, tasks
from engine.store.database import Work
from engine.store.instances import Case

NOT_ADMIN = "只有流程管理员可以跳转。"
_AROUND = frozenset({"subProcess", "transaction", "adHocSubProcess", "callActivity", "multiInstanceBody"})


@dataclass(frozen=True, slots=True)
class _Opened:
    """A case that this administrator sees, with what it runs."""

    reader: Reader
    work: Work
    case: Case
    program: Program


def _opened(reader: Reader, work: Work, instance_id: str, by: str) -> _Opened:
    user = person(work, by)
    case = cases.visible(work, instance_id, by)
    admins = people.get_setting(work, "process_admins") or ""
    if by != policy.SYSTEM and policy.edit_processes(user, admins):
        raise NotAllowed(NOT_ADMIN)
    program = reader.library.program(work, case.instance.definition_id, case.bindings)
    return _Opened(reader, work, case, program)


def jump_view(reader: Reader, instance_id: str, *, by: str, activity_id: str = "") -> JumpView:
    """The steps that are live, and where this one of them (or all of the case) may go on."""
    with reader.database.reading() as work:
        opened = _opened(reader, work, instance_id, by)
        if policy.stopped(opened.case.instance):
            return JumpView((), ())
        return JumpView(tuple(_sources(opened)), tuple(_targets(opened, activity_id)))


def _sources(opened: _Opened) -> Iterator[JumpStep]:
    instance_id, about = opened.case.instance.id, _about(opened)
    for one in execution.standing(opened.program, opened.case.state):
        id, node = f"{instance_id}-{one.activity_id}", _node(opened, one.definition_id, one.element_id)
        name = (node.name if node else "") or one.element_id
        yield JumpStep(id, one.element_id, one.definition_id, name, about.get(id, ""))


def _about(opened: _Opened) -> dict[str, str]:
    """Whom or what each task of the case is about, by id."""
    found = tasks.of_instance(opened.work, opened.case.instance.id)
    return {one.id: one.properties.get("about", "") for one in found}


def _targets(opened: _Opened, activity_id: str) -> Iterator[JumpStep]:
    found = {node.id: (definition_id, node) for definition_id, node in reversed(list(_nodes(opened)))}
    inner = activity_id.removeprefix(f"{opened.case.instance.id}-") or None
    refused = execution.refusals(opened.program, opened.case.state, inner, found, opened.reader.clock())
    for id, (definition_id, node) in reversed(found.items()):
        if not refused[id]:
            yield JumpStep(id, id, definition_id, node.name or id)


def _nodes(opened: _Opened) -> Iterator[tuple[str, Node]]:
    """What a token may begin at, the case's own process first."""
    own, called = opened.case.instance.definition_id, opened.case.bindings.processes.values()
    for definition_id in dict.fromkeys([own, *called]):
        for node in opened.reader.library.process(opened.work, definition_id).scope.walk():
            if not node.kind.endswith("Gateway") and not node.attached_to and (node.name or not node.event):
                yield definition_id, node


def _node(opened: _Opened, definition_id: str, element_id: str) -> Node | None:
    return opened.reader.library.process(opened.work, definition_id).node(element_id)


def plan_jump(reader: Reader, instance_id: str, to: str, *, by: str, activity_id: str = "") -> JumpPlan:
    """What a jump would bring about; InvalidInput, saying why, where there is no way."""
    with reader.database.reading() as work:
        opened = _opened(reader, work, instance_id, by)
        inner = activity_id.removeprefix(f"{instance_id}-") or None
        trigger = MoveTokens(reader.clock(), to, inner)
        step = execution.advance(opened.program, opened.case.state, trigger)
        names, about = people.displays(work), _about(opened)
    given = {one.activity_id: _whose(one, names) for one in step.tasks_opened}
    ended = tuple(_ended(step, instance_id, about))
    return JumpPlan(ended, tuple(_begun(step, given)), step.status == "completed")


def _whose(task: OpenedTask, names: Mapping[str, str]) -> str:
    if task.assignee:
        return names.get(task.assignee, task.assignee)
    users = [names.get(one, one) for one in task.candidate_users]
    return "、".join([*task.candidate_groups, *users])


def _ended(step: Step, instance_id: str, about: Mapping[str, str]) -> Iterator[str]:
    for one in step.trace:
        if isinstance(one, ActivityChange) and one.change == "cancelled" and one.kind not in _AROUND:
            whom = about.get(f"{instance_id}-{one.activity_id}", "")
            yield (one.name or one.element_id) + (f"（{whom}）" if whom else "")


def _begun(step: Step, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What would be live that wasn't, without what is over at once."""
    over = {
        one.activity_id for one in step.trace if isinstance(one, ActivityChange) and one.change != "entered"
    }
    for one in step.trace:
        if not isinstance(one, ActivityChange) or one.change != "entered" or one.activity_id in over:
            continue
        if one.kind not in _AROUND:
            yield one.name or one.element_id, given.get(one.activity_id, "")
