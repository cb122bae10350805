"""The case page: all about one instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine import execution, policy
from engine.errors import NotFound, Problem
from engine.model import chain
from engine.model.choosing import Choice
from engine.model.curtain import OPEN, Curtain, has_value
from engine.model.execution import JsonObject
from engine.model.records import (
    ActivityInstance,
    DecisionRecord,
    DocumentInfo,
    HistoryEvent,
    Incident,
    ProcessInstance,
    User,
    UserTask,
)
from engine.model.registers import RegisterView
from engine.model.views import CaseView, FilledForm, ProtectedData
from engine.queries import diagrams, registers, summaries
from engine.queries.clocks import days_for, with_left
from engine.queries.reader import Reader, person
from engine.store import (
    acting,
    copies,
    documents,
    history,
    instances,
    jobs,
    passages,
    people,
    reading,
    tasks,
)
from engine.store.database import Work
from engine.store.instances import Case

_IN_FLOW = ("intermediateCatchEvent", "receiveTask")
_KINDS = {"message": "消息", "signal": "信号"}


def case(reader: Reader, instance_id: str, *, by: str) -> CaseView:
    """All that the case page shows."""
    with reader.database.reading() as work:
        return case_in(reader, work, instance_id, by=by)


def case_in(reader: Reader, work: Work, instance_id: str, *, by: str) -> CaseView:
    """The same within a transaction."""
    user = person(work, by)
    found = visible(work, instance_id, by)
    instance, names = found.instance, people.displays(work)
    live = instance.ended_at is None
    process = reader.library.process(work, instance.definition_id)
    activities = instances.activities(work, instance_id)
    flows = instances.flows(work, instance_id)
    top = [one for one in activities if one.definition_id == instance.definition_id]
    view = reader.library.view(work, instance.definition_id)
    events = history.events(work, instance_id)
    done = tasks.of_instance(work, instance_id, parts=True)
    groups = instances.visible_groups(work, instance_id)
    admins = people.get_setting(work, "process_admins") or ""
    curtain = curtain_of(reader, work, found, user)
    variables = curtain.before(found.variables)
    books = registers.of_case(reader, work, instance, user)
    days = days_for(work, done)
    return CaseView(
        instance=instance,
        process_name=process.name or process.key,
        variables=variables,
        summary=summaries.summary(view, variables),
        tables=summaries.tables(view, variables),
        stages=diagrams.stages(process, top, live=live),
        diagrams=diagrams.diagrams(reader, work, instance.definition_id, activities, flows, active=live),
        open_tasks=tuple(
            with_left(_bare(one, curtain), instance.suspended_at or reader.clock(), days)
            for one in done
            if one.status == "open"
        ),
        history=tuple(
            replace(one, data=curtain.deep(one.data)) for one in reversed(events) if _told_of(one, books)
        ),
        forms=filled_forms(reader, work, done, events, names, curtain),
        documents=files(work, found, curtain),
        decisions=decided(work, instance_id, curtain),
        people=names,
        incidents=_told(work, user, jobs.incidents(work, instance_id), curtain, found.variables),
        choices=_choices(reader, work, found, user, groups) if _chooses(activities) else (),
        awaited=_awaited(reader, work, instance_id) if live else {},
        can_retry=by == policy.SYSTEM or not policy.retry(user, instance, groups),
        can_cancel=not policy.cancel(user, instance, groups) or (live and by == policy.SYSTEM),
        copies=copies.of_instance(work, instance_id),
        protected=_protected(reader, work, found, user),
        registers=books,
        can_export=by == policy.SYSTEM or not policy.export(user, groups),
        can_withdraw=live and by != policy.SYSTEM and not _withdrawing(reader, work, instance, user, names),
        can_jump=instance.status == "active" and not policy.edit_processes(user, admins),
        can_suspend=live and not policy.suspend(user, instance, groups, admins),
    )


def _withdrawing(
    reader: Reader, work: Work, instance: ProcessInstance, user: User, names: Mapping[str, str]
) -> str:
    """Why this user can't withdraw the case, or ""."""
    if instance.started_by != user.id or policy.stopped(instance):
        return policy.stopped(instance) or "只有发起人可以撤回。"
    properties = reader.library.definition(work, instance.definition_id).properties or {}
    passed = passages.passages(work, instance.id)
    return policy.withdraw(user, instance, properties.get("withdrawUntil", ""), passed, names)


def _chooses(activities: Sequence[ActivityInstance]) -> bool:
    return any(one.kind == "adHocSubProcess" and one.status == "active" for one in activities)


def _choices(
    reader: Reader, work: Work, case: Case, user: User, groups: frozenset[str]
) -> tuple[Choice, ...]:
    """What this user may choose in the ad-hoc subprocesses; ids as everybody outside knows them."""

    def may(names: frozenset[str]) -> bool:
        return not policy.choose(user, case.instance, groups, names)

    program = reader.library.program(work, case.instance.definition_id, case.bindings)
    return tuple(
        replace(
            one,
            activity_id=f"{case.instance.id}-{one.activity_id}",
            offers=tuple(offer for offer in one.offers if may(offer.names)),
            may_end=one.may_end and may(one.names),
        )
        for one in execution.choices(program, case.state)
    )


