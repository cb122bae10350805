"""What parsing makes of a BPMN file: frozen values that execution compiles and everybody may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.errors import Problem

EventKind = Literal[
    "none",
    "timer",
    "message",
    "signal",
    "error",
    "escalation",
    "conditional",
    "link",
    "terminate",
    "compensate",
    "cancel",
]
TimerKind = Literal["date", "duration", "cycle"]
_CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


@dataclass(frozen=True, slots=True)
class Expression:
    """A FEEL expression, already translated from `=...` or `${...}`."""

    feel: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A literal attribute value, used where an attribute may be literal or `Expression`."""

    value: str


Value = Text | Expression


@dataclass(frozen=True, slots=True)
class Event:
    """The event definition of an event or receive/send task (BPMN 10.5)."""

    kind: EventKind
    timer: TimerKind | None = None
    value: Value | None = None  #: timer value (ISO 8601 text or FEEL) or condition
    name: str = (
        ""  #: message, signal or link name; error or escalation code ("" catches all); compensated activity
    )
    correlation: Expression | None = None  #: from the property `correlationKey`
    waits: bool = True  #: compensation: until all is undone (waitForCompletion)


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance characteristics (BPMN 10.3.7), or a standard loop's."""

    sequential: bool
    cardinality: Expression | None = None
    collection: Expression | None = None
    element_variable: str | None = None
    completion: Expression | None = None
    output_collection: str | None = None  #: property `outputCollection`
    output_element: Expression | None = None  #: property `outputElement`
    repeat: Repeat | None = None  #: a standard loop, of which all above is empty
    throws: tuple[Throw, ...] = ()  #: what completing instances throw (`behavior`)
    countersign: Countersign | None = None


@dataclass(frozen=True, slots=True)
class Countersign:
    """How the votes of the instances make one outcome: properties `countersign...`."""

    rule: Literal["all", "any", "count", "share"]
    vote: Expression  #: true agrees, false rejects, anything else abstains
    amount: float = 0  #: how many must agree; of a share: which, 0 to 1
    above: bool = False  #: more than the amount, not as much
    weight: Expression | None = None  #: of one vote, known when voting begins; 1 by default
    rejections: Literal["rest", "one", "majority"] = "rest"
    """When it is rejected: once the rest can't carry it any more; at the first rejection, too; when more than
    half reject, too."""
    leave_out: bool = False  #: who abstains doesn't count in the whole
    late: bool = False  #: all vote, even when it is decided
    result: str = "countersign"  #: variable


@dataclass(frozen=True, slots=True)
class Throw:
    """An event that completing instances throw: each, the first, or those for which a condition holds."""

    when: Literal["each", "first", "condition"]
    event: Event
    condition: Expression | None = None
    inputs: tuple[Parameter, ...] = ()  #: what a message or signal carries


@dataclass(frozen=True, slots=True)
class Repeat:
    """Standard loop characteristics (BPMN 10.3.7): again while the condition holds, at most so often."""

    condition: Expression | None = None
    test_before: bool = False
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who may do a user task and by when (camunda:assignee, candidateGroups ...)."""

    assignee: Value | None = None
    candidate_groups: Value | None = None  #: comma-separated, or FEEL giving text or list; default: the lane
    candidate_users: Value | None = None
    due_date: Value | None = None
    follow_up_date: Value | None = None
    priority: Value | None = None
    form_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input or output parameter, or one camunda:in / camunda:out."""

    target: str
    value: Value


