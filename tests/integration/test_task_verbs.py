"""Claim, release, draft, complete: what they do, and what is refused."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound
from tests.conftest import Clock
from tests.integration.helpers import begin, do, form, kinds, names, process, statements, take, task


@pytest.fixture
def two_steps(people: Engine) -> Engine:
    begin(people, process().user("one", groups="甲组").user("two", groups="乙组").end())
    return people


def test_a_claimed_task_leaves_the_others_boxes(two_steps: Engine) -> None:
    assert names(two_steps, "a2") == ["one"]
    take(two_steps, "a1")
    assert names(two_steps, "a2") == []
    assert names(two_steps, "a1", "todo") == ["one"]


def test_a_claimed_task_cant_be_claimed_again(two_steps: Engine) -> None:
    taken = take(two_steps, "a1")
    with pytest.raises(Conflict, match="a1的岗位认领"):
        two_steps.claim(taken.id, by="a2")


def test_who_is_no_candidate_doesnt_find_the_task(two_steps: Engine) -> None:
    found = task(two_steps, "a1")
    for user in ("b1", "out", "boss"):
        with pytest.raises(NotFound):
            two_steps.claim(found.id, by=user)
        with pytest.raises(NotFound):
            two_steps.task(found.id, by=user)


def test_an_unknown_person_is_refused(two_steps: Engine) -> None:
    with pytest.raises(NotAllowed):
        two_steps.inbox("ghost", "todo")


def test_release_gives_the_task_back(two_steps: Engine) -> None:
    taken = take(two_steps, "a1")
    with pytest.raises(NotAllowed):
        two_steps.release(taken.id, by="a2")
    two_steps.release(taken.id, by="a1")
    assert names(two_steps, "a2") == ["one"]
    assert names(two_steps, "a1", "todo") == []


def test_an_assigned_task_without_candidates_cant_be_released(people: Engine) -> None:
    begin(people, process().user("one", assignee="b1").end())
    with pytest.raises(NotAllowed, match="指定"):
        people.release(task(people, "b1", box="todo").id, by="b1")


def test_completing_passes_values_on_and_moves_the_case(two_steps: Engine) -> None:
    do(two_steps, "a1", 甲=[1, {"乙": None}])
    assert names(two_steps, "b1") == ["two"]
    assert names(two_steps, "a1", "done") == ["one"]
    row = two_steps.inbox("b1", "claimable").items[0]
    assert row.sent_by == "a1的岗位"
    assert two_steps.case(row.task.instance_id, by="b1").variables == {"甲": [1, {"乙": None}]}


def test_an_unclaimed_task_must_be_claimed_first(two_steps: Engine) -> None:
    with pytest.raises(NotAllowed, match="先认领"):
        two_steps.complete(task(two_steps, "a1").id, {}, by="a1")


def test_anothers_task_cant_be_completed(two_steps: Engine) -> None:
    taken = take(two_steps, "a1")
    with pytest.raises(NotAllowed, match="他人"):
        two_steps.complete(taken.id, {}, by="a2")
    with pytest.raises(NotFound):
        two_steps.complete(taken.id, {}, by="b1")
    assert names(two_steps, "a1", "todo") == ["one"]


def test_a_task_is_completed_once(two_steps: Engine) -> None:
    taken = take(two_steps, "a1")
    two_steps.complete(taken.id, {"x": 1}, by="a1")
    with pytest.raises(Conflict, match="已由a1的岗位办结"):
        two_steps.complete(taken.id, {"x": 2}, by="a1")
    assert two_steps.case(taken.instance_id, by="a1").variables == {"x": 1}
    assert names(two_steps, "b1") == ["two"]


def test_a_stale_page_is_refused(two_steps: Engine) -> None:
    taken = take(two_steps, "a1")
    revision = two_steps.save_draft(taken.id, {"x": 1}, by="a1", revision=taken.revision)
    with pytest.raises(Conflict, match="刷新"):
        two_steps.complete(taken.id, {}, by="a1", revision=taken.revision)
    with pytest.raises(Conflict, match="另一个窗口"):
        two_steps.save_draft(taken.id, {}, by="a1", revision=taken.revision)
    assert two_steps.complete(taken.id, {}, by="a1", revision=revision) == ()


def test_a_draft_is_shown_again_and_never_reaches_the_case(two_steps: Engine) -> None:
    taken = take(two_steps, "a1")
    two_steps.save_draft(taken.id, {"x": "half"}, by="a1")
    assert two_steps.task(taken.id, by="a1").values == {"x": "half"}
    with pytest.raises(NotAllowed):
        two_steps.save_draft(taken.id, {}, by="a2")
    two_steps.complete(taken.id, {}, by="a1")
    assert two_steps.case(taken.instance_id, by="a1").variables == {}


def test_wrong_types_in_a_form_change_nothing(people: Engine) -> None:
    begin(people, process().user("one", groups="甲组", form="f").user("two", groups="甲组").end(), form("f"))
    taken = take(people, "a1")
    for values in ({"标题": ["甲"]}, {"标题": "甲", "件数": "二"}, {"标题": "甲", "件数": 0}, {}):
        with pytest.raises(InvalidInput):
            people.complete(taken.id, values, by="a1")
    assert names(people, "a1", "todo") == ["one"]
    people.complete(taken.id, {"标题": "甲", "件数": 2, "别的": 1}, by="a1")
    assert "别的" not in people.case(taken.instance_id, by="a1").variables


def test_who_did_a_step_cant_do_the_one_kept_apart(people: Engine) -> None:
    review = {"separateFrom": "one"}
    begin(
        people, process().user("one", groups="甲组").user("two", groups="甲组,乙组", properties=review).end()
    )
    do(people, "a1")
    assert names(people, "a1") == []  # not offered
    found = task(people, "a2", "two")
    shown = people.task(found.id, by="a1")
    assert (shown.can_claim, shown.can_complete) == (False, False)
    assert "不同人" in shown.reason
    with pytest.raises(NotAllowed, match="不同人"):
        people.claim(found.id, by="a1")
    do(people, "a2", "two")
    assert people.case(found.instance_id, by="a1").instance.status == "completed"


def test_separation_holds_when_the_step_is_assigned_or_done_meanwhile(people: Engine) -> None:
    diagram = (
        process()
        .parallel("fork")
        .user("one", groups="甲组")
        .parallel("join")
        .end()
        .at("fork")
        .user("two", assignee="a1", properties={"separateFrom": "one"})
        .to("join")
    )
    begin(people, diagram)
    assigned = task(people, "a1", "two", "todo")
    do(people, "a1", "one")
    with pytest.raises(NotAllowed, match="不同人"):
        people.complete(assigned.id, {}, by="a1")


def test_same_as_gives_the_task_to_who_did_the_step(people: Engine) -> None:
    diagram = process().user("one", groups="甲组").user("mid", groups="乙组")
    begin(people, diagram.user("two", groups="甲组", properties={"sameAs": "one"}).end())
    do(people, "a2", "one")
    do(people, "b1", "mid")
    assert names(people, "a2", "todo") == ["two"]
    assert names(people, "a1") == []


def test_completing_gives_the_same_persons_next_tasks(people: Engine) -> None:
    begin(
        people,
        process().user("one", groups="甲组").user("two", groups="甲组").user("three", groups="乙组").end(),
    )
    assert [one.name for one in do(people, "a1", "one")] == ["two"]
    assert do(people, "a1", "two") == ()


def test_every_verb_leaves_its_entry(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    taken = take(people, "a1")
    people.release(taken.id, by="a1")
    do(people, "a2", x=1)
    assert kinds(people, instance) == [
        "instance.started",
        "task.claimed",
        "task.released",
        "task.claimed",
        "task.completed",
        "instance.completed",
    ]
    entry = next(e for e in people.case(instance.id, by="").history if e.kind == "task.completed")
    assert (entry.actor, entry.data["values"], entry.activity_id) == ("a2", {"x": 1}, taken.id)


def test_a_boundary_timer_closes_the_task_it_interrupts(people: Engine, clock: Clock) -> None:
    diagram = process().user("one", groups="甲组").end().boundary("late", "one", timer="duration PT1H")
    instance = begin(people, diagram.user("two", groups="甲组").to("end"))
    taken = take(people, "a1", "one")
    clock.advance(hours=2)
    assert people.run_due_jobs() == 1
    assert names(people, "a1", "todo") == []
    assert names(people, "a1") == ["two"]
    with pytest.raises(Conflict, match="撤销"):
        people.complete(taken.id, {}, by="a1")
    assert "timer.fired" in kinds(people, instance)


def test_a_completion_takes_nine_statements(people: Engine) -> None:
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    for name in ("one", "two"):  # names of steps, and whom they are offered to, are kept once for all cases
        do(people, "a1", name, 答=name)
    people.start("p", {}, by="a1")
    for name in ("one", "two"):
        found = take(people, "a1", name)
        with statements(people) as run:
            people.complete(found.id, {"答": name}, by="a1")
        assert len(run) <= 9, run  # the ninth tells whom the new task is for


def test_a_completion_writes_in_a_late_round_what_it_wrote_in_an_early_one(people: Engine) -> None:
    looping = process().user("ask", groups="甲组").exclusive("more")
    begin(people, looping.default().to("ask").at("more").when("last = true").end(), 字段="内容" * 2_000)
    seen = {}
    for number in range(1, 61):
        found = take(people, "a1")
        with statements(people) as run:
            people.complete(found.id, {"last": False}, by="a1")
        seen[number] = run
    assert seen[10] == seen[60]
