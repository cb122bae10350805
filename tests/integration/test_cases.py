"""Verbs of a case: cancel, messages, files."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound
from tests.builders import Builder, event
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, do, kinds, names, process, take, task

VISIBLE = {"visibleTo": "主管"}


def test_cancelling_ends_everything_with_its_reason(people: Engine) -> None:
    instance = begin(people, process(properties=VISIBLE).user("one", groups="甲组").end())
    taken = take(people, "a1")
    for reason in ("", "  ", "字" * 2001):
        with pytest.raises(InvalidInput, match="理由"):
            people.cancel(instance.id, reason, by="boss")
    people.cancel(instance.id, " 重复 ", by="boss")
    found = people.case(instance.id, by="boss")
    assert (found.instance.status, found.instance.end_reason) == ("terminated", "重复")
    assert found.open_tasks == ()
    assert names(people, "a1", "todo") == []
    with pytest.raises(Conflict):
        people.complete(taken.id, {}, by="a1")
    with pytest.raises(Conflict):
        people.cancel(instance.id, "再次", by="boss")
    entry = next(event for event in found.history if event.kind == "instance.cancelled")
    assert (entry.actor, entry.data["reason"]) == ("boss", "重复")
    assert people.next_due() is None


def test_only_who_started_it_or_oversees_it_cancels(people: Engine) -> None:
    instance = begin(people, process(properties=VISIBLE).user("one", groups="乙组").end())
    with pytest.raises(NotAllowed):
        people.cancel(instance.id, "不办了", by="b1")
    with pytest.raises(NotFound):
        people.cancel(instance.id, "不办了", by="out")
    with pytest.raises(NotFound):
        people.cancel("nothing", "不办了", by="a1")
    assert people.case(instance.id, by="b1").can_cancel is False
    assert people.case(instance.id, by="a1").can_cancel is True
    people.cancel(instance.id, "不办了", by="a1")


def test_a_message_goes_to_the_case_that_it_names(people: Engine) -> None:
    diagram = process().receive("wait", "回函").user("two", groups="甲组").end()
    first = begin(people, diagram)
    second = people.start("p", {}, by="a1")
    with pytest.raises(Conflict, match="2处"):
        people.deliver("回函", {}, by="a1")
    people.deliver("回函", {"内容": "甲"}, by="a1", business_key=second.business_key)
    assert people.case(second.id, by="a1").variables == {"内容": "甲"}
    assert people.case(first.id, by="a1").variables == {}
    people.deliver("回函", {}, by="a1", instance_id=first.id)
    assert len(names(people, "a1")) == 2
    assert "message.delivered" in kinds(people, first)


def test_a_message_is_matched_by_correlation(people: Engine) -> None:
    diagram = process().receive("wait", "回函", "=文号").user("two", groups="甲组").end()
    first = begin(people, diagram, 文号="一")
    second = people.start("p", {"文号": "二"}, by="a1")
    people.deliver("回函", {"内容": "甲"}, by="a1", correlation="二")
    assert people.case(second.id, by="a1").variables["内容"] == "甲"
    with pytest.raises(NotFound):
        people.deliver("回函", {}, by="a1", correlation="二")
    assert "内容" not in people.case(first.id, by="a1").variables


def test_a_message_that_nobody_may_see_waits_for_nobody(people: Engine) -> None:
    instance = begin(people, process().receive("wait", "回函").end())
    with pytest.raises(NotFound):
        people.deliver("回函", {}, by="out", instance_id=instance.id)
    with pytest.raises(NotFound):
        people.deliver("别的", {}, by="a1", instance_id=instance.id)


def test_a_message_may_start_a_case(people: Engine) -> None:
    diagram = Builder("q", "来件流程", starter_groups=("甲组",))
    deploy(people, diagram.start(event=event("message", "来件")).user("one", groups="甲组").end())
    with pytest.raises(NotAllowed):
        people.deliver("来件", {}, by="b1")
    people.deliver("来件", {"x": 1}, by="a1")
    row = people.inbox("a2", "claimable").items[0]
    assert people.case(row.task.instance_id, by="a2").variables == {"x": 1}


def test_a_sent_message_reaches_who_waits_in_the_same_case(people: Engine) -> None:
    diagram = (
        process()
        .parallel("fork")
        .receive("wait", "完成")
        .user("after", groups="乙组")
        .end()
        .at("fork")
        .user("one", groups="甲组")
        .send("send", "完成", inputs={"结果": "=x + 1"})
        .end("end2")
    )
    instance = begin(people, diagram, x=1)
    do(people, "a1", "one")
    assert people.run_due_jobs() == 1
    assert names(people, "b1") == ["after"]
    assert people.case(instance.id, by="a1").variables["结果"] == 2


def test_a_sent_message_that_nobody_hears_ends_in_the_record(people: Engine, clock: Clock) -> None:
    instance = begin(people, process().throw("send", "喊").user("one", groups="甲组").end())
    people.run_due_jobs()
    assert people.next_due() == clock() + timedelta(days=1)
    clock.advance(days=1)
    people.run_due_jobs()
    assert kinds(people, instance)[-1] == "message.unheard"
    assert people.incidents("") == ()
    assert people.next_due() is None


def test_files_are_kept_with_the_case(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").user("two", groups="乙组").end())
    taken = take(people, "a1")
    info = people.attach("材料.txt", b"abc", "text/plain", by="a1", task_id=taken.id)
    assert (info.size, info.sha256) == (3, hashlib.sha256(b"abc").hexdigest())
    assert (info.instance_id, info.activity_id) == (instance.id, taken.id)
    again = people.attach("同样.txt", b"abc", "text/plain", by="a1", instance_id=instance.id)
    assert people.document(info.id, by="a2") == (info, b"abc")
    assert {one.id for one in people.case(instance.id, by="a1").documents} == {info.id, again.id}
    entry = next(e for e in people.case(instance.id, by="a1").history if e.kind == "document.attached")
    assert entry.data["sha256"] == info.sha256


def test_files_of_an_unseen_case_dont_exist(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    info = people.attach("材料.txt", b"abc", "text/plain", by="a1", instance_id=instance.id)
    with pytest.raises(NotFound):
        people.document(info.id, by="out")
    with pytest.raises(NotFound):
        people.document("nothing", by="a1")
    with pytest.raises(NotFound):
        people.attach("更多.txt", b"abc", "text/plain", by="out", instance_id=instance.id)
    with pytest.raises(NotAllowed):
        people.attach("更多.txt", b"abc", "text/plain", by="a2", task_id=task(people, "a1").id)


@pytest.mark.parametrize(
    ("name", "content"), [("", b"x"), ("../x", b"x"), ("a\\b", b"x"), ("x", b""), ("x", b"0" * 20_000_001)]
)
def test_bad_files_are_refused(people: Engine, name: str, content: bytes) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    with pytest.raises(InvalidInput):
        people.attach(name, content, "text/plain", by="a1", instance_id=instance.id)
    assert people.case(instance.id, by="a1").documents == ()
