"""Putting a running case's variables right."""

from __future__ import annotations

from engine import execution, policy
from engine.commands import cases, steps
from engine.commands.context import Context, allow, person
from engine.commands.steps import Act
from engine.errors import InvalidInput
from engine.model.chain import Entry
from engine.model.execution import JsonObject, SetVariables
from engine.store import people

_NOT_ADMIN = "只有流程管理员可以更正案件数据。"


def correct(
    context: Context,
    instance_id: str,
    variables: JsonObject,
    reason: str,
    *,
    by: str,
    activity_id: str | None = None,
) -> None:
    """Replace variables of a case, or of one live activity in it; the record keeps old and new values."""
    if not variables:
        raise InvalidInput("请写明要更正的数据。")
    if not reason.strip() or len(reason) > cases.MAX_REASON:
        raise InvalidInput(f"请写明更正的理由，不超过{cases.MAX_REASON}字。")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = cases.visible_case(work, instance_id, user)
        admins = people.get_setting(work, "process_admins") or ""
        allow(user, policy.edit_processes(user, admins) and _NOT_ADMIN)
        steps.must_run(case)
        before = case.state["run"]["data"]
        inner = None
        if activity_id is not None:
            inner = steps.inner_id(instance_id, activity_id)
            program = steps.program_of(context, work, case)
            before = execution.visible_variables(program, case.state, inner)
        old = {name: before.get(name) for name in variables}
        data = {"reason": reason.strip(), "old": old, "new": variables}
        now = context.clock()
        entry = Entry(now, by, "variables.corrected", data, activity_id)
        steps.run(context, work, case, SetVariables(now, variables, inner), Act(now, by, (entry,)))
