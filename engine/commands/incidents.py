"""Retrying in bulk what failed, after it was repaired."""

from __future__ import annotations

from engine.commands import jobs
from engine.commands.context import Context, person
from engine.errors import Conflict, NotAllowed, NotFound
from engine.store import jobs as rows


def retry_all(context: Context, *, by: str, definition_id: str = "", element_id: str = "") -> tuple[str, ...]:
    """Retry each open incident that fits and that this user may steer; gives the ids of their jobs."""
    with context.database.reading() as work:
        person(work, by)
        open_ones = [one for one in rows.incidents(work) if element_id in ("", one.element_id)]
        fitting = [one.job_id for one in open_ones if _fits(rows.get(work, one.job_id), definition_id)]
    return tuple(one for one in fitting if _retried(context, one, by))


def _fits(job: rows.Job | None, definition_id: str) -> bool:
    return job is not None and definition_id in ("", job.definition_id)


def _retried(context: Context, job_id: str, by: str) -> bool:
    try:
        jobs.retry(context, job_id, by=by)
    except (Conflict, NotAllowed, NotFound):
        return False
    return True
