"""Copies for information, and urging: who gets what, who may what, how often."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound, ProcessInstance
from engine.store.people import put_setting
from tests.conftest import Clock
from tests.integration.helpers import begin, do, kinds, process, take, task


@pytest.fixture
def case(people: Engine) -> ProcessInstance:
    return begin(people, process().user("one", groups="甲组").user("two", groups="乙组").end())


def test_a_copy_is_seen_and_marked_as_read(people: Engine, case: ProcessInstance, clock: Clock) -> None:
    with pytest.raises(NotFound):
        people.case(case.id, by="out")
    people.copy_to(case.id, ["out", "boss"], "请知悉", by="a1", task_id=task(people, "a1").id)
    (copy,) = people.copies("out", unread=True)
    assert (copy.instance_id, copy.sent_by, copy.note, copy.read_at) == (case.id, "a1的岗位", "请知悉", None)
    assert people.case(case.id, by="out").instance.id == case.id
    assert [one.text for one in people.notifications("boss")] == [
        f"a1的岗位把“{case.title or case.business_key}”抄送给您：请知悉"
    ]
    at = clock.advance(hours=1)
    people.read_copies([copy.id], by="boss")  # not his
    assert len(people.copies("out", unread=True)) == 1
    people.read_copies([copy.id], by="out")
    clock.advance(hours=1)
    people.read_copies([copy.id], by="out")
    assert people.copies("out", unread=True) == ()
    assert people.copies("out")[0].read_at == at
    shown = {one.user: one.read_at for one in people.case(case.id, by="a1").copies}
    assert shown == {"out": at, "boss": None}
    assert kinds(people, case) == ["instance.started", "instance.copied"]
    assert people.verify(case.id) == ()


def test_who_has_a_copy_reads_and_can_do_no_more(people: Engine) -> None:
    case = begin(people, process().receive("wait", "通知").user("one", groups="甲组").end())
    people.copy_to(case.id, ["out"], by="a1")
    with pytest.raises(NotAllowed, match="抄送对象"):
        people.attach("a.txt", b"x", "text/plain", by="out", instance_id=case.id)
    with pytest.raises(NotAllowed, match="抄送对象"):
        people.copy_to(case.id, ["b1"], by="out")
    with pytest.raises(NotFound):
        people.deliver("通知", {}, by="out", instance_id=case.id)
    people.deliver("通知", {}, by="a1", instance_id=case.id)
    found = task(people, "a1")
    for act in (
        lambda: people.claim(found.id, by="out"),
        lambda: people.urge(found.id, by="out"),
        lambda: people.cancel(case.id, "不办了", by="out"),
        lambda: people.suspend(case.id, "等", by="out"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_who_takes_part_besides_is_not_held_back_by_a_copy(people: Engine) -> None:
    case = begin(people, process().user("one", assignee="a1").user("two", assignee="out").end())
    people.copy_to(case.id, ["out", "b1"], by="a1")
    people.complete(task(people, "a1", box="todo").id, {}, by="a1")
    people.attach("a.txt", b"x", "text/plain", by="out", instance_id=case.id)
    people.copy_to(case.id, ["a1"], by="out")
    people.attach("b.txt", b"x", "text/plain", by="a1", instance_id=case.id)


def test_a_case_that_is_over_can_be_copied(people: Engine) -> None:
    case = begin(people, process().user("one", groups="甲组").end())
    do(people, "a1")
    people.copy_to(case.id, ["out"], "办结情况", by="a1")
    assert people.case(case.id, by="out").instance.status == "completed"


def test_what_is_refused_in_copying(people: Engine, case: ProcessInstance) -> None:
    with pytest.raises(InvalidInput, match="选择抄送"):
        people.copy_to(case.id, [], by="a1")
    with pytest.raises(InvalidInput, match="附言"):
        people.copy_to(case.id, ["out"], "长" * 2001, by="a1")
    for who, word in (("ghost", "没有账号"), ("a1", "不必抄送给自己")):
        with pytest.raises(NotAllowed, match=word):
            people.copy_to(case.id, ["out", who], by="a1")
    with pytest.raises(NotFound):
        people.copy_to(case.id, ["out"], by="b1")
    with pytest.raises(NotFound):
        people.copy_to(case.id, ["out"], by="a1", task_id="other")
    people.copy_to(case.id, ["out"], by="a1")
    with pytest.raises(Conflict, match="还没有读"):
        people.copy_to(case.id, ["out"], by="a1")
    people.read_copies([people.copies("out")[0].id], by="out")
    people.copy_to(case.id, ["out"], "又有进展", by="a1")
    assert len(people.copies("out")) == 2


def test_urging_tells_who_has_the_task(people: Engine, case: ProcessInstance, clock: Clock) -> None:
    taken = take(people, "a2")
    with pytest.raises(NotAllowed, match="自己的待办"):
        people.urge(taken.id, by="a2")
    people.urge(taken.id, "今天要用", by="a1")
    assert [one.text for one in people.notifications("a2")] == ["a1的岗位催办“one”：今天要用"]
    assert people.notifications("ab") == ()
    clock.advance(hours=3, minutes=59)
    with pytest.raises(Conflict, match="您10:00已经催办过这项任务，14:00以后可以再催"):
        people.urge(taken.id, by="a1")
    people.urge(taken.id, by="ab")  # another may
    clock.advance(minutes=1)
    people.urge(taken.id, by="a1")
    assert len(people.notifications("a2")) == 3
    assert kinds(people, case).count("task.urged") == 3
    with pytest.raises(NotFound):
        people.urge(taken.id, by="out")


def test_urging_a_task_that_nobody_has_tells_the_candidates(people: Engine, case: ProcessInstance) -> None:
    with people._context.database.unit_of_work() as work:
        put_setting(work, "urge_hours", 0)
    found = task(people, "a1")
    people.urge(found.id, by="a1")
    people.urge(found.id, by="a1")
    assert [one.group for one in people.notifications("ab")] == ["甲组", "甲组"]
    assert people.notifications("b1") == ()
    do(people, "a1")
    with pytest.raises(Conflict, match="已由a1的岗位办结"):
        people.urge(found.id, by="a1")
