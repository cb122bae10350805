"""Applying a step of execution to the store: all of it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from engine import calendars, execution, feel, policy
from engine.commands import circles, clocks, searching, substituting, telling
from engine.commands.assigning import staffed
from engine.commands.context import ZONE, Context
from engine.errors import Conflict, ExecutionError, FeelError
from engine.execution import Program
from engine.model.chain import Entry
from engine.model.execution import (
    ActivityChange,
    DecisionMade,
    FlowTaken,
    JsonObject,
    OpenedTask,
    Step,
    Trigger,
)
from engine.model.records import UserTask
from engine.store import calendar, history, instances, jobs, messages, tasks
from engine.store.database import Work
from engine.store.instances import Case

_CLOSING = time(17, 30)  #: local time at which a plain due date ends


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what when, for the record of a step."""

    now: datetime
    actor: str
    entries: tuple[Entry, ...] = ()
    completed: str | None = None  #: public id of the activity that the actor completed
    closed: str | None = None  #: public id of the activity whose task or job the verb itself has closed
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a step has become in the store."""

    case: Case
    tasks: tuple[UserTask, ...]  #: opened by the step


def outer_id(instance_id: str, activity_id: str) -> str:
    """An activity's id as the store and everybody outside know it."""
    return f"{instance_id}-{activity_id}"


def inner_id(instance_id: str, activity_id: str) -> str:
    """An activity's id as execution knows it."""
    return activity_id.removeprefix(f"{instance_id}-")


def run(context: Context, work: Work, case: Case, trigger: Trigger, act: Act) -> Kept:
    """Advance an instance and keep everything that this brings about."""
    must_run(case)
    program = program_of(context, work, case)
    step = execution.advance(program, case.state, trigger)
    return keep(context, work, case, step, act)


def must_run(case: Case) -> None:
    """Refuse what is over, and what rests."""
    if reason := policy.stopped(case.instance):
        raise Conflict(reason)


def note(work: Work, case: Case, entry: Entry) -> None:
    """Add to the record of an instance whose state stays."""
    head = history.append(work, case.instance.id, case.head, [entry])
    instances.save_head(work, case.instance.id, head)


def noted(work: Work, case: Case, entry: Entry) -> Case:
    """Add to the record of an instance whose state stays; gives the case with the new end of its record."""
    head = history.append(work, case.instance.id, case.head, [entry])
    instances.save_head(work, case.instance.id, head)
    return replace(case, head=head)


def program_of(context: Context, work: Work, case: Case) -> Program:
    """What the instance runs, with somebody to ask whom assignments mean."""
    program = context.library.program(work, case.instance.definition_id, case.bindings)
    return staffed(context, work, program, case.instance.id, case.instance.started_by)


def keep(context: Context, work: Work, case: Case, step: Step, act: Act) -> Kept:
    """Keep a step: activities, flows, decisions, tasks, jobs, record, state."""
    step = _outward(case.instance.id, step)
    instance_id = case.instance.id
    case, entries, out = circles.follow(context, work, case, step.variables, act.actor, act.now)
    changes = [one for one in step.trace if isinstance(one, ActivityChange)]
    made = [one for one in step.trace if isinstance(one, DecisionMade)]
    actors = {act.completed: act.actor} if act.completed and act.actor else {}
    instances.record_changes(work, case, changes, act.now, actors)
    instances.record_flows(work, instance_id, (one for one in step.trace if isinstance(one, FlowTaken)))
    elements = {one.activity_id: one.element_id for one in changes}
    instances.record_decisions(work, instance_id, made, elements, act.now, case.head.seq)
    closed = [one for one in step.closed if one != act.closed]
    tasks.cancel(work, closed)
    jobs.close(work, closed, act.now)
    entries += circles.fall_back(work, case.instance, out, act.now)
    opened = [_new_task(work, case, one, act) for one in step.tasks_opened]
    opened, placed = circles.place(context, work, case, opened, act.now)
    tasks.add(work, opened)
    back = any(one.kind == "task.sent_back" for one in act.entries)
    telling.arrived(work, opened, act.actor, act.now, back=back)
    moved = clocks.follow(context, work, case, step, [one.task for one in opened], act.entries, act.now)
    noted = [*moved, *(entry for one in opened for entry in one.entries)]
    assigned = [who for one in opened for who in (one.task.assignee, one.task.on_behalf_of) if who]
    instances.add_participants(work, instance_id, assigned)
    jobs.add(work, instance_id, step.jobs_opened, act.now)
    jobs.subscribe(work, instance_id, step.subscriptions_opened)
    called = messages.call_for(work, instance_id, step.subscriptions_opened, act.now)
    if step.jobs_opened or called:
        work.after_commit(context.wake)
    if observe := context.observe:
        work.after_commit(lambda: observe(instance_id, step, act.now))
    told = [*act.entries, *entries, *placed, *_entries(step, made, act), *noted]
    saved = _save(context, work, case, step, act, told)
    return Kept(saved, tuple(one.task for one in opened))


