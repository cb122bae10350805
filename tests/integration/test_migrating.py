"""Running cases go on in another version, on each database: each by itself, recorded, or told why not."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine import (
    Conflict,
    Engine,
    InvalidInput,
    MigrationPlan,
    NotAllowed,
    NotFound,
    PlannedMove,
    Resource,
    handlers,
)
from engine.model.handling import HandlerResult
from engine.store import instances
from engine.store.migration import repoint
from engine.store.tables import process_instance
from tests.builders import Builder
from tests.conftest import Clock
from tests.integration.helpers import FORM, begin, deploy, do, form, kinds, names, process, take, task
from tests.integration.test_faults import race
from tests.integration.test_jobs import Handler, handler

__all__ = ["handler"]


def line(*steps: str, groups: str = "甲组", **more: object) -> Builder:
    diagram = process()
    for name in steps:
        diagram = diagram.user(name, groups=groups, **more)
    return diagram.end()


def plan(engine: Engine, **elements: str) -> MigrationPlan:
    return engine.plan_migration("p", 1, 2, elements, by="")


def moved(engine: Engine, **elements: str) -> None:
    """Move all of p:1 to p:2."""
    outcomes = engine.migrate(plan(engine, **elements), "新版更合理", by="")
    assert outcomes
    assert [one.problems for one in outcomes] == [()] * len(outcomes)


def test_cases_go_on_in_the_new_version_and_the_record_says_why(people: Engine) -> None:
    first = begin(people, line("a", "b"))
    second = people.start("p", {}, by="a1")
    do(people, "a1")
    deploy(people, line("a", "b", "c"))
    third = people.start("p", {}, by="a1")
    made = plan(people)
    assert {one.instance_id: one.problems for one in made.instances} == {first.id: (), second.id: ()}
    moved(people)
    for one in (first, second):
        case = people.case(one.id, by="")
        assert case.instance.definition_id == "p:2"
        entry = case.history[0]
        assert (entry.kind, entry.actor, entry.data["reason"]) == ("instance.migrated", "", "新版更合理")
        assert (entry.data["from"], entry.data["to"]) == ("p:1", "p:2")
        assert people.verify(one.id) == ()
    assert plan(people).instances == ()
    assert people.diagnose(deep=True) == ()
    while people.inbox("a1", "claimable").items:
        do(people, "a1")
    assert {people.case(one.id, by="").instance.status for one in (first, second, third)} == {"completed"}


def test_a_dry_run_tells_each_instance_and_changes_nothing(people: Engine) -> None:
    first = begin(people, line("a", "b"))
    second = people.start("p", {}, by="a1")
    do(people, "a1")
    deploy(people, line("a", "c"))
    before = [people.case(one.id, by="").history for one in (first, second)]
    told = {one.instance_id: [str(problem) for problem in one.problems] for one in plan(people).instances}
    assert sorted(len(problems) for problems in told.values()) == [0, 1]
    assert any("“b”在新版中没有了。" in text for problems in told.values() for text in problems)
    assert [people.case(one.id, by="").history for one in (first, second)] == before


def test_one_that_fails_stops_no_other(people: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ones = [begin(people, line("a")), people.start("p", {}, by="a1"), people.start("p", {}, by="a1")]
    deploy(people, line("a", "b"))
    made = plan(people)
    people.cancel(ones[0].id, "不再办理", by="a1")

    def failing(work: object, moved_tokens: object) -> None:
        repoint(work, moved_tokens)
        if instances.load(work, ones[1].id).instance.definition_id == "p:2":
            raise RuntimeError("the power went off")

    monkeypatch.setattr("engine.store.migration.repoint", failing)
    outcomes = {one.instance_id: one for one in people.migrate(made, "新版", by="")}
    assert [outcomes[one.id].moved for one in ones] == [False, False, True]
    assert "办结" in outcomes[ones[0].id].problems[0].message
    assert "没有迁移" in outcomes[ones[1].id].problems[0].message
    assert people.case(ones[1].id, by="").instance.definition_id == "p:1"
    assert people.verify(ones[1].id) == ()
    monkeypatch.undo()
    moved(people)
    again = {one.instance_id: one for one in people.migrate(made, "新版", by="")}
    assert "已不在旧版本上" in again[ones[2].id].problems[0].message


def test_the_open_task_is_as_the_new_version_says(people: Engine, clock: Clock) -> None:
    old = process().user("a", groups="甲组", form="f", properties={"clock": "P3D"}).end()
    begin(people, old, form("f"))
    due = task(people, "a1").due_at
    new = process().user("z", groups="乙组", form="g", name="审核").end()
    deploy(people, new, form("f"), form("g", {**FORM, "title": "新表"}))
    assert "在新版中没有了" in str(plan(people).instances[0].problems[0])
    clock.advance(days=1)
    moved(people, a="z")
    assert names(people, "a1") == []
    found = task(people, "b1")
    assert (found.name, found.element_id, found.definition_id, found.due_at) == ("审核", "z", "p:2", due)
    people.claim(found.id, by="b1")
    shown = people.task(found.id, by="b1")
    assert shown.form is not None
    assert shown.form.title == "新表"
    with pytest.raises(InvalidInput):
        people.complete(found.id, {}, by="b1")
    people.complete(found.id, {"标题": "甲"}, by="b1")


def test_who_has_the_task_keeps_it_and_an_open_page_is_stale(people: Engine) -> None:
    begin(people, line("a"))
    taken = take(people, "a1")
    deploy(people, line("a", groups="乙组"))
    moved(people)
    assert names(people, "a1", "todo") == ["a"]
    assert names(people, "b1") == []
    with pytest.raises(Conflict, match="刷新"):
        people.complete(taken.id, {}, by="a1", revision=taken.revision)
    people.complete(taken.id, {}, by="a1")


def test_timers_keep_their_due_date_are_added_and_go(people: Engine, clock: Clock) -> None:
    def model(*names_: str) -> Builder:
        diagram = line("a")
        for name in names_:
            diagram = diagram.boundary(name, "a", timer="duration P2D").user(f"{name}-then", groups="甲组")
            diagram = diagram.to("end")
        return diagram

    begin(people, model("kept", "gone"))
    clock.advance(days=1)
    deploy(people, model("kept", "added"))
    moved(people)
    assert people.diagnose(deep=True) == ()
    clock.advance(days=1)
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["kept-then"]


def test_messages_and_handlers_follow_the_new_version(
    people: Engine, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handlers.registry, "old", Handler())

    def model(message: str, name: str, topic: str) -> Builder:
        diagram = process().parallel("f").receive("r", message).user("heard", groups="甲组").end()
        return diagram.at("f").service(name, topic).user("served", groups="甲组").end("end2")

    begin(people, model("旧函", "s", "old"))
    deploy(people, model("新函", "t", "test"))
    moved(people, s="t")
    with pytest.raises(NotFound):
        people.deliver("旧函", {}, by="")
    people.deliver("新函", {}, by="")
    assert people.run_due_jobs() == 1
    assert [call.topic for call in handler.calls] == ["test"]
    assert sorted(names(people, "a1")) == ["heard", "served"]


def test_a_handler_that_is_running_meanwhile_still_ends(people: Engine, handler: Handler) -> None:
    begin(people, process().service("s", "test").user("after", groups="甲组").end())
    deploy(people, process().service("t", "test").user("after", groups="甲组").user("more").end())

    def answer(_: object) -> HandlerResult:
        moved(people, s="t")
        return HandlerResult({"x": 1})

    handler.answer = answer
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["after"]
    assert len(handler.calls) == 1


def called(*steps: str) -> Builder:
    diagram = process("q")
    for name in steps:
        diagram = diagram.user(name, groups="乙组")
    return diagram.end()


def caller(*steps: str) -> Builder:
    diagram = process().call("c", "q", all_out=True)
    for name in steps:
        diagram = diagram.user(name, groups="甲组")
    return diagram.end()


def test_next_to_an_active_call_activity(people: Engine) -> None:
    instance = begin(people, caller("after"), called("inner"))
    deploy(people, caller("after", "more"), called("inner", "second"))
    moved(people)
    assert people.diagnose(deep=True) == ()
    do(people, "b1", x=1)
    assert names(people, "b1") == []
    do(people, "a1", "after")
    do(people, "a1", "more")
    case = people.case(instance.id, by="")
    assert (case.instance.status, case.variables) == ("completed", {"x": 1})
    inner = next(one for diagram in case.diagrams for one in diagram.activities if one.element_id == "inner")
    call = next(one for diagram in case.diagrams for one in diagram.activities if one.element_id == "c")
    assert (inner.parent_id, inner.definition_id) == (call.id, "q:1")


def test_a_called_process_moves_inside_its_callers(people: Engine) -> None:
    instance = begin(people, caller("after"), called("inner"))
    deploy(people, called("inner", "second"))
    (outcome,) = people.migrate(people.plan_migration("q", 1, 2, by=""), "新版", by="")
    assert (outcome.instance_id, outcome.moved) == (instance.id, True)
    assert [one.definition.id for one in people.case(instance.id, by="").diagrams] == ["p:1", "q:2"]
    do(people, "b1", "inner")
    do(people, "b1", "second")
    assert names(people, "a1") == ["after"]


def test_an_incident_follows_its_element(people: Engine) -> None:
    begin(people, line("a").at("a").exclusive("g").when("x = 1").end("end2"))
    diagram = process().user("a", groups="甲组").exclusive("g").when("x = 1").end()
    deploy(people, diagram)
    people.start("p", {}, by="a1")
    made = people.plan_migration("p", 1, 2, by="")
    assert len(made.instances) == 1
    do(people, "a1", x=2)
    stuck = [one for one in people.incidents("") if one.element_id == "g"]
    renamed = process().user("a", groups="甲组").exclusive("h").default().end()
    deploy(people, renamed)
    for version in (1, 2):
        people.migrate(people.plan_migration("p", version, 3, {"g": "h"}, by=""), "修正", by="")
    assert [one.element_id for one in people.incidents("")] == ["h"] * len(stuck)
    people.retry_all(by="")
    people.run_due_jobs()
    assert people.incidents("") == ()


def test_a_plan_is_refused_where_it_makes_no_sense(people: Engine) -> None:
    begin(people, line("a"))
    deploy(people, line("b"))
    with pytest.raises(InvalidInput, match="版本相同"):
        people.plan_migration("p", 1, 1, by="")
    with pytest.raises(NotFound, match="没有第9版"):
        people.plan_migration("p", 1, 9, by="")
    with pytest.raises(InvalidInput, match="旧版没有“x”"):
        plan(people, x="b")
    with pytest.raises(InvalidInput, match="新版没有“x”"):
        plan(people, a="x")
    with pytest.raises(InvalidInput, match="理由"):
        people.migrate(plan(people, a="b"), " ", by="")
    with pytest.raises(NotAllowed):
        people.plan_migration("p", 1, 2, by="a1")
    with pytest.raises(NotAllowed):
        people.migrate(plan(people, a="b"), "新版", by="a1")


def test_a_completion_at_the_same_moment(people: Engine) -> None:
    for _ in range(3):
        instance = begin(people, line("a", "b"), Resource("t/x.bpmn", process("x").end().xml()))
        deploy(people, line("a", "b", "c"))
        latest, before = (one.version for one in people.versions("p")[:2])
        taken = take(people, "a1", "a")
        made = people.plan_migration("p", before, latest, by="")
        done, outcomes = race(
            lambda t=taken: people.complete(t.id, {}, by="a1"),
            lambda m=made: people.migrate(m, "新版", by=""),
        )
        assert [one.name for one in done] == ["b"]
        assert [one.problems for one in outcomes] == [()]
        assert kinds(people, instance).count("task.completed") == 1
        assert people.case(instance.id, by="").instance.definition_id == f"p:{latest}"
        do(people, "a1", "b")
        do(people, "a1", "c")
        deploy(people, line("a", "b"))


def test_a_message_kept_under_the_new_name_is_heard(people: Engine) -> None:
    begin(people, process().receive("r", "旧函").user("after", groups="甲组").end())
    deploy(people, process("s").send("t", "新函", properties={"timeToLive": "P3D"}).end())
    people.start("s", {}, by="a1")
    while people.run_due_jobs():
        pass
    assert people.diagnose(deep=True) == ()
    deploy(people, process().receive("r", "新函").user("after", groups="甲组").end())
    moved(people)
    while people.run_due_jobs():
        pass
    assert names(people, "a1") == ["after"]
    assert people.diagnose(deep=True) == ()


def test_a_case_that_rests_is_told_and_moves_later(people: Engine) -> None:
    instance = begin(people, line("a"))
    deploy(people, line("a", "b"))
    people.suspend(instance.id, "等待鉴定", by="a1")
    assert [str(one) for one in plan(people).instances[0].problems] == ["案件已挂起。请恢复后再迁移。"]
    made = MigrationPlan("p", "p", "p:1", "p:2", {}, (PlannedMove(instance.id, "1"),))
    (outcome,) = people.migrate(made, "新版", by="")
    assert not outcome.moved
    people.resume(instance.id, "鉴定完毕", by="a1")
    moved(people)
    do(people, "a1", "a")
    assert names(people, "a1") == ["b"]


def test_who_signs_a_task_goes_on_signing_it(people: Engine) -> None:
    instance = begin(people, line("a"))
    taken = take(people, "a1")
    (part,) = people.add_signers(taken.id, ["b1"], "parallel", "请会签", by="a1")
    people.complete(taken.id, {"x": 1}, by="a1")
    deploy(people, line("z", "b", groups="乙组"))
    moved(people, a="z")
    assert people.diagnose(deep=True) == ()
    people.sign(part, True, by="b1")
    assert names(people, "b1") == ["b"]
    assert people.case(instance.id, by="").variables["x"] == 1
    assert people.verify(instance.id) == ()


def test_a_case_that_cannot_be_read_stops_no_other(people: Engine) -> None:
    broken = begin(people, line("a"))
    sound = people.start("p", {}, by="a1")
    deploy(people, line("a", "b"))
    run = {"data": {}, "tokens": [{"id": "9", "at": "gone", "state": "waiting"}]}
    state = {"version": 1, "number": 9, "run": run}
    with people._context.database.unit_of_work() as work:
        spoilt = update(process_instance).where(process_instance.c.id == broken.id).values(state=state)
        work.connection.execute(spoilt)
    outcomes = {one.instance_id: one for one in people.migrate(plan(people), "新版", by="")}
    assert outcomes[sound.id].moved
    assert "程序出错（KeyError）" in outcomes[broken.id].problems[0].message
