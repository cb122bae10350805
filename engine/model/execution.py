"""What goes into and comes out of one execution step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

JsonObject = dict[str, Any]  #: JSON values only: None, bool, int, float, str, list, dict

InstanceStatus = Literal["active", "completed", "terminated", "suspended"]


@dataclass(frozen=True, slots=True)
class Start:
    """Begin an instance at its none start event, or at the start event with this element id."""

    now: datetime
    variables: JsonObject
    start_event: str | None = None


@dataclass(frozen=True, slots=True)
class CompleteActivity:
    """A user, manual or receive task is done by a person, or a service or send task by its handler."""

    now: datetime
    activity_id: str
    variables: JsonObject


@dataclass(frozen=True, slots=True)
class FailActivity:
    """A handler reports a BPMN error (caught by a boundary error event of this code)."""

    now: datetime
    activity_id: str
    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class FireTimer:
    """The due date of a waiting timer has come; `activity_id` is the waiting event's activity."""

    now: datetime
    activity_id: str


@dataclass(frozen=True, slots=True)
class DeliverMessage:
    """A message reaches the waiting event or receive task `activity_id`."""

    now: datetime
    activity_id: str
    payload: JsonObject


@dataclass(frozen=True, slots=True)
class DeliverSignal:
    """A signal reaches everything in the instance that waits for it."""

    now: datetime
    name: str
    payload: JsonObject


@dataclass(frozen=True, slots=True)
class Continue:
    """An asynchronous continuation (camunda:asyncBefore/After) is run."""

    now: datetime
    activity_id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Everything that is live ends; the instance is terminated."""

    now: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SetVariables:
    """Variables are put right: the process's, or those of one live activity."""

    now: datetime
    variables: JsonObject
    activity_id: str | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A completed user task begins again, and what has come of it ends."""

    now: datetime
    element_id: str
    around: tuple[tuple[str, str], ...] = ()  #: id and element of each activity around it, inner ones first
    passed: frozenset[str] = frozenset()  #: elements that what has come of it has entered, in the live scope
    person: str = ""  #: whose task it becomes


@dataclass(frozen=True, slots=True)
class MoveTokens:
    """A live activity ends with all that is in it, and a token begins at another element instead."""

    now: datetime
    to: str  #: element id
    activity_id: str | None = None  #: what moves; None: everything that is live
    definition_id: str = ""  #: of the process in which `to` stands; "": the nearest that has it
    again: bool = False  #: back to a step that was done, so that it and those up to here are done again
    returns: bool = False  #: once `to` is done the token comes straight back
    person: str = ""  #: whose user task `to` becomes, before all that the diagram says
    sender: str = ""  #: whose user task it is after coming back


@dataclass(frozen=True, slots=True)
class Shift:
    """The instance rested: what its timers still have to do happens later by that."""

    now: datetime
    rested: timedelta


@dataclass(frozen=True, slots=True)
class StartActivity:
    """A person chooses what is done next in the ad-hoc subprocess `activity_id`."""

    now: datetime
    activity_id: str
    element_id: str


Trigger = (
    Start
    | CompleteActivity
    | FailActivity
    | FireTimer
    | DeliverMessage
    | DeliverSignal
    | Continue
    | Cancel
    | SetVariables
    | MoveTokens
    | Shift
    | StartActivity
    | TakeBack
)


@dataclass(frozen=True, slots=True)
class ActivityChange:
    """An activity instance was entered, completed or cancelled; in the order in which it happened."""

    change: Literal["entered", "completed", "cancelled"]
    activity_id: str  #: unique in the instance; the same for all changes of one activity instance
    element_id: str
    definition_id: str  #: of the (called) process that the element stands in
    kind: str  #: BPMN local name; "multiInstanceBody" of what encloses the instances of a node
    name: str
    parent_id: str | None  #: activity id of the enclosing subprocess, call activity or multi-instance body
    loop_index: int | None = None  #: 0-based, in a multi-instance body


@dataclass(frozen=True, slots=True)
class FlowTaken:
    """A sequence flow was taken."""

    flow_id: str
    definition_id: str
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """A business rule task was evaluated."""

    activity_id: str
    evaluation: DecisionEvaluation


TraceEvent = ActivityChange | FlowTaken | DecisionMade


@dataclass(frozen=True, slots=True)
class OpenedTask:
    """A user or manual task now waits for a person."""

    activity_id: str
    element_id: str
    definition_id: str
    name: str
    lane: str
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    due_date: str | None  #: ISO 8601 date or date-time, evaluated
    follow_up_date: str | None
    priority: int  #: default 50
    form_ref: str | None
    properties: Mapping[str, str]  #: values of properties that begin with "=" are evaluated to text
    local: JsonObject  #: local variables (multi-instance element, loopCounter, input parameters)
    note: str = ""  #: that it fell to others than the assignment meant


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a token stands before its element instead of going on."""

    message: str  #: in Chinese, with file, element and line
    feel: str = ""  #: the expressions of which one failed
    stack: str = ""  #: for administrators


