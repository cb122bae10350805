"""A case that rests: nothing is done in it, no clock runs; on resuming, everything is later by that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, ProcessInstance, handlers
from engine.model.handling import HandlerContext, HandlerResult
from engine.store.people import put_setting
from tests.conftest import Clock
from tests.integration.helpers import begin, do, kinds, names, process, take, task


@pytest.fixture
def case(people: Engine) -> ProcessInstance:
    clocks = {"clock": "5WD"}
    return begin(
        people,
        process().user("one", groups="甲组", properties=clocks).user("two", groups="乙组").end(),
    )


def status(engine: Engine, case: ProcessInstance) -> str:
    return engine.case(case.id, by="").instance.status


def test_nothing_is_done_in_a_case_that_rests(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    people.suspend(case.id, "等待鉴定", by="a1")
    refused = (
        lambda: people.complete(taken.id, {}, by="a1"),
        lambda: people.save_draft(taken.id, {}, by="a1"),
        lambda: people.release(taken.id, by="a1"),
        lambda: people.transfer(taken.id, "a2", "出差", by="a1"),
        lambda: people.delegate(taken.id, "a2", "请办", by="a1"),
        lambda: people.add_signers(taken.id, ["a2"], "before", "请看", by="a1"),
        lambda: people.cancel(case.id, "不办了", by="a1"),
        lambda: people.correct(case.id, {"x": 1}, "更正", by=""),
        lambda: people.attach("a.txt", b"x", "text/plain", by="a1", instance_id=case.id),
        lambda: people.jump(case.id, "two", "跳过", by=""),
        lambda: people.suspend(case.id, "再挂起", by="a1"),
    )
    for act in refused:
        with pytest.raises(Conflict, match="本件已挂起，恢复后才能"):
            act()
    view = people.task(taken.id, by="a1")
    assert (view.can_complete, view.can_release) == (False, False)
    assert "已挂起" in view.reason
    found = people.case(case.id, by="a1")
    assert (found.instance.status, found.instance.ended_at, found.can_suspend) == ("suspended", None, True)
    assert people.inbox("a1", "todo").items[0].suspended
    people.resume(case.id, "已有鉴定", by="a1")
    people.complete(taken.id, {}, by="a1")
    do(people, "b1", "two")
    assert status(people, case) == "completed"
    assert kinds(people, case)[2:4] == ["instance.suspended", "instance.resumed"]
    assert people.verify(case.id) == ()


def test_who_may_let_a_case_rest(people: Engine, case: ProcessInstance) -> None:
    take(people, "a2")
    with pytest.raises(NotAllowed, match="挂起和恢复"):
        people.suspend(case.id, "等一等", by="a2")
    for reason in ("", "长" * 2001):
        with pytest.raises(InvalidInput, match="挂起的理由"):
            people.suspend(case.id, reason, by="a1")
    with pytest.raises(Conflict, match="没有挂起"):
        people.resume(case.id, "继续", by="a1")
    with people._context.database.unit_of_work() as work:
        put_setting(work, "process_admins", "甲组")
    people.suspend(case.id, "等一等", by="a2")
    assert [one.kind for one in people.notifications("a1")] == ["instance.suspended"]
    people.resume(case.id, "继续", by="a2")
    people.cancel(case.id, "不办了", by="a1")
    with pytest.raises(Conflict, match="已经办结"):
        people.resume(case.id, "继续", by="")


def test_the_clock_of_a_task_stands_still(people: Engine, case: ProcessInstance, clock: Clock) -> None:
    due = task(people, "a1").due_at
    assert due == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)  # Monday after five working days
    clock.advance(days=1)
    left = people.inbox("a1", "claimable").items[0].task.left
    people.suspend(case.id, "等待鉴定", by="a1")
    clock.advance(days=13)  # over, if it ran
    take_none = people.urgency("a1")
    assert take_none == {"over": 0, "today": 0, "soon": 0}
    resting = people.inbox("a1", "claimable").items[0].task.left
    assert resting == left
    people.resume(case.id, "已有鉴定", by="a1")
    found = task(people, "a1")
    assert found.due_at == datetime(2026, 3, 20, 9, 30, tzinfo=UTC)  # nine working days later
    assert found.warn_at is not None
    assert found.warn_at < found.due_at
    assert found.left is not None
    assert left is not None
    assert (found.left.amount, found.left.unit, found.left.over) == (left.amount, left.unit, False)


def test_a_plain_due_date_is_later_by_the_time(people: Engine, clock: Clock) -> None:
    case = begin(people, process().user("one", groups="甲组", due="2026-03-05").end())
    due = task(people, "a1").due_at
    people.suspend(case.id, "等", by="a1")
    clock.advance(hours=30)
    people.resume(case.id, "好", by="a1")
    assert due is not None
    assert task(people, "a1").due_at == due + timedelta(hours=30)


def test_timers_wait_and_are_later_by_the_time(people: Engine, clock: Clock) -> None:
    diagram = process().user("one", groups="甲组").end().boundary("late", "one", timer="duration PT2H")
    case = begin(people, diagram.user("two", groups="甲组").to("end"))
    clock.advance(hours=1)
    people.suspend(case.id, "等", by="a1")
    clock.advance(hours=10)
    assert people.run_due_jobs() == 0
    assert people.next_due() is None
    people.resume(case.id, "好", by="a1")
    assert people.run_due_jobs() == 0
    assert names(people, "a1") == ["one"]
    clock.advance(minutes=59)
    assert people.run_due_jobs() == 0
    clock.advance(minutes=1)
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["two"]


def test_a_cycle_keeps_its_rhythm(people: Engine, clock: Clock) -> None:
    diagram = process().user("one", groups="甲组").end()
    diagram.boundary("again", "one", timer="cycle R/PT1H", interrupting=False).user("two", groups="乙组").end(
        "e2"
    )
    case = begin(people, diagram)
    clock.advance(minutes=30)
    people.suspend(case.id, "等", by="a1")
    clock.advance(minutes=45)
    people.resume(case.id, "好", by="a1")
    for minutes, count in ((29, 0), (1, 1), (59, 0), (1, 1), (59, 0), (1, 1)):
        clock.advance(minutes=minutes)
        assert people.run_due_jobs() == count, (minutes, count)


def test_a_message_to_a_case_that_rests_is_refused(people: Engine) -> None:
    case = begin(people, process().receive("wait", "通知").user("one", groups="甲组").end())
    people.suspend(case.id, "等", by="a1")
    for where in ({"instance_id": case.id}, {"business_key": case.business_key}, {}):
        with pytest.raises(Conflict, match="已挂起"):
            people.deliver("通知", {}, by="a1", **where)  # type: ignore[arg-type]
    people.resume(case.id, "好", by="a1")
    people.deliver("通知", {}, by="a1", instance_id=case.id)
    assert names(people, "a1") == ["one"]


def test_a_handler_that_was_at_work_when_its_case_went_to_rest_works_again(
    people: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def handler(given: HandlerContext) -> HandlerResult:
        calls.append(given.idempotency_key)
        if len(calls) == 1:
            people.suspend(given.instance_id, "等", by="")
        return HandlerResult({"x": 1})

    monkeypatch.setattr(handlers, "registry", {**handlers.registry, "probe": handler})
    case = begin(people, process().service("job", "probe").user("one", groups="甲组").end())
    people.run_due_jobs()
    assert status(people, case) == "suspended"
    assert names(people, "a1") == []
    people.resume(case.id, "好", by="a1")
    people.run_due_jobs()
    assert names(people, "a1") == ["one"]
    assert len(calls) == 2
    assert len(set(calls)) == 1


def test_an_incident_waits_until_its_case_goes_on(people: Engine) -> None:
    diagram = process().user("one", groups="甲组").exclusive("g").when("x = 1").user("two", groups="甲组")
    case = begin(people, diagram.end(), x=2)
    do(people, "a1")
    (failed,) = people.incidents("a1")
    people.suspend(case.id, "等", by="a1")
    with pytest.raises(Conflict, match="已挂起"):
        people.retry(failed.job_id, by="a1")
    people.resume(case.id, "好", by="a1")
    people.retry(failed.job_id, by="a1")


def test_the_doctor_finds_nothing_wrong_with_a_case_that_rests(people: Engine, clock: Clock) -> None:
    diagram = process().user("one", groups="甲组").end().boundary("late", "one", timer="duration PT2H")
    case = begin(people, diagram.user("two", groups="甲组").to("end"))
    people.add_signers(take(people, "a1", "one").id, ["out"], "after", "请看", by="a1")
    people.complete(task(people, "a1", "one", "todo").id, {}, by="a1")
    people.suspend(case.id, "等", by="a1")
    clock.advance(days=3)
    assert people.diagnose(deep=True) == ()
