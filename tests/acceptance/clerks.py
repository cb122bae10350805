"""The demo office at work: a published case goes from inbox to inbox, by scripted answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import CaseView, Engine, JsonObject, TaskRow, TaskView

OFFICE = Path(__file__).parents[2] / "bpmn" / "demo" / "office.json"
CASES = Path(__file__).parent / "cases"
PASSWORD = "correct-horse-1"
SUBJECTS = ("当事人", "当前对象")  #: names of the element variables of the steps done for each subject


def script(case: str) -> JsonObject:
    """A published case and the answers given to it."""
    loaded: JsonObject = json.loads((CASES / f"{case}.json").read_text("utf-8"))
    return loaded


def open_office(engine: Engine) -> None:
    """The demo office with its accounts, its diagrams in force and its clues registered."""
    engine.load_office(OFFICE, password=PASSWORD)
    run(engine)


def run(engine: Engine) -> None:
    """Run due jobs until there are none."""
    while engine.run_due_jobs():
        pass


def registered(engine: Engine, title: str) -> str:
    """The id of the case with this title."""
    return next(row.instance.id for row in engine.cases("", size=100).items if row.instance.title == title)


class Clerks:
    """One case of the office; every step is taken from the inbox of who does it."""

    def __init__(self, engine: Engine, case_id: str) -> None:
        self.engine = engine
        self.case_id = case_id
        self.done: list[tuple[str, str]] = []  #: element id and login of each step, in order

    @property
    def view(self) -> CaseView:
        """The case as the system sees it."""
        return self.engine.case(self.case_id, by="")

    @property
    def values(self) -> JsonObject:
        """The case's variables."""
        return self.view.variables

    @property
    def waiting(self) -> list[str]:
        """Element ids of the open tasks, sorted."""
        return sorted(task.element_id for task in self.view.open_tasks)

    def follow(self, steps: list[Mapping[str, Any]]) -> None:
        """Do every step of a script."""
        for step in steps:
            self.do(step["do"], step["by"], step.get("subject"), step["values"])

    def do(self, element: str, by: str, subject: str | None, values: JsonObject) -> None:
        """Find the step in the inbox of `by`, claim it, fill the form as it opens, complete it."""
        page = self.find(element, by, subject)
        task_id = page.row.task.id
        if page.row.task.assignee is None:
            self.engine.claim(task_id, by=by)
        assert task_id in ids(self.rows(by, "todo")), f"{element} is not among the tasks of {by}"
        self.engine.complete(task_id, {**offered(page), **values}, by=by)
        run(self.engine)
        assert not self.view.incidents, [each.message for each in self.view.incidents]
        assert task_id in ids(self.rows(by, "done"))
        self.done.append((element, by))

    def find(self, element: str, by: str, subject: str | None = None) -> TaskView:
        """The task page of this step, found in the inbox of `by`."""
        rows = [*self.rows(by, "claimable"), *self.rows(by, "todo")]
        pages = [self.engine.task(row.task.id, by=by) for row in rows if row.task.element_id == element]
        found = [page for page in pages if subject is None or of(page) == subject]
        assert found, f"{by} finds no {element} for {subject}; open are {self.waiting}"
        assert found[0].can_complete or found[0].can_claim, f"{by}: {found[0].reason}"
        return found[0]

    def rows(self, by: str, box: Any) -> list[TaskRow]:
        """This case's rows in a box."""
        page = self.engine.inbox(by, box, size=200)
        return [row for row in page.items if row.task.instance_id == self.case_id]


def of(page: TaskView) -> str:
    """The name of the person or organisation that this task is about."""
    return next((page.variables[name]["名称"] for name in SUBJECTS if name in page.variables), "")


def offered(page: TaskView) -> JsonObject:
    """What the form holds when it opens, as a browser would post it back."""
    assert page.form is not None
    fields = page.form.schema["properties"]
    return {
        name: value
        for name, value in page.values.items()
        if name in fields and not fields[name].get("readOnly") and value is not None
    }


def ids(rows: list[TaskRow]) -> set[str]:
    """Ids of the tasks in these rows."""
    return {row.task.id for row in rows}
