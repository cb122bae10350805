"""Taking a case's dossier out of the house: who may, and that it was done."""

from __future__ import annotations

from engine import policy
from engine.commands import cases, steps
from engine.commands.context import Context, allow, person, written
from engine.model.chain import Entry
from engine.store import instances


def record(context: Context, instance_id: str, reason: str, *, by: str) -> None:
    """Keep that a person takes out the dossier, and why, before he gets it."""
    reason = written(reason, "导出的理由")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        case = cases.visible_case(work, instance_id, user)
        allow(user, policy.export(user, instances.visible_groups(work, instance_id)))
        data = {"reason": reason}
        steps.note(work, case, Entry(context.clock(), by, "instance.exported", data))
