"""What somebody who acts on a task needs: the task, its case, and whether he may see it, by one statement."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

from sqlalchemy import bindparam, select

from engine.model.records import UserTask
from engine.store.database import Work
from engine.store.instances import Case, to_case
from engine.store.reading import sees
from engine.store.tables import process_instance, user_task
from engine.store.tasks import to_task

_TASK, _CASE = user_task.c.keys(), process_instance.c.keys()


@dataclass(frozen=True, slots=True)
class Opened:
    """A task with its case, and whether the user may see them."""

    task: UserTask
    case: Case
    seen: bool


_OPEN = (
    select(user_task, process_instance, sees(user_task.c.instance_id))
    .join(process_instance, process_instance.c.id == user_task.c.instance_id)
    .where(user_task.c.id == bindparam("task"))
    # the case first, as every step does; the task too, so that who waited for the case reads it afresh
    .with_for_update(of=[process_instance, user_task])
)


def open_task(work: Work, task_id: str, user: str) -> Opened | None:
    """The task in any state, with its case, both locked against other writers until the commit."""
    row = work.connection.execute(_OPEN, {"task": task_id, "user": user}).first()
    if row is None:
        return None
    task = SimpleNamespace(**dict(zip(_TASK, row, strict=False)))
    case = SimpleNamespace(**dict(zip(_CASE, row[len(_TASK) :], strict=False)))
    return Opened(to_task(task), to_case(work, case), bool(row[-1]) or not user)