def _save(context: Context, work: Work, case: Case, step: Step, act: Act, entries: Sequence[Entry]) -> Case:
    head = history.append(work, case.instance.id, case.head, entries)
    rests = case.instance.status == "suspended" and step.status == "active"  # repaired while it rests
    instance = replace(
        case.instance,
        status="suspended" if rests else step.status,
        title=title(context, work, case, step.variables) or case.instance.title,
        properties=_properties(context, work, case, step.variables),
        ended_at=None if step.status == "active" else act.now,
        end_reason=act.end_reason,
    )
    saved = replace(case, instance=instance, state=step.state, variables=step.variables, head=head)
    instances.save(work, saved)
    searching.follow(context, work, case, saved)
    return replace(saved, instance=replace(instance, revision=instance.revision + 1))


def title(context: Context, work: Work, case: Case, variables: JsonObject) -> str:
    """The case's title as its view file declares it, or "" while it can't be told."""
    view = context.library.view(work, case.instance.definition_id)
    return _told(view.title, _open(context, work, case, variables)) if view and view.title else ""


def _open(context: Context, work: Work, case: Case, variables: JsonObject) -> JsonObject:
    """Of the variables what everybody may see."""
    return (
        context.library.guarded(work, case.instance.definition_id, case.bindings)
        .curtain(())
        .before(variables)
    )


def _properties(context: Context, work: Work, case: Case, variables: JsonObject) -> dict[str, str]:
    """What the process declares of its cases; a value that begins with "=" is told anew at each step."""
    before = case.instance.properties or {}
    declared = context.library.definition(work, case.instance.definition_id).properties or {}
    variables = _open(context, work, case, variables)
    return {name: _property(text, before.get(name, ""), variables) for name, text in declared.items()}


def _property(text: str, before: str, variables: JsonObject) -> str:
    """A property's text: as declared, or as FEEL tells it, or as it was before while that can't be told."""
    if not text.startswith("="):
        return text
    return _told(text[1:], variables) or ("" if before == text else before)


def _told(expression: str, variables: JsonObject) -> str:
    """A FEEL text over a case's variables, or "" while it can't be told."""
    try:
        found = feel.evaluate(expression, variables)
    except FeelError:
        return ""
    return "" if found is None else str(found)


def _outward(instance_id: str, step: Step) -> Step:
    """The step with activity ids as the store knows them."""

    def one(item: Any) -> Any:
        changed = {"activity_id": outer_id(instance_id, item.activity_id)}
        if isinstance(item, ActivityChange) and item.parent_id is not None:
            changed["parent_id"] = outer_id(instance_id, item.parent_id)
        return replace(item, **changed)

    def flow(item: FlowTaken) -> FlowTaken:
        parent = item.parent_id
        return item if parent is None else replace(item, parent_id=outer_id(instance_id, parent))

    return replace(
        step,
        trace=tuple(flow(item) if isinstance(item, FlowTaken) else one(item) for item in step.trace),
        tasks_opened=tuple(map(one, step.tasks_opened)),
        jobs_opened=tuple(map(one, step.jobs_opened)),
        subscriptions_opened=tuple(map(one, step.subscriptions_opened)),
        closed=tuple(outer_id(instance_id, item) for item in step.closed),
    )


