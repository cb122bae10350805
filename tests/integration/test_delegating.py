"""Transfer, delegate, resolve: who may, who sees what afterwards, what the record and the notices say."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound, ProcessInstance
from engine.store.people import put_setting
from tests.integration.helpers import begin, do, kinds, names, process, take, task


@pytest.fixture
def case(people: Engine) -> ProcessInstance:
    return begin(people, process().user("one", groups="甲组").user("two", groups="乙组").end())


def test_a_transferred_task_is_the_others(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    people.save_draft(taken.id, {"x": "mine"}, by="a1")
    people.transfer(taken.id, "a2", "出差", by="a1")
    assert names(people, "a1", "todo") == []
    row = people.inbox("a2", "todo").items[0]
    assert row.handed is not None
    assert (row.handed.verb, row.handed.by, row.handed.reason) == ("transferred", "a1的岗位", "出差")
    assert people.task(taken.id, by="a2").values == {}  # a draft is its writer's
    with pytest.raises(NotAllowed, match="他人"):
        people.complete(taken.id, {}, by="a1")
    people.complete(taken.id, {"x": 1}, by="a2")
    assert people.case(case.id, by="a1").variables == {"x": 1}
    entry = next(e for e in people.case(case.id, by="").history if e.kind == "task.transferred")
    assert entry.data == {"name": "one", "from": "a1", "to": "a2", "reason": "出差"}
    assert people.verify(case.id) == ()


def test_who_is_no_candidate_is_not_given_the_task(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    for who, word in (("b1", "候选"), ("a1", "另选一人"), ("ghost", "没有账号"), ("", "选择")):
        with pytest.raises(NotAllowed, match=word):
            people.transfer(taken.id, who, "出差", by="a1")
    for reason in ("", "  ", "长" * 2001):
        with pytest.raises(InvalidInput, match="理由"):
            people.transfer(taken.id, "a2", reason, by="a1")
    with pytest.raises(NotAllowed, match="不在您的待办"):
        people.transfer(taken.id, "ab", "代办", by="a2")
    with pytest.raises(NotFound):
        people.transfer(taken.id, "a2", "代办", by="out")
    assert names(people, "a1", "todo") == ["one"]
    assert people.notifications("a2") == ()


def test_an_assigned_task_may_go_to_anybody_who_then_sees_the_case(people: Engine) -> None:
    case = begin(people, process().user("one", assignee="a1").end())
    people.transfer(task(people, "a1", box="todo").id, "out", "回避", by="a1")
    assert people.case(case.id, by="out").instance.id == case.id
    assert names(people, "out", "todo") == ["one"]
    people.complete(task(people, "out", box="todo").id, {}, by="out")
    assert people.case(case.id, by="out").instance.status == "completed"


def test_who_must_be_kept_apart_is_not_given_the_task(people: Engine) -> None:
    apart = {"separateFrom": "one"}
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组", properties=apart).end())
    do(people, "a1", "one")
    taken = take(people, "a2", "two")
    for verb in (people.transfer, people.delegate):
        with pytest.raises(NotAllowed, match="a1的岗位办过本件中"):
            verb(taken.id, "a1", "代办", by="a2")
    people.transfer(taken.id, "ab", "代办", by="a2")


def test_a_process_administrator_moves_a_task_on(people: Engine, case: ProcessInstance) -> None:
    with people._context.database.unit_of_work() as work:
        put_setting(work, "process_admins", "主管")
    taken = take(people, "a1")
    people.delegate(taken.id, "boss", "请看", by="a1")  # so that boss sees the case
    people.transfer(taken.id, "a2", "长期不办", by="boss")
    assert names(people, "a2", "todo") == ["one"]
    people.complete(taken.id, {}, by="a2")
    assert [one.kind for one in people.notifications("a1")] == []


def test_a_delegate_works_and_the_owner_completes(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    people.delegate(taken.id, "out", "请核对数字", by="a1")
    assert names(people, "a1", "todo") == []
    assert names(people, "out", "todo") == ["one"]
    people.save_draft(taken.id, {"x": 1}, by="out")
    view = people.task(taken.id, by="out")
    assert (view.can_complete, view.can_release) == (False, False)
    assert "委派给您" in view.reason
    with pytest.raises(NotAllowed, match="委派给您"):
        people.complete(taken.id, {"x": 1}, by="out")
    with pytest.raises(NotAllowed, match="委派"):
        people.delegate(taken.id, "a2", "转一下", by="out")
    with pytest.raises(NotAllowed, match="他人"):
        people.complete(taken.id, {"x": 1}, by="a1")
    people.resolve(taken.id, "已核对", by="out")
    row = people.inbox("a1", "todo").items[0]
    assert row.handed is not None
    assert (row.handed.verb, row.handed.by, row.handed.reason) == ("resolved", "out的岗位", "已核对")
    assert people.task(taken.id, by="a1").values == {"x": 1}  # what the delegate prepared
    assert names(people, "out", "done") == ["one"]
    with pytest.raises(NotAllowed, match="没有委派"):
        people.resolve(taken.id, "再答", by="a1")
    people.complete(taken.id, {"x": 2}, by="a1")
    assert kinds(people, case) == [
        "instance.started",
        "task.claimed",
        "task.delegated",
        "task.resolved",
        "task.completed",
    ]


def test_the_owner_takes_a_delegated_task_back(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    people.delegate(taken.id, "out", "请核对", by="a1")
    with pytest.raises(NotAllowed, match="不是委派给您"):
        people.resolve(taken.id, "答", by="a2")
    with pytest.raises(InvalidInput, match="答复"):
        people.resolve(taken.id, " ", by="out")
    people.resolve(taken.id, "我自己办", by="a1")
    assert names(people, "out", "todo") == []
    assert names(people, "out", "done") == []
    people.complete(taken.id, {}, by="a1")
    assert "task.recalled" in kinds(people, case)


def test_a_delegate_counts_as_having_done_the_step(people: Engine) -> None:
    apart = {"separateFrom": "one"}
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组", properties=apart).end())
    taken = take(people, "a1")
    people.delegate(taken.id, "a2", "请办", by="a1")
    people.resolve(taken.id, "办好", by="a2")
    people.complete(taken.id, {}, by="a1")
    assert names(people, "a2") == []
    with pytest.raises(NotAllowed, match="不同人"):
        people.claim(task(people, "ab", "two").id, by="a2")


def test_each_verb_tells_whom_it_concerns(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    people.delegate(taken.id, "a2", "请核对", by="a1")
    people.resolve(taken.id, "已核对", by="a2")
    people.transfer(taken.id, "ab", "出差", by="a1")
    (told,) = people.notifications("a2")
    assert (told.kind, told.actor, told.task_id, told.instance_id) == (
        "task.delegated",
        "a1",
        taken.id,
        case.id,
    )
    assert told.text == "a1的岗位把“one”委派给您办理：请核对"
    assert [one.text for one in people.notifications("a1")] == ["a2的岗位办完了您委派的“one”：已核对"]
    assert [one.text for one in people.notifications("ab")] == ["a1的岗位把“one”转办给您：出差"]
    assert people.notifications("b1") == ()


def test_a_notice_is_read_once(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    for _ in range(2):
        people.delegate(taken.id, "a2", "请核对", by="a1")
        people.resolve(taken.id, "收回", by="a1")
    first, *rest = people.notifications("a2", unread=True)
    people.mark_read([first.id], by="a2")
    people.mark_read([first.id], by="a2")
    people.mark_read([rest[0].id], by="b1")  # not his
    assert [one.id for one in people.notifications("a2", unread=True)] == [one.id for one in rest]
    people.mark_read(by="a2")
    assert people.notifications("a2", unread=True) == ()
    assert all(one.read_at for one in people.notifications("a2"))


def test_a_task_that_is_over_is_not_given_away(people: Engine, case: ProcessInstance) -> None:
    taken = take(people, "a1")
    people.complete(taken.id, {}, by="a1")
    for verb in (people.transfer, people.delegate):
        with pytest.raises(Conflict, match="已由a1的岗位办结"):
            verb(taken.id, "a2", "出差", by="a1")