JobKind = Literal["timer", "handler", "continue", "message", "signal", "hear", "begin", "rouse"]
SubscriptionKind = Literal["message", "signal"]


@dataclass(frozen=True, slots=True)
class OpenedJob:
    """Work for the job runner: a due timer, a handler, a continuation, a message or a signal.

    A boundary event, an event after an event-based gateway, and a continuation are entered when they fire, by
    this activity id. A message or signal belongs to an activity that is over already, and is never `closed`;
    what a signal reaches elsewhere are jobs of their own: "hear" of an instance, "begin" of a process.
    "rouse" lets messages that are kept look for the receiver that has come.
    """

    activity_id: str
    kind: JobKind
    element_id: str
    definition_id: str
    due_at: datetime | None = None  #: aware, UTC; None: at once
    topic: str = ""  #: of a handler; name of a message or signal
    payload: JsonObject | None = None  #: variables to send; a handler looks at the case when it runs
    correlation: str | None = None  #: of a message
    fault: Fault | None = None  #: of a continuation that is run only when somebody asks to try again
    expires_at: datetime | None = None  #: of a message: until when it is kept for who comes later


@dataclass(frozen=True, slots=True)
class OpenedSubscription:
    """A catch event or receive task now waits for a message or signal."""

    activity_id: str
    element_id: str
    definition_id: str
    message: str  #: its name, or the signal's
    correlation: str | None
    kind: SubscriptionKind = "message"


@dataclass(frozen=True, slots=True)
class Step:
    """The whole outcome of one trigger; applying it to the store is one transaction."""

    state: JsonObject  #: JSON; holds live tokens and variables only, never the specification
    status: InstanceStatus
    variables: JsonObject  #: top-level ones after the step, with those that running calls will return whole
    trace: tuple[TraceEvent, ...] = ()
    tasks_opened: tuple[OpenedTask, ...] = ()
    jobs_opened: tuple[OpenedJob, ...] = ()
    subscriptions_opened: tuple[OpenedSubscription, ...] = ()
    closed: tuple[str, ...] = ()  #: activity ids whose open task, jobs and subscriptions are over
    end_event: str | None = None  #: element id of the end event by which the instance completed
    error: str | None = None  #: code of an error end event that nobody caught

    @property
    def incidents_opened(self) -> tuple[OpenedJob, ...]:
        """Where tokens now stand because their elements failed."""
        return tuple(job for job in self.jobs_opened if job.fault is not None)


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that fired, with the texts that its author wrote."""

    number: int  #: 1-based row
    rule_id: str
    annotation: str
    outputs: JsonObject


@dataclass(frozen=True, slots=True)
class DecisionEvaluation:
    """What a decision saw, which rules fired, and what it gave."""

    decision_id: str
    name: str
    inputs: JsonObject  #: label of input expression -> value
    result: Any
    hits: tuple[RuleHit, ...] = ()
    required: tuple[DecisionEvaluation, ...] = ()  #: decisions evaluated on the way
