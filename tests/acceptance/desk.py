"""An office that works a case through its steps: each step by a member of the group it is offered to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import CaseView, Engine, JsonObject, Resource, TaskView, User
from tests.conftest import Clock

BPMN = Path(__file__).parents[2] / "bpmn"
GROUPS = (
    *("线索登记室", "案件监督管理室", "承办部门", "调查组", "纪委主要负责人", "党委主要负责人"),
    *("组织部", "审计部门", "督察部门", "督办员", "案件审理室", "纪委常委会", "申诉复查组"),
    *("当事人所在党组织", "流程管理", "上级机关"),
)
PASSWORD = "correct-horse-1"


class Desk:
    """Two members in each group, the diagrams of one bundle in force, one case at a time."""

    def __init__(self, engine: Engine, clock: Clock, *diagrams: str) -> None:
        """With diagrams an empty database is furnished; without, it was before."""
        self.engine, self.clock, self.case_id = engine, clock, ""
        if diagrams:
            self._furnish(diagrams)

    def _furnish(self, diagrams: Sequence[str]) -> None:
        engine = self.engine
        for group in GROUPS:
            engine.add_group(group)
            for number in (1, 2):
                login = f"{group}{number}"
                engine.add_user(User(login, login, group, frozenset({group})), PASSWORD)
        engine.deploy(files(*diagrams), name="验收", by="")

    def start(self, key: str, variables: JsonObject, by: str = "") -> None:
        """Begin a case and run what runs by itself."""
        self.case_id = self.engine.start(key, variables, by=by).id
        self.run()

    def run(self) -> None:
        """Run due jobs until there are none."""
        while self.engine.run_due_jobs():
            pass
        assert not self.view.incidents, [each.message for each in self.view.incidents]

    @property
    def view(self) -> CaseView:
        return self.engine.case(self.case_id, by="")

    @property
    def values(self) -> JsonObject:
        """The case's variables."""
        return self.view.variables

    @property
    def waiting(self) -> list[str]:
        """Element ids of the open tasks, in alphabetical order."""
        return sorted(task.element_id for task in self.view.open_tasks)

    @property
    def ends(self) -> list[str]:
        """Element ids of the end events that were reached at the top, in order; the case must have ended."""
        assert self.view.instance.status == "completed", self.waiting
        return [
            each.element_id
            for each in self.view.diagrams[0].activities
            if each.kind == "endEvent" and each.parent_id is None
        ]

    @property
    def documents(self) -> list[str]:
        """Names of the case's documents, in alphabetical order."""
        return sorted(document.name for document in self.view.documents)

    def look(self, element: str, about: str = "") -> TaskView:
        """An open task of this element, the one about this subject or matter, as who may claim it sees it."""
        for task in self.view.open_tasks:
            page = self.engine.task(task.id, by=task.assignee or f"{task.candidate_groups[0]}1")
            if task.element_id == element and about in ("", *_matters(page.values)):
                return page
        raise AssertionError(f"{element} {about} is not open, but {self.waiting}")

    def do(self, element: str, by: str = "", about: str = "", **values: Any) -> None:
        """Complete an open task of this element: the form as it opens, with these values."""
        page = self.look(element, about)
        task = page.row.task
        login = by or task.assignee or f"{task.candidate_groups[0]}1"
        if task.assignee is None:
            self.engine.claim(task.id, by=login)
        assert page.form is not None
        fields = page.form.schema["properties"]
        shown = {name for name, field in fields.items() if field.get("readOnly")}
        given = {name: value for name, value in page.values.items() if name not in shown}
        self.engine.complete(task.id, {**given, **values}, by=login)
        self.run()


def _matters(values: JsonObject) -> tuple[Any, ...]:
    return (values.get("对象名称"), values.get("取证事项"))


def files(*diagrams: str) -> list[Resource]:
    """The files of the bundle, of its diagrams only those named."""
    root = BPMN / "accountability"
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return [
        Resource(path.relative_to(root).as_posix(), path.read_bytes())
        for path in found
        if path.name.endswith((".dmn", ".form.json", ".docx")) or path.name.partition(".")[0] in diagrams
    ]
