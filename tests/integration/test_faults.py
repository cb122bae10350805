"""Faults and races: a step is whole or hasn't happened, and of two only one wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine import Conflict, Engine, EngineError
from engine.store import definitions, documents, history, instances, jobs, tasks
from engine.store.tables import metadata
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, do, kinds, names, process, take
from tests.integration.test_jobs import failing

SEALS = {"anchor", "audit_seal", "case_seal"}  #: which a runner writes when their time has come


def counts(engine: Engine) -> dict[str, int]:
    """Rows of every table."""
    with engine._context.database.reading() as work:
        return {
            table.name: work.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table.name not in SEALS
        }


def busy() -> object:
    return (
        process(properties={"caseNumber": "{year}-{n}"})
        .user("one", groups="甲组")
        .parallel("fork")
        .user("two", groups="乙组", properties={"separateFrom": "one"})
        .end()
        .at("fork")
        .catch("wait", timer="duration P1D")
        .end("end2")
        .at("fork")
        .receive("hear", "回函")
        .end("end3")
    )


STEPS = [
    (instances, "record_changes"),
    (instances, "record_flows"),
    (tasks, "complete"),
    (tasks, "add"),
    (jobs, "add"),
    (jobs, "subscribe"),
    (history, "append"),
    (instances, "save"),
]


@pytest.mark.parametrize(("owner", "name"), STEPS, ids=lambda value: getattr(value, "__name__", value))
def test_a_fault_anywhere_in_completing_leaves_nothing(people: Engine, owner: object, name: str) -> None:
    begin(people, busy())
    taken = take(people, "a1")
    before = counts(people)
    with failing(owner, name), pytest.raises(RuntimeError):
        people.complete(taken.id, {"x": 1}, by="a1")
    assert counts(people) == before
    assert people.task(taken.id, by="a1").can_complete
    people.complete(taken.id, {"x": 1}, by="a1")
    assert names(people, "b1") == ["two"]


@pytest.mark.parametrize(
    ("owner", "name"), [(documents, "next_number"), (instances, "add"), (instances, "save")]
)
def test_a_fault_in_starting_leaves_nothing(people: Engine, owner: object, name: str) -> None:
    deploy(people, busy())
    before = counts(people)
    with failing(owner, name), pytest.raises(RuntimeError):
        people.start("p", {}, by="a1")
    assert counts(people) == before
    assert people.start("p", {}, by="a1").business_key == "2026-1"


def test_a_fault_in_deploying_leaves_nothing(people: Engine) -> None:
    before = counts(people)
    with failing(definitions, "add_definition"), pytest.raises(RuntimeError):
        deploy(people, busy())
    assert counts(people) == before


def race(*acts: object) -> list[object]:
    """Do these at the same moment; gives each one's result or refusal."""
    gate = Barrier(len(acts))

    def run(act: object) -> object:
        gate.wait()
        try:
            return act()
        except EngineError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_complete_the_same_task_one_wins(people: Engine) -> None:
    for round_ in range(5):
        instance = begin(people, process().user("one", groups="甲组").user("two", groups="乙组").end())
        taken = take(people, "a1")
        results = race(
            lambda t=taken: people.complete(t.id, {"x": "first"}, by="a1"),
            lambda t=taken: people.complete(t.id, {"x": "second"}, by="a1"),
        )
        assert sum(isinstance(one, Conflict) for one in results) == 1, results
        assert sum(one == () for one in results) == 1
        assert len(names(people, "b1")) == round_ + 1
        assert kinds(people, instance).count("task.completed") == 1
        assert people.verify(instance.id) == ()


def test_of_two_who_claim_the_same_task_one_wins(people: Engine) -> None:
    begin(people, process().user("one", groups="甲组").end())
    found = people.inbox("a1", "claimable").items[0].task
    results = race(lambda: people.claim(found.id, by="a1"), lambda: people.claim(found.id, by="a2"))
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert len(names(people, "a1", "todo")) + len(names(people, "a2", "todo")) == 1


def test_two_who_finish_different_tasks_of_a_case_both_succeed(people: Engine) -> None:
    diagram = process().parallel("fork").user("one", assignee="a1").parallel("join")
    diagram = diagram.user("three", groups="甲组").end().at("fork").user("two", assignee="b1").to("join")
    instance = begin(people, diagram)
    mine = people.inbox("a1", "todo").items[0].task
    yours = people.inbox("b1", "todo").items[0].task
    results = race(
        lambda: people.complete(mine.id, {"x": 1}, by="a1"),
        lambda: people.complete(yours.id, {"y": 2}, by="b1"),
    )
    assert not [one for one in results if isinstance(one, EngineError)]
    assert people.case(instance.id, by="a1").variables == {"x": 1, "y": 2}
    assert names(people, "a1") == ["three"]
    assert people.verify(instance.id) == ()


def test_numbers_have_no_gap_when_many_start_at_once(people: Engine) -> None:
    deploy(people, process(properties={"caseNumber": "{n}"}).user("one", groups="甲组").end())
    made = race(*[lambda: people.start("p", {}, by="a1")] * 8)
    assert sorted(int(one.business_key) for one in made) == list(range(1, 9))


def test_a_timer_and_a_person_at_the_same_moment(people: Engine, clock: Clock) -> None:
    late = process().user("one", groups="甲组").end().boundary("late", "one", timer="duration PT1H")
    instance = begin(people, late.user("instead", groups="甲组").end("end2"))
    taken = take(people, "a1", "one")
    clock.advance(hours=2)
    results = race(lambda: people.complete(taken.id, {}, by="a1"), people.run_due_jobs)
    status = people.case(instance.id, by="a1").instance.status
    if isinstance(results[0], Conflict):
        assert (status, names(people, "a1")) == ("active", ["instead"])
        do(people, "a1", "instead")
    else:
        assert (status, names(people, "a1")) == ("completed", [])
    assert people.next_due() is None
    assert people.verify(instance.id) == ()


def test_the_store_refuses_a_stale_instance(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    database = people._context.database
    with database.reading() as work:
        stale = instances.load(work, instance.id)
    do(people, "a1", "one")
    assert stale is not None
    with pytest.raises(Conflict), database.unit_of_work() as work:
        instances.save(work, stale)
