"""Verbs that move a case, on each database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import (
    Conflict,
    Engine,
    Handed,
    InvalidInput,
    NotAllowed,
    NotFound,
    ProcessInstance,
    UserTask,
)
from engine.store import people as accounts
from tests.builders import Builder, many
from tests.integration.helpers import begin, do, names, process, take, task


def steer(engine: Engine, group: str = "主管") -> None:
    """Members of this group may steer cases."""
    with engine._context.database.unit_of_work() as work:
        accounts.put_setting(work, "process_admins", group)


def line() -> Builder:
    diagram = process(properties={"visibleTo": "主管"}).user("one", groups="甲组").user("two", groups="乙组")
    return diagram.user("three", groups="甲组").end()


def test_an_administrator_jumps_with_a_reason(people: Engine) -> None:
    steer(people)
    instance = begin(people, line())
    taken = take(people, "a1")
    people.jump(instance.id, "three", " 补录 ", by="boss", activity_id=taken.id)
    assert names(people, "a1", "todo") == [] and names(people, "a2") == ["three"]
    view = people.case(instance.id, by="boss")
    told = view.history[0]
    assert (told.kind, told.actor) == ("instance.jumped", "boss")
    assert told.data == {"reason": "补录", "element": "three", "name": "three"}
    with pytest.raises(Conflict, match="撤销"):
        people.complete(taken.id, {}, by="a1")
    do(people, "a2")
    assert people.case(instance.id, by="boss").instance.status == "completed"
    assert people.verify(instance.id) == ()


def test_who_may_not_jump_and_where(people: Engine) -> None:
    steer(people)
    instance = begin(people, line())
    with pytest.raises(NotAllowed, match="流程管理员"):
        people.jump(instance.id, "three", "补录", by="a1")
    with pytest.raises(NotFound):
        people.jump(instance.id, "three", "补录", by="out")
    with pytest.raises(InvalidInput, match="跳转的理由"):
        people.jump(instance.id, "three", " ", by="boss")
    with pytest.raises(InvalidInput, match="没有“four”"):
        people.jump(instance.id, "four", "补录", by="boss")
    revision = people.case(instance.id, by="boss").instance.revision
    people.jump(instance.id, "two", "补录", by="boss", revision=revision)
    with pytest.raises(Conflict, match="刷新"):
        people.jump(instance.id, "two", "补录", by="boss", revision=revision)
    people.cancel(instance.id, "不办", by="boss")
    with pytest.raises(Conflict, match="办结"):
        people.jump(instance.id, "two", "补录", by="boss")


# sending back ----------------------------------------------------------------------------------------------
def targets(engine: Engine, task_id: str, by: str) -> list[tuple[str, str]]:
    return [(one.name, one.done_by) for one in engine.send_back_targets(task_id, by=by)]


def at_three(engine: Engine) -> tuple[ProcessInstance, UserTask]:
    instance = begin(engine, line())
    do(engine, "a1", x=1)
    do(engine, "b1")
    return instance, take(engine, "a2", "three")


def test_a_task_goes_back_to_who_did_the_step_before(people: Engine) -> None:
    instance, mine = at_three(people)
    assert targets(people, mine.id, "a2") == [("two", "b1"), ("one", "a1")]
    people.send_back(mine.id, "previous", " 缺附件 ", by="a2")
    assert names(people, "a2", "todo") == [] and names(people, "ab") == []
    row = people.inbox("b1", "todo").items[0]
    assert (row.task.name, row.handed) == ("two", Handed("sent_back", "a2的岗位", "缺附件"))
    told = people.case(instance.id, by="a1").history[0]
    assert (told.kind, told.actor, told.activity_id) == ("task.sent_back", "a2", mine.id)
    assert told.data["reason"] == "缺附件" and told.data["to"] == "two" and told.data["then"] == "replay"
    assert "a2的岗位把“three”退回到“two”：缺附件" in [one.text for one in people.notifications("b1")]
    people.complete(row.task.id, {}, by="b1")
    assert names(people, "a1") == ["three"]


def test_a_task_goes_back_to_the_initiator_and_straight_back(people: Engine) -> None:
    instance, mine = at_three(people)
    people.send_back(mine.id, "initiator", "材料不全", by="a2", then="return")
    assert names(people, "a1", "todo") == ["one"]
    people.complete(task(people, "a1", box="todo").id, {"x": 2}, by="a1")
    assert names(people, "a2", "todo") == ["three"] and names(people, "b1") == []
    people.complete(task(people, "a2", box="todo").id, {}, by="a2")
    view = people.case(instance.id, by="a1")
    assert view.instance.status == "completed" and view.variables == {"x": 2}
    assert people.verify(instance.id) == ()


def test_a_task_goes_back_to_any_step_by_name(people: Engine) -> None:
    _, mine = at_three(people)
    with pytest.raises(InvalidInput, match="可以退回到“two”、“one”"):
        people.send_back(mine.id, "three", "重来", by="a2")
    people.send_back(mine.id, "one", "重来", by="a2")
    do_own(people, "a1", "one")
    assert targets(people, take(people, "ab", "two").id, "ab") == [("one", "a1")]


def do_own(engine: Engine, user: str, name: str) -> None:
    engine.complete(task(engine, user, name, "todo").id, {}, by=user)


def test_who_sends_back_when_and_why(people: Engine) -> None:
    _, mine = at_three(people)
    with pytest.raises(NotAllowed, match="他人"):
        people.send_back(mine.id, "previous", "不对", by="a1")
    with pytest.raises(NotFound):
        people.send_back(mine.id, "previous", "不对", by="out")
    with pytest.raises(InvalidInput, match="退回的理由"):
        people.send_back(mine.id, "previous", "", by="a2")
    with pytest.raises(InvalidInput, match="直接返回"):
        people.send_back(mine.id, "previous", "不对", by="a2", then="later")  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="刷新"):
        people.send_back(mine.id, "previous", "不对", by="a2", revision=mine.revision - 1)
    people.send_back(mine.id, "previous", "不对", by="a2", revision=mine.revision)
    for again in ("previous", "one"):
        with pytest.raises(Conflict, match="已由a2的岗位退回"):
            people.send_back(mine.id, again, "不对", by="a2")
    assert people.send_back_targets(mine.id, by="a2") == ()
    with pytest.raises(NotFound):
        people.send_back_targets(mine.id, by="out")


def test_nothing_lies_before_the_first_step(people: Engine) -> None:
    begin(people, process().user("one", groups="乙组").user("two", groups="乙组").end())
    mine = take(people, "b1")
    with pytest.raises(InvalidInput, match="没有人办过"):
        people.send_back(mine.id, "previous", "不对", by="b1")
    people.complete(mine.id, {}, by="b1")
    with pytest.raises(InvalidInput, match="发起人没有办过"):
        people.send_back(take(people, "ab", "two").id, "initiator", "不对", by="ab")


def test_who_may_not_do_the_step_again_doesnt_get_it(people: Engine) -> None:
    _, mine = at_three(people)
    found = people.user("b1")
    assert found is not None
    people.change_user(replace(found, active=False))
    people.send_back(mine.id, "previous", "缺附件", by="a2")
    assert names(people, "ab") == ["two"]


def test_separation_of_duty_outlives_sending_back(people: Engine) -> None:
    apart = {"separateFrom": "one"}
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组", properties=apart).end())
    do(people, "a1", "one")
    people.send_back(take(people, "a2", "two").id, "previous", "缺附件", by="a2")
    people.release(task(people, "a1", "one", "todo").id, by="a1")
    do(people, "ab", "one")
    assert names(people, "a1") == [] and names(people, "ab") == [] and names(people, "a2") == ["two"]


def test_round_a_loop_it_goes_back_to_what_was_passed_since_the_last_move(people: Engine) -> None:
    diagram = process().exclusive("m").user("one", groups="甲组").user("two", groups="甲组").exclusive("g")
    begin(people, diagram.when("again = true").to("m").default().end())
    do(people, "a1", "one")
    do(people, "a1", "two", again=True)
    mine = take(people, "a1", "one")
    assert targets(people, mine.id, "a1") == [("two", "a1")]
    people.send_back(mine.id, "two", "重来", by="a1")
    people.send_back(task(people, "a1", "two", "todo").id, "one", "重来", by="a1")
    assert people.send_back_targets(task(people, "a1", "one", "todo").id, by="a1") == ()


# taking back -----------------------------------------------------------------------------------------------
def test_who_completed_a_step_takes_it_back(people: Engine) -> None:
    instance = begin(people, line())
    mine = take(people, "a1", "one")
    people.complete(mine.id, {"x": 1}, by="a1")
    people.take_back(mine.id, "漏填", by="a1")
    assert names(people, "b1") == [] and names(people, "a1", "todo") == ["one"]
    told = people.case(instance.id, by="a1").history[0]
    assert (told.kind, told.actor, told.data) == ("task.taken_back", "a1", {"name": "one", "reason": "漏填"})
    with pytest.raises(Conflict, match="重新办理"):
        people.take_back(mine.id, by="a1")
    do_own(people, "a1", "one")
    assert names(people, "b1") == ["two"]
    assert people.verify(instance.id) == ()


def test_not_when_somebody_has_acted(people: Engine) -> None:
    begin(people, line())
    mine = take(people, "a1", "one")
    with pytest.raises(NotAllowed, match="还没有办结"):
        people.take_back(mine.id, by="a1")
    people.complete(mine.id, {}, by="a1")
    with pytest.raises(NotAllowed, match="不是您办结"):
        people.take_back(mine.id, by="b1")
    with pytest.raises(NotFound):
        people.take_back(mine.id, by="out")
    taken = take(people, "b1", "two")
    with pytest.raises(Conflict, match="“two”已由b1的岗位接手"):
        people.take_back(mine.id, by="a1")
    people.release(taken.id, by="b1")
    people.take_back(mine.id, by="a1")
    do_own(people, "a1", "one")
    do(people, "b1", "two")
    again = people.inbox("a1", "done").items[0].task
    with pytest.raises(Conflict, match="“two”已由b1的岗位办结"):
        people.take_back(again.id, by="a1")


def test_a_branch_takes_back_from_a_join_and_behind_it(people: Engine) -> None:
    diagram = (
        process().parallel("f").user("one", groups="甲组").parallel("j").user("two", groups="乙组").end()
    )
    instance = begin(people, diagram.at("f").user("side", groups="甲组").to("j"))
    mine = take(people, "a1", "one")
    people.complete(mine.id, {}, by="a1")
    people.take_back(mine.id, by="a1")
    assert names(people, "a2") == ["side"]
    do(people, "a2", "side")
    mine = task(people, "a1", "one", "todo")
    people.complete(mine.id, {}, by="a1")
    people.take_back(mine.id, by="a1")
    assert names(people, "b1") == [] and names(people, "a2") == []
    do_own(people, "a1", "one")
    do(people, "b1", "two")
    assert people.case(instance.id, by="a1").instance.status == "completed"


def test_out_of_and_into_a_subprocess_but_not_one_of_several(people: Engine) -> None:
    inner = Builder().start("i").user("one", groups="甲组").end("o")
    voted = process().sub("s", inner).user("vote", groups="甲组", loop=many(times="2")).end()
    begin(people, voted)
    mine = take(people, "a1", "one")
    people.complete(mine.id, {}, by="a1")
    people.take_back(mine.id, by="a1")
    assert names(people, "a1", "todo") == ["one"] and names(people, "a2") == []
    do_own(people, "a1", "one")
    mine = take(people, "a1", "vote")
    people.complete(mine.id, {}, by="a1")
    with pytest.raises(InvalidInput, match="不能单独取回"):
        people.take_back(mine.id, by="a1")


def test_not_when_a_handler_or_a_message_has_had_its_effect(people: Engine) -> None:
    told = {"notifyGroups": "乙组", "notifyText": "请知悉"}
    diagram = process().user("one", groups="甲组").service("tell", "notify", properties=told)
    begin(people, diagram.user("two", groups="乙组").end())
    mine = take(people, "a1", "one")
    people.complete(mine.id, {}, by="a1")
    people.take_back(mine.id, by="a1")
    assert people.run_due_jobs() == 0
    mine = task(people, "a1", "one", "todo")
    people.complete(mine.id, {}, by="a1")
    assert people.run_due_jobs() == 1
    with pytest.raises(Conflict, match="“tell”已经执行"):
        people.take_back(mine.id, by="a1")


def test_back_round_a_loop_and_out_of_the_next_branches(people: Engine) -> None:
    diagram = process().exclusive("m").parallel("f").user("one", groups="甲组").parallel("j")
    diagram.user("two", groups="甲组").exclusive("g").when("again = true").to("m").default().end()
    instance = begin(people, diagram.at("f").user("side", groups="乙组").to("j"))
    do(people, "a1", "one")
    do(people, "b1", "side")
    mine = take(people, "a1", "two")
    people.complete(mine.id, {"again": True}, by="a1")
    assert names(people, "ab") == ["one", "side"]
    people.take_back(mine.id, by="a1")
    assert names(people, "ab") == [] and names(people, "a1", "todo") == ["two"]
    people.complete(task(people, "a1", "two", "todo").id, {"again": False}, by="a1")
    assert people.case(instance.id, by="a1").instance.status == "completed"


# withdrawing -----------------------------------------------------------------------------------------------
def test_the_initiator_withdraws_until_another_has_completed_a_step(people: Engine) -> None:
    instance = begin(people, line())
    do(people, "a1", "one")
    with pytest.raises(NotAllowed, match="发起人"):
        people.withdraw(instance.id, "不办了", by="b1")
    with pytest.raises(InvalidInput, match="撤回的理由"):
        people.withdraw(instance.id, "", by="a1")
    taken = take(people, "b1", "two")
    people.withdraw(instance.id, "报错了", by="a1")
    view = people.case(instance.id, by="a1")
    assert (view.instance.status, view.instance.end_reason) == ("terminated", "发起人撤回：报错了")
    assert (view.history[0].kind, view.history[0].data) == ("instance.withdrawn", {"reason": "报错了"})
    assert "a1的岗位撤回了本件：报错了。您的“two”不用办了。" in [n.text for n in people.notifications("b1")]
    with pytest.raises(Conflict):
        people.complete(taken.id, {}, by="b1")
    with pytest.raises(Conflict, match="办结"):
        people.withdraw(instance.id, "报错了", by="a1")
    other = people.start("p", {}, by="a1")
    do(people, "a2", "one")
    with pytest.raises(NotAllowed, match="a2的岗位已办结“one”"):
        people.withdraw(other.id, "报错了", by="a1")


@pytest.mark.parametrize(
    ("until", "allowed"), [("never", False), ("end", True), ("two", True), ("one", False)]
)
def test_a_process_says_how_long_it_can_be_withdrawn(people: Engine, until: str, allowed: bool) -> None:
    diagram = process(properties={"withdrawUntil": until}).user("one", groups="甲组")
    instance = begin(people, diagram.user("two", groups="乙组").end())
    do(people, "a2", "one")
    if allowed:
        people.withdraw(instance.id, "报错了", by="a1")
        return
    with pytest.raises(NotAllowed):
        people.withdraw(instance.id, "报错了", by="a1")
