"""Moving running instances to another version of their process: first a plan, then each by itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from engine import execution, policy
from engine.commands import searching, starting, steps
from engine.commands.assigning import staffed
from engine.commands.context import Context, allow, person, written
from engine.commands.once import again
from engine.commands.steps import Act
from engine.errors import Conflict, EngineError, InvalidInput, NotFound, Problem
from engine.model.chain import Entry
from engine.model.definition import ProcessModel
from engine.model.execution import OpenedSubscription
from engine.model.migration import (
    Migrated,
    MigrationOutcome,
    MigrationPlan,
    Moved,
    PlannedMove,
    VersionChange,
)
from engine.model.records import ProcessDefinition
from engine.store import access, definitions, instances, migration, people
from engine.store.database import Work
from engine.store.instances import Bindings, Case

_NOT_ADMIN = "只有流程管理员可以迁移案件。"
_SUSPENDED = Problem("案件已挂起。", hint="请恢复后再迁移。")
_log = logging.getLogger("wenze.migration")


def plan(
    context: Context, key: str, source: int, target: int, elements: Mapping[str, str], *, by: str
) -> MigrationPlan:
    """Which instances run version `source`, and whether each can go on in version `target`."""
    if source == target:
        raise InvalidInput("新旧版本相同，不用迁移。")
    with context.database.reading() as work:
        _allowed(work, by)
        old, new = _version(work, key, source), _version(work, key, target)
        _check(context, work, old, new, elements)
        empty = MigrationPlan(key, new.name, old.id, new.id, dict(elements), ())
        found = [instances.load(work, one) for one in migration.bound_to(work, old.id)]
        rows = [_planned(context, work, case, empty) for case in found if case is not None]
    return replace(empty, instances=tuple(rows))


def _allowed(work: Work, by: str) -> None:
    user = person(work, by)
    admins = people.get_setting(work, "process_admins") or ""
    allow(user, policy.edit_processes(user, admins) and _NOT_ADMIN)


def _version(work: Work, key: str, version: int) -> ProcessDefinition:
    found = definitions.get(work, f"{key}:{version}")
    if found is None:
        raise NotFound(f"流程“{key}”没有第{version}版。")
    return found


def _check(
    context: Context,
    work: Work,
    old: ProcessDefinition,
    new: ProcessDefinition,
    elements: Mapping[str, str],
) -> None:
    """Refuse a mapping of elements that aren't there."""
    before, after = (_ids(context.library.process(work, one.id)) for one in (old, new))
    lacking = [("旧版", old, one) for one in elements.keys() - before]
    lacking += [("新版", new, one) for one in {*elements.values()} - after]
    problems = [
        Problem(f"{which}没有“{one}”。", version.resource, one, hint="请核对编号。")
        for which, version, one in lacking
    ]
    if problems:
        raise InvalidInput(problems=problems)


def _ids(process: ProcessModel) -> frozenset[str]:
    nodes = list(process.scope.walk())
    scopes = [process.scope, *(node.scope for node in nodes if node.scope is not None)]
    return frozenset(node.id for node in nodes) | {flow for scope in scopes for flow in scope.flows}


def _planned(context: Context, work: Work, case: Case, made: MigrationPlan) -> PlannedMove:
    try:
        result = _carried(context, work, case, made)
        problems = result if isinstance(result, tuple) else ()
    except EngineError as error:
        problems = error.problems or (Problem(error.message),)
    except Exception as error:
        problems = (_broken(case.instance.id, made, error),)
    return PlannedMove(case.instance.id, case.instance.business_key, problems)


def _carried(context: Context, work: Work, case: Case, made: MigrationPlan) -> Migrated | tuple[Problem, ...]:
    """What becomes of the case in the other version."""
    if case.instance.status == "suspended":
        return (_SUSPENDED,)
    root, bindings = _bound(context, work, case, made)
    return execution.migrate(
        steps.program_of(context, work, case),
        staffed(
            context,
            work,
            context.library.program(work, root, bindings),
            case.instance.id,
            case.instance.started_by,
        ),
        case.state,
        VersionChange({made.source: made.target}, made.elements),
        context.clock(),
    )


