"""Engine: the one object that callers hold; every method is one line over commands and queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from engine.approvals import Approvals
from engine.commands import (
    cases,
    choosing,
    correcting,
    deploying,
    drafts,
    identity,
    jobs,
    messages,
    migrating,
    moving,
    office,
    repairing,
    scheduling,
    signals,
    starting,
    taking_back,
    tasks,
)
from engine.commands import incidents as failures
from engine.commands.context import Context
from engine.commands.library import Library
from engine.commands.once import again
from engine.errors import Problem
from engine.model.execution import JsonObject
from engine.model.findings import Finding
from engine.model.forms import FormDefinition
from engine.model.migration import MigrationOutcome, MigrationPlan
from engine.model.moving import Target
from engine.model.records import (
    Deployment,
    DiagramDraft,
    DocumentInfo,
    Incident,
    Office,
    ProcessDefinition,
    ProcessInstance,
    PublicEntry,
    Resource,
    SignalSent,
    User,
    UserTask,
)
from engine.model.views import CaseRow, CaseView, Notice, Page, References, TaskForm, TaskRow, TaskView
from engine.queries import cases as case_page
from engine.queries import definitions, diagnosing, staffing
from engine.queries import inbox as lists
from engine.queries import moving as returns
from engine.queries import tasks as task_page
from engine.queries.reader import Reader
from engine.store.database import Database

Box = Literal["todo", "claimable", "done"]


def _utcnow() -> datetime:
    return datetime.now(UTC)


class Engine(Approvals):
    """The process engine of one database. `by` is a user id; "" is the system itself, which may do all."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._reader = Reader(context.database, context.clock, context.library)

    @classmethod
    def open(
        cls, url: str, *, resources: Path | None = None, clock: Callable[[], datetime] | None = None
    ) -> Engine:
        """Open (and migrate) the database at this SQLAlchemy URL; `resources` is the root of the bundles."""
        return cls(Context(Database(url), clock or _utcnow, Library(), resources))

    def close(self) -> None:
        """Give back the connections."""
        self._context.database.close()

    # -- identity --------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str) -> User:
        """The user with this login and password; else NotAllowed, saying how many tries are left."""
        return identity.sign_in(self._context, login, password)

    def user(self, user_id: str) -> User | None:
        """The user, or None when there is none or the account is closed."""
        return definitions.user(self._reader, user_id)

    def users(self) -> tuple[User, ...]:
        """All users, by id."""
        return definitions.users(self._reader)

    def groups(self) -> tuple[str, ...]:
        """Names of all groups, in the order in which they were added."""
        return definitions.groups(self._reader)

    def add_user(self, user: User, password: str) -> User:
        """Add a user to groups that exist; InvalidInput for a weak password, Conflict for a taken id."""
        return identity.add_user(self._context, user, password)

    def change_user(self, user: User) -> User:
        """Replace display, unit, groups and state; a closed account can't go on from its next request."""
        return identity.change_user(self._context, user)

    def add_group(self, name: str) -> None:
        """Add a group; nothing happens when it is there."""
        identity.add_group(self._context, name)

    def set_password(self, user_id: str, password: str) -> None:
        """Replace a password and lift a lock-out; InvalidInput for a weak one."""
        identity.set_password(self._context, user_id, password)

    # -- office ----------------------------------------------------------------------------------------

    def office(self) -> Office:
        """Names and labels of the office that this database belongs to."""
        return office.get(self._context)

    def load_office(self, path: Path, *, password: str) -> Office:
        """Bring in groups, users (new ones get `password`), bundles and first cases; repeatable."""
        return office.load(self._context, path, password=password)

    def gaps(self) -> tuple[Problem, ...]:
        """What is missing before the deployed processes can run: groups without people, nobody to edit."""
        return staffing.gaps(self._reader)

    # -- definitions -----------------------------------------------------------------------------------

    def check(self, resources: Sequence[Resource]) -> tuple[Problem, ...]:
        """All errors and warnings of a would-be deployment; nothing changes."""
        return deploying.check(self._context, resources)

    def deploy(self, resources: Sequence[Resource], *, name: str, by: str) -> Deployment:
        """Make new versions of the processes whose files changed; InvalidDefinition with all problems."""
        return deploying.deploy(self._context, resources, name=name, by=by)

    def definitions(self, *, all_versions: bool = False) -> tuple[ProcessDefinition, ...]:
        """Latest version of each process by key, or all versions, newest first within a key."""
        return definitions.all_definitions(self._reader, all_versions=all_versions)

    def versions(self, key: str) -> tuple[ProcessDefinition, ...]:
        """All versions of a process, newest first."""
        return definitions.versions(self._reader, key)

    def definition(self, definition_id: str) -> ProcessDefinition:
        """One version, or NotFound."""
        return definitions.definition(self._reader, definition_id)

    def definition_xml(self, definition_id: str) -> bytes:
        """The BPMN file of one version, as it was deployed."""
        return definitions.xml(self._reader, definition_id)

    def references(self, definition_id: str) -> References:
        """Forms and decisions that this version's diagram may name."""
        return definitions.references(self._reader, definition_id)

    def startable(self, by: str) -> tuple[ProcessDefinition, ...]:
        """Latest versions that this user may start."""
        return definitions.startable(self._reader, by)

    def may_edit_processes(self, by: str) -> bool:
        """Whether this user belongs to the group that the office lets change diagrams."""
        return definitions.may_edit(self._reader, by)

    def diagram_draft(self, key: str) -> DiagramDraft | None:
        """The unpublished diagram of a process, if there is one."""
        return definitions.draft(self._reader, key)

    def save_diagram_draft(self, key: str, content: bytes, *, by: str, revision: int = 0) -> DiagramDraft:
        """Keep an unpublished diagram; `revision` is the one it was opened with (0: none), else Conflict."""
        return drafts.save(self._context, key, content, by=by, revision=revision)

    def discard_diagram_draft(self, key: str, *, by: str) -> None:
        """Throw the unpublished diagram away."""
        drafts.discard(self._context, key, by=by)

    def check_diagram_draft(self, key: str, content: bytes) -> tuple[Problem, ...]:
        """All errors and warnings of this diagram with the other files of its deployment."""
        return drafts.check(self._context, key, content)

    def put_into_force(self, key: str, *, by: str) -> ProcessDefinition:
        """Make the draft the version for cases started from now on; InvalidDefinition with all problems."""
        return drafts.put_into_force(self._context, key, by=by)

    # -- instances -------------------------------------------------------------------------------------

    def start_form(self, key: str, *, by: str) -> FormDefinition | None:
        """The form that opens a case, its choices given and first values as defaults; None without one."""
        return starting.start_form(self._context, key, by=by)

    def start(self, key: str, variables: JsonObject, *, by: str, once: str = "") -> ProcessInstance:
        """Start a case of the latest version; InvalidInput with problems by field of the start form.

        `once` is an idempotency key: given again by this person within a day, it gives the same case.
        """
        return starting.start(self._context, key, variables, by=by, once_key=once)

    def cancel(self, instance_id: str, reason: str, *, by: str) -> None:
        """End a case with a reason."""
        again(lambda: cases.cancel(self._context, instance_id, reason, by=by))

    def withdraw(self, instance_id: str, reason: str, *, by: str) -> None:
        """End a case that one has started, while nobody else has completed a step (or `withdrawUntil`)."""
        again(lambda: taking_back.withdraw(self._context, instance_id, reason, by=by))

    def jump(
        self,
        instance_id: str,
        to: str,
        reason: str,
        *,
        by: str,
        activity_id: str | None = None,
        revision: int | None = None,
    ) -> None:
        """Let a live activity, or all of a case, go on at element `to`, as a process administrator."""
        again(
            lambda: moving.jump(
                self._context, instance_id, to, reason, by=by, activity_id=activity_id, revision=revision
            )
        )

    def start_activity(self, instance_id: str, activity_id: str, element_id: str, *, by: str) -> None:
        """Choose what is done next in a live ad-hoc subprocess (`CaseView.choices`)."""
        again(lambda: choosing.begin(self._context, instance_id, activity_id, element_id, by=by))

    def end_activity(self, instance_id: str, activity_id: str, *, by: str) -> None:
        """Say that an ad-hoc subprocess is over which no condition ends."""
        again(lambda: choosing.end(self._context, instance_id, activity_id, by=by))

    def deliver(
        self,
        message: str,
        payload: JsonObject,
        *,
        by: str,
        business_key: str | None = None,
        instance_id: str | None = None,
        correlation: str | None = None,
    ) -> None:
        """Hand a message to the one event that waits for it; NotFound for none, Conflict for several."""
        messages.deliver(
            self._context,
            message,
            payload,
            by=by,
            business_key=business_key,
            instance_id=instance_id,
            correlation=correlation,
        )

    def signal(self, name: str, payload: JsonObject, *, by: str) -> SignalSent:
        """Send a signal to all that wait for it, and begin what begins with it, as far as `by` may."""
        return signals.send(self._context, name, payload, by=by)

    # -- tasks -----------------------------------------------------------------------------------------

    def claim(self, task_id: str, *, by: str) -> None:
        """Take an offered task for oneself."""
        again(lambda: tasks.claim(self._context, task_id, by=by))

    def release(self, task_id: str, *, by: str) -> None:
        """Give one's task back to its group."""
        again(lambda: tasks.release(self._context, task_id, by=by))

    def save_draft(self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None) -> int:
        """Keep unfinished values, unchecked; gives the task's new revision; Conflict for a stale one."""
        return again(lambda: tasks.save_draft(self._context, task_id, values, by=by, revision=revision))

    def complete(
        self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None, once: str = ""
    ) -> tuple[UserTask, ...]:
        """Finish a task with typed values; gives the tasks of this case that now are the same user's.

        `once` is an idempotency key: given again by this person within a day, it gives the same answer.
        """
        return tasks.complete(self._context, task_id, values, by=by, revision=revision, key=once)

    def send_back(
        self,
        task_id: str,
        to: str,
        reason: str,
        *,
        by: str,
        then: Literal["replay", "return"] = "replay",
        revision: int | None = None,
    ) -> None:
        """Send one's task back to "previous", to "initiator" or to the element id of an earlier step.

        `then`: "replay" has the steps between done again, "return" brings the task straight back.
        """
        again(
            lambda: moving.send_back(self._context, task_id, to, reason, by=by, then=then, revision=revision)
        )

    def take_back(self, task_id: str, reason: str = "", *, by: str) -> None:
        """Take a task that one has completed back, while nobody has acted upon what has come of it."""
        again(lambda: taking_back.take_back(self._context, task_id, reason, by=by))

    def attach(
        self,
        name: str,
        content: bytes,
        media_type: str,
        *,
        by: str,
        task_id: str | None = None,
        instance_id: str | None = None,
        once: str = "",
    ) -> DocumentInfo:
        """Keep a file with a task or a case; 20 MB at most. `once` is an idempotency key."""
        return cases.attach(
            self._context,
            name,
            content,
            media_type,
            by=by,
            task_id=task_id,
            instance_id=instance_id,
            key=once,
        )

    # -- reads -----------------------------------------------------------------------------------------

    def inbox(
        self,
        by: str,
        box: Box,
        *,
        search: str = "",
        process: str = "",
        due: str = "",
        after: str = "",
        size: int = 50,
    ) -> Page[TaskRow]:
        """One page of a box; `due` is "", "over", "today" or "soon"; `after` is the `next` of a page before.

        `process` is a top process's key. `total` is what the page holds.
        """
        return lists.inbox(
            self._reader, by, box, search=search, process=process, due=due, after=after, size=size
        )

    def counts(self, by: str) -> Mapping[Box, int]:
        """Number of tasks in each box; 100 stands for 100 and more."""
        return lists.counts(self._reader, by)

    def urgency(self, by: str) -> Mapping[str, int]:
        """Number of open tasks of this user that are "over", due "today", or "soon"; 100 is "or more"."""
        return lists.urgency(self._reader, by)

    def task(self, task_id: str, *, by: str) -> TaskView:
        """All that a task page shows."""
        return task_page.task(self._reader, task_id, by=by)

    def send_back_targets(self, task_id: str, *, by: str) -> tuple[Target, ...]:
        """The steps to which this task may be sent back, with who did them, the latest first."""
        return returns.send_back_targets(self._reader, task_id, by=by)

    def task_form(self, task_id: str, *, by: str) -> TaskForm:
        """What it takes to read a task's posted form; costs the same however old its case is."""
        return task_page.task_form(self._reader, task_id, by=by)

    def case(self, instance_id: str, *, by: str) -> CaseView:
        """All that a case page shows."""
        return case_page.case(self._reader, instance_id, by=by)

    def cases(
        self,
        by: str,
        *,
        search: str = "",
        status: str = "",
        process: str = "",
        page: int = 1,
        size: int = 50,
    ) -> Page[CaseRow]:
        """One page of the cases that this user may see, newest first."""
        return lists.cases(
            self._reader, by, search=search, status=status, process=process, page=page, size=size
        )

    def document(self, document_id: str, *, by: str) -> tuple[DocumentInfo, bytes]:
        """A file of a case that this user may see."""
        return case_page.document(self._reader, document_id, by=by)

    def notifications(self, by: str, *, unread: bool = False) -> tuple[Notice, ...]:
        """What was told to this user or his groups, newest first."""
        return definitions.told(self._reader, by, unread=unread)

    def publications(self) -> tuple[PublicEntry, ...]:
        """What has been made public, newest first."""
        return definitions.publications(self._reader)

    def verify(self, instance_id: str) -> tuple[Problem, ...]:
        """Where the record of a case doesn't fit its hash chain; empty when it is whole."""
        return case_page.verify(self._reader, instance_id)

    # -- jobs ------------------------------------------------------------------------------------------

    def on_jobs(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever new jobs have been committed here; the one called before is forgotten."""
        self._context.wake = wake

    def now(self) -> datetime:
        """The instant by the engine's clock."""
        return self._context.clock()

    def run_due_jobs(self, limit: int = 100) -> int:
        """Run jobs and start what timers start by now; gives how many."""
        started = scheduling.run_due(self._context, limit)
        return started + jobs.run_due(self._context, limit - started)

    def next_due(self) -> datetime | None:
        """When the next job is due."""
        return jobs.next_due(self._context)

    def incidents(self, by: str) -> tuple[Incident, ...]:
        """What failed and stands until somebody retries it, in cases that this user may see."""
        return case_page.incidents(self._reader, by)

    def retry(self, job_id: str, *, by: str) -> None:
        """Let a failed job run again now."""
        again(lambda: jobs.retry(self._context, job_id, by=by))

    def retry_all(self, *, by: str, definition_id: str = "", element_id: str = "") -> tuple[str, ...]:
        """Retry all open incidents (of a version, at an element) that this user may steer; gives job ids."""
        return failures.retry_all(self._context, by=by, definition_id=definition_id, element_id=element_id)

    def correct(
        self,
        instance_id: str,
        variables: JsonObject,
        reason: str,
        *,
        by: str,
        activity_id: str | None = None,
    ) -> None:
        """Put variables of a case (or of one live activity) right, as a process administrator."""
        again(
            lambda: correcting.correct(
                self._context, instance_id, variables, reason, by=by, activity_id=activity_id
            )
        )

    # -- repair ----------------------------------------------------------------------------------------

    def diagnose(self, *, deep: bool = False) -> tuple[Finding, ...]:
        """What keeps cases from going on, and why; `deep` also loads the state of every live case."""
        return diagnosing.diagnose(self._reader, deep=deep, lease=jobs.LEASE)

    def repair(self, finding: Finding, *, by: str) -> None:
        """Repair what a finding tells, as its `repair` says; Conflict when it isn't so any more."""
        again(lambda: repairing.repair(self._context, finding, by=by))

    # -- migration -------------------------------------------------------------------------------------

    def plan_migration(
        self,
        key: str,
        from_version: int,
        to_version: int,
        elements: Mapping[str, str] | None = None,
        *,
        by: str,
    ) -> MigrationPlan:
        """Which running instances can go on in another version, and why not the others; nothing changes.

        `elements` names the new ids of elements and flows whose ids changed.
        """
        return migrating.plan(self._context, key, from_version, to_version, elements or {}, by=by)

    def migrate(self, plan: MigrationPlan, reason: str, *, by: str) -> tuple[MigrationOutcome, ...]:
        """Move each instance of a plan in a transaction of its own; a failing one stops no other."""
        return migrating.migrate(self._context, plan, reason, by=by)
