"""Each verb that moves a case, in each situation in which it can stand: the table of tests/constructs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import Engine, EngineError, InvalidInput, NotAllowed, ProcessInstance
from engine.store import people as accounts
from tests.builders import Builder, many
from tests.conftest import Clock
from tests.integration.helpers import begin, do, process, take
from tests.integration.soundness import sound

Situation = Callable[[], tuple[Builder, ...]]


def opening() -> Builder:
    return process(properties={"visibleTo": "主管"}).user("申请", groups="甲组")


def closing(diagram: Builder) -> Builder:
    return diagram.user("归档", groups="甲组").end()


def sequence() -> tuple[Builder, ...]:
    return (closing(opening().user("审核", groups="乙组")),)


def parallel() -> tuple[Builder, ...]:
    diagram = opening().parallel("分").user("会办", groups="乙组").user("审核", groups="乙组").parallel("合")
    return (closing(diagram).at("分").user("旁办", groups="甲组").to("合"),)


def several() -> tuple[Builder, ...]:
    return (closing(opening().user("审核", groups="乙组", loop=many(times="3"))),)


def subprocess() -> tuple[Builder, ...]:
    inner = Builder().start("始").user("审核", groups="乙组").user("复核", groups="乙组").end("终")
    return (closing(opening().sub("子流程", inner)),)


def call() -> tuple[Builder, ...]:
    child = process("child").user("审核", groups="乙组").user("复核", groups="乙组").end()
    return closing(opening().call("调用", "child", all_in=True, all_out=True)), child


def timer() -> tuple[Builder, ...]:
    diagram = closing(opening().user("审核", groups="乙组"))
    return (diagram.boundary("超时", "审核", timer="duration P1D").user("督办", groups="甲组").to("归档"),)


SITUATIONS = (sequence, parallel, several, subprocess, call, timer)
situations = pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)


@pytest.fixture
def office(people: Engine) -> Engine:
    with people._context.database.unit_of_work() as work:
        accounts.put_setting(work, "process_admins", "主管")
    return people


def applied(office: Engine, situation: Situation) -> ProcessInstance:
    """A case whose initiator has applied; what follows is open."""
    instance = begin(office, *situation())
    do(office, "a1", "申请")
    return instance


def reviewing(office: Engine, situation: Situation) -> tuple[ProcessInstance, str]:
    """A case in which b1 has the review, with its id."""
    instance = applied(office, situation)
    if situation is parallel:
        do(office, "b1", "会办")
    return instance, take(office, "b1", "审核").id


def waiting(office: Engine, instance: ProcessInstance) -> list[str]:
    """Names of the case's open tasks, after everything that must hold was checked."""
    sound(office, instance.id)
    return sorted(task.name for task in office.case(instance.id, by="").open_tasks)


def finish(office: Engine, instance: ProcessInstance) -> list[str]:
    """Do what is open until the case is over; gives what was done."""
    done: list[str] = []
    while tasks := office.case(instance.id, by="").open_tasks:
        task = tasks[0]
        if task.assignee is None:
            office.claim(task.id, by="ab")
        office.complete(task.id, {}, by=task.assignee or "ab")
        sound(office, instance.id)
        done.append(task.name)
        assert len(done) < 50
    assert office.case(instance.id, by="").instance.status == "completed"
    assert office.next_due() is None and office.verify(instance.id) == ()
    return done


def times(name: str, situation: Situation) -> list[str]:
    return [name] * (3 if situation is several else 1)


@situations
def test_send_back_and_do_all_again(office: Engine, situation: Situation) -> None:
    instance, mine = reviewing(office, situation)
    office.send_back(mine, "previous", "不齐", by="b1")
    before = {parallel: ["会办", "旁办"]}.get(situation, ["申请"])
    assert waiting(office, instance) == sorted(before)
    assert office.next_due() is None
    done = finish(office, instance)
    assert done.count("审核") == len(times("审核", situation)) and done.count("归档") == 1