def _bound(context: Context, work: Work, case: Case, made: MigrationPlan) -> tuple[str, Bindings]:
    """Versions from now on: the new one with its decisions; what was called already stays as it was."""
    before, root = case.bindings, case.instance.definition_id
    fresh = starting.bind(context, work, context.library.definition(work, made.target))
    own = context.library.process(work, made.target).decision_refs()
    processes = {**fresh.processes, **before.processes, made.key: made.target}
    decisions = {**fresh.decisions, **before.decisions, **{ref: fresh.decisions[ref] for ref in own}}
    return made.target if root == made.source else root, Bindings(processes, decisions)


def migrate(context: Context, made: MigrationPlan, reason: str, *, by: str) -> tuple[MigrationOutcome, ...]:
    """Move each instance of the plan in a transaction of its own; what became of each."""
    reason = written(reason, "迁移的理由")
    with context.database.reading() as work:
        _allowed(work, by)
    return tuple(_outcome(context, made, one, reason, by) for one in made.instances)


def _outcome(
    context: Context, made: MigrationPlan, one: PlannedMove, reason: str, by: str
) -> MigrationOutcome:
    if one.problems:
        return MigrationOutcome(one.instance_id, one.case, False, one.problems)
    try:
        problems = again(lambda: _move(context, made, one.instance_id, reason, by))
    except EngineError as error:
        problems = error.problems or (Problem(error.message),)
    except Exception as error:
        problems = (_broken(one.instance_id, made, error),)
    return MigrationOutcome(one.instance_id, one.case, not problems, problems)


def _broken(instance_id: str, made: MigrationPlan, error: Exception) -> Problem:
    """What nobody has foreseen, such as a state that its own version can't read."""
    _log.error("case %s cannot be moved to %s", instance_id, made.target, exc_info=error)
    return Problem(f"程序出错（{type(error).__name__}），没有迁移。", hint="详见运行日志。")


def _move(
    context: Context, made: MigrationPlan, instance_id: str, reason: str, by: str
) -> tuple[Problem, ...]:
    """Move one instance as it stands now, or tell why it can't be."""
    with context.database.unit_of_work() as work:
        case = instances.load(work, instance_id, lock=True)
        if case is None:
            raise NotFound
        if case.instance.status not in ("active", "suspended"):
            raise Conflict("本件已经办结。")
        if made.source not in (case.instance.definition_id, *case.bindings.processes.values()):
            raise Conflict("本件已不在旧版本上。")
        result = _carried(context, work, case, made)
        if isinstance(result, tuple):
            return result
        _keep(context, work, case, made, result, reason, by)
    return ()


def _keep(
    context: Context, work: Work, case: Case, made: MigrationPlan, result: Migrated, reason: str, by: str
) -> None:
    now, instance_id = context.clock(), case.instance.id
    root, bindings = _bound(context, work, case, made)
    migration.rebind(work, instance_id, root, bindings)
    outward = [_outward(instance_id, one) for one in result.moved]
    migration.repoint(work, outward)
    if "tasks" not in case.instance.shown_to:
        access.reoffer(work, case.instance)
    anew = [
        one.opened
        for one, out in zip(result.moved, outward, strict=True)
        if isinstance(one.opened, OpenedSubscription) and migration.ended(work, out)
    ]
    step = replace(result.step, subscriptions_opened=(*result.step.subscriptions_opened, *anew))
    data = {
        "from": made.source,
        "to": made.target,
        "reason": reason,
        "elements": {one.was: one.element_id for one in result.moved},
    }
    moved = replace(case, instance=replace(case.instance, definition_id=root), bindings=bindings)
    entry = Entry(now, by, "instance.migrated", data)
    kept = steps.keep(context, work, moved, step, Act(now, by, (entry,)))
    searching.rebuild(context, work, kept.case)


def _outward(instance_id: str, one: Moved) -> Moved:
    activity_id = steps.outer_id(instance_id, one.activity_id)
    opened = replace(one.opened, activity_id=activity_id) if one.opened is not None else None
    return replace(one, activity_id=activity_id, opened=opened)