@dataclass(frozen=True, slots=True)
class Call:
    """A call activity's target and variable mapping."""

    key: str
    all_in: bool = False  #: camunda:in variables="all"
    all_out: bool = False
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class AdHoc:
    """How an ad-hoc subprocess is worked off (BPMN 13.3.5): people choose what is done next in it."""

    sequential: bool = False  #: one activity after the other
    completion: Expression | None = None  #: asked when an activity ends; None: a person says that it is over
    cancels: bool = True  #: what is still being done when it is over is cancelled, else waited for
    begin: Value | None = None  #: property `startAtOnce`: ids, or FEEL giving them; "all"


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: Expression | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node: `kind` is its BPMN local name (`userTask`, `exclusiveGateway`, `boundaryEvent` ...)."""

    id: str
    kind: str
    name: str = ""
    line: int | None = None
    lane: str = ""  #: name of the innermost lane
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None  #: id of the default flow
    event: Event | None = None
    attached_to: str | None = None
    interrupting: bool = True
    instantiate: bool = False
    loop: Loop | None = None
    assignment: Assignment | None = None  #: user and manual tasks
    script: Expression | None = None
    result_variable: str | None = None  #: script and business rule tasks
    decision_ref: str | None = None
    map_decision_result: str = ""  #: singleEntry | singleResult | collectEntries | resultList; "": as it is
    topic: str | None = None  #: service and send tasks
    inputs: tuple[Parameter, ...] = ()  #: camunda:inputOutput
    outputs: tuple[Parameter, ...] = ()
    call: Call | None = None
    scope: Scope | None = None  #: embedded subprocess
    async_before: bool = False
    async_after: bool = False
    for_compensation: bool = False  #: undoes another activity; outside the flow
    handler: str | None = None  #: of a compensation boundary event: what undoes the activity
    start_quantity: int = 1  #: tokens that must have come before an activity begins
    completion_quantity: int = 1  #: tokens that an activity sends along each of its flows
    ad_hoc: AdHoc | None = None  #: of an ad-hoc subprocess
    data: tuple[str, ...] = ()  #: variables of a subprocess's own: its data objects
    others: tuple[Event, ...] = ()  #: of an event with several definitions: all but the first
    all_of: bool = False  #: all of its definitions must have come (parallelMultiple)
    triggered: bool = False  #: an event subprocess, which its start event begins
    activation: Expression | None = (
        None  #: of a complex gateway: whether the tokens that have come are enough
    )

    @property
    def is_activity(self) -> bool:
        """Whether it is neither an event nor a gateway."""
        return not self.kind.endswith(("Event", "Gateway"))

    @property
    def begins(self) -> bool:
        """Whether an instance can begin here: a start event, or a task or gateway that a message starts."""
        return self.kind == "startEvent" or self.instantiate

    @property
    def events(self) -> tuple[Event, ...]:
        """All its event definitions."""
        return (self.event, *self.others) if self.event else ()

    @property
    def beside(self) -> bool:
        """Whether it stands beside the flow: it undoes another activity, or an event begins it."""
        return self.for_compensation or self.triggered

    @property
    def loop_isolates(self) -> bool:
        """Whether its instances keep their variables to themselves: multi-instance, not a standard loop."""
        return self.loop is not None and self.loop.repeat is None


@dataclass(frozen=True, slots=True)
class Scope:
    """The flow nodes and flows of a process or an embedded subprocess."""

    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]

    def choices(self) -> list[str]:
        """In an ad-hoc subprocess: the activities that people may start, which no flow leads to."""
        return [name for name in self.loose() if self.nodes[name].is_activity]

    def walk(self) -> Iterator[Node]:
        """Every node of this scope and of the subprocesses in it, in document order."""
        for node in self.nodes.values():
            yield node
            if node.scope:
                yield from node.scope.walk()

    def starts(self) -> dict[str, str]:
        """Node whose event can begin an instance -> where the first token is put (it, its gateway)."""
        found: dict[str, str] = {}
        for node in self.nodes.values():
            if node.kind == "eventBasedGateway" and node.begins:
                found |= {self.flows[flow].target: node.id for flow in node.outgoing}
            elif node.begins:
                found[node.id] = node.id
        return found

    def loose(self) -> tuple[str, ...]:
        """Nodes that nothing leads to: where a scope without start events begins (BPMN 10.5.2)."""
        linked = frozenset(self.links().values())
        return tuple(
            node.id
            for node in self.nodes.values()
            if not (node.incoming or node.attached_to or node.beside or node.id in linked)
        )

    def links(self) -> dict[str, str]:
        """Throwing link event -> the catching one of the same name in this scope."""
        links = [node for node in self.nodes.values() if node.event and node.event.kind == "link"]
        catching = {node.event and node.event.name: node.id for node in links if node.kind in _CATCHING}
        return {
            node.id: catching[node.event.name]
            for node in links
            if node.event and node.kind not in _CATCHING and node.event.name in catching
        }


@dataclass(frozen=True, slots=True)
class ProcessModel:
    """One executable process of a BPMN file."""

    key: str
    name: str
    scope: Scope
    resource: str = ""
    line: int | None = None
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    lanes: tuple[str, ...] = ()
    version_tag: str = ""
    starter_groups: tuple[
        str, ...
    ] = ()  #: camunda:candidateStarterGroups; empty: only called or started by code
    is_task: bool = False  #: a global task: one step, which call activities call

    def node(self, element_id: str) -> Node | None:
        """The node with this id at any depth."""
        return next((node for node in self.scope.walk() if node.id == element_id), None)

    def called_keys(self) -> frozenset[str]:
        """Keys of the processes that this one calls directly."""
        return frozenset(node.call.key for node in self.scope.walk() if node.call)

    def decision_refs(self) -> frozenset[str]:
        """Ids of the decisions that this process asks for."""
        return frozenset(node.decision_ref for node in self.scope.walk() if node.decision_ref)

    def form_refs(self) -> frozenset[str]:
        """Ids of the forms that this process shows."""
        return frozenset(
            node.assignment.form_ref
            for node in self.scope.walk()
            if node.assignment and node.assignment.form_ref
        )


@dataclass(frozen=True, slots=True)
class Bpmn:
    """All that one BPMN file defines."""

    resource: str
    processes: tuple[ProcessModel, ...]
    warnings: tuple[Problem, ...] = ()
