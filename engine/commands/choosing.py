"""Ad-hoc subprocesses: somebody chooses what is done next, or says that nothing more is to be done."""

from __future__ import annotations

from collections.abc import Collection

from engine import execution, policy
from engine.commands import cases, steps
from engine.commands.context import Context, allow, person
from engine.commands.steps import Act
from engine.errors import Conflict
from engine.model.chain import Entry
from engine.model.choosing import Choice
from engine.model.execution import CompleteActivity, StartActivity
from engine.model.records import User
from engine.store import instances
from engine.store.database import Work
from engine.store.instances import Case


def begin(context: Context, instance_id: str, activity_id: str, element_id: str, *, by: str) -> None:
    """Start an activity of a live ad-hoc subprocess."""
    with context.database.unit_of_work() as work:
        user, case, choice = _found(context, work, instance_id, activity_id, by)
        offer = next((one for one in choice.offers if one.element_id == element_id), None)
        if offer is None:
            raise Conflict("这一步现在不能开始，请刷新后再选。")
        _allow(work, user, case, offer.names)
        now = context.clock()
        data = {"element": element_id, "name": offer.name, "within": choice.name}
        entry = Entry(now, by, "activity.chosen", data, activity_id)
        trigger = StartActivity(now, choice.activity_id, element_id)
        steps.run(context, work, case, trigger, Act(now, by, (entry,)))


def end(context: Context, instance_id: str, activity_id: str, *, by: str) -> None:
    """Say that an ad-hoc subprocess without a completion condition is over."""
    with context.database.unit_of_work() as work:
        user, case, choice = _found(context, work, instance_id, activity_id, by)
        if not choice.may_end:
            raise Conflict("这里按完成条件结束，或正在等其余的步骤办完。")
        _allow(work, user, case, choice.names)
        now = context.clock()
        data = {"element": choice.element_id, "name": choice.name}
        entry = Entry(now, by, "activity.ended", data, activity_id)
        trigger = CompleteActivity(now, choice.activity_id, {})
        steps.run(context, work, case, trigger, Act(now, by, (entry,), completed=activity_id))


def _found(
    context: Context, work: Work, instance_id: str, activity_id: str, by: str
) -> tuple[User, Case, Choice]:
    user = person(work, by)
    case = cases.visible_case(work, instance_id, user)
    steps.must_run(case)
    inner = steps.inner_id(instance_id, activity_id)
    program = steps.program_of(context, work, case)
    for choice in execution.choices(program, case.state):
        if choice.activity_id == inner:
            return user, case, choice
    raise Conflict("这一部分已经办完，或还没有开始。")


def _allow(work: Work, user: User, case: Case, names: Collection[str]) -> None:
    allow(user, policy.choose(user, case.instance, instances.visible_groups(work, case.instance.id), names))
