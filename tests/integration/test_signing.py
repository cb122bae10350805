"""Signers before, beside and after a task: what waits for whom, what they see, what the case is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, ProcessInstance, UserTask
from tests.conftest import Clock
from tests.integration.helpers import begin, do, form, kinds, names, process, take, task


@pytest.fixture
def case(people: Engine) -> ProcessInstance:
    return begin(
        people, process().user("one", groups="甲组", form="f").user("two", groups="乙组").end(), form("f")
    )


FILLED = {"标题": "甲"}


def status(engine: Engine, case: ProcessInstance) -> str:
    return engine.case(case.id, by="").instance.status


def signer(engine: Engine, user: str) -> UserTask:
    return next(
        row.task for row in engine.inbox(user, "todo").items if row.handed and row.handed.verb == "signing"
    )


def test_the_owner_waits_for_who_signs_before(people: Engine, case: ProcessInstance) -> None:
    owned = take(people, "a1")
    people.add_signers(owned.id, ["b1", "out"], "before", "请法制把关", by="a1")
    with pytest.raises(Conflict, match="b1的岗位、out的岗位还没有签署"):
        people.complete(owned.id, FILLED, by="a1")
    people.sign(signer(people, "b1").id, True, "可以", by="b1")
    view = people.task(signer(people, "out").id, by="out")
    assert view.verbs == {"sign", "transfer", "copy"}
    assert not view.can_complete
    assert [(one.assignee, one.opinion) for one in view.parts] == [
        ("b1", {"agree": True, "text": "可以"}),
        ("out", None),
    ]
    with pytest.raises(Conflict, match="out的岗位还没有签署"):
        people.complete(owned.id, FILLED, by="a1")
    people.sign(signer(people, "out").id, False, "数字不对", by="out")
    assert names(people, "b1") == []
    people.complete(owned.id, FILLED, by="a1")
    assert names(people, "b1") == ["two"]
    said = people.case(case.id, by="a1").variables["signatures"]
    assert [(one["signer"], one["mode"], one["agree"], one["text"], one["step"]) for one in said] == [
        ("b1", "before", True, "可以", "one"),
        ("out", "before", False, "数字不对", "one"),
    ]


def test_the_case_goes_on_when_owner_and_signers_beside_him_are_done(
    people: Engine, case: ProcessInstance
) -> None:
    owned = take(people, "a1")
    people.add_signers(owned.id, ["b1", "out"], "parallel", "请同时看", by="a1")
    people.sign(signer(people, "b1").id, True, by="b1")
    assert people.complete(owned.id, FILLED, by="a1") == ()
    assert names(people, "a1", "todo") == []
    assert names(people, "a1", "done") == ["one"]
    assert "two" not in names(people, "b1")
    assert people.task(signer(people, "out").id, by="out").values == FILLED  # he sees what was submitted
    with pytest.raises(Conflict, match="已由a1的岗位办结"):
        people.complete(owned.id, FILLED, by="a1")
    people.sign(signer(people, "out").id, True, "好", by="out")
    assert names(people, "b1") == ["two"]
    assert people.inbox("b1", "claimable").items[0].sent_by == "a1的岗位"
    assert people.case(case.id, by="a1").variables["标题"] == "甲"


def test_who_signs_after_gets_his_turn_when_the_owner_is_done(
    people: Engine, case: ProcessInstance, clock: Clock
) -> None:
    owned = take(people, "a1")
    (made,) = people.add_signers(owned.id, ["out"], "after", "请复核", by="a1")
    assert names(people, "out", "todo") == []
    assert people.notifications("out") == ()
    with pytest.raises(Conflict, match="没有轮到"):
        people.sign(made, True, by="out")
    later = clock.advance(hours=3)
    people.complete(owned.id, FILLED, by="a1")
    assert signer(people, "out").created_at == later
    assert [one.text for one in people.notifications("out")] == ["a1的岗位请您签署“one”：请复核"]
    people.sign(made, True, by="out")
    assert names(people, "b1") == ["two"]
    assert [one.text for one in people.notifications("a1")] == ["out的岗位签署“one”：同意"]
    assert kinds(people, case) == [
        "instance.started",
        "task.claimed",
        "task.signers_added",
        "task.completed",
        "task.signed",
    ]
    assert people.verify(case.id) == ()


def test_signing_is_once_and_by_the_signer(people: Engine, case: ProcessInstance) -> None:
    owned = take(people, "a1")
    (made,) = people.add_signers(owned.id, ["b1"], "parallel", "请看", by="a1")
    with pytest.raises(NotAllowed, match="不在您的待办"):
        people.sign(made, True, by="a1")
    with pytest.raises(NotAllowed, match="不是加签"):
        people.sign(owned.id, True, by="a1")
    with pytest.raises(NotAllowed, match="请签署意见"):
        people.complete(made, {}, by="b1")
    with pytest.raises(InvalidInput, match="意见"):
        people.sign(made, False, " ", by="b1")
    people.sign(made, False, "不妥", by="b1")
    with pytest.raises(Conflict, match="已由b1的岗位办结"):
        people.sign(made, True, by="b1")


def test_who_may_be_asked_to_sign(people: Engine, case: ProcessInstance) -> None:
    owned = take(people, "a1")
    ask = people.add_signers
    for signers, word in ((["a1"], "已在a1的岗位的待办"), (["ghost"], "没有账号")):
        with pytest.raises(NotAllowed, match=word):
            ask(owned.id, signers, "before", "请看", by="a1")
    for signers, mode, reason, word in (
        ([], "before", "请看", "选择加签的人"),
        (["b1"], "sometimes", "请看", "加签方式"),
        (["b1"], "before", "", "理由"),
    ):
        with pytest.raises(InvalidInput, match=word):
            ask(owned.id, signers, mode, reason, by="a1")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed, match="不在您的待办"):
        ask(owned.id, ["b1"], "before", "请看", by="a2")
    (made,) = ask(owned.id, ["b1"], "before", "请看", by="a1")
    with pytest.raises(Conflict, match="已经请b1的岗位签署"):
        ask(owned.id, ["out", "b1"], "after", "请看", by="a1")
    with pytest.raises(NotAllowed, match="加签任务"):
        ask(made, ["out"], "before", "请看", by="b1")
    assert len(people.task(owned.id, by="a1").parts) == 1


def test_separation_holds_for_signers_both_ways(people: Engine) -> None:
    apart = {"separateFrom": "one"}
    diagram = process().user("one", groups="甲组").user("two", groups="甲组", properties=apart)
    begin(people, diagram.end())
    owned = take(people, "a1", "one")
    people.add_signers(owned.id, ["ab"], "before", "请看", by="a1")
    people.sign(signer(people, "ab").id, True, by="ab")
    people.complete(owned.id, {}, by="a1")
    assert names(people, "ab") == []  # signed the step that this one is kept apart from
    taken = take(people, "a2", "two")
    for who in ("a1", "ab"):
        with pytest.raises(NotAllowed, match="办过本件中"):
            people.add_signers(taken.id, [who], "after", "请看", by="a2")
    (made,) = people.add_signers(taken.id, ["out"], "parallel", "请看", by="a2")
    with pytest.raises(NotAllowed, match="办过本件中"):
        people.transfer(made, "a1", "请代签", by="out")


def test_a_signer_who_has_not_signed_is_removed(people: Engine, case: ProcessInstance) -> None:
    owned = take(people, "a1")
    first, second = people.add_signers(owned.id, ["b1", "out"], "before", "请看", by="a1")
    with pytest.raises(NotAllowed, match="减签"):
        people.remove_signer(first, "不必", by="out")
    with pytest.raises(InvalidInput, match="减签的理由"):
        people.remove_signer(first, "", by="a1")
    with pytest.raises(Conflict, match="不是加签"):
        people.remove_signer(owned.id, "不必", by="a1")
    people.sign(second, True, by="out")
    people.remove_signer(first, "不必", by="a1")
    with pytest.raises(Conflict, match="撤销"):
        people.remove_signer(first, "不必", by="a1")
    with pytest.raises(Conflict, match="out的岗位已经签署"):
        people.remove_signer(second, "不必", by="a1")
    assert names(people, "b1", "todo") == []
    assert "a1的岗位不再需要您签署“one”：不必" in [one.text for one in people.notifications("b1")]
    people.complete(owned.id, FILLED, by="a1")
    assert names(people, "b1") == ["two"]


def test_removing_the_last_signer_lets_a_submitted_task_go_on(people: Engine, case: ProcessInstance) -> None:
    owned = take(people, "a1")
    (made,) = people.add_signers(owned.id, ["out"], "after", "请看", by="a1")
    people.complete(owned.id, FILLED, by="a1")
    people.remove_signer(made, "出差", by="a1")
    assert names(people, "b1") == ["two"]
    assert "signatures" not in people.case(case.id, by="a1").variables


def test_a_signature_can_be_passed_on(people: Engine, case: ProcessInstance) -> None:
    owned = take(people, "a1")
    (made,) = people.add_signers(owned.id, ["b1"], "parallel", "请看", by="a1")
    people.transfer(made, "out", "我不分管", by="b1")
    people.complete(owned.id, FILLED, by="a1")
    people.sign(made, True, by="out")
    assert people.case(case.id, by="a1").variables["signatures"][0]["signer"] == "out"


def test_signers_go_with_a_task_that_a_timer_cancels(people: Engine, clock: Clock) -> None:
    diagram = process().user("one", groups="甲组").end().boundary("late", "one", timer="duration PT1H")
    case = begin(people, diagram.user("two", groups="甲组").to("end"))
    owned = take(people, "a1", "one")
    made = people.add_signers(owned.id, ["b1"], "parallel", "请看", by="a1")
    made += people.add_signers(owned.id, ["out"], "after", "请看", by="a1")
    people.complete(owned.id, {"x": 1}, by="a1")
    clock.advance(hours=2)
    people.run_due_jobs()
    assert names(people, "b1", "todo") == names(people, "out", "todo") == []
    with pytest.raises(Conflict, match="撤销"):
        people.sign(made[0], True, by="b1")
    assert [one.name for one in people.case(case.id, by="a1").open_tasks] == ["two"]
    do(people, "a1", "two")
    assert people.case(case.id, by="a1").variables == {}
    assert status(people, case) == "completed"


def test_signers_go_with_a_case_that_is_ended(people: Engine, case: ProcessInstance) -> None:
    owned = take(people, "a1")
    people.add_signers(owned.id, ["b1"], "before", "请看", by="a1")
    people.add_signers(owned.id, ["out"], "after", "请看", by="a1")
    people.cancel(case.id, "不办了", by="a1")
    assert names(people, "b1", "todo") == names(people, "a1", "todo") == []
    assert people.case(case.id, by="").open_tasks == ()


def test_what_was_said_at_an_earlier_step_stays(people: Engine) -> None:
    case = begin(people, process().user("one", assignee="a1").user("two", assignee="a1").end())
    for step in ("one", "two"):
        owned = task(people, "a1", step, "todo")
        people.add_signers(owned.id, ["out"], "before", "请看", by="a1")
        people.sign(signer(people, "out").id, True, step, by="out")
        people.complete(owned.id, {}, by="a1")
    said = people.case(case.id, by="a1").variables["signatures"]
    assert [(one["step"], one["text"]) for one in said] == [("one", "one"), ("two", "two")]


def test_signers_who_sign_at_the_same_moment_let_the_case_go_on_once(
    people: Engine, case: ProcessInstance
) -> None:
    owned = take(people, "a1")
    who = ["a2", "ab", "b1", "out"]
    made = people.add_signers(owned.id, who, "parallel", "请看", by="a1")
    people.complete(owned.id, FILLED, by="a1")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: people.sign(one[0], True, by=one[1]), zip(made, who, strict=True)))
    assert [one.name for one in people.case(case.id, by="").open_tasks] == ["two"]
    assert len(people.case(case.id, by="").variables["signatures"]) == 4
    assert kinds(people, case).count("task.signed") == 4
    assert people.verify(case.id) == ()
