"""What the doctor finds and repairs, on each database; rows are spoilt as only a fault could spoil them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from engine import Conflict, Engine, Finding, InvalidInput, NotAllowed, Resource
from engine.store.tables import activity_instance, content, job, process_instance, subscription, user_task
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, do, kinds, names, process, take


def spoil(engine: Engine, statement: object) -> None:
    with engine._context.database.unit_of_work() as work:
        work.connection.execute(statement)


def found(engine: Engine, *, deep: bool = False) -> list[Finding]:
    return list(engine.diagnose(deep=deep))


def only(engine: Engine, kind: str, *, deep: bool = False) -> Finding:
    (one,) = found(engine, deep=deep)
    assert one.kind == kind
    return one


def waiting() -> object:
    diagram = process().parallel("fork").user("one", groups="甲组").end()
    diagram = diagram.at("fork").catch("wait", timer="duration P1D").end("end2")
    return diagram.at("fork").receive("hear", "回函").end("end3")


def repaired(engine: Engine, finding: Finding, *, deep: bool = False) -> None:
    engine.repair(finding, by="")
    assert found(engine, deep=deep) == []
    assert engine.verify(finding.instance_id) == ()
    with pytest.raises(Conflict):
        engine.repair(finding, by="")


def test_a_healthy_office_has_no_findings(people: Engine) -> None:
    begin(people, waiting())
    done = people.start("p", {}, by="a1")
    people.cancel(done.id, "不再办理", by="a1")
    assert found(people, deep=True) == []


def test_too_few_tokens_for_a_quantity_are_told(people: Engine) -> None:
    file = process().user("a", groups="甲组").task("two").end().xml()
    deploy(people, Resource("t/p.bpmn", file.replace(b'task id="two"', b'task id="two" startQuantity="2"')))
    instance = people.start("p", {}, by="a1")
    do(people, "a1")
    one = only(people, "case.stuck", deep=True)
    assert (one.instance_id, one.case, one.repair) == (instance.id, instance.business_key, "")
    assert "“two”要到齐2次才开始，只到了1次" in one.message
    with pytest.raises(InvalidInput):
        people.repair(one, by="")


def test_a_join_that_can_never_fire_is_told(people: Engine) -> None:
    diagram = process().user("a", groups="甲组").exclusive("way").when("x = 1").task("left").parallel("join")
    diagram = diagram.end().at("way").when("x = 2").task("right").to("join")
    begin(people, diagram)
    do(people, "a1", x=2)
    assert "“join”要等从“left”来的一路，但已没有能走到那里的步骤" in only(people, "case.stuck").message


def test_an_overdue_timer_means_that_nobody_runs_jobs(people: Engine, clock: Clock) -> None:
    begin(people, waiting())
    clock.advance(days=1, hours=3)
    one = only(people, "job.overdue")
    assert "“wait”的定时已到期3小时，没有执行" in one.message
    assert "wenze worker" in one.hint
    people.run_due_jobs()
    assert found(people) == []


@pytest.mark.parametrize(("hours", "kind"), [(-1, "lease.dead"), (3, "lease.far")])
def test_a_lease_of_a_dead_worker_is_released(people: Engine, clock: Clock, hours: int, kind: str) -> None:
    instance = begin(people, waiting())
    clock.advance(days=1)
    spoil(people, update(job).values(locked_until=clock.now + timedelta(hours=hours)))
    one = only(people, kind)
    assert (one.severity == "error") == (kind == "lease.far")
    repaired(people, one)
    entry = people.case(instance.id, by="a1").history[0]
    assert (entry.kind, entry.actor, entry.data["kind"]) == ("case.repaired", "", kind)
    assert people.run_due_jobs() == 1


def test_an_incident_is_listed_and_one_that_was_not_told_is_made(people: Engine) -> None:
    begin(people, process().user("a", groups="甲组").exclusive("g").when("x = 1").end())
    do(people, "a1", x=2)
    one = only(people, "incident.open")
    assert "“g”出错停住" in one.message
    assert f"wenze case retry {one.subject}" in one.hint
    people.correct(one.instance_id, {"x": 1}, "录入有误", by="")
    people.retry(one.subject, by="")
    spoil(people, update(job).values(status="failed"))
    people.repair(only(people, "incident.missing"), by="")
    people.retry(only(people, "incident.open").subject, by="a1")
    assert people.run_due_jobs() == 1
    assert people.case(one.instance_id, by="a1").instance.status == "completed"


@pytest.mark.parametrize("deep", [False, True])
def test_a_missing_task_is_made_anew_from_the_state(people: Engine, deep: bool) -> None:
    instance = begin(people, waiting())
    take(people, "a1", "one")
    spoil(people, update(user_task).values(status="cancelled"))
    repaired(people, only(people, "task.missing", deep=deep), deep=deep)
    assert names(people, "a1") == ["one"]
    do(people, "a1")
    assert kinds(people, instance)[-2:] == ["task.claimed", "task.completed"]


def test_a_task_without_a_token_is_closed(people: Engine) -> None:
    begin(people, waiting())
    do(people, "a1", "one")
    spoil(people, update(user_task).values(status="open"))
    repaired(people, only(people, "task.orphan", deep=True), deep=True)
    assert names(people, "a1", "todo") == []


@pytest.mark.parametrize(("table", "why"), [(job, "“wait”等待到时"), (subscription, "“hear”等待消息")])
def test_a_lost_timer_or_subscription_is_found_in_the_state_and_made_anew(
    people: Engine, clock: Clock, table: object, why: str
) -> None:
    begin(people, waiting())
    spoil(people, delete(table))
    assert found(people) == []
    one = only(people, "wait.missing", deep=True)
    assert why in one.message
    repaired(people, one, deep=True)
    clock.advance(days=1)
    assert people.run_due_jobs() == 1
    people.deliver("回函", {}, by="")
    do(people, "a1")
    assert people.case(one.instance_id, by="a1").instance.status == "completed"


def test_what_a_case_that_is_over_left_behind_is_cleared(people: Engine) -> None:
    begin(people, waiting())
    do(people, "a1")
    spoil(people, update(process_instance).values(status="completed"))
    ones = found(people)
    assert [one.kind for one in ones] == ["wait.orphan", "wait.orphan"]
    for one in ones:
        people.repair(one, by="")
    assert found(people) == []


def test_a_wait_that_no_token_has_is_found_in_the_state(people: Engine) -> None:
    begin(people, waiting())
    spoil(people, update(job).values(activity_id="nowhere"))
    lost, orphan = sorted(found(people, deep=True), key=lambda one: one.kind)
    assert (lost.kind, orphan.kind, orphan.subject) == ("wait.missing", "wait.orphan", "nowhere")
    people.repair(lost, by="")
    people.repair(orphan, by="")
    assert found(people, deep=True) == []


def test_a_damaged_bundle_is_told(people: Engine) -> None:
    begin(people, waiting())
    spoil(people, update(content).values(bytes=b"<spoilt"))
    people._context.library.__init__()
    told = [one for one in found(people) if one.kind == "definition.broken"]
    assert {one.subject for one in told} == {"p:1"}
    assert any("与部署时不同" in one.message for one in told)
    assert any("读不出来" in one.message for one in told)


def test_clocks_that_differ_leave_evidence(people: Engine, clock: Clock) -> None:
    begin(people, waiting())
    clock.advance(hours=-2)
    assert {one.kind for one in found(people)} == {"clock.ahead"}
    do(people, "a1")
    kinds_found = {one.kind for one in found(people, deep=True)}
    assert kinds_found == {"clock.ahead", "case.backwards"}


def test_a_state_that_its_version_cannot_run_is_told(people: Engine) -> None:
    instance = begin(people, waiting())
    tokens = [{"id": "9", "at": "gone", "state": "waiting"}]
    state = {"version": 1, "number": 9, "run": {"data": {}, "tokens": tokens}}
    spoil(people, update(process_instance).values(state=state))
    told = found(people, deep=True)
    assert [one.kind for one in told] == ["case.unreadable"]
    assert told[0].instance_id == instance.id


def test_only_who_looks_after_processes_repairs(people: Engine) -> None:
    begin(people, waiting())
    spoil(people, update(user_task).values(status="cancelled"))
    with pytest.raises(NotAllowed):
        people.repair(only(people, "task.missing"), by="a1")


def test_many_of_one_kind_are_cut_and_said_so(people: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.diagnosis.LIMIT", 2)
    deploy(people, waiting())
    for _ in range(3):
        people.start("p", {}, by="a1")
    spoil(people, update(activity_instance).where(activity_instance.c.kind == "userTask").values(status="x"))
    assert [one.kind for one in found(people)] == ["task.orphan", "task.orphan", "more"]
