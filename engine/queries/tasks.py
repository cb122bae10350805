"""The task page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from engine import execution, parsing, policy
from engine.errors import NotFound
from engine.model.curtain import Curtain
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.model.meeting import Member, Rules, aligned
from engine.model.records import HistoryEvent, ProcessInstance, User, UserTask
from engine.model.views import Ahead, TaskForm, TaskView, opinions_in
from engine.queries import cases, diagrams, summaries
from engine.queries.ahead import ahead
from engine.queries.clocks import days_for
from engine.queries.inbox import task_row
from engine.queries.reader import ZONE, Reader, person
from engine.queries.verbs import steering, verbs
from engine.store import acting, boxes, history, instances, people, tasks
from engine.store.database import Work
from engine.store.entitled import entitled
from engine.store.instances import Case


def task(reader: Reader, task_id: str, *, by: str) -> TaskView:
    """All that a task page shows; NotFound for who may not see the task."""
    with reader.database.reading() as work:
        user = person(work, by)
        row = boxes.one_task(work, task_id)
        if row is None:
            raise NotFound
        if row.task.assignee != by:
            row = replace(row, task=replace(row.task, draft=None))  # a draft is its writer's
        return _view(reader, work, user, row, cases.visible(work, row.task.instance_id, by))


def task_form(reader: Reader, task_id: str, *, by: str) -> TaskForm:
    """What it takes to read the task's posted form, without the case's past; NotFound as for `task`."""
    with reader.database.reading() as work:
        user = person(work, by)
        opened = acting.open_task(work, task_id, by, lock=False)
        if opened is None or not opened.seen:
            raise NotFound
        found, case = opened.task, opened.case
        found = found if found.assignee == by else replace(found, draft=None)
        seen = _seen(reader, work, case, user, found)
        values = _values(seen, (), reader.clock().astimezone(ZoneInfo(ZONE)))
        options = parsing.with_options(seen.form, {**seen.variables, **values}) if seen.form else None
        return TaskForm(found, options, values, seen.variables, cases.files(work, case, seen.curtain))


def _view(reader: Reader, work: Work, user: User, row: boxes.FoundTask, case: Case) -> TaskView:
    found, instance, names = row.task, case.instance, people.displays(work)
    seen = _seen(reader, work, case, user, found)
    whole, curtain = seen.whole, seen.curtain
    row = replace(row, task=replace(found, local=curtain.before(found.local)))
    rests = policy.stopped(instance) if instance.suspended_at else ""
    apart = tasks.separated(work, found)
    events = history.events(work, instance.id)
    values = _values(seen, events, reader.clock().astimezone(ZoneInfo(ZONE)))
    activities = instances.activities(work, instance.id)
    shown = diagrams.diagrams(
        reader,
        work,
        instance.definition_id,
        activities,
        instances.flows(work, instance.id),
        active=instance.ended_at is None,
    )
    done = tasks.of_instance(work, instance.id, "completed")
    forms = cases.filled_forms(reader, work, done, events, names, curtain)
    return TaskView(
        row=task_row(row, names, reader.clock(), days_for(work, (row.task,))),
        instance=instance,
        form=parsing.with_options(seen.form, {**seen.variables, **values}) if seen.form else None,
        values=values,
        variables=seen.variables,
        summary=summaries.summary(
            reader.library.view(work, instance.definition_id), curtain.before(case.variables)
        ),
        opinions=opinions_in(one for one in forms if one.task.id != found.id),
        documents=cases.files(work, case, curtain),
        decisions=cases.decided(work, instance.id, curtain),
        diagram=diagrams.level_of(whole.id, shown),
        can_claim=not (rests or policy.claim(user, found, apart)),
        can_release=not (rests or policy.release(user, found)),
        can_complete=not (rests or policy.complete(user, found, apart)),
        reason=rests or policy.why_not(user, found, apart),
        next_steps=diagrams.next_steps(reader.library.process(work, found.definition_id), found.element_id),
        people=names,
        ahead=ahead(reader, work, found, activities) if found.status == "open" else Ahead(),
        parts=tuple(replace(one, draft=None) for one in tasks.parts(work, whole.id)),
        verbs=frozenset()
        if rests
        else verbs(work, user, found, apart)
        | steering(work, user, instance)
        | _recusal(reader, work, instance),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A task as one person sees it: form, fields and variables before his curtain."""

    whole: UserTask
    form: FormDefinition | None
    variables: JsonObject
    curtain: Curtain
    meeting: tuple[Rules, tuple[Member, ...]] | None = None  #: that decides here


