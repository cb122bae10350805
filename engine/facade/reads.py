"""What pages show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from engine.errors import Problem
from engine.facade.part import Part
from engine.model.finding import Criteria
from engine.model.moving import JumpPlan, JumpView, Target
from engine.model.records import (
    DocumentInfo,
    PublicEntry,
)
from engine.model.views import CaseRow, CaseView, CopyRow, Notice, Page, TaskForm, TaskRow, TaskView
from engine.queries import cases as case_page
from engine.queries import definitions, jumping
from engine.queries import inbox as lists
from engine.queries import moving as returns
from engine.queries import tasks as task_page
from engine.queries.seeing import sees

Box = Literal["todo", "claimable", "done", "supervised"]
Thing = Literal["case", "task", "document", "copy"]


class Reads(Part):
    """What pages show."""

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
        criteria: Criteria | None = None,
        sort: str = "",
        descending: bool | None = None,
    ) -> Page[TaskRow]:
        """One page of a box; `due` is "", "over", "today" or "soon"; `after` is the `next` of a page before.

        `process` is a top process's key; `criteria` say all of this and more; `sort` is a column that the
        box is sorted by (`engine.store.sorting`), else its own. `total` is what the page holds.
        """
        asked = criteria or Criteria(search=search, process=process, due=due)
        how = {"after": after, "sort": sort}
        return lists.inbox(self._reader, by, box, asked, size=size, descending=descending, **how)

    def started(
        self,
        by: str,
        *,
        status: str = "",
        after: str = "",
        size: int = 50,
        sort: str = "",
        descending: bool | None = None,
    ) -> Page[CaseRow]:
        """One page of the cases that this user started; sorted and paged as a box is."""
        return lists.cases_started(
            self._reader, by, status=status, after=after, size=size, sort=sort, descending=descending
        )

    def received(
        self,
        by: str,
        *,
        after: str = "",
        size: int = 50,
        sort: str = "",
        descending: bool | None = None,
    ) -> Page[CopyRow]:
        """One page of what was copied to this user; sorted and paged as a box is."""
        return lists.received(self._reader, by, after=after, size=size, sort=sort, descending=descending)

    def task_rows(self, task_ids: Collection[str], *, by: str) -> tuple[TaskRow, ...]:
        """Those of these tasks that this user may see, in the order asked for."""
        return lists.rows(self._reader, by, task_ids)

    def counts(self, by: str) -> Mapping[str, int]:
        """Number of rows in each box, of "started" those that run, of "copies" those unread.

        100 stands for 100 and more; "supervised" is there only for who is in a group that sees all cases
        of a process.
        """
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

    def jump_view(self, instance_id: str, *, by: str, activity_id: str = "") -> JumpView:
        """The live steps of a case, and where one of them (or all) may go on, for process administrators."""
        return jumping.jump_view(self._reader, instance_id, by=by, activity_id=activity_id)

    def plan_jump(self, instance_id: str, to: str, *, by: str, activity_id: str = "") -> JumpPlan:
        """What `jump` would bring about; nothing changes."""
        return jumping.plan_jump(self._reader, instance_id, to, by=by, activity_id=activity_id)

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
        criteria: Criteria | None = None,
    ) -> Page[CaseRow]:
        """One page of the cases that this user may see, newest first; `criteria` say all of this and more."""
        asked = criteria or Criteria(search=search, process=process, state=status)
        return lists.cases(self._reader, by, asked, page=page, size=size)

    def sees(self, thing: Thing | Literal["recusal", "filter"], thing_id: str, *, by: str) -> bool:
        """Whether there is such a thing and this user may see it, asked before anything is read of it."""
        return sees(self._reader, thing, thing_id, by=by)

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
