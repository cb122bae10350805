"""Two who look at one task see each other, and whoever saves second is told who saved first."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from engine.commands.context import ZONE, Context, person
from engine.errors import Conflict, NotFound
from engine.model.execution import JsonObject
from engine.model.presence import DraftSave
from engine.model.records import UserTask
from engine.store import people, presence, seeing, tasks
from engine.store.database import Work

STAYS = timedelta(seconds=55)  #: after a page's last sign; pages give one every twenty seconds


def look(context: Context, task_id: str, *, by: str) -> tuple[str, ...]:
    """Say that the user has the task's page open; gives how the others are called who have it open, too."""
    now = context.clock()
    with context.database.unit_of_work() as work:
        person(work, by)
        if not seeing.seen(work, "task", task_id, by):
            raise NotFound
        presence.forget(work, task_id, now - STAYS)
        presence.touch(work, task_id, by, now)
        return presence.others(work, task_id, by, now - STAYS)


def save(
    context: Context, work: Work, task: UserTask, values: JsonObject, *, by: str, revision: int | None
) -> int:
    """Keep the draft over the revision that the page showed; Conflict tells who saved another meanwhile."""
    if revision is not None and revision != task.revision:
        if task.draft == values:
            return task.revision  # two pages with the same text have nothing to quarrel about
        raise Conflict(_stale(context, work, task, by))
    saved = tasks.change(work, task, draft=values).revision
    presence.note_save(work, DraftSave(task.id, saved, by, context.clock()))
    return saved


def _stale(context: Context, work: Work, task: UserTask, by: str) -> str:
    last = presence.last_save(work, task.id)
    if last is None or last.revision != task.revision:
        return "这一页打开后任务已有变动，请刷新后再办。"
    at = last.saved_at.astimezone(ZoneInfo(ZONE))
    day = "" if at.date() == context.local_now().date() else f"{at.month}月{at.day}日"
    who = "您在另一个窗口" if last.saved_by == by else people.displays(work).get(last.saved_by, "他人")
    return f"{who}{day}{at:%H:%M}保存过这张表，与您现在写的不同。"
