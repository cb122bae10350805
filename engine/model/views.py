"""What pages show: rows of lists, a whole case, a whole task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from engine.model.choosing import Choice
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.model.records import (
    ActivityInstance,
    DecisionRecord,
    DocumentInfo,
    HistoryEvent,
    Incident,
    ProcessDefinition,
    ProcessInstance,
    TimeLeft,
    UserTask,
)
from engine.model.registers import RegisterView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One line of an inbox."""

    task: UserTask
    business_key: str
    title: str
    process_name: str
    sent_by: str  #: display of who did the step before, or "" for the system
    secrecy: str
    handed: Handed | None = None  #: how the task came from another person
    suspended: bool = False  #: whether its case rests
    resting_since: datetime | None = None
    holder: str = ""  #: display of who has it, or the groups that it is offered to; of supervised tasks only


@dataclass(frozen=True, slots=True)
class Handed:
    """How a person got a task from another."""

    verb: Literal["transferred", "delegated", "resolved", "signing", "sent_back"]
    by: str  #: display
    reason: str  #: why; what the delegate answered


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
    holders: tuple[str, ...] = ()  #: who has the open tasks: positions, else the groups that may take them
    since: datetime | None = None  #: when the oldest of the open tasks came
    priority: int = 0  #: the highest of the open tasks
    tasks: tuple[UserTask, ...] = ()  #: the open ones, without what is filled in


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
    awaited: Mapping[str, str] = field(
        default_factory=dict
    )  #: element id -> what message or signal it waits for
    can_retry: bool = False  #: whether the asking user may have what failed tried again
    can_cancel: bool = False  #: whether the asking user may end this case with a reason
    can_suspend: bool = False  #: whether he may let it rest, and go on
    can_withdraw: bool = False  #: whether he may withdraw it, having started it
    can_jump: bool = False  #: whether he may let it go on elsewhere, as a process administrator
    can_export: bool = False  #: whether he may take out the whole dossier
    copies: tuple[Copy, ...] = ()  #: to whom it was copied, newest first
    protected: tuple[ProtectedData, ...] = ()
    registers: tuple[RegisterView, ...] = ()
    choices: tuple[Choice, ...] = ()  #: ad-hoc subprocesses, with what the asking user may do there

    @property
    def opinions(self) -> tuple[Opinion, ...]:
        """What was written as opinions in all of its forms, oldest first."""
        return opinions_in(self.forms)


def opinions_in(forms: Iterable[FilledForm]) -> tuple[Opinion, ...]:
    """What was written into fields marked `x-opinion` of these forms, in their order."""
    return tuple(
        Opinion(form.task.name, str(text), form.actor_display, form.at, form.task.properties.get("about", ""))
        for form in forms
        for name, field_schema in form.schema.get("properties", {}).items()
        if field_schema.get("x-opinion") and (text := form.values.get(name))
    )


@dataclass(frozen=True, slots=True)
class ProtectedData:
    """Protected data that a case holds."""

    id: str
    title: str
    names: tuple[str, ...]  #: of its variables that have values
    may_look: bool  #: whether the asking user may look at it, with a reason


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
class TaskForm:
    """What it takes to read a task's posted form."""

    task: UserTask
    form: FormDefinition | None
    values: JsonObject  #: draft over variables over defaults, by field name
    variables: JsonObject  #: visible to the task: local over top-level
    documents: tuple[DocumentInfo, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that comes behind a task."""

    name: str
    who: str  #: groups or lane that the diagram names; "" where that is worked out then


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes when a task is completed."""

    steps: tuple[NextStep, ...] = ()
    certain: bool = False  #: whether it is all of these, whatever is filled in
    more: bool = False  #: whether there are others besides
    ends: bool = False  #: whether the case may be over then


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
    ahead: Ahead = Ahead()
    parts: tuple[UserTask, ...] = ()  #: what delegates and signers did or are asked to do for the same task
    verbs: frozenset[str] = (
        frozenset()
    )  #: "transfer", "delegate", "resolve", "signers", "sign", "copy", "urge", "cancel", "suspend", "jump"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody wrote before: a form field marked `x-opinion`."""

    step: str
    text: str
    actor_display: str
    at: datetime
    about: str = ""  #: whom or what its task was about, of several equal ones


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    total: int
    page: int = 1
    size: int = 50
    next: str = ""  #: of a box: what `after` is for the next page; "" on the last


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification as it is kept: a text for a person, or for the members of a group."""

    id: str
    instance_id: str
    group: str  #: "" for one to the person alone
    text: str
    created_at: datetime
    kind: str = ""  #: of the record's entry that it tells of, e.g. "task.transferred"
    actor: str = ""  #: user id of who brought it about; "" is the system
    task_id: str | None = None
    read_at: datetime | None = None  #: when the asking user marked it as read
    on_behalf_of: str = ""  #: display of who is away, for whom the user stands in


@dataclass(frozen=True, slots=True)
class Copy:
    """A case that was copied to somebody for information."""

    id: str
    instance_id: str
    task_id: str | None  #: the task with which it was sent
    business_key: str
    title: str
    user: str  #: user id of who got it
    sent_by: str  #: display
    note: str
    at: datetime
    read_at: datetime | None
    asked: bool = False  #: to confirm that he has read it
    confirmed_at: datetime | None = None
    remark: str = ""  #: what he said with that
    sender: str = ""  #: user id


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy with where its case stands now."""

    copy: Copy
    case: CaseRow


@dataclass(frozen=True, slots=True)
class References:
    """What the diagrams of a deployment may name."""

    forms: tuple[tuple[str, str], ...]  #: id, title
    decisions: tuple[tuple[str, str], ...]  #: id, name
