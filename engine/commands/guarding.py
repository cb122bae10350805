"""What of a case's variables an acting person may not see, and so may not change either."""

from __future__ import annotations

from engine import policy
from engine.commands.context import Context
from engine.errors import InvalidInput, Problem
from engine.model.curtain import OPEN, Curtain, has_value
from engine.model.execution import JsonObject
from engine.model.records import User, UserTask
from engine.store.database import Work
from engine.store.instances import Case


def curtain(context: Context, work: Work, case: Case, user: User) -> Curtain:
    """What this user doesn't see of the case; the system sees all."""
    if user.id == policy.SYSTEM:
        return OPEN
    return context.library.guarded(work, case.instance.definition_id, case.bindings).curtain(user.groups)


def free(context: Context, work: Work, case: Case, user: User, values: JsonObject) -> JsonObject:
    """The values, if none of them is of a variable that is hidden from the user; InvalidInput else."""
    hung = curtain(context, work, case, user)
    kept = {name for name in hung.masked if has_value(case.variables.get(name))} | hung.absent
    problems = [
        Problem(f"“{name}”不是您可以改的，没有提交。", element=name) for name in values if name in kept
    ]
    if problems:
        raise InvalidInput(problems=problems)
    return values


def handed_on(context: Context, work: Work, case: Case, task: UserTask) -> JsonObject | None:
    """A task's draft for the next person: without what he might not see."""
    if not task.draft:
        return task.draft
    hung = context.library.guarded(work, case.instance.definition_id, case.bindings).curtain(())
    return {name: value for name, value in task.draft.items() if name not in hung.masked | hung.absent}
