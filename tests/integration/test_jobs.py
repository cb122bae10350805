"""Jobs: timers, handlers, retries, incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from engine import Conflict, Engine, NotAllowed, NotFound, Resource, handlers
from engine.commands import jobs, steps
from engine.commands.leases import LEASE
from engine.errors import EngineError
from engine.model.handling import HandlerContext, HandlerResult, Notification, Publication
from tests.conftest import Clock
from tests.integration.helpers import begin, do, kinds, names, process

VISIBLE = {"visibleTo": "主管"}


@dataclass
class Handler:
    """A handler that does as it is told, and remembers its calls."""

    answer: Callable[[HandlerContext], HandlerResult] = lambda _: HandlerResult({})
    calls: list[HandlerContext] = field(default_factory=list)

    def __call__(self, context: HandlerContext) -> HandlerResult:
        self.calls.append(context)
        return self.answer(context)


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Handler:
    made = Handler()
    monkeypatch.setattr(handlers, "registry", {**handlers.registry, "test": made})
    return made


def diagram() -> object:
    return process(properties=VISIBLE).service("s", "test").user("after", groups="甲组").end()


@contextmanager
def failing(owner: object, name: str, times: int = 1) -> Iterator[None]:
    """Let a function do its work and then fail, the first `times` times."""
    real, left = getattr(owner, name), [times]

    def broken(*args: object, **kwargs: object) -> object:
        result = real(*args, **kwargs)
        if left[0]:
            left[0] -= 1
            raise RuntimeError("the power went off")
        return result

    patch = pytest.MonkeyPatch()
    patch.setattr(owner, name, broken)
    try:
        yield
    finally:
        patch.undo()


def test_a_timer_fires_when_its_time_has_come(people: Engine, clock: Clock) -> None:
    begin(people, process().catch("wait", timer="duration P2D").user("after", groups="甲组").end())
    assert people.next_due() == clock() + timedelta(days=2)
    assert people.run_due_jobs() == 0
    clock.advance(days=2)
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["after"]
    assert (people.run_due_jobs(), people.next_due()) == (0, None)


def test_a_repeating_timer_goes_on_while_its_task_is_open(people: Engine, clock: Clock) -> None:
    late = (
        process()
        .user("one", groups="甲组")
        .end()
        .boundary("remind", "one", timer="cycle R3/PT1H", interrupting=False)
    )
    begin(people, late.user("look", groups="乙组").end("end2"))
    for _ in range(5):
        clock.advance(hours=1)
        people.run_due_jobs()
    assert names(people, "b1") == ["look"] * 3
    assert people.next_due() is None


def test_a_continuation_runs_at_once(people: Engine) -> None:
    begin(people, process().script("s", "1", "x", async_before=True).user("after", groups="甲组").end())
    assert names(people, "a1") == []
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["after"]


def test_a_handler_sees_its_case_and_gives_variables(people: Engine, handler: Handler) -> None:
    handler.answer = lambda context: HandlerResult({"y": context.variables["x"] + 1})
    template = Resource("t/documents/d.txt", b"text")
    service = process().service("s", "test", properties={"document": "documents/d.txt", "other": "甲"})
    instance = begin(people, service.user("after", groups="甲组").end(), template, x=1)
    assert handler.calls == []
    assert people.run_due_jobs() == 1
    assert people.case(instance.id, by="a1").variables == {"x": 1, "y": 2}
    (seen,) = handler.calls
    assert (seen.instance_id, seen.business_key, seen.element_id) == (instance.id, "p-2026-1", "s")
    assert seen.resources == {"documents/d.txt": b"text"}
    assert seen.properties["other"] == "甲"
    assert seen.people["a1"] == "a1的岗位"


def test_what_a_handler_gives_is_kept_in_one_step(people: Engine, handler: Handler) -> None:
    handler.answer = lambda _: HandlerResult(
        {},
        documents=(Resource("决定.docx", b"PK"),),
        numbers={"文号": "决〔{year}〕{n}号"},
        notifications=(Notification(("甲组", "乙组"), "已决定"),),
        publications=(Publication("公告", "全文", "公开记录"),),
    )
    instance = begin(people, diagram())
    people.run_due_jobs()
    found = people.case(instance.id, by="a1")
    assert found.variables["文号"] == "决〔2026〕1号"
    (entry,) = people.publications()
    assert (entry.title, entry.body, entry.id) == ("公告", "全文", found.variables["公开记录"]["id"])
    assert {(one.group, one.text) for one in people.notifications("ab")} == {
        ("甲组", "已决定"),
        ("乙组", "已决定"),
    }
    assert people.notifications("out") == ()
    (document,) = found.documents
    assert (document.name, document.created_by) == ("决定.docx", "")
    assert document.media_type.endswith("wordprocessingml.document")
    assert kinds(people, instance)[1:6] == [
        "job.completed",
        "document.created",
        "number.allocated",
        "notification.sent",
        "publication.created",
    ]


def test_a_failing_handler_is_tried_again_and_then_an_incident(
    people: Engine, handler: Handler, clock: Clock
) -> None:
    def broken(_: HandlerContext) -> HandlerResult:
        raise OSError("printer on fire")

    handler.answer = broken
    instance = begin(people, diagram())
    for wait in (timedelta(0), *jobs.BACKOFF):
        assert people.incidents("boss") == ()
        clock.now += wait
        assert people.run_due_jobs() == 1
    (incident,) = people.incidents("boss")
    assert (incident.instance_id, incident.element_id) == (instance.id, "s")
    assert "printer on fire" in incident.message
    assert people.next_due() is None
    assert people.incidents("out") == ()
    assert "incident.created" in kinds(people, instance)
    assert people.case(instance.id, by="boss").incidents == (incident,)

    handler.answer = lambda _: HandlerResult({})
    with pytest.raises(NotFound):
        people.retry(incident.job_id, by="out")
    with pytest.raises(NotAllowed):
        begin(people, process("q").user("one", groups="乙组").end())
        people.retry(incident.job_id, by="ghost")
    people.retry(incident.job_id, by="boss")
    assert people.incidents("boss") == ()
    assert people.run_due_jobs() == 1
    assert "after" in names(people, "a1")
    with pytest.raises(NotFound):
        people.retry(incident.job_id, by="boss")


def test_a_certain_failure_is_an_incident_at_once(people: Engine, handler: Handler) -> None:
    def refuse(_: HandlerContext) -> HandlerResult:
        raise EngineError("没有模板")

    handler.answer = refuse
    begin(people, diagram())
    people.run_due_jobs()
    assert [one.message for one in people.incidents("boss")] == ["没有模板"]


def test_a_waiting_job_cant_be_retried(people: Engine, handler: Handler) -> None:
    def broken(_: HandlerContext) -> HandlerResult:
        raise OSError

    handler.answer = broken
    begin(people, diagram())
    people.run_due_jobs()
    with people._context.database.reading() as work:
        job_id = jobs.jobs.fetch_due(work, people.now() + timedelta(days=1), people.now(), 1)[0].id
    with pytest.raises(Conflict, match="没有失败"):
        people.retry(job_id, by="boss")


def test_an_expression_that_fails_after_a_timer_is_an_incident(people: Engine, clock: Clock) -> None:
    stuck = process().catch("wait", timer="duration PT1H").exclusive("g").when("x = 1")
    instance = begin(people, stuck.user("after", groups="甲组").end(), x=2)
    clock.advance(hours=1)
    people.run_due_jobs()
    (incident,) = people.incidents("a1")
    assert incident.element_id == "g"
    found = people.case(instance.id, by="a1")
    assert found.instance.status == "active"
    assert [one.element_id for one in found.diagrams[0].activities] == ["start", "wait"]


def test_cancelling_a_case_removes_its_jobs_and_incidents(people: Engine, handler: Handler) -> None:
    def refuse(_: HandlerContext) -> HandlerResult:
        raise EngineError("没有模板")

    handler.answer = refuse
    instance = begin(people, diagram())
    people.run_due_jobs()
    people.cancel(instance.id, "不办了", by="boss")
    assert people.incidents("boss") == ()
    assert people.next_due() is None


def test_a_crash_after_the_effect_completes_once(people: Engine, handler: Handler, clock: Clock) -> None:
    handler.answer = lambda _: HandlerResult({}, numbers={"文号": "{n}"})
    instance = begin(people, diagram())
    with failing(steps, "run"):
        people.run_due_jobs()
    assert names(people, "a1") == []
    assert kinds(people, instance) == ["instance.started"]
    clock.now += jobs.BACKOFF[0]
    people.run_due_jobs()
    assert names(people, "a1") == ["after"]
    assert people.case(instance.id, by="a1").variables["文号"] == "1"
    assert {call.idempotency_key for call in handler.calls} == {handler.calls[0].idempotency_key}
    assert kinds(people, instance).count("job.completed") == 1


def test_a_runner_that_died_loses_its_job_when_the_lease_ends(
    people: Engine, handler: Handler, clock: Clock
) -> None:
    begin(people, diagram())
    context = people._context
    with context.database.unit_of_work() as work:
        (taken,) = jobs.jobs.fetch_due(work, clock(), clock() + LEASE, 10)
    assert people.run_due_jobs() == 0
    assert people.next_due() == clock() + LEASE
    clock.now += LEASE
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["after"]
    jobs.run(context, taken)  # the dead one comes back to life
    assert names(people, "a1") == ["after"]


def test_two_runners_never_take_the_same_job(people: Engine, handler: Handler, clock: Clock) -> None:
    for _ in range(3):
        begin(people, diagram())
    context = people._context
    with context.database.unit_of_work() as first:
        mine = jobs.jobs.fetch_due(first, clock(), clock() + LEASE, 2)
        if context.database.several_writers:
            with context.database.unit_of_work() as second:
                other = jobs.jobs.fetch_due(second, clock(), clock() + LEASE, 5)
            assert len(other) == 1
            assert not {one.id for one in mine} & {one.id for one in other}
    assert len(mine) == 2


def test_a_handler_of_a_closed_activity_does_nothing(people: Engine, handler: Handler, clock: Clock) -> None:
    late = process().service("s", "test").end().boundary("late", "s", timer="duration PT1H")
    instance = begin(people, late.user("instead", groups="甲组").end("end2"))
    context = people._context
    with context.database.unit_of_work() as work:
        (taken,) = jobs.jobs.fetch_due(work, clock(), clock() + timedelta(days=1), 10)
    clock.advance(hours=2)
    assert people.run_due_jobs() == 1
    jobs.run(context, taken)
    assert names(people, "a1") == ["instead"]
    assert "job.completed" not in kinds(people, instance)
    do(people, "a1", "instead")
    assert people.case(instance.id, by="a1").instance.status == "completed"
