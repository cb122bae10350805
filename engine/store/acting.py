"""What somebody who acts on a task needs: the task, its case, and whether he may see it, by one statement."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from sqlalchemy import bindparam, select

from engine.model.records import UserTask
from engine.store.database import Work
from engine.store.instances import Case, to_case
from engine.store.reading import asking, sees
from engine.store.tables import process_instance, user_task
from engine.store.tasks import to_task

_TASK, _CASE = user_task.c.keys(), process_instance.c.keys()


@dataclass(frozen=True, slots=True)
class Opened:
    """A task with its case, and whether the user may see them."""

    task: UserTask
    case: Case
    seen: bool


_FOUND = (
    select(user_task, process_instance, sees(user_task.c.instance_id))
    .join(process_instance, process_instance.c.id == user_task.c.instance_id)
    .where(user_task.c.id == bindparam("task"))
)
# the case first, as every step does; the task too, so that who waited for the case reads it afresh
_OPEN = _FOUND.with_for_update(of=[process_instance, user_task])
_SEEN = select(process_instance, sees(process_instance.c.id)).where(
    process_instance.c.id == bindparam("case")
)


def open_task(work: Work, task_id: str, user: str, *, lock: bool = True) -> Opened | None:
    """The task in any state, with its case; `lock` keeps other writers from both until the commit."""
    asked = {"task": task_id, **asking(work, user)}
    row = work.connection.execute(_OPEN if lock else _FOUND, asked).first()
    if row is None:
        return None
    task = SimpleNamespace(**dict(zip(_TASK, row, strict=False)))
    case = SimpleNamespace(**dict(zip(_CASE, row[len(_TASK) :], strict=False)))
    return Opened(to_task(task), to_case(work, case), bool(row[-1]) or not user)


def seen_case(work: Work, instance_id: str, user: str) -> Case | None:
    """The case; None when there is none, or the user may not see it."""
    row = work.connection.execute(_SEEN, {"case": instance_id, **asking(work, user)}).first()
    return to_case(work, row) if row and (row[-1] or not user) else None
