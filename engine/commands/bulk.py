"""Completing many tasks at once, where the diagram lets a step be completed as its form opens."""

from __future__ import annotations

from engine.commands import tasks
from engine.commands.context import Context
from engine.errors import InvalidInput, NotAllowed
from engine.model.records import UserTask
from engine.model.views import TaskForm
from engine.parsing import BULK


def complete_as_opened(context: Context, opened: TaskForm, *, by: str) -> tuple[UserTask, ...]:
    """Finish a task with what its form opens with; NotAllowed where its step must be filled in by itself."""
    task = opened.task
    if task.properties.get(BULK, "").strip() != "true":
        raise NotAllowed(f"“{task.name}”须逐件填写，不能批量办结。")
    try:
        return tasks.complete(context, task.id, opened.values, by=by, revision=task.revision)
    except InvalidInput as refused:
        told = "；".join(one.message for one in refused.problems) or refused.message
        raise InvalidInput(f"表单还有要填的内容，请打开逐件办理：{told}") from refused
