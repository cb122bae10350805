"""Who has a job in hand keeps it by a heartbeat; who died or rests loses it at once. On each database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine import Engine
from engine.commands import jobs, leases
from engine.model.handling import HandlerContext, HandlerResult
from engine.store.tables import job
from tests.conftest import Clock
from tests.integration.helpers import begin, kinds, names, process
from tests.integration.test_jobs import Handler, diagram, handler

__all__ = ["handler"]


@pytest.fixture
def other(people: Engine, database_url: str, clock: Clock) -> Iterator[Engine]:
    """A second runner on the same database, and the same clock."""
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A heart that beats fifty times a second."""
    monkeypatch.setattr(leases, "BEAT", 0.02)


def held(engine: Engine) -> dict[str, datetime | None]:
    """Until when each job is taken, by job id."""
    with engine._context.database.reading() as work:
        rows = work.connection.execute(select(job.c.id, job.c.locked_until)).all()
    return {row.id: row.locked_until for row in rows}


def until(condition: Callable[[], bool]) -> None:
    """Wait for the heartbeat to have done something."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def at_least(engine: Engine, job_id: str, instant: datetime) -> bool:
    """Whether the job is held at least so long."""
    found = held(engine)[job_id]
    return found is not None and found >= instant


def test_a_handler_of_ten_minutes_is_run_once(
    people: Engine, other: Engine, handler: Handler, clock: Clock, quick: None
) -> None:
    begin(people, diagram())

    def long(given: HandlerContext) -> HandlerResult:
        for _ in range(20):
            clock.advance(seconds=30)
            until(lambda: at_least(people, given.idempotency_key, clock.now + leases.LEASE))
            assert other.run_due_jobs() == 0
        assert other.diagnose() == ()
        return HandlerResult({})

    handler.answer = long
    assert people.run_due_jobs() == 1
    assert len(handler.calls) == 1
    assert names(people, "a1") == ["after"]
    assert held(people) == {}


def test_a_job_behind_a_long_handler_is_another_runners(
    people: Engine, other: Engine, handler: Handler, clock: Clock, quick: None
) -> None:
    for _ in range(2):
        begin(people, diagram())

    def long(given: HandlerContext) -> HandlerResult:
        if len(handler.calls) == 1:
            until(lambda: None in held(people).values())
            assert other.run_due_jobs() == 1
        return HandlerResult({})

    handler.answer = long
    assert people.run_due_jobs() == 1
    assert len({call.idempotency_key for call in handler.calls}) == 2
    assert names(people, "a1") == ["after", "after"]


def test_a_handler_that_hangs_for_an_hour_is_run_again(
    people: Engine, other: Engine, handler: Handler, clock: Clock
) -> None:
    begin(people, diagram())
    context = people._context
    with leases.Held(context, 10) as hung:
        next(iter(hung))
        clock.now += leases.LONGEST
        hung.beat()
        assert other.run_due_jobs() == 0
        clock.advance(seconds=1)
        hung.beat()
        clock.now += leases.LEASE
        hung.beat()
        assert [one.kind for one in other.diagnose()] == ["lease.dead"]
        assert other.run_due_jobs() == 1
    assert names(people, "a1") == ["after"]


def test_a_runner_that_slept_begins_nothing_that_may_be_anothers(
    people: Engine, other: Engine, handler: Handler, clock: Clock
) -> None:
    for _ in range(2):
        begin(people, diagram())
    with leases.Held(people._context, 10) as slept:
        mine = next(iter(slept))
        clock.now += leases.LEASE  # frozen, without a heartbeat
        assert other.run_due_jobs() == 2
        slept.beat()
        assert list(slept) == []
    assert mine.id in {call.idempotency_key for call in handler.calls}
    assert len(handler.calls) == 2


def test_what_a_runner_did_not_begin_is_free_at_once_when_it_breaks_off(
    people: Engine, other: Engine, handler: Handler
) -> None:
    for _ in range(3):
        begin(people, diagram())
    with pytest.raises(KeyboardInterrupt), leases.Held(people._context, 10) as broken:
        next(iter(broken))
        raise KeyboardInterrupt
    assert other.run_due_jobs() == 2
    assert people._context.clock() + leases.LEASE in held(people).values()


def test_a_job_taken_before_its_case_came_to_rest_is_not_run_and_runs_on_resuming(
    people: Engine, handler: Handler
) -> None:
    case = begin(people, diagram())
    with leases.Held(people._context, 10) as taken:
        people.suspend(case.id, "等", by="")
        for one in taken:
            jobs.run(people._context, one)
    assert handler.calls == []
    assert list(held(people).values()) == [None]
    assert (people.run_due_jobs(), people.next_due()) == (0, None)
    people.resume(case.id, "好", by="")
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["after"]
    assert kinds(people, case).count("job.completed") == 1


def test_a_signal_to_a_case_that_rests_waits_for_it_without_a_lease(people: Engine) -> None:
    case = begin(people, process().catch("c", signal="到").user("after", groups="甲组").end())
    people.suspend(case.id, "等", by="")
    people.signal("到", {}, by="")
    people.run_due_jobs()
    assert set(held(people).values()) == {None}
    assert (people.run_due_jobs(), people.next_due()) == (0, None)
    people.resume(case.id, "好", by="")
    people.run_due_jobs()
    assert names(people, "a1") == ["after"]


def test_a_lease_is_short_and_renewed_in_time() -> None:
    assert timedelta(minutes=1) >= leases.LEASE
    assert leases.LEASE.total_seconds() > 3 * leases.BEAT
