"""Repairing what the doctor finds, where that is safe; each repair stands in the case's record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from engine import execution, policy
from engine.commands import steps
from engine.commands.context import Context, allow, person
from engine.commands.leases import LEASE
from engine.commands.steps import Act
from engine.errors import Conflict, InvalidInput, NotFound
from engine.model.chain import Entry
from engine.model.execution import Fault, JsonObject
from engine.model.findings import Finding, FindingKind
from engine.store import diagnosis, instances, jobs, people, tasks
from engine.store.database import Work
from engine.store.instances import Case

_NOT_ADMIN = "只有流程管理员可以修复案件。"
_SLACK = timedelta(minutes=5)  #: that clocks may differ
_GONE = "这一处已经变动，请再检查一次。"


def repair(context: Context, finding: Finding, *, by: str) -> None:
    """Do what the finding says; Conflict when it isn't so any more, InvalidInput when nothing is safe."""
    act = _REPAIRS.get(finding.kind)
    if act is None or not finding.repair:
        raise InvalidInput(f"这一处不能自动修复。{finding.hint}")
    with context.database.unit_of_work() as work:
        user = person(work, by)
        admins = people.get_setting(work, "process_admins") or ""
        allow(user, policy.edit_processes(user, admins) and _NOT_ADMIN)
        case = instances.load(work, finding.instance_id, lock=True)
        if case is None:
            raise NotFound
        act(context, work, case, finding, by)
        work.after_commit(context.wake)


def _noted(context: Context, work: Work, case: Case, finding: Finding, by: str) -> None:
    steps.note(work, case, _entry(context.clock(), finding, by))


def _entry(now: datetime, finding: Finding, by: str) -> Entry:
    data: JsonObject = {
        "kind": finding.kind,
        "element": finding.element_id,
        "subject": finding.subject,
        "found": finding.message,
        "done": finding.repair,
    }
    return Entry(now, by, "case.repaired", data)


def _release(context: Context, work: Work, case: Case, finding: Finding, by: str) -> None:
    now = context.clock()
    _still(diagnosis.release(work, finding.subject, now, now + LEASE + _SLACK))
    _noted(context, work, case, finding, by)


def _tell(context: Context, work: Work, case: Case, finding: Finding, by: str) -> None:
    """Give a job that was given up silently its incident."""
    job = jobs.get(work, finding.subject)
    if job is None or any(one.job_id == job.id for one in jobs.incidents(work, case.instance.id)):
        raise Conflict(_GONE)
    jobs.fail(work, job, Fault("作业已放弃，原因没有留下。"), context.clock())
    _noted(context, work, case, finding, by)


def _close_task(context: Context, work: Work, case: Case, finding: Finding, by: str) -> None:
    _still(not _waits(context, work, case, finding.subject))
    _still(bool(tasks.cancel(work, [finding.subject])))
    _noted(context, work, case, finding, by)


def _clear(context: Context, work: Work, case: Case, finding: Finding, by: str) -> None:
    """Remove a job or subscription, named by itself or by the activity that it was for."""
    gone = diagnosis.drop_wait(work, finding.subject)
    if not gone:
        _still(not _waits(context, work, case, finding.subject))
        gone = diagnosis.drop_waits(work, finding.subject)
    _still(gone)
    _noted(context, work, case, finding, by)


def _reopen(context: Context, work: Work, case: Case, finding: Finding, by: str) -> None:
    """Make a task, job or subscription anew that a token waits for."""
    _still(_waits(context, work, case, finding.subject))
    _still(finding.subject not in diagnosis.waits(work, case.instance.id))
    diagnosis.forget_task(work, finding.subject)
    now, inner = context.clock(), steps.inner_id(case.instance.id, finding.subject)
    step = execution.reopen(steps.program_of(context, work, case), case.state, [inner], now)
    _still(bool(step.tasks_opened or step.jobs_opened or step.subscriptions_opened))
    steps.keep(context, work, case, step, Act(now, by, (_entry(now, finding, by),)))


def _waits(context: Context, work: Work, case: Case, activity_id: str) -> bool:
    """Whether a token of the case waits for something outside by this id."""
    if case.instance.status not in ("active", "suspended"):
        return False
    inner = steps.inner_id(case.instance.id, activity_id)
    program = steps.program_of(context, work, case)
    return any(one.open and one.activity_id == inner for one in execution.standing(program, case.state))


def _still(so: bool) -> None:
    if not so:
        raise Conflict(_GONE)


_REPAIRS: Mapping[FindingKind, Callable[[Context, Work, Case, Finding, str], None]] = {
    "lease.dead": _release,
    "lease.far": _release,
    "incident.missing": _tell,
    "task.orphan": _close_task,
    "task.missing": _reopen,
    "wait.missing": _reopen,
    "wait.orphan": _clear,
}
