"""Looking at protected data of a case: with a reason, which stands in the record before the look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import policy
from engine.commands import cases, steps
from engine.commands.context import Context, allow, person, written
from engine.errors import NotFound
from engine.model.chain import Entry
from engine.model.execution import JsonObject


def reveal(
    context: Context, instance_id: str, protected_id: str, reason: str, *, by: str
) -> Mapping[str, Any]:
    """The variables of this protection with their values now."""
    reason = written(reason, "查看的理由")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = cases.visible_case(work, instance_id, user)
        guarded = context.library.guarded(work, case.instance.definition_id, case.bindings)
        one = next((each for each in guarded.protected if each.id == protected_id), None)
        if one is None:
            raise NotFound
        allow(user, policy.reveal(user, one))
        data: JsonObject = {
            "protected": one.id,
            "name": one.title,
            "variables": list(one.variables),
            "reason": reason,
        }
        steps.note(work, case, Entry(context.clock(), by, "data.revealed", data))
        return {name: case.variables.get(name) for name in one.variables}
