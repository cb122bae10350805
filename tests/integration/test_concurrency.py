"""Many at once, on each database: nothing is lost, nothing done twice, and who comes second is told."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine import Conflict, Engine, EngineError
from engine.errors import LostRace
from engine.store import instances, keys
from engine.store.tables import idempotency_key
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, form, kinds, names, process, take
from tests.integration.test_faults import counts, race
from tests.integration.test_jobs import failing

MANY = 8


def branches(number: int) -> object:
    diagram = (
        process().parallel("fork").user("u0", assignee="a1").parallel("join").user("last", groups="甲组")
    )
    diagram = diagram.end()
    for n in range(1, number):
        diagram = diagram.at("fork").user(f"u{n}", assignee="a1").to("join")
    return diagram


def test_many_who_finish_different_tasks_of_a_case_all_succeed(people: Engine) -> None:
    instance = begin(people, branches(MANY))
    found = [row.task for row in people.inbox("a1", "todo").items]
    acts = [lambda t=t: people.complete(t.id, {t.element_id: 1}, by="a1") for t in found]
    results = race(*acts)
    assert not [one for one in results if isinstance(one, EngineError)], results
    assert names(people, "a1") == ["last"]
    assert len(people.case(instance.id, by="a1").variables) == MANY
    assert kinds(people, instance).count("task.completed") == MANY
    assert people.verify(instance.id) == ()
    assert people.diagnose(deep=True) == ()


def test_a_lost_race_is_run_again_unseen(people: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(people, process().user("one", groups="甲组").user("two", groups="乙组").end())
    taken = take(people, "a1")
    real, left = instances.save, [3]

    def losing(*args: object) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise LostRace
        real(*args)

    monkeypatch.setattr(instances, "save", losing)
    people.complete(taken.id, {}, by="a1")
    assert left == [-1]
    assert names(people, "b1") == ["two"]


def test_who_is_always_slower_is_told_in_the_end(people: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(people, process().user("one", groups="甲组").end())
    taken = take(people, "a1")

    def losing(*_: object) -> None:
        raise LostRace

    monkeypatch.setattr(instances, "save", losing)
    with pytest.raises(Conflict, match="请再试一次"):
        people.complete(taken.id, {}, by="a1")


def test_of_many_who_finish_the_same_task_one_wins_and_the_others_are_told_by_whom_and_when(
    people: Engine,
) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    taken = take(people, "a1")
    results = race(*[lambda n=n: people.complete(taken.id, {"n": n}, by="a1") for n in range(MANY)])
    refused = [one for one in results if isinstance(one, Conflict)]
    assert len(refused) == MANY - 1
    assert {one.message for one in refused} == {"这项任务已由a1的岗位办结（3月2日10:00）。"}
    assert kinds(people, instance).count("task.completed") == 1


def test_the_same_start_under_one_key_makes_one_case(people: Engine) -> None:
    deploy(people, process(properties={"caseNumber": "{n}"}).user("one", groups="甲组").end())
    results = race(*[lambda: people.start("p", {"x": 1}, by="a1", once="key-1")] * MANY)
    assert {one.id for one in results} == {results[0].id}
    assert names(people, "a1") == ["one"]
    assert people.start("p", {"x": 1}, by="a1", once="key-2").business_key == "2"
    assert people.start("p", {"x": 1}, by="a1").business_key == "3"


def test_the_same_completion_under_one_key_happens_once_and_answers_the_same(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    taken = take(people, "a1", "one")
    results = race(*[lambda: people.complete(taken.id, {"x": 1}, by="a1", once="key-1")] * MANY)
    (two,) = people.inbox("a1", "claimable").items
    assert [[one.id for one in result] for result in results] == [[two.task.id]] * MANY
    before = counts(people)
    assert people.complete(taken.id, {"x": 1}, by="a1", once="key-1")[0].id == two.task.id
    assert counts(people) == before
    assert kinds(people, instance).count("task.completed") == 1


def test_another_content_under_the_same_key_is_refused(people: Engine) -> None:
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    taken = take(people, "a1", "one")
    people.complete(taken.id, {"x": 1}, by="a1", once="key-1")
    with pytest.raises(Conflict, match="内容与那次不同"):
        people.complete(taken.id, {"x": 2}, by="a1", once="key-1")
    with pytest.raises(Conflict, match="内容与那次不同"):
        people.start("p", {}, by="a1", once="key-1")
    with pytest.raises(Conflict, match="已由a1的岗位办结"):
        people.complete(taken.id, {"x": 1}, by="a1", once="key-2")


def test_a_key_is_one_persons_and_expires(people: Engine, clock: Clock, monkeypatch: object) -> None:
    deploy(people, process().user("one", groups="甲组").end())
    first = people.start("p", {}, by="a1", once="key-1")
    assert people.start("p", {}, by="a2", once="key-1").id != first.id
    clock.advance(hours=23)
    assert people.start("p", {}, by="a1", once="key-1").id == first.id
    clock.advance(hours=2)
    assert people.start("p", {}, by="a1", once="key-1").id != first.id
    with people._context.database.unit_of_work() as work:
        keys.purge(work, clock.now)
        left = work.connection.execute(select(func.count()).select_from(idempotency_key)).scalar_one()
    assert left == 1


def test_a_refused_command_leaves_its_key_free(people: Engine) -> None:
    deploy(people, process(), form("f"))
    diagram = process().user("one", groups="甲组", form="f").end()
    begin(people, diagram, form("f"))
    taken = take(people, "a1")
    with pytest.raises(EngineError, match=r"标题|填"):
        people.complete(taken.id, {}, by="a1", once="key-1")
    with failing(instances, "save"), pytest.raises(RuntimeError):
        people.complete(taken.id, {"标题": "甲"}, by="a1", once="key-1")
    assert people.complete(taken.id, {"标题": "甲"}, by="a1", once="key-1") == ()


def test_a_file_sent_twice_under_one_key_is_kept_once(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    taken = take(people, "a1")
    act = [lambda: people.attach("a.txt", b"x", "text/plain", by="a1", task_id=taken.id, once="key-1")] * 3
    results = race(*act)
    assert {one.id for one in results} == {results[0].id}
    people.complete(taken.id, {}, by="a1")
    assert act[0]().id == results[0].id
    assert len(people.case(instance.id, by="a1").documents) == 1
