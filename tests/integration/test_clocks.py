"""Legal clocks: begun by steps, moved by approvals alone, told of once each, and never forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import Engine, InvalidDefinition, InvalidInput
from engine.model.clocks import LegalClock
from engine.store import clocks as kept
from tests.builders import Builder
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, do, kinds, process, take, task

LIMITS = {
    "clock": "10WD",
    "clockBasis": "《规则》第三条",
    "clockExtensions": "1",
    "clockExtensionMost": "P1M",
    "clockExtensionBasis": "《规则》第四条",
    "clockSupervisors": "乙组",
}


def approval(**verbs: str) -> Builder:
    """A case whose step `work` has a clock, with a step beside it that moves this clock."""
    made = process(properties={"clock": "P3M", "clockBasis": "《规则》第一条"}).parallel("split")
    made.user("work", groups="甲组", properties=LIMITS).parallel("join").end()
    return made.at("split").user("approve", groups="甲组", properties=verbs).to("join")


def clocks(engine: Engine, instance: str) -> dict[str, LegalClock]:
    with engine._context.database.reading() as work:
        return {one.element_id: one for one in kept.of_instance(work, instance)}


def test_a_task_and_its_process_have_clocks_that_end_with_them(people: Engine, clock: Clock) -> None:
    case = begin(people, approval(clockPauses="work", clockResumes="work"))
    found = clocks(people, case.id)
    assert {name: (one.length, one.is_task) for name, one in found.items()} == {
        "p": ("P3M", False),
        "work": ("10WD", True),
    }
    assert found["work"].due_at == task(people, "a1", "work").due_at
    do(people, "a1", "work")
    clock.now += timedelta(days=200)
    do(people, "a1", "approve")
    ended = clocks(people, case.id)
    assert [(one.outcome, one.ended_at <= one.due_at) for one in ended.values() if one.ended_at] == [
        ("done", False),
        ("done", True),
    ]


def test_a_pause_and_an_extension_move_the_end_and_say_who_approved(people: Engine, clock: Clock) -> None:
    made = process().parallel("split").user("work", groups="甲组", properties=LIMITS).parallel("join").end()
    made.at("split").user(
        "wait",
        groups="甲组",
        properties={"clockPauses": "work", "clockPausesWhen": "同意 = true", "clockPausesFor": "审计意见"},
    ).user("got", groups="甲组", properties={"clockResumes": "work"}).user(
        "longer",
        groups="甲组",
        properties={"clockExtends": "work", "clockExtendsWhen": "同意 = true", "clockExtendsBy": "延长"},
    ).user("again", groups="甲组", properties={"clockExtends": "work", "clockExtendsBy": "5WD"}).to("join")
    case = begin(people, made)
    take(people, "a1", "work")
    before = clocks(people, case.id)["work"].due_at

    do(people, "a1", "wait", 同意=True)
    clock.now += timedelta(days=9)
    row = people.inbox("a1", "todo").items[0].task
    assert (row.due_at, row.left and row.left.paused, row.left and row.left.waits_for) == (
        None,
        9,
        "审计意见",
    )
    do(people, "a1", "got")
    resumed = clocks(people, case.id)["work"]
    row = people.inbox("a1", "todo").items[0].task
    assert before < resumed.due_at == row.due_at
    assert row.left and row.left.paused is None

    taken = take(people, "a1", "longer")
    with pytest.raises(InvalidInput, match="每次最多延长1个月（《规则》第四条），不能延长2个月"):
        people.complete(taken.id, {"同意": True, "延长": "P2M"}, by="a1")
    people.complete(taken.id, {"同意": True, "延长": "P1M"}, by="a1")
    extended = clocks(people, case.id)["work"]
    assert extended.due_at > resumed.due_at + timedelta(days=27)
    assert [(one["kind"], one["by"], one["step"]) for one in extended.moves] == [
        ("pause", "a1", "wait"),
        ("extend", "a1", "longer"),
    ]
    left = task(people, "a1", "work", "todo").left
    assert left and (left.extended, left.approved) == (("P1M",), "longer")
    taken = take(people, "a1", "again")
    with pytest.raises(InvalidInput, match="最多延长1次（《规则》第四条），已经延长过1次，不能再延长"):
        people.complete(taken.id, {}, by="a1")
    moved = [one for one in people.case(case.id, by="").history if one.kind.startswith("clock.")]
    assert [one.kind for one in moved] == ["clock.extended", "clock.resumed", "clock.paused"]
    assert moved[0].data["basis"] == "《规则》第四条"
    assert all(one.actor == "a1" for one in moved)
    assert people.verify(case.id) == ()


def test_handler_and_supervisor_are_told_once_of_each_stage(people: Engine, clock: Clock) -> None:
    case = begin(people, approval(clockExtends="work", clockExtendsBy="5WD"))
    take(people, "a1", "work")
    due = clocks(people, case.id)["work"].due_at

    def told(user: str) -> list[str]:
        return [one.kind for one in people.notifications(user) if one.kind.startswith("clock.")]

    for at, expected in (
        (due - timedelta(days=2), ["clock.soon"]),
        (due - timedelta(hours=1), ["clock.today", "clock.soon"]),
        (due + timedelta(minutes=1), ["clock.over", "clock.today", "clock.soon"]),
    ):
        clock.now = at
        for _ in range(3):
            people.run_due_jobs()
        assert (told("a1"), told("b1")) == (expected, expected)
    assert [kind for kind in kinds(people, case) if kind.startswith("clock.")] == [
        "clock.soon",
        "clock.today",
        "clock.over",
    ]
    do(people, "a1", "approve")
    clock.now = clocks(people, case.id)["work"].due_at + timedelta(minutes=1)
    people.run_due_jobs()
    assert told("a1")[0] == "clock.over"
    assert told("a1").count("clock.over") == 2  # of another end


def test_a_suspended_case_stands_still_by_the_same_arithmetic(people: Engine, clock: Clock) -> None:
    case = begin(people, approval(clockPauses="work", clockResumes="work"))
    work = take(people, "a1", "work")
    people.suspend(case.id, "等", by="a1")
    clock.now += timedelta(days=30)
    assert people.run_due_jobs() == 0
    people.resume(case.id, "好", by="a1")
    found = clocks(people, case.id)
    assert found["work"].due_at == people.task(work.id, by="a1").row.task.due_at
    assert [one["kind"] for one in found["work"].moves] == ["rest"]
    assert found["p"].moves[0]["kind"] == "rest"


def test_stretches_events_and_scopes(people: Engine, clock: Clock) -> None:
    inner = Builder("x").start("s2").user("inside", groups="甲组").end("e2")
    made = process().throw(
        "announced", "none", properties={"clock": "P1M", "clockUntil": "answer", "clockBasis": "《规则》"}
    )
    made.sub("stretch", inner, properties={"clock": "P30D"}).user("answer", groups="甲组").user(
        "last", groups="甲组"
    ).end()
    case = begin(people, made)
    assert set(clocks(people, case.id)) == {"announced", "stretch"}
    do(people, "a1", "inside")
    found = clocks(people, case.id)
    assert found["stretch"].outcome == "done"
    assert found["announced"].ended_at is None
    do(people, "a1", "answer")
    assert clocks(people, case.id)["announced"].outcome == "done"


def test_what_cannot_be_moved_is_refused_at_deployment(people: Engine) -> None:
    made = (
        process()
        .user("work", groups="甲组", properties={"clock": "5WD"})
        .user(
            "approve",
            groups="甲组",
            properties={"clockExtends": "work,nothing", "clockExtendsBy": "P1M", "clockPausesWhen": "a > "},
        )
    )
    with pytest.raises(InvalidDefinition) as refused:
        deploy(people, made.end())
    told = "\n".join(str(one) for one in refused.value.problems)
    assert "clockPausesWhen" in told
    over = (
        process("q")
        .user("work", groups="甲组", properties=LIMITS)
        .user("approve", groups="甲组", properties={"clockExtends": "work,nothing", "clockExtendsBy": "P2M"})
    )
    plain = (
        process("r")
        .user("bare", groups="甲组", properties={"clock": "5WD", "clockExtensions": "x"})
        .user("approve", groups="甲组", properties={"clockExtends": "bare"})
    )
    with pytest.raises(InvalidDefinition) as refused:
        deploy(people, over.end(), plain.end())
    told = "\n".join(str(one) for one in refused.value.problems)
    for text in (
        "超过了“work”每次最长的“P1M”",
        "所指的“nothing”没有期限",
        "clockExtensions 应是次数",
        "没有写明延长多久",
    ):
        assert text in told


def test_an_offices_own_days_are_recorded_and_counted_by(people: Engine, clock: Clock) -> None:
    clock.now = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
    case = begin(people, process().user("work", groups="甲组", properties={"clock": "3WD"}).end())
    before = clocks(people, case.id)["work"].due_at
    days = '{"calendar": [{"date": "2026-09-03", "working": false, "why": "本单位停电检修"}]}'
    assert people.load_calendar(days.encode(), "days.json") == 1
    assert clocks(people, case.id)["work"].due_at == before + timedelta(days=3)  # Friday to Monday
    assert task(people, "a1").due_at == before + timedelta(days=3)
    assert task(people, "a1").left.amount == 3
    assert kinds(people, case)[-1] == "clock.reckoned"
    assert people.load_calendar(days.encode(), "days.json") == 0
    assert [one.why for one in people.calendar()] == ["本单位停电检修"]
    with pytest.raises(InvalidInput, match="不是日期"):
        people.load_calendar(days.replace("09-03", "13-03").encode(), "days.json")
    assert people.verify(case.id) == ()


def test_a_year_without_published_holidays_says_so(people: Engine, clock: Clock) -> None:
    clock.now = datetime(2031, 3, 3, 1, 0, tzinfo=UTC)
    case = begin(people, process().user("work", groups="甲组", properties={"clock": "3WD"}).end())
    assert clocks(people, case.id)["work"].years == (2031,)
    assert task(people, "a1").left.guessed == (2031,)
    found = [one for one in people.diagnose() if one.kind == "calendar.unpublished"]
    assert [(one.subject, one.severity) for one in found] == [("2031", "warning")]
