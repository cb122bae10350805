"""Processes that a timer starts: set when deployed, fired once by whoever comes first."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from engine import Engine, InvalidDefinition
from tests.builders import Builder, event
from tests.conftest import Clock
from tests.integration.helpers import START, deploy, names


def timer_start(timer: str) -> Builder:
    return Builder("q", starter_groups=START).start("s", event=event("timer", timer=timer))


def timed(timer: str, then: str = "u") -> Builder:
    return timer_start(timer).user(then, groups="甲组").end()


def begun(engine: Engine) -> int:
    return engine.cases("").total


def test_a_duration_starts_one_case_when_it_is_over(people: Engine, clock: Clock) -> None:
    deploy(people, timed("duration PT1H"))
    assert (people.run_due_jobs(), begun(people)) == (0, 0)
    assert people.next_due() == clock() + timedelta(hours=1)
    clock.advance(hours=1)
    assert people.run_due_jobs() == 1
    assert names(people, "a2") == ["u"]
    clock.advance(days=9)
    assert (people.run_due_jobs(), begun(people)) == (0, 1)


def test_each_process_tells_when_a_timer_starts_it_next(people: Engine, clock: Clock) -> None:
    deploy(people, timed("cycle R2/P1D"))
    assert people.next_starts() == {"q": clock() + timedelta(days=1)}
    for _ in range(2):
        clock.advance(days=1)
        people.run_due_jobs()
    assert people.next_starts() == {}


def test_a_cycle_starts_a_case_each_time_and_makes_up_for_none(people: Engine, clock: Clock) -> None:
    deploy(people, timed("cycle R3/P1D"))
    for expected in (1, 2):
        clock.advance(days=1)
        people.run_due_jobs()
        assert begun(people) == expected
    clock.advance(days=5)
    people.run_due_jobs()
    assert (begun(people), people.next_due()) == (3, None)


def test_a_new_version_takes_over_its_timers(people: Engine, clock: Clock) -> None:
    deploy(people, timed("duration PT1H"))
    deploy(people, timed("duration PT3H", then="v"))
    clock.advance(hours=1)
    assert people.run_due_jobs() == 0
    clock.advance(hours=2)
    people.run_due_jobs()
    assert names(people, "a2") == ["v"]
    deploy(people, Builder("q", starter_groups=START).start("s").user("w", groups="甲组").end())
    assert people.next_due() is None


def test_a_past_date_starts_nothing(people: Engine, clock: Clock) -> None:
    deploy(people, timed("date 2020-01-01T08:00:00"))
    assert (people.next_due(), people.run_due_jobs()) == (None, 0)


def test_a_start_that_fails_is_told_and_tried_again(people: Engine, clock: Clock) -> None:
    model = timer_start("cycle R/P1D").exclusive("g").when("金额 > 1").user("u", groups="甲组").end()
    deploy(people, model)
    clock.advance(days=1)
    assert (people.run_due_jobs(), begun(people)) == (1, 0)
    (finding,) = people.diagnose()
    assert (finding.kind, finding.element_id, finding.severity) == ("start.failing", "s", "error")
    assert "已连续失败1次" in finding.message
    clock.advance(minutes=1)
    assert people.run_due_jobs() == 1
    assert "已连续失败2次" in people.diagnose()[0].message


def test_a_time_that_needs_data_is_refused(people: Engine) -> None:
    with pytest.raises(InvalidDefinition, match="何时发起") as caught:
        deploy(people, timed("duration =期限"))
    assert [problem.element for problem in caught.value.problems] == ["s"]
    assert people.definitions() == ()


def test_two_workers_start_one_case(people: Engine, clock: Clock) -> None:
    deploy(people, timed("duration PT1H"))
    clock.advance(hours=1)
    together = Barrier(2)

    def work() -> None:
        together.wait()
        people.run_due_jobs()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun(people) == 1