def _seen(reader: Reader, work: Work, case: Case, user: User, found: UserTask) -> _Seen:
    whole, curtain = _whole(work, found), cases.curtain_of(reader, work, case, user)
    true = _variables(reader, work, case, found)
    form = reader.library.form(work, whole.definition_id, whole.form_ref) if whole.form_ref else None
    if form is not None:
        access = parsing.at_step(form, whole.element_id, whole.properties)
        form = parsing.form_for(form, access, curtain, true)
    seen = _Seen(whole, form, curtain.before(true), curtain)
    return _with_meeting(work, seen, true)


def _with_meeting(work: Work, seen: _Seen, true: JsonObject) -> _Seen:
    """An open task's form with who is entitled to vote, where a meeting decides there."""
    rules = parsing.meeting_rules(seen.whole.properties)
    form = seen.form
    if rules is None or form is None or seen.whole.status == "completed":
        return seen
    if rules.field not in form.schema.get("properties", {}):
        return seen
    members = entitled(work, seen.whole, true)
    form = parsing.meeting_form(form, rules, members)
    variables = parsing.meeting_base(rules, seen.variables, members)
    return replace(seen, form=form, variables=variables, meeting=(rules, members))


def _recusal(reader: Reader, work: Work, instance: ProcessInstance) -> frozenset[str]:
    """Whether one may ask to be kept out, where the process says who decides."""
    rules = reader.library.case_rules(work, instance.definition_id)
    return frozenset({"recuse"} if rules and rules.leaders else ())


def _whole(work: Work, found: UserTask) -> UserTask:
    """The task itself, or the one that it is a part of, whose draft is its writer's."""
    whole = tasks.get(work, found.part_of) if found.part_of else None
    return replace(whole, draft=None) if whole else found


def _variables(reader: Reader, work: Work, case: Case, found: UserTask) -> JsonObject:
    if found.status != "open":
        return {**case.variables, **found.local}
    program = reader.library.program(work, case.instance.definition_id, case.bindings)
    inner = (found.part_of or found.id).removeprefix(f"{found.instance_id}-")
    return execution.visible_variables(program, case.state, inner)


def _values(seen: _Seen, events: tuple[HistoryEvent, ...], now: datetime) -> JsonObject:
    """What the fields show: as submitted; else the draft over what the form begins with."""
    found, form = seen.whole, seen.form
    if found.status == "completed":
        mine = (one for one in events if one.kind == "task.completed" and one.activity_id == found.id)
        return next((seen.curtain.before(one.data["values"]) for one in mine), {})
    draft = seen.curtain.before(found.draft or {}) if form is None else _drafted(form, found)
    values = {**(parsing.initial_values(form, seen.variables, now=now) if form else {}), **draft}
    if seen.meeting:
        rules, members = seen.meeting
        values[rules.field] = aligned(values.get(rules.field), members)
    return values


def _drafted(form: FormDefinition, found: UserTask) -> JsonObject:
    """What the draft says of fields that can be filled in."""
    fields = form.schema.get("properties", {})
    draft = found.draft or {}
    return {
        name: value
        for name, value in draft.items()
        if not fields.get(name, {"readOnly": True}).get("readOnly")
    }
