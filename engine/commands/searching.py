"""What a case is found by, kept in the transaction of the step that changes it."""

from __future__ import annotations

from engine.commands.context import Context
from engine.model.finding import Findable, findable
from engine.store import finding
from engine.store.database import Work
from engine.store.instances import Case


def follow(context: Context, work: Work, before: Case, after: Case) -> None:
    """Have a case found by what it has become; costs nothing where that has not changed."""
    old = _told(context, work, before) if before.instance.revision else None
    new = _told(context, work, after)
    if old != new:
        finding.index(work, after.instance.id, old, new)


def rebuild(context: Context, work: Work, case: Case) -> None:
    """The same for a case whose forms have become others."""
    finding.index(work, case.instance.id, None, _told(context, work, case))


def _told(context: Context, work: Work, case: Case) -> Findable:
    fields = context.library.searchable(work, case.instance.definition_id, case.bindings)
    kinds = {name: one.kind for name, one in fields.items()}
    return findable(case.instance.business_key, case.instance.title, kinds, case.variables)