@situations
def test_send_back_to_the_initiator(office: Engine, situation: Situation) -> None:
    instance, mine = reviewing(office, situation)
    assert [one.name for one in office.send_back_targets(mine, by="b1")][-1] == "申请"
    office.send_back(mine, "initiator", "不齐", by="b1")
    assert waiting(office, instance) == ["申请"]
    done = finish(office, instance)
    assert done.count("旁办") == (situation is parallel) and done[-1] == "归档"


@situations
def test_send_back_and_straight_back(office: Engine, situation: Situation) -> None:
    instance, mine = reviewing(office, situation)
    if situation in (subprocess, call):
        with pytest.raises(InvalidInput, match="同一层"):
            office.send_back(mine, "initiator", "不齐", by="b1", then="return")
        assert waiting(office, instance) == ["审核"]
        return
    office.send_back(mine, "initiator", "不齐", by="b1", then="return")
    beside = ["旁办"] if situation is parallel else []
    assert waiting(office, instance) == sorted(["申请", *beside])
    mine = next(one.id for one in office.case(instance.id, by="").open_tasks if one.name == "申请")
    office.complete(mine, {}, by="a1")
    assert waiting(office, instance) == sorted([*times("审核", situation), *beside])
    assert "会办" not in finish(office, instance)


@situations
def test_take_back(office: Engine, situation: Situation) -> None:
    instance = applied(office, situation)
    mine = next(one.task.id for one in office.inbox("a1", "done").items)
    office.take_back(mine, by="a1")
    assert waiting(office, instance) == ["申请"] and office.next_due() is None
    finish(office, instance)


@situations
def test_take_back_is_too_late(office: Engine, situation: Situation) -> None:
    instance, _ = reviewing(office, situation)
    mine = next(one.task.id for one in office.inbox("a1", "done").items)
    before = waiting(office, instance)
    with pytest.raises(EngineError, match="b1的岗位"):
        office.take_back(mine, by="a1")
    assert waiting(office, instance) == before


@situations
def test_withdraw(office: Engine, situation: Situation) -> None:
    instance = applied(office, situation)
    office.withdraw(instance.id, "错了", by="a1")
    assert waiting(office, instance) == [] and office.next_due() is None
    assert office.case(instance.id, by="a1").instance.status == "terminated"
    instance, mine = reviewing(office, situation)
    office.complete(mine, {}, by="b1")
    with pytest.raises(NotAllowed, match="b1的岗位已办结"):
        office.withdraw(instance.id, "错了", by="a1")
    sound(office, instance.id)


@situations
def test_jump_on_and_into_it_again(office: Engine, situation: Situation) -> None:
    instance, mine = reviewing(office, situation)
    office.jump(instance.id, "归档", "补录", by="boss", activity_id=mine)
    assert waiting(office, instance) == ["归档"] and office.next_due() is None
    mine = office.case(instance.id, by="").open_tasks[0].id
    office.jump(instance.id, "审核", "重审", by="boss", activity_id=mine)
    assert waiting(office, instance) == times("审核", situation)
    assert (office.next_due() is not None) == (situation is timer)
    assert "旁办" not in finish(office, instance)


@situations
def test_jump_with_all(office: Engine, situation: Situation) -> None:
    instance, _ = reviewing(office, situation)
    office.jump(instance.id, "申请", "重来", by="boss")
    assert waiting(office, instance) == ["申请"]
    finish(office, instance)


@situations
def test_terminate(office: Engine, situation: Situation) -> None:
    instance, _ = reviewing(office, situation)
    office.cancel(instance.id, "不办", by="boss")
    assert waiting(office, instance) == [] and office.next_due() is None


def test_a_timer_counts_anew_from_when_its_step_is_entered_again(office: Engine, clock: Clock) -> None:
    instance, mine = reviewing(office, timer)
    clock.advance(hours=20)
    office.send_back(mine, "previous", "不齐", by="b1")
    mine = office.case(instance.id, by="").open_tasks[0].id
    office.complete(mine, {}, by="a1")
    clock.advance(hours=20)
    assert office.run_due_jobs() == 0 and waiting(office, instance) == ["审核"]
    clock.advance(hours=5)
    assert office.run_due_jobs() == 1 and waiting(office, instance) == ["督办"]
