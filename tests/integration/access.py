"""A process with case rules, and its people, for the tests of who may see and do what."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from engine import Engine, NotFound, ProcessInstance, Resource, User
from tests.conftest import PASSWORD
from tests.integration.helpers import process

RULES: dict[str, Any] = {
    "process": "p",
    "roles": [
        {"id": "subject", "title": "对象", "people": "对象", "byHand": True, "excludes": ["see", "tasks"]},
        {"id": "witness", "title": "证人", "byHand": True, "excludes": ["see", "tasks"]},
        {"id": "source", "title": "提供人", "people": "提供人", "excludes": ["see", "tasks"], "secret": True},
        {"id": "adviser", "title": "顾问", "byHand": True, "excludes": ["tasks"]},
        {"id": "friend", "title": "联系人", "byHand": True},
    ],
    "grades": [
        {
            "name": "普通",
            "meaning": "经办人、主管、抄送对象",
            "shownTo": ["tasks", "supervisors", "copies", "notices", "public"],
        },
        {"name": "内部", "meaning": "经办人、主管", "shownTo": ["tasks", "supervisors"]},
        {"name": "限知", "meaning": "办案人员和经批准的人", "shownTo": []},
    ],
    "grade": "密级",
    "defaultGrade": "普通",
    "supervisors": ["主管"],
    "leaders": ["领导"],
}
LEADERS = ("lead1", "lead2")


def rules(**changes: Any) -> Resource:
    return Resource("t/p.case.json", json.dumps({**RULES, **changes}).encode())


def staff(engine: Engine) -> Engine:
    """Two leaders beside the people of every test."""
    engine.add_group("领导")
    for login in LEADERS:
        engine.add_user(User(login, f"{login}的岗位", "某单位", frozenset({"领导"})), PASSWORD)
    return engine


def case(engine: Engine, diagram: Any = None, **variables: Any) -> ProcessInstance:
    """Deploy the rules with a process of two steps, and start a case as a1."""
    diagram = diagram or process().user("one", groups="甲组").user("two", groups="乙组").end()
    engine.deploy([Resource("t/p.bpmn", diagram.xml()), rules()], name="t", by="")
    return engine.start("p", variables, by="a1")


def shut(look: Callable[[], object]) -> bool:
    """Whether a look is answered as if there were nothing."""
    try:
        look()
    except NotFound:
        return True
    return False


def traces(engine: Engine, case: ProcessInstance, person: str) -> Mapping[str, bool]:
    """Query -> whether this person finds anything of the case by it."""
    inside = engine.case(case.id, by="")
    tasks = [form.task.id for form in inside.forms] + [one.id for one in inside.open_tasks]
    files = [one.id for one in inside.documents]
    rows = [row for box in ("todo", "claimable", "done") for row in engine.inbox(person, box).items]
    found = [
        row
        for box in ("todo", "claimable", "done")
        for row in engine.inbox(person, box, search=case.business_key).items
    ]
    return {
        "case": not shut(lambda: engine.case(case.id, by=person)),
        "people": not shut(lambda: engine.case_people(case.id, by=person)),
        "tasks": not all(shut(lambda i=one: engine.task(i, by=person)) for one in tasks),
        "forms": not all(shut(lambda i=one: engine.task_form(i, by=person)) for one in tasks),
        "targets": not all(shut(lambda i=one: engine.send_back_targets(i, by=person)) for one in tasks),
        "documents": not all(shut(lambda i=one: engine.document(i, by=person)) for one in files),
        "list": any(row.instance.id == case.id for row in engine.cases(person).items),
        "search": engine.cases(person, search=case.business_key).total > 0,
        "total": engine.cases(person, process=case.key, status=case.status).total > 0,
        "boxes": any(row.task.instance_id == case.id for row in rows),
        "box search": any(row.task.instance_id == case.id for row in found),
        "counts": sum(engine.counts(person).values()) > len(rows),
        "urgency": sum(engine.urgency(person).values()) > len(rows),
        "notices": any(one.instance_id == case.id for one in engine.notifications(person)),
        "unread": any(one.instance_id == case.id for one in engine.notifications(person, unread=True)),
        "copies": any(one.instance_id == case.id for one in engine.copies(person)),
        "incidents": any(one.instance_id == case.id for one in engine.incidents(person)),
        "recusals": any(one.tie.instance_id == case.id for one in engine.recusals_to_decide(person)),
    }
