"""Engine: the one object that callers hold; every method is one line over commands and queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from engine.errors import Problem
from engine.model.execution import JsonObject
from engine.model.records import (
    CaseRow,
    CaseView,
    Deployment,
    DiagramDraft,
    DocumentInfo,
    FormDefinition,
    Incident,
    Notice,
    Office,
    Page,
    ProcessDefinition,
    ProcessInstance,
    PublicEntry,
    Resource,
    TaskRow,
    TaskView,
    User,
    UserTask,
)

Box = Literal["todo", "claimable", "done"]


class Engine:
    """The process engine of one database. `by` is a user id; "" is the system itself, which may do all."""

    @classmethod
    def open(
        cls, url: str, *, resources: Path | None = None, clock: Callable[[], datetime] | None = None
    ) -> Engine:
        """Open (and migrate) the database at this SQLAlchemy URL; `resources` is the root of the bundles."""
        raise NotImplementedError

    def close(self) -> None:
        """Give back the connections."""
        raise NotImplementedError

    # -- identity --------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str) -> User:
        """The user with this login and password; else NotAllowed, saying how many tries are left."""
        raise NotImplementedError

    def user(self, user_id: str) -> User | None:
        """The user, or None when there is none or the account is closed."""
        raise NotImplementedError

    def users(self) -> tuple[User, ...]:
        """All users, by id."""
        raise NotImplementedError

    def groups(self) -> tuple[str, ...]:
        """Names of all groups, in the order in which they were added."""
        raise NotImplementedError

    def add_user(self, user: User, password: str) -> User:
        """Add a user to groups that exist; InvalidInput for a weak password, Conflict for a taken id."""
        raise NotImplementedError

    def add_group(self, name: str) -> None:
        """Add a group; nothing happens when it is there."""
        raise NotImplementedError

    def set_password(self, user_id: str, password: str) -> None:
        """Replace a password and lift a lock-out; InvalidInput for a weak one."""
        raise NotImplementedError

    # -- office ----------------------------------------------------------------------------------------

    def office(self) -> Office:
        """Names and labels of the office that this database belongs to."""
        raise NotImplementedError

    def load_office(self, path: Path, *, password: str) -> Office:
        """Bring in groups, users (new ones get `password`), bundles and first cases; repeatable."""
        raise NotImplementedError

    # -- definitions -----------------------------------------------------------------------------------

    def check(self, resources: Sequence[Resource]) -> tuple[Problem, ...]:
        """All errors and warnings of a would-be deployment; nothing changes."""
        raise NotImplementedError

    def deploy(self, resources: Sequence[Resource], *, name: str, by: str) -> Deployment:
        """Make new versions of the processes whose files changed; InvalidDefinition with all problems."""
        raise NotImplementedError

    def definitions(self, *, all_versions: bool = False) -> tuple[ProcessDefinition, ...]:
        """Latest version of each process by key, or all versions, newest first within a key."""
        raise NotImplementedError

    def versions(self, key: str) -> tuple[ProcessDefinition, ...]:
        """All versions of a process, newest first."""
        raise NotImplementedError

    def definition(self, definition_id: str) -> ProcessDefinition:
        """One version, or NotFound."""
        raise NotImplementedError

    def definition_xml(self, definition_id: str) -> bytes:
        """The BPMN file of one version, as it was deployed."""
        raise NotImplementedError

    def startable(self, by: str) -> tuple[ProcessDefinition, ...]:
        """Latest versions that this user may start."""
        raise NotImplementedError

    def may_edit_processes(self, by: str) -> bool:
        """Whether this user belongs to the group that the office lets change diagrams."""
        raise NotImplementedError

    def diagram_draft(self, key: str) -> DiagramDraft | None:
        """The unpublished diagram of a process, if there is one."""
        raise NotImplementedError

    def save_diagram_draft(self, key: str, content: bytes, *, by: str, revision: int = 0) -> DiagramDraft:
        """Keep an unpublished diagram; `revision` is the one it was opened with (0: none), else Conflict."""
        raise NotImplementedError

    def discard_diagram_draft(self, key: str, *, by: str) -> None:
        """Throw the unpublished diagram away."""
        raise NotImplementedError

    def check_diagram_draft(self, key: str, content: bytes) -> tuple[Problem, ...]:
        """All errors and warnings of this diagram with the other files of its deployment."""
        raise NotImplementedError

    def put_into_force(self, key: str, *, by: str) -> ProcessDefinition:
        """Make the draft the version for cases started from now on; InvalidDefinition with all problems."""
        raise NotImplementedError

    # -- instances -------------------------------------------------------------------------------------

    def start_form(self, key: str, *, by: str) -> FormDefinition | None:
        """The form that opens a case of this process, or None."""
        raise NotImplementedError

    def start(self, key: str, variables: JsonObject, *, by: str) -> ProcessInstance:
        """Start a case of the latest version; InvalidInput with problems by field of the start form."""
        raise NotImplementedError

    def cancel(self, instance_id: str, reason: str, *, by: str) -> None:
        """End a case with a reason."""
        raise NotImplementedError

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
        raise NotImplementedError

    # -- tasks -----------------------------------------------------------------------------------------

    def claim(self, task_id: str, *, by: str) -> None:
        """Take an offered task for oneself."""
        raise NotImplementedError

    def release(self, task_id: str, *, by: str) -> None:
        """Give one's task back to its group."""
        raise NotImplementedError

    def save_draft(self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None) -> int:
        """Keep unfinished values, unchecked; gives the task's new revision; Conflict for a stale one."""
        raise NotImplementedError

    def complete(
        self, task_id: str, values: JsonObject, *, by: str, revision: int | None = None
    ) -> tuple[UserTask, ...]:
        """Finish a task with typed values; gives the tasks of this case that now are the same user's."""
        raise NotImplementedError

    def attach(
        self,
        name: str,
        content: bytes,
        media_type: str,
        *,
        by: str,
        task_id: str | None = None,
        instance_id: str | None = None,
    ) -> DocumentInfo:
        """Keep a file with a task or a case; 20 MB at most."""
        raise NotImplementedError

    # -- reads -----------------------------------------------------------------------------------------

    def inbox(
        self,
        by: str,
        box: Box,
        *,
        search: str = "",
        process: str = "",
        due: str = "",
        page: int = 1,
        size: int = 50,
    ) -> Page[TaskRow]:
        """One page of a box; `due` is "", "over", "today" or "soon"; `process` is a top process's key."""
        raise NotImplementedError

    def counts(self, by: str) -> Mapping[Box, int]:
        """Number of tasks in each box."""
        raise NotImplementedError

    def urgency(self, by: str) -> Mapping[str, int]:
        """Number of open tasks of this user that are "over", due "today", or "soon" (past their warning)."""
        raise NotImplementedError

    def task(self, task_id: str, *, by: str) -> TaskView:
        """All that a task page shows."""
        raise NotImplementedError

    def case(self, instance_id: str, *, by: str) -> CaseView:
        """All that a case page shows."""
        raise NotImplementedError

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
        raise NotImplementedError

    def document(self, document_id: str, *, by: str) -> tuple[DocumentInfo, bytes]:
        """A file of a case that this user may see."""
        raise NotImplementedError

    def notifications(self, by: str) -> tuple[Notice, ...]:
        """What was told to this user or his groups, newest first."""
        raise NotImplementedError

    def publications(self) -> tuple[PublicEntry, ...]:
        """What has been made public, newest first."""
        raise NotImplementedError

    def verify(self, instance_id: str) -> tuple[Problem, ...]:
        """Where the record of a case doesn't fit its hash chain; empty when it is whole."""
        raise NotImplementedError

    # -- jobs ------------------------------------------------------------------------------------------

    def run_due_jobs(self, limit: int = 100) -> int:
        """Run jobs that are due now; gives how many ran."""
        raise NotImplementedError

    def next_due(self) -> datetime | None:
        """When the next job is due."""
        raise NotImplementedError

    def incidents(self, by: str) -> tuple[Incident, ...]:
        """Jobs whose retries are exhausted, in cases that this user may see."""
        raise NotImplementedError

    def retry(self, job_id: str, *, by: str) -> None:
        """Let a failed job run again now."""
        raise NotImplementedError
