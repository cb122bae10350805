"""Rows of the store as frozen values, and the views that pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from engine.model.execution import DecisionEvaluation, InstanceStatus, JsonObject

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Resource:
    """A named file of a deployment, or a stored one."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in; shown by position."""

    id: str  #: login name
    display: str  #: position, e.g. as the office names it
    unit: str
    groups: frozenset[str]
    active: bool = True
    stamp: str = field(default="", compare=False, repr=False)  #: another one after a change of password


@dataclass(frozen=True, slots=True)
class Deployment:
    id: str
    name: str
    deployed_at: datetime
    deployed_by: str
    definitions: tuple[ProcessDefinition, ...] = ()  #: new versions that it made


@dataclass(frozen=True, slots=True)
class ProcessDefinition:
    """One version of a process."""

    id: str  #: "key:version"
    key: str
    version: int
    name: str
    resource: str
    deployment_id: str
    deployed_at: datetime
    deployed_by: str
    checksum: str  #: sha256 of the BPMN file
    starter_groups: tuple[str, ...] = ()
    properties: Mapping[str, str] | None = None
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class ProcessInstance:
    """A case or matter: the instance of a top-level process."""

    id: str
    definition_id: str
    key: str
    business_key: str  #: case number
    title: str
    status: InstanceStatus
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    revision: int
    end_reason: str = ""
    properties: Mapping[str, str] | None = None  #: of the process


@dataclass(frozen=True, slots=True)
class ActivityInstance:
    id: str
    instance_id: str
    definition_id: str
    element_id: str
    kind: str
    name: str
    parent_id: str | None
    loop_index: int | None
    status: Literal["active", "completed", "cancelled"]
    started_at: datetime
    ended_at: datetime | None
    actor: str | None  #: who completed it
    assignee: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class UserTask:
    """A task in somebody's inbox; its id is its activity instance's id."""

    id: str
    instance_id: str
    definition_id: str
    element_id: str
    name: str
    lane: str
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    form_ref: str | None
    priority: int
    created_at: datetime
    due_at: datetime | None  #: end of the last day, aware UTC
    warn_at: datetime | None
    clock: str  #: "15WD", "P1M" ... or ""
    clock_basis: str
    status: Literal["open", "completed", "cancelled"]
    completed_at: datetime | None
    completed_by: str | None
    revision: int  #: grows with each change; a stale one is a Conflict
    properties: Mapping[str, str]
    local: JsonObject
    draft: JsonObject | None = None
    left: TimeLeft | None = None  #: of an open task with a due date, set by every read; never stored


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What a clock says at the moment of reading (`calendars.remaining`); pages put it into words."""

    unit: Literal["WD", "D"]  #: working days or natural days
    amount: int  #: left, or beyond when over
    over: bool
    today: bool
    soon: bool  #: past `warn_at`
    share: float  #: of the period that is used, 0 to 1


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One line of an inbox."""

    task: UserTask
    business_key: str
    title: str
    process_name: str
    sent_by: str  #: display of who did the step before, or "" for the system
    secrecy: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the case list."""

    instance: ProcessInstance
    process_name: str
    stage: str  #: name of the active stage (call activity of the top-level process)
    steps: tuple[str, ...]  #: names of the open tasks
    due_at: datetime | None  #: earliest open due date
    secrecy: str
    left: TimeLeft | None = None  #: of the task with that due date


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One entry of the record, chained by hash within its instance."""

    instance_id: str
    seq: int
    at: datetime
    actor: str  #: user id; "" is the system
    kind: str  #: "instance.started", "task.claimed", "task.completed", "document.created" ...
    activity_id: str | None
    data: JsonObject
    hash: str


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    id: str
    instance_id: str
    activity_id: str | None
    name: str  #: file name
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    activity_id: str
    element_id: str
    at: datetime
    evaluation: DecisionEvaluation


@dataclass(frozen=True, slots=True)
class Incident:
    """A job whose retries are exhausted."""

    job_id: str
    instance_id: str
    element_id: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as it was submitted."""

    task: UserTask
    title: str
    actor_display: str
    at: datetime
    values: JsonObject
    schema: JsonObject = field(default_factory=dict)  #: of the form: what its fields are called


@dataclass(frozen=True, slots=True)
class Diagram:
    """A process diagram of a case with what has happened on it."""

    definition: ProcessDefinition
    call_element: str | None  #: element of the calling process; None for the top level
    activities: tuple[ActivityInstance, ...]
    flows_taken: tuple[str, ...]
    active: bool
    skipped: tuple[str, ...] = ()  #: elements never entered that no live element can reach any more


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the case page shows; what the asking user may not see is not in it."""

    instance: ProcessInstance
    process_name: str
    variables: JsonObject
    summary: tuple[tuple[str, str], ...]  #: label, text; declared by the process's view file
    tables: tuple[ViewTable, ...]
    stages: tuple[Stage, ...]
    diagrams: tuple[Diagram, ...]  #: top level first, then the called processes, in order of first entry
    open_tasks: tuple[UserTask, ...]
    history: tuple[HistoryEvent, ...]  #: newest first
    forms: tuple[FilledForm, ...]  #: oldest first
    documents: tuple[DocumentInfo, ...]
    decisions: tuple[DecisionRecord, ...]
    people: Mapping[str, str]  #: user id -> display
    incidents: tuple[Incident, ...] = ()
    can_cancel: bool = False  #: whether the asking user may end this case with a reason


