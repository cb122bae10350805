"""Start, end, catch, throw and boundary events: none, timer, message, error, terminate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import Conflict, ExecutionError, InvalidDefinition
from engine.model.execution import DeliverMessage, FireTimer, OpenedSubscription
from tests.builders import Builder, event
from tests.constructs.driver import NOW, Run


def test_start_at_the_none_event_or_at_the_one_that_is_named() -> None:
    model = Builder().start("m", event=event("message", "来信")).user("a").end("e1")
    model.start("n").user("b").end("e2").start("t", event=event("timer", "", "cycle R/P1D")).user("c").end(
        "e3"
    )
    assert Run(model).start().waiting == ["b"]
    assert Run(model).start("m", 件=1).waiting == ["a"]
    assert Run(model).start("t").waiting == ["c"]


def test_start_at_the_only_event_even_if_it_is_a_message() -> None:
    model = Builder().start("m", event=event("message", "来信")).user("a").end()
    assert Run(model).start().waiting == ["a"]


def test_start_at_an_unknown_event_is_refused() -> None:
    with pytest.raises(ExecutionError):
        Run(Builder().start().end()).start("nowhere")
    with pytest.raises(ExecutionError):
        Run(Builder().start().user("a").end()).start("a")
    with pytest.raises(ExecutionError):
        Run(Builder()).start()


def test_start_twice_is_a_conflict() -> None:
    run = Run(Builder().start().user("a").end()).start()
    with pytest.raises(Conflict):
        run.start()


@pytest.mark.parametrize(
    ("timer", "due"),
    [
        ("date 2026-03-05", datetime(2026, 3, 4, 16, tzinfo=UTC)),
        ("date 2026-03-05T17:30:00", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("date 2026-03-05T17:30:00Z", datetime(2026, 3, 5, 17, 30, tzinfo=UTC)),
        ("date =期限", datetime(2026, 4, 1, 0, 0, tzinfo=UTC)),
        ('date =date and time("2026-03-05T08:00:00@Asia/Shanghai")', datetime(2026, 3, 5, tzinfo=UTC)),
        ("duration PT90M", NOW + timedelta(minutes=90)),
        ("duration P1M", datetime(2026, 4, 2, 1, 0, tzinfo=UTC)),
        ("duration P1Y2M3DT4H5M6S", datetime(2027, 5, 5, 5, 5, 6, tzinfo=UTC)),
        ("duration P2W", NOW + timedelta(days=14)),
        ('duration =duration("P" + string(1 + 1) + "D")', NOW + timedelta(days=2)),
        ("cycle R3/PT1H", NOW + timedelta(hours=1)),
        ("cycle R/2026-03-09T00:00:00Z/P1D", datetime(2026, 3, 9, tzinfo=UTC)),
    ],
)
def test_timer_is_due(timer: str, due: datetime) -> None:
    run = Run(Builder().start().catch("t", timer=timer).end()).start(期限="2026-04-01T08:00:00+08:00")
    assert run.job("t").due_at == due
    assert run.job("t").kind == "timer"
    assert run.fire("t").last == "-t t-end +end -end"


def test_a_month_after_the_31st_ends_with_the_month() -> None:
    run = Run(Builder().start().catch("t", timer="duration P1M").end())
    run.now = datetime(2026, 1, 31, 2, tzinfo=UTC)
    assert run.start().job("t").due_at == datetime(2026, 2, 28, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "timer", ["date 明天", "duration PT", "duration =1", "cycle 0 0 * * *", "date =null"]
)
def test_timer_that_is_none_names_its_event(timer: str) -> None:
    with pytest.raises(ExecutionError) as caught:
        Run(Builder().start().catch("t", timer=timer).end()).start()
    assert caught.value.problems[0].element == "t"


def test_message_catch_waits_and_takes_the_payload() -> None:
    run = Run(Builder().start().catch("m", message="答复", correlation="=号").end()).start(号="A1")
    opened = run.opened("m")
    assert isinstance(opened, OpenedSubscription)
    assert (opened.message, opened.correlation, run.last) == ("答复", "A1", "+start -start start-m +m")
    assert run.deliver("m", x=1).variables == {"号": "A1", "x": 1}
    assert run.status == "completed"


def test_throw_and_end_events_leave_messages() -> None:
    model = Builder().start().throw("none").throw("t", "甲").end("e", "message", "乙")
    run = Run(model).start()
    assert run.path == "start none t e" and run.status == "completed"
    assert [(job.element_id, job.topic) for job in run.messages] == [("t", "甲"), ("e", "乙")]


def test_message_end_with_a_topic_waits_for_its_handler() -> None:
    run = Run(Builder().start().end("e", "message", "m", topic="notify")).start()
    assert run.job("e").topic == "notify"
    run.complete("e")
    assert (run.status, run.step.end_event) == ("completed", "e")


def with_boundary(**what: object) -> Builder:
    """A task with a boundary event b, which leads to task late."""
    model = Builder().start().user("a").end("e1")
    return model.boundary("b", "a", **what).user("late").end("e2")  # type: ignore[arg-type]


def test_interrupting_timer_cancels_its_task() -> None:
    run = Run(with_boundary(timer="duration P1D")).start()
    task = run.id("a")
    run.fire("b")
    assert run.last == "!a +b -b b-late +late" and run.waiting == ["late"]
    assert task in run.step.closed


def test_boundary_event_is_let_go_when_the_task_is_done() -> None:
    run = Run(with_boundary(timer="duration P1D")).start()
    timer = FireTimer(run.now, run.id("b"))
    assert run.complete("a").last == "-a a-e1 +e1 -e1"
    assert run.status == "completed"
    with pytest.raises(Conflict):
        run.apply(timer)


def test_boundary_of_a_task_entered_again_is_new() -> None:
    model = Builder().start().user("a").exclusive("x").when("ok").end()
    model.at("x").default().to("a").boundary("t", "a", timer="duration PT1H", interrupting=False).end("e2")
    run = Run(model).start()
    first = run.job("t")
    run.complete("a", ok=False)
    assert run.job("t").activity_id != first.activity_id
    assert (first.due_at, run.job("t").due_at) == (
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=1, seconds=1),
    )


def test_timer_that_does_not_interrupt_fires_once() -> None:
    run = Run(with_boundary(timer="duration P1D", interrupting=False)).start().fire("b")
    assert run.last == "+b -b b-late +late" and run.waiting == ["a", "late"]
    assert run.complete("a").status == "active"
    assert run.complete("late").status == "completed"


@pytest.mark.parametrize("compact", [True, False])
def test_cancelling_the_host_leaves_the_branch_of_an_earlier_event(compact: bool) -> None:
    model = with_boundary(timer="duration P1D", interrupting=False)
    model.boundary("m", "a", message="撤").end("e3")
    run = Run(model, compact=compact).start().fire("b").deliver("m")
    assert run.waiting == ["late"]
    assert run.complete("late").status == "completed"


def test_cycle_opens_its_next_job_by_itself_until_it_is_over() -> None:
    run = Run(with_boundary(timer="cycle R3/P1D", interrupting=False)).start()
    dues = [run.job("b").due_at]
    for _ in range(2):
        run.fire("b")
        dues.append(run.job("b").due_at)
    assert dues == [NOW + timedelta(days=day) for day in (1, 2, 3)]
    run.fire("b")
    assert run.waiting == ["a", "late", "late", "late"]


def test_cycle_without_end_is_not_fired_for_the_past() -> None:
    run = Run(with_boundary(timer="cycle R/PT1H", interrupting=False)).start()
    run.now = NOW + timedelta(days=10)
    run.fire("b")
    assert run.job("b").due_at == NOW + timedelta(days=10, hours=1)


def test_cycle_ends_at_its_end_date() -> None:
    run = Run(with_boundary(timer="cycle R/P1D/2026-03-04T00:00:00Z", interrupting=False)).start().fire("b")
    assert run.waiting == ["a", "late"]


def test_interrupting_cycle_fires_once() -> None:
    assert Run(with_boundary(timer="cycle R3/P1D")).start().fire("b").waiting == ["late"]


def test_interrupting_message_takes_its_payload_along() -> None:
    run = Run(with_boundary(message="撤回")).start().deliver("b", 原因="补正")
    assert run.last == "!a +b -b b-late +late" and run.variables == {"原因": "补正"}


def test_message_that_does_not_interrupt_can_come_again() -> None:
    run = Run(with_boundary(message="补充", interrupting=False)).start().deliver("b").deliver("b")
    assert sorted(run.waiting) == ["a", "b", "late", "late"]
    assert run.complete("a").waiting == ["late", "late"]


def test_boundary_timer_may_use_the_input_parameters_of_its_task() -> None:
    model = Builder().start().user("a", inputs={"天": "=2"}).end("e1")
    model.boundary("t", "a", timer='duration ="P" + string(天) + "D"').end("e2")
    assert Run(model).start().job("t").due_at == NOW + timedelta(days=2)


def test_boundary_events_on_receive_and_service_tasks() -> None:
    model = Builder().start().receive("r", "m").service("s", "x").end("e1")
    model.boundary("t1", "r", timer="duration P1D").to("s").boundary("t2", "s", timer="duration P1D").end(
        "e2"
    )
    run = Run(model).start().fire("t1")
    assert run.waiting == ["t2", "s"] and "!r" in run.last
    assert run.fire("t2").status == "completed"
    other = Run(model).start().deliver("r").complete("s")
    assert other.status == "completed"


def test_deliver_to_a_timer_is_refused() -> None:
    run = Run(Builder().start().catch("t", timer="duration P1D").end()).start()
    with pytest.raises(ExecutionError):
        run.apply(DeliverMessage(run.now, run.id("t"), {}))


def test_terminate_end_ends_everything() -> None:
    model = Builder().start().parallel("s").user("a").end("e1").at("s").user("b").end("stop", "terminate")
    run = Run(model).start().complete("b")
    assert run.last == "-b b-stop +stop -stop !a"
    assert (run.status, run.step.end_event, run.step.error) == ("completed", "stop", None)


def test_terminate_end_stops_tokens_that_are_on_their_way() -> None:
    model = Builder().start().parallel("s").end("stop", "terminate").at("s").task("a").end("e1")
    assert Run(model).start().path == "start s stop"


def test_error_end_that_nobody_catches_ends_the_instance_with_its_code() -> None:
    model = Builder().start().parallel("s").user("a").end("e1").at("s").user("b").end("bad", "error", "E9")
    run = Run(model).start().complete("b")
    assert run.last == "-b b-bad +bad -bad !a"
    assert (run.status, run.step.end_event, run.step.error) == ("completed", "bad", "E9")


def test_instance_ends_with_its_last_token() -> None:
    model = Builder().start().parallel("s").user("a").end("e1").at("s").user("b").end("e2")
    run = Run(model).start().complete("a")
    assert (run.status, run.step.end_event) == ("active", None)
    run.complete("b")
    assert (run.status, run.step.end_event) == ("completed", "e2")


def test_cancel_ends_everything_that_is_live() -> None:
    model = with_boundary(timer="duration P1D")
    run = Run(model).start().cancel()
    assert (run.status, run.last, run.step.end_event) == ("terminated", "!a", None)
    assert len(run.step.closed) == 2
    with pytest.raises(Conflict):
        run.cancel()


def test_unsupported_events_are_refused_all_at_once() -> None:
    model = Builder().start().node("c", "intermediateCatchEvent", event=event("none"), line=4)
    model.node("x", "choreographyTask").end()
    with pytest.raises(InvalidDefinition) as caught:
        Run(model)
    assert [(problem.element, problem.line) for problem in caught.value.problems] == [("c", 4), ("x", None)]


@pytest.mark.parametrize("cycle", ["R/PT0S", "R/P0D", "R/PT0.001S"])
def test_a_cycle_that_would_fire_for_ever_at_once_is_refused(cycle: str) -> None:
    asked = Builder("p").start().user("ask").end().boundary("again", "ask", timer=f"cycle {cycle}")
    run = Run(asked.end("late"))
    with pytest.raises(ExecutionError, match="不是有效的日期、时长或周期"):
        run.start()
