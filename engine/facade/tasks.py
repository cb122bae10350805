"""What people do with their tasks to get them done."""

from __future__ import annotations

from engine.commands import (
    bulk,
    cases,
    tasks,
)
from engine.commands.once import again
from engine.facade.part import Part
from engine.model.execution import JsonObject
from engine.model.records import (
    DocumentInfo,
    UserTask,
)
from engine.queries import tasks as task_page


class Tasks(Part):
    """What people do with their tasks to get them done."""

    def claim(self, task_id: str, *, by: str) -> None:
        """Take an offered task for oneself."""
        again(lambda: tasks.claim(self._context, task_id, by=by))

    def release(self, task_id: str, *, by: str) -> None:
        """Give one's task back to its group."""
        again(lambda: tasks.release(self._context, task_id, by=by))

    def save_draft(self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None) -> int:
        """Keep unfinished values, unchecked; gives the task's new revision; Conflict for a stale one."""
        return again(lambda: tasks.save_draft(self._context, task_id, values, by=by, revision=revision))

    def complete(
        self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None, once: str = ""
    ) -> tuple[UserTask, ...]:
        """Finish a task with typed values; gives the tasks of this case that now are the same user's.

        `once` is an idempotency key: given again by this person within a day, it gives the same answer.
        """
        return tasks.complete(self._context, task_id, values, by=by, revision=revision, key=once)

    def complete_as_opened(self, task_id: str, *, by: str) -> tuple[UserTask, ...]:
        """Finish a task with what its form opens with, where its step is marked `bulkComplete`."""
        return again(
            lambda: bulk.complete_as_opened(
                self._context, task_page.task_form(self._reader, task_id, by=by), by=by
            )
        )

    def attach(
        self,
        name: str,
        content: bytes,
        media_type: str,
        *,
        by: str,
        task_id: str | None = None,
        instance_id: str | None = None,
        once: str = "",
    ) -> DocumentInfo:
        """Keep a file with a task or a case; 20 MB at most. `once` is an idempotency key."""
        return cases.attach(
            self._context,
            name,
            content,
            media_type,
            by=by,
            task_id=task_id,
            instance_id=instance_id,
            key=once,
        )
