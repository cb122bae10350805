"""Short words for what integration tests do again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from engine import Box, Deployment, Engine, ProcessInstance, Resource, UserTask
from tests.builders import Builder

START = ("甲组",)

FORM = {
    "title": "登记表",
    "schema": {
        "type": "object",
        "required": ["标题"],
        "properties": {
            "标题": {"type": "string", "title": "标题", "maxLength": 20},
            "件数": {"type": "integer", "title": "件数", "minimum": 1},
            "意见": {"type": "string", "title": "意见", "x-opinion": True},
        },
    },
    "layout": [{"title": "一、基本情况", "fields": ["标题", "件数", "意见"]}],
}


def process(key: str = "p", **more: Any) -> Builder:
    """A process that group 甲组 may start, at its start event."""
    return Builder(key, f"{key}流程", starter_groups=START, **more).start()


def form(ref: str, data: Mapping[str, Any] = FORM) -> Resource:
    return Resource(f"t/{ref}.form.json", json.dumps({"id": ref, **data}).encode())


def view(key: str, title: str, **more: Any) -> Resource:
    data = {"process": key, "title": title, "summary": [], "tables": [], **more}
    return Resource(f"t/{key}.view.json", json.dumps(data).encode())


def deploy(engine: Engine, *given: Builder | Resource) -> Deployment:
    """Deploy processes (as t/KEY.bpmn) with other files."""
    resources = [
        Resource(f"t/{one.key}.bpmn", one.xml()) if isinstance(one, Builder) else one for one in given
    ]
    return engine.deploy(resources, name="test", by="")


def begin(engine: Engine, *given: Builder | Resource, **variables: Any) -> ProcessInstance:
    """Deploy, and start the first process."""
    deploy(engine, *given)
    return engine.start(next(one.key for one in given if isinstance(one, Builder)), variables, by="a1")


def names(engine: Engine, user: str, box: Box = "claimable") -> list[str]:
    """Names of the tasks in a box, in its order."""
    return [row.task.name for row in engine.inbox(user, box).items]


def task(engine: Engine, user: str, name: str = "", box: Box = "claimable") -> UserTask:
    """A task in a box."""
    rows = engine.inbox(user, box).items
    return next(row.task for row in rows if name in ("", row.task.name))


def take(engine: Engine, user: str, name: str = "") -> UserTask:
    """Claim a task."""
    found = task(engine, user, name)
    engine.claim(found.id, by=user)
    return task(engine, user, found.name, "todo")


def do(engine: Engine, user: str, name: str = "", **values: Any) -> tuple[UserTask, ...]:
    """Claim a task and complete it."""
    return engine.complete(take(engine, user, name).id, values, by=user)


def kinds(engine: Engine, instance: ProcessInstance) -> list[str]:
    """Kinds of the record's entries, oldest first."""
    return [event.kind for event in reversed(engine.case(instance.id, by="").history)]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements that are run meanwhile, BEGIN and COMMIT aside."""
    found: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    database = engine._context.database._engine
    event.listen(database, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database, "before_cursor_execute", note)
