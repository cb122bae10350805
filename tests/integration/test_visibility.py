"""Who may see what: person x object, the same answer in every list, count, search and by id."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine import Engine, NotFound, ProcessInstance, User
from tests.integration.helpers import begin, deploy, do, process, take, task

#: person -> what he has to do with the case, and whether he sees it
PEOPLE = {
    "starter": True,  # started it
    "done": True,  # completed a task
    "holder": True,  # has a task
    "offered": True,  # is a candidate for an open task, by group
    "named": True,  # is a candidate for an open task, by name
    "overseer": True,  # belongs to a group of visibleTo
    "other": False,  # belongs to none
    "admin": False,  # may change processes
    "former": False,  # was a candidate only for a task that is done
}


@dataclass
class Scene:
    engine: Engine
    case: ProcessInstance


@pytest.fixture
def scene(people: Engine) -> Scene:
    for group in ("发起组", "经办组", "候选组", "旧组"):
        people.add_group(group)
    member = {
        "starter": {"发起组"},
        "done": {"旧组"},
        "former": {"旧组"},
        "holder": {"经办组"},
        "offered": {"候选组"},
        "overseer": {"主管"},
        "admin": {"流程管理员"},
    }
    for login in PEOPLE:
        people.add_user(User(login, login, "", frozenset(member.get(login, set()))), "correct-horse-1")
    diagram = process(properties={"visibleTo": "主管"}).user("first", groups="旧组").parallel("fork")
    diagram = diagram.user("held", groups="经办组").end().at("fork")
    diagram = diagram.user("open", groups="候选组", users="named").end("end2")
    diagram.starter_groups = ("发起组",)
    deploy(people, diagram)
    case = people.start("p", {}, by="starter")
    do(people, "done", "first")
    take(people, "holder", "held")
    return Scene(people, case)


@pytest.mark.parametrize(("person", "sees"), PEOPLE.items())
def test_the_case(scene: Scene, person: str, sees: bool) -> None:
    engine, case = scene.engine, scene.case
    info = engine.attach("材料.txt", b"x", "text/plain", by="starter", instance_id=case.id)
    listed = [row.instance.id for row in engine.cases(person).items]
    assert listed == ([case.id] if sees else [])
    assert engine.cases(person).total == len(listed)
    assert engine.cases(person, search=case.business_key).total == len(listed)
    assert engine.cases(person, status="active", process="p").total == len(listed)
    if sees:
        assert engine.case(case.id, by=person).instance.id == case.id
        assert engine.document(info.id, by=person)[1] == b"x"
        return
    for look in (
        lambda: engine.case(case.id, by=person),
        lambda: engine.document(info.id, by=person),
        lambda: engine.cancel(case.id, "理由", by=person),
        lambda: engine.attach("甲.txt", b"x", "text/plain", by=person, instance_id=case.id),
    ):
        with pytest.raises(NotFound):
            look()


#: person -> the tasks that he finds by id; who sees the case sees its tasks
TASKS = {
    "starter": {"first", "held", "open"},
    "done": {"first", "held", "open"},
    "holder": {"first", "held", "open"},
    "offered": {"first", "held", "open"},
    "named": {"first", "held", "open"},
    "overseer": {"first", "held", "open"},
    "other": set(),
    "admin": set(),
    "former": set(),
}


@pytest.mark.parametrize(("person", "seen"), TASKS.items())
def test_the_tasks(scene: Scene, person: str, seen: set[str]) -> None:
    engine = scene.engine
    everything = {
        "first": task(engine, "done", "first", "done"),
        "held": task(engine, "holder", "held", "todo"),
        "open": task(engine, "offered", "open", "claimable"),
    }
    for name, one in everything.items():
        if name in seen:
            assert engine.task(one.id, by=person).row.task.name == name
            continue
        for look in (
            lambda i=one.id: engine.task(i, by=person),
            lambda i=one.id: engine.claim(i, by=person),
            lambda i=one.id: engine.release(i, by=person),
            lambda i=one.id: engine.complete(i, {}, by=person),
            lambda i=one.id: engine.save_draft(i, {}, by=person),
            lambda i=one.id: engine.attach("甲.txt", b"x", "text/plain", by=person, task_id=i),
        ):
            with pytest.raises(NotFound):
                look()


BOXES = {
    "done": (0, 0, 1),
    "holder": (1, 0, 0),
    "offered": (0, 1, 0),
    "named": (0, 1, 0),
    "starter": (0, 0, 0),
    "overseer": (0, 0, 0),
    "other": (0, 0, 0),
    "former": (0, 0, 0),
}


@pytest.mark.parametrize(("person", "sizes"), BOXES.items())
def test_the_boxes(scene: Scene, person: str, sizes: tuple[int, int, int]) -> None:
    engine = scene.engine
    counted = engine.counts(person)
    assert tuple(counted[box] for box in ("todo", "claimable", "done")) == sizes
    assert ("supervised" in counted) == (person == "overseer")
    assert counted["started"] == (person == "starter")
    for box, size in zip(("todo", "claimable", "done"), sizes, strict=True):
        assert engine.inbox(person, box).total == size
        assert engine.inbox(person, box, search=scene.case.business_key).total == size


def test_a_draft_is_its_writers(scene: Scene) -> None:
    engine = scene.engine
    held = task(engine, "holder", "held", "todo")
    engine.save_draft(held.id, {"x": "half"}, by="holder")
    assert engine.task(held.id, by="holder").values == {"x": "half"}
    shown = engine.task(held.id, by="overseer")
    assert (shown.values, shown.row.task.draft) == ({}, None)
    assert all(one.draft is None for one in engine.case(scene.case.id, by="overseer").open_tasks)


def test_a_task_that_is_taken_is_no_longer_offered(scene: Scene) -> None:
    engine = scene.engine
    take(engine, "named", "open")
    assert engine.counts("offered")["claimable"] == 0
    assert engine.cases("offered").total == 1  # it may yet come back
    engine.complete(task(engine, "named", box="todo").id, {}, by="named")
    assert engine.cases("offered").total == 0


def test_a_case_of_nobodys_is_in_no_list(people: Engine) -> None:
    begin(people, process("q").user("one", groups="乙组").end())
    assert people.cases("out").items == ()
    assert people.cases("").total == 1