@dataclass(frozen=True, slots=True)
class Stage:
    """A call activity of the top-level process."""

    element_id: str
    name: str
    status: Literal["waiting", "active", "completed", "skipped"]
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ViewTable:
    """A table declared in a view file, evaluated over the case's variables."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class TaskView:
    """All that the task page shows."""

    row: TaskRow
    instance: ProcessInstance
    form: FormDefinition | None
    values: JsonObject  #: draft over variables over defaults, by field name
    variables: JsonObject  #: visible to the task: local over top-level
    summary: tuple[tuple[str, str], ...]
    opinions: tuple[Opinion, ...]
    documents: tuple[DocumentInfo, ...]
    decisions: tuple[DecisionRecord, ...]
    diagram: Diagram | None  #: of the process that the task stands in
    can_claim: bool
    can_release: bool
    can_complete: bool
    reason: str  #: why not, in Chinese
    next_steps: str  #: what follows when it is completed (names of the next steps)
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody wrote before: a form field marked `x-opinion`."""

    step: str
    text: str
    actor_display: str
    at: datetime
    about: str = ""  #: whom or what its task was about, of several equal ones


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form: JSON Schema (2020-12) for the values, a layout for the page."""

    id: str
    title: str
    schema: JsonObject
    layout: tuple[
        JsonObject, ...
    ]  #: sections: {"title", "basis"?, "help"?, "fields": [name | {"field", "widget"}]}
    rules: tuple[JsonObject, ...] = ()  #: {"assert": FEEL, "message", "field"?}
    submit: str = "提交"
    basis: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class ViewDefinition:
    """How a process's cases are summed up: labels and FEEL over the variables."""

    process: str
    title: str  #: FEEL giving the case's title
    summary: tuple[tuple[str, str], ...]
    tables: tuple[JsonObject, ...] = ()  #: {"title", "rows": FEEL list, "columns": [{"label", "feel"}]}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    total: int
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class DiagramDraft:
    key: str
    content: bytes
    based_on: int  #: version
    saved_at: datetime
    saved_by: str
    revision: int


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """What a service-task handler gets: read-only facts and the task's visible variables."""

    instance_id: str
    business_key: str
    title: str
    activity_id: str
    element_id: str
    topic: str
    properties: Mapping[str, str]
    variables: JsonObject
    idempotency_key: str
    now: datetime
    people: Mapping[str, str]
    resources: Mapping[str, bytes]  #: files of the definition's deployment folder that the task names


@dataclass(frozen=True, slots=True)
class HandlerResult:
    """What a handler returns: variables for the process, and what the completing command must keep.

    Variables, documents, numbers, notifications and publications are stored in one transaction.
    """

    variables: Mapping[str, Any]
    documents: tuple[Resource, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Variable -> series pattern (`决〔{year}〕{n}号`): the command allocates the next number of that
    series and year, and completes the activity with the variable set to the text."""
    notifications: tuple[Notification, ...] = ()
    publications: tuple[Publication, ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to everybody in these groups, to be kept with the case."""

    groups: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A public entry; `variable` is to hold {"id", "title", "at"} once it is stored."""

    title: str
    body: str
    variable: str


@dataclass(frozen=True, slots=True)
class Office:
    """Names and labels of the office whose database this is; all empty before an office file is loaded."""

    product: str = ""
    seal: str = ""
    name: str = ""
    organ: str = ""
    case_word: str = ""
    footer: tuple[str, ...] = ()
    process_admins: str = ""  #: group that may change diagrams; "": nobody
    accounts: tuple[User, ...] = ()  #: the accounts that the office file declares


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification as it is kept: a text for the members of a group."""

    id: str
    instance_id: str
    group: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """A publication as it is kept: anybody may read it."""

    id: str
    instance_id: str
    title: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class References:
    """What the diagrams of a deployment may name."""

    forms: tuple[tuple[str, str], ...]  #: id, title
    decisions: tuple[tuple[str, str], ...]  #: id, name
