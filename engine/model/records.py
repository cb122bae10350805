"""Rows of the store as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.errors import Problem
from engine.model.case_rules import CIRCLES, Circle
from engine.model.execution import DecisionEvaluation, InstanceStatus, JsonObject


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
    duty: str = field(default="", compare=False)  #: "system", "security", "audit": an administrator's
    email: str = ""


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
    suspended_at: datetime | None = None  #: since when it rests
    grade: str = ""  #: of secrecy
    shown_to: frozenset[Circle] = frozenset(CIRCLES)  #: who sees it beside its team


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


TaskStatus = Literal["open", "completed", "cancelled", "waiting"]  #: waiting: its turn hasn't come yet
TaskPart = Literal["before", "after", "parallel", "delegated"]  #: when signers sign; delegated work


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
    status: TaskStatus
    completed_at: datetime | None
    completed_by: str | None
    revision: int  #: grows with each change; a stale one is a Conflict
    properties: Mapping[str, str]
    local: JsonObject
    draft: JsonObject | None = None
    left: TimeLeft | None = None  #: of an open task with a due date, set by every read; never stored
    owner: str | None = None  #: who completes it, while it is delegated to the assignee
    handed: JsonObject | None = None  #: how the assignee got it from a person: "verb", "by", "reason"
    on_behalf_of: str | None = None  #: for whom the assignee stands in
    part_of: str | None = None  #: id of the task that this is a part of; such a part has no token
    part: TaskPart | None = None
    opinion: JsonObject | None = None  #: what the doer of a part said: "agree" (or null), "text"
    pending: JsonObject | None = None  #: submitted values that wait for signers before the case goes on
    parts: int = 0  #: how many parts it has ever had
    clock_note: JsonObject | None = None  #: "paused", "waits_for", "extended", "guessed" of its legal clock


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What a clock says at the moment of reading (`calendars.remaining`); pages put it into words."""

    unit: Literal["WD", "D"]  #: working days or natural days
    amount: int  #: left, or beyond when over
    over: bool
    today: bool
    soon: bool  #: past `warn_at`
    share: float  #: of the period that is used, 0 to 1
    paused: int | None = None  #: days for which it has stood still; None while it runs
    waits_for: str = ""  #: why it stands still
    extended: tuple[str, ...] = ()  #: lengths by which it was made longer
    approved: str = ""  #: the step that approved the last of them
    guessed: tuple[int, ...] = ()  #: years of it without published holidays: only weekends are left out


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
    origin: str = ""  #: address, command line or system
    on_behalf_of: str = ""  #: user id of whom the actor represented


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
    """A job whose retries are exhausted, or an element that failed: the case stands there."""

    job_id: str
    instance_id: str
    element_id: str
    message: str
    at: datetime
    feel: str = ""  #: the expressions of which one failed
    stack: str = ""  #: for administrators only


@dataclass(frozen=True, slots=True)
class SignalSent:
    """What a signal from outside has reached."""

    heard: int  #: cases that will hear it
    begun: tuple[str, ...] = ()  #: ids of the instances that began with it
    refused: tuple[Problem, ...] = ()  #: why processes that wait for it did not begin


@dataclass(frozen=True, slots=True)
class DiagramDraft:
    key: str
    content: bytes
    based_on: int  #: version
    saved_at: datetime
    saved_by: str
    revision: int


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
    administrators: Mapping[str, str] = field(default_factory=dict)  #: group -> duty
    opinions: tuple[str, ...] = ()  #: what everybody may insert into texts


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """A publication as it is kept: anybody may read it."""

    id: str
    instance_id: str
    title: str
    body: str
    created_at: datetime