def _awaited(reader: Reader, work: Work, instance_id: str) -> dict[str, str]:
    """Events and receive tasks in the flow that wait, by their names, else those of what they wait for."""
    found = {}
    for one in jobs.awaited(work, instance_id):
        node = reader.library.process(work, one.definition_id).node(one.element_id)
        if node is not None and node.kind in _IN_FLOW:
            found[node.id] = node.name or f"{_KINDS[one.kind]}“{one.message}”"
    return found


def visible(work: Work, instance_id: str, by: str) -> Case:
    """The instance; NotFound for who may not see it."""
    found = acting.seen_case(work, instance_id, by)
    if found is None:
        raise NotFound
    return found


def curtain_of(reader: Reader, work: Work, case: Case, user: User) -> Curtain:
    """What of the case's variables this user doesn't see; the system sees all."""
    if user.id == policy.SYSTEM:
        return OPEN
    return reader.library.guarded(work, case.instance.definition_id, case.bindings).curtain(user.groups)


def _told_of(event: HistoryEvent, books: Sequence[RegisterView]) -> bool:
    """Whether an entry of the record is told: of what stands in registers only to who may read it there."""
    if event.kind != "register.entered":
        return True
    return any(one.entry.id == event.data["entry"] for book in books for one in book.entries)


def _protected(reader: Reader, work: Work, case: Case, user: User) -> tuple[ProtectedData, ...]:
    """The protected data that has values."""
    guarded = reader.library.guarded(work, case.instance.definition_id, case.bindings)
    found = [
        ProtectedData(
            one.id,
            one.title,
            tuple(name for name in one.variables if has_value(case.variables.get(name))),
            user.id == policy.SYSTEM or not policy.reveal(user, one),
        )
        for one in guarded.protected
    ]
    return tuple(one for one in found if one.names)


def _bare(task: UserTask, curtain: Curtain) -> UserTask:
    """A task without its draft, which is its writer's."""
    return replace(task, draft=None, local=curtain.before(task.local))


def files(work: Work, case: Case, curtain: Curtain) -> tuple[DocumentInfo, ...]:
    """The files of a case but those in fields for other readers."""
    hidden = curtain.files(case.variables)
    return tuple(one for one in documents.of_instance(work, case.instance.id) if one.id not in hidden)


def decided(work: Work, instance_id: str, curtain: Curtain) -> tuple[DecisionRecord, ...]:
    """The decisions of a case as they look before a curtain."""
    made = instances.decisions(work, instance_id)
    return tuple(replace(one, evaluation=curtain.judged(one.evaluation)) for one in made) if curtain else made


def filled_forms(
    reader: Reader,
    work: Work,
    done: Sequence[UserTask],
    events: Sequence[HistoryEvent],
    names: Mapping[str, str],
    curtain: Curtain,
) -> tuple[FilledForm, ...]:
    """The forms of completed tasks as they were submitted, oldest first."""
    by_id = {task.id: task for task in done}
    found = []
    for event in events:
        task = by_id.get(event.activity_id or "")
        if event.kind == "task.completed" and task and task.form_ref:
            form = reader.library.form(work, task.definition_id, task.form_ref)
            who = names.get(event.actor, event.actor)
            values = curtain.before(event.data["values"])
            task = _bare(task, curtain)
            found.append(FilledForm(task, form.title, who, event.at, values, form.schema))
    return tuple(found)


def document(reader: Reader, document_id: str, *, by: str) -> tuple[DocumentInfo, bytes]:
    """A file of a case that this user may see."""
    with reader.database.reading() as work:
        user = person(work, by)
        found = documents.get(work, document_id)
        if found is None:
            raise NotFound
        case = visible(work, found[0].instance_id, by)
        if document_id in curtain_of(reader, work, case, user).files(case.variables):
            raise NotFound
        return found


def incidents(reader: Reader, by: str) -> tuple[Incident, ...]:
    """Open incidents in cases that this user may see."""
    with reader.database.reading() as work:
        user = person(work, by)
        found: list[Incident] = []
        cases: dict[str, Case | None] = {}
        for one in jobs.incidents(work):
            if one.instance_id not in cases:
                seen = reading.may_see(work, one.instance_id, by)
                cases[one.instance_id] = instances.load(work, one.instance_id) if seen else None
            case = cases[one.instance_id]
            if case is not None:
                found += _told(work, user, [one], curtain_of(reader, work, case, user), case.variables)
        return tuple(found)


def _told(
    work: Work, user: User, found: Sequence[Incident], curtain: Curtain, variables: JsonObject
) -> tuple[Incident, ...]:
    """Incidents as this user may see them: stacks are for process administrators."""
    if user.id == policy.SYSTEM or not found:
        return tuple(found)
    admins = people.get_setting(work, "process_admins") or ""
    edits = not policy.edit_processes(user, admins)
    return tuple(
        replace(
            one,
            message=curtain.told(one.message, variables),
            feel=curtain.told(one.feel, variables),
            stack=curtain.told(one.stack, variables) if edits else "",
        )
        for one in found
    )


def verify(reader: Reader, instance_id: str) -> tuple[Problem, ...]:
    """Where the record doesn't fit its chain."""
    with reader.database.reading() as work:
        found = instances.load(work, instance_id)
        if found is None:
            raise NotFound
        broken = chain.broken(history.recorded(work, instance_id), found.head)
        return tuple(Problem(message, element=instance_id) for message in broken)
