"""Moving a running case to another step: each verb one step of execution, with its reason in the record."""

from __future__ import annotations

from engine import policy
from engine.commands import cases, steps
from engine.commands.context import Context, allow, person
from engine.commands.steps import Act
from engine.errors import Conflict, InvalidInput
from engine.model.execution import MoveTokens
from engine.store import people
from engine.store.database import Work
from engine.store.history import Entry
from engine.store.instances import Case

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
    reason = reasoned(reason, "跳转")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = cases.visible_case(work, instance_id, user)
        admins = people.get_setting(work, "process_admins") or ""
        allow(user, policy.edit_processes(user, admins) and _NOT_ADMIN)
        running(case)
        if revision is not None and revision != case.instance.revision:
            raise Conflict("这一页打开后本件已有进展，请刷新后再办。")
        now = context.clock()
        inner = steps.inner_id(instance_id, activity_id) if activity_id else None
        trigger = MoveTokens(now, to, inner)
        data = {"reason": reason, "element": to, "name": name_of(context, work, case, to)}
        entry = Entry(now, by, "instance.jumped", data, activity_id)
        steps.run(context, work, case, trigger, Act(now, by, (entry,)))


def reasoned(reason: str, verb: str) -> str:
    """The reason without blanks around it; InvalidInput where there is none."""
    if not reason.strip() or len(reason) > cases.MAX_REASON:
        raise InvalidInput(f"请写明{verb}的理由，不超过{cases.MAX_REASON}字。")
    return reason.strip()


def running(case: Case) -> None:
    """Refuse what is over, and what rests."""
    steps.must_run(case)


def name_of(context: Context, work: Work, case: Case, element_id: str) -> str:
    """What the diagrams that the case runs call an element."""
    for definition_id in dict.fromkeys([case.instance.definition_id, *case.bindings.processes.values()]):
        node = context.library.process(work, definition_id).node(element_id)
        if node is not None:
            return node.name or element_id
    return element_id