def _entries(step: Step, made: Sequence[DecisionMade], act: Act) -> list[Entry]:
    """What the record says of a step beyond the verb itself."""
    found = [Entry(act.now, "", "decision.made", _decision(one), one.activity_id) for one in made]
    for task in step.tasks_opened:
        if task.note:
            note = {"element": task.element_id, "name": task.name, "note": task.note}
            found.append(Entry(act.now, "", "task.fell_back", note, task.activity_id))
    for job in step.incidents_opened:
        told: JsonObject = {"element": job.element_id, "message": job.fault.message if job.fault else ""}
        found.append(Entry(act.now, "", "incident.created", told, job.activity_id))
    if step.status == "completed":
        data: JsonObject = {"end_event": step.end_event}
        if step.error:
            data["error"] = step.error
        found.append(Entry(act.now, "", "instance.completed", data))
    return found


def _decision(made: DecisionMade) -> JsonObject:
    evaluation = made.evaluation
    return {
        "decision": evaluation.decision_id,
        "name": evaluation.name,
        "inputs": evaluation.inputs,
        "rules": [hit.number for hit in evaluation.hits],
        "result": evaluation.result,
    }


def _new_task(work: Work, case: Case, opened: OpenedTask, act: Act) -> tasks.NewTask:
    properties = opened.properties
    same = properties.get("sameAs", "").strip()
    same_person = tasks.last_completer(work, case.instance.id, same) if same else ""
    due_at, warn_at, years = _clock(work, opened, act.now)
    task = UserTask(
        id=opened.activity_id,
        instance_id=case.instance.id,
        definition_id=opened.definition_id,
        element_id=opened.element_id,
        name=opened.name,
        lane=opened.lane,
        assignee=opened.assignee or same_person or None,
        candidate_groups=opened.candidate_groups,
        candidate_users=opened.candidate_users,
        form_ref=opened.form_ref,
        priority=opened.priority,
        created_at=act.now,
        due_at=due_at,
        warn_at=warn_at,
        clock=properties.get("clock", ""),
        clock_basis=properties.get("clockBasis", ""),
        status="open",
        completed_at=None,
        completed_by=None,
        revision=1,
        properties=properties,
        local=opened.local,
        clock_note={"guessed": list(years)} if years else None,
    )
    apart = tuple(one.strip() for one in properties.get("separateFrom", "").split(",") if one.strip())
    sender = act.actor or tasks.last_completer(work, case.instance.id) or case.instance.started_by
    given, noted = substituting.placed(work, case.instance.key, task, apart, act.now)
    return tasks.NewTask(given, sender, apart, noted)


def _clock(
    work: Work, opened: OpenedTask, now: datetime
) -> tuple[datetime | None, datetime | None, tuple[int, ...]]:
    """When the task is due and when that begins to press, by clock or due date; years guessed at."""
    clock, warn = (opened.properties.get(name, "").strip() for name in ("clock", "clockWarn"))
    if not clock and not opened.due_date:
        return None, None, ()
    days = calendar.days(work)
    try:
        due_at = calendars.due(now, clock, zone=ZONE, days=days) if clock else _instant(opened.due_date or "")
        warn_at = calendars.warn(due_at, warn or None, length=clock, zone=ZONE, days=days)
        return due_at, warn_at, calendars.guessed(now, due_at, days, zone=ZONE) if clock else ()
    except (ValueError, OverflowError) as error:
        what = clock or opened.due_date
        raise ExecutionError(f"“{opened.name}”的期限“{what}”无法识别。") from error


def _instant(text: str) -> datetime:
    """The instant of ISO 8601 text: a plain date ends at closing time; without zone it is local."""
    found = datetime.fromisoformat(text)
    if len(text) <= 10:
        found = datetime.combine(found.date(), _CLOSING)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(ZONE))
