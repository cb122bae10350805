"""Starting cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from engine import execution, parsing, policy
from engine.commands import steps
from engine.commands.assigning import staffed
from engine.commands.context import ZONE, Context, allow, person
from engine.commands.directory import directory
from engine.commands.once import once, ticket
from engine.commands.steps import Act
from engine.errors import InvalidDefinition, InvalidInput, NotFound
from engine.model.chain import Entry, Head
from engine.model.curtain import OPEN
from engine.model.definition import Node, ProcessModel
from engine.model.execution import JsonObject, Start, SubscriptionKind
from engine.model.forms import FormDefinition
from engine.model.records import ProcessDefinition, ProcessInstance, User
from engine.store import definitions, documents, instances
from engine.store.database import Work
from engine.store.instances import Bindings, Case
from engine.store.sql import new_id


@dataclass(frozen=True, slots=True)
class Opening:
    """How a case begins."""

    definition: ProcessDefinition
    variables: JsonObject
    by: str
    start_event: str | None = None


def start_form(context: Context, key: str, *, by: str) -> FormDefinition | None:
    """The form that opens a case of this process, with its choices and with first values as defaults."""
    with context.database.reading() as work:
        form = _form(context, work, startable(work, key, by), person(work, by))
        return parsing.opened(form, now=context.local_now()) if form else None


def start(
    context: Context, key: str, variables: JsonObject, *, by: str, once_key: str = ""
) -> ProcessInstance:
    """Start a case of the latest version, its variables checked by the start form."""
    asked = ticket(by, once_key, "start", key, variables)

    def act() -> ProcessInstance:
        with context.database.unit_of_work() as work:
            definition = startable(work, key, by)
            instance = start_in(context, work, Opening(definition, variables, by))
            asked.answered(context, work, instance.id)
            return instance

    def replay(work: Work, answer: str) -> ProcessInstance | None:
        case = instances.load(work, answer)
        return case.instance if case is not None else None

    return once(context, asked, act, replay)


def startable(work: Work, key: str, by: str) -> ProcessDefinition:
    """The latest version, if this user may start it."""
    definition = definitions.latest(work, key)
    if definition is None:
        raise NotFound
    user = person(work, by)
    allow(user, policy.start(user, definition))
    return definition


def start_in(context: Context, work: Work, opening: Opening) -> ProcessInstance:
    """Start a case within a transaction; who may do it was asked before."""
    definition, now = opening.definition, context.clock()
    form = None if opening.start_event else _form(context, work, definition, person(work, opening.by))
    variables = opening.variables
    if form:
        variables, problems = parsing.check_form(
            form, variables, {}, now=context.local_now(), directory=directory(context, work, form)
        )
        if problems:
            raise InvalidInput(problems=problems)
    bindings = bind(context, work, definition)
    program = staffed(context, work, context.library.program(work, definition.id, bindings), "", opening.by)
    step = execution.advance(program, None, Start(now, variables, opening.start_event))
    case = _new_case(work, definition, bindings, opening.by, now)
    groups = (definition.properties or {}).get("visibleTo", "").split(",")
    rules = context.library.case_rules(work, definition.id)
    supervisors = rules.supervisors if rules else ()
    instances.add(work, case, [*supervisors, *(name.strip() for name in groups if name.strip())])
    if opening.by:
        instances.add_participants(work, case.instance.id, [opening.by])
    data = {"definition": definition.id, "case": case.instance.business_key, "variables": variables}
    entry = Entry(now, opening.by, "instance.started", data)
    return steps.keep(context, work, case, step, Act(now, opening.by, (entry,))).case.instance


def _new_case(work: Work, definition: ProcessDefinition, bindings: Bindings, by: str, now: datetime) -> Case:
    properties = definition.properties or {}
    instance = ProcessInstance(
        id=new_id(),
        definition_id=definition.id,
        key=definition.key,
        business_key=number(work, properties.get("caseNumber") or definition.key + "-{year}-{n}", now),
        title=definition.name,
        status="active",
        started_at=now,
        started_by=by,
        ended_at=None,
        revision=0,
        properties=properties,
    )
    return Case(instance, {}, {}, bindings, Head())


def number(work: Work, pattern: str, now: datetime) -> str:
    """The next number of a series such as `{year}-{n}`; the year is the office's."""
    year = now.astimezone(ZoneInfo(ZONE)).year
    allocated = documents.next_number(work, pattern, year)
    return pattern.replace("{year}", str(year)).replace("{n}", str(allocated))


def bind(context: Context, work: Work, definition: ProcessDefinition) -> Bindings:
    """The latest versions of all that this version calls, at any depth, and of their decisions."""
    processes = {definition.key: definition.id}
    decisions: dict[str, tuple[str, str]] = {}
    waiting = [definition]
    while waiting:
        one = waiting.pop()
        model = context.library.process(work, one.id)
        decisions.update({ref: _place(work, one, ref) for ref in model.decision_refs()})
        for key in sorted(model.called_keys() - processes.keys()):
            called = definitions.latest(work, key)
            if called is None:
                raise InvalidDefinition(f"没有流程“{key}”，“{model.name or model.key}”要调用它。")
            processes[key] = called.id
            waiting.append(called)
    return Bindings(processes, decisions)


def _place(work: Work, definition: ProcessDefinition, decision_id: str) -> tuple[str, str]:
    """Where the decision stands: in the version's own deployment, else in the newest that has it."""
    places = definitions.decision_places(work, decision_id)
    if not places:
        raise InvalidDefinition(f"没有决策“{decision_id}”。")
    own = [place for place in places if place[0] == definition.deployment_id]
    return (own or list(places))[0]


def _form(context: Context, work: Work, definition: ProcessDefinition, user: User) -> FormDefinition | None:
    """The start event's form as this user fills it in."""
    node = plain_start(context.library.process(work, definition.id))
    ref = node.assignment.form_ref if node and node.assignment else None
    if node is None or not ref:
        return None
    form = context.library.form(work, definition.id, ref)
    guarded = context.library.guarded(work, definition.id, Bindings())
    curtain = OPEN if user.id == policy.SYSTEM else guarded.curtain(user.groups)
    return parsing.form_for(form, parsing.at_step(form, node.id, node.properties), curtain)


def plain_start(process: ProcessModel) -> Node | None:
    """The none start event."""
    starts = (node for node in process.scope.nodes.values() if node.kind == "startEvent")
    return next((node for node in starts if node.event is None or node.event.kind == "none"), None)


def event_start(process: ProcessModel, kind: SubscriptionKind, name: str) -> Node | None:
    """The event or receive task at which this message or signal begins an instance."""
    starts = (process.scope.nodes[each] for each in process.scope.starts())
    return next((n for n in starts if n.event and n.event.kind == kind and n.event.name == name), None)
