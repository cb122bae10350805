"""Verbs × situations: no verb of approval moves, loses or doubles a token, wherever the task stands.

Each verb is done to one of the open tasks of each situation. In between the doctor must find nothing; then
everybody does what is in his inbox, and the case must have gone the way of a case in which nothing was done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from engine import Engine, ProcessInstance, UserTask
from tests.builders import Builder, many
from tests.conftest import Clock
from tests.integration.helpers import begin, process

Verb = Callable[[Engine, UserTask], None]


def inner() -> Builder:
    return Builder("inner").start("s").user("work", assignee="a1").end("e")


def parallel() -> Builder:
    diagram = process().parallel("fork").user("work", assignee="a1").parallel("join")
    return diagram.user("last", groups="乙组").end().at("fork").user("other", assignee="a2").to("join")


def timed() -> Builder:
    diagram = process().user("work", assignee="a1").user("last", groups="乙组").end()
    return diagram.boundary("late", "work", timer="duration P3D").user("other", assignee="a2").to("end")


def instances(*, sequential: bool) -> Builder:
    loop = many("[1, 2, 3]", element="n", sequential=sequential)
    return process().user("work", assignee="a1", loop=loop).user("last", groups="乙组").end()


SITUATIONS: Mapping[str, Callable[[], Sequence[Builder]]] = {
    "sequence": lambda: [process().user("work", assignee="a1").user("last", groups="乙组").end()],
    "parallel": lambda: [parallel()],
    "instances": lambda: [instances(sequential=False)],
    "one by one": lambda: [instances(sequential=True)],
    "subprocess": lambda: [process().sub("sub", inner()).user("last", groups="乙组").end()],
    "call": lambda: [process().call("call", "inner").user("last", groups="乙组").end(), inner()],
    "timer": lambda: [timed()],
}


def transfer(engine: Engine, task: UserTask) -> None:
    engine.transfer(task.id, "out", "出差", by="a1")


def delegate(engine: Engine, task: UserTask) -> None:
    engine.delegate(task.id, "out", "请办", by="a1")


def resolve(engine: Engine, task: UserTask) -> None:
    engine.delegate(task.id, "out", "请办", by="a1")
    engine.resolve(task.id, "办好", by="out")


def sign_before(engine: Engine, task: UserTask) -> None:
    engine.add_signers(task.id, ["out", "b1"], "before", "请看", by="a1")


def sign_beside(engine: Engine, task: UserTask) -> None:
    engine.add_signers(task.id, ["out", "b1"], "parallel", "请看", by="a1")
    engine.complete(task.id, {}, by="a1")


def sign_after(engine: Engine, task: UserTask) -> None:
    engine.add_signers(task.id, ["out", "b1"], "after", "请看", by="a1")
    engine.complete(task.id, {}, by="a1")


def sign_all_ways(engine: Engine, task: UserTask) -> None:
    engine.add_signers(task.id, ["out"], "before", "请看", by="a1")
    engine.add_signers(task.id, ["b1"], "parallel", "请看", by="a1")
    engine.add_signers(task.id, ["boss"], "after", "请看", by="a1")


def remove(engine: Engine, task: UserTask) -> None:
    first, second = engine.add_signers(task.id, ["out", "b1"], "before", "请看", by="a1")
    engine.remove_signer(first, "不必", by="a1")
    engine.remove_signer(second, "不必", by="a1")


def remove_last(engine: Engine, task: UserTask) -> None:
    (made,) = engine.add_signers(task.id, ["out"], "after", "请看", by="a1")
    engine.complete(task.id, {}, by="a1")
    engine.remove_signer(made, "不必", by="a1")


def copy(engine: Engine, task: UserTask) -> None:
    engine.copy_to(task.instance_id, ["out"], "知悉", by="a1", task_id=task.id)


def urge(engine: Engine, task: UserTask) -> None:
    engine.urge(task.id, by="")


def suspend(engine: Engine, task: UserTask) -> None:
    engine.suspend(task.instance_id, "等", by="a1")
    engine.resume(task.instance_id, "好", by="a1")


VERBS: Mapping[str, Verb] = {
    "transfer": transfer,
    "delegate": delegate,
    "resolve": resolve,
    "signers before": sign_before,
    "signers beside": sign_beside,
    "signers after": sign_after,
    "signers all ways": sign_all_ways,
    "remove signers": remove,
    "remove the last signer": remove_last,
    "copy": copy,
    "urge": urge,
    "suspend and resume": suspend,
}


def work(engine: Engine) -> UserTask:
    return next(row.task for row in engine.inbox("a1", "todo").items if row.task.name == "work")


def open_tasks(engine: Engine, case: ProcessInstance) -> Sequence[UserTask]:
    return engine.case(case.id, by="").open_tasks


def act(engine: Engine, task: UserTask) -> None:
    """What a person does with a task of his."""
    who = task.assignee or "b1"
    if task.assignee is None:
        engine.claim(task.id, by=who)
    if task.owner:
        engine.resolve(task.id, "办好", by=who)
    elif task.part:
        engine.sign(task.id, True, by=who)
    else:
        engine.complete(task.id, {}, by=who)


def everybody_acts(engine: Engine, case: ProcessInstance) -> list[tuple[str, int, str]]:
    """All do their tasks, signers first; gives what became of every activity."""
    for _ in range(30):
        todo = sorted(open_tasks(engine, case), key=lambda one: (not one.part, one.id))
        if not todo:
            break
        act(engine, todo[0])
    view = engine.case(case.id, by="")
    assert view.instance.status == "completed"
    assert engine.verify(case.id) == ()
    ways = [one for diagram in view.diagrams for one in diagram.activities]
    return sorted((one.element_id, one.loop_index or 0, one.status) for one in ways)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_verb_changes_the_way_of_a_case(people: Engine, situation: str) -> None:
    diagrams = SITUATIONS[situation]()
    plain = everybody_acts(people, begin(people, *diagrams))
    for name, verb in VERBS.items():
        case = people.start("p", {}, by="a1")
        verb(people, work(people))
        assert people.diagnose(deep=True) == (), name
        assert everybody_acts(people, case) == plain, name


@pytest.mark.parametrize("name", [one for one in VERBS if one != "remove the last signer"])
def test_a_timer_takes_away_all_that_a_verb_has_made(people: Engine, clock: Clock, name: str) -> None:
    case = begin(people, timed())
    VERBS[name](people, work(people))
    clock.advance(days=4)
    assert people.run_due_jobs() == 1
    assert [one.name for one in open_tasks(people, case)] == ["other"]
    assert people.diagnose(deep=True) == ()
    everybody_acts(people, case)


@pytest.mark.parametrize("name", VERBS)
def test_ending_a_case_takes_away_all_that_a_verb_has_made(people: Engine, name: str) -> None:
    case = begin(people, *SITUATIONS["instances"]())
    VERBS[name](people, work(people))
    people.cancel(case.id, "不办了", by="a1")
    assert open_tasks(people, case) == ()
    for user in ("a1", "a2", "b1", "out", "boss"):
        assert people.inbox(user, "todo").items == ()
    assert people.diagnose(deep=True) == ()
