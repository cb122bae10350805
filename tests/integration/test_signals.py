"""Signals between cases: one broadcast, a transaction for each that hears it."""

from __future__ import annotations

import pytest

from engine import Engine
from engine.commands import signals, starting, steps
from tests.builders import Builder, event
from tests.conftest import Clock
from tests.integration.helpers import START, begin, deploy, do, kinds, names, process
from tests.integration.test_jobs import failing


def listener(key: str = "q", **more: object) -> Builder:
    return process(key, **more).catch("hear", signal="开闸").user("after", groups="甲组").end()  # type: ignore[arg-type]


def thrower() -> Builder:
    model = process().user("go", groups="甲组").throw("t", signal="开闸", inputs={"水位": "=水位"})
    return model.user("next", groups="乙组").end()


def all_jobs(engine: Engine) -> int:
    """Run jobs until none is due; gives how many ran."""
    done = 0
    while ran := engine.run_due_jobs():
        done += ran
    return done


def test_a_signal_reaches_every_case_that_waits(people: Engine) -> None:
    first = begin(people, listener())
    second = people.start("q", {}, by="a1")
    sender = begin(people, thrower(), 水位=7)
    do(people, "a1", "go")
    assert names(people, "a1") == []
    assert all_jobs(people) == 3
    assert names(people, "a1") == ["after", "after"]
    for instance in (first, second):
        found = people.case(instance.id, by="a1")
        assert found.variables == {"水位": 7}
        (told,) = [one for one in found.history if one.kind == "signal.delivered"]
        assert told.data == {"signal": "开闸", "elements": ["hear"], "payload": {"水位": 7}}
        assert people.verify(instance.id) == ()
    assert people.case(sender.id, by="a1").instance.status == "active"
    assert people.next_due() is None


def test_a_case_does_not_hear_its_own_signal_again(people: Engine) -> None:
    model = (
        process().parallel("fork").catch("c", signal="s").catch("d", signal="s").user("late", groups="甲组")
    )
    instance = begin(people, model.end().at("fork").throw("t", signal="s").end("e2"))
    all_jobs(people)
    found = people.case(instance.id, by="a1")
    assert names(people, "a1") == []
    assert [one.element_id for one in found.diagrams[0].activities if one.status == "active"] == ["d"]


def test_a_signal_begins_the_latest_version_of_every_process_that_waits(people: Engine) -> None:
    def begun(key: str, name: str) -> Builder:
        model = Builder(key, key, starter_groups=START).start("s", event=event("signal", "开闸"))
        return model.user(name, groups="甲组").end()

    deploy(people, begun("one", "old"), begun("two", "b"))
    deploy(people, begun("one", "a"))
    begin(people, thrower(), 水位=7)
    do(people, "a1", "go")
    all_jobs(people)
    assert sorted(names(people, "a1")) == ["a", "b"]
    rows = people.cases("a1").items
    assert {row.instance.key for row in rows} >= {"p"}


def test_one_that_fails_does_not_stop_the_others(people: Engine) -> None:
    broken = process("bad").catch("hear", signal="开闸").exclusive("g").when("水位 = 1").end()
    bad, good = begin(people, broken), begin(people, listener())
    unable = Builder("no", "no", starter_groups=START).start("s", event=event("signal", "开闸"))
    deploy(people, unable.exclusive("g").when("水位 = 1").end())
    sender = begin(people, thrower(), 水位=7)
    do(people, "a1", "go")
    all_jobs(people)
    assert names(people, "a1") == ["after"]
    assert people.case(good.id, by="a1").variables == {"水位": 7}
    found = {one.instance_id: one for one in people.incidents("a1")}
    assert found[bad.id].element_id == "g"
    assert found[sender.id].element_id == "s"
    assert "出口条件都不成立" in found[sender.id].message


def test_nobody_is_left_out_when_the_power_goes_off(people: Engine, clock: Clock) -> None:
    instances = [begin(people, listener())] + [people.start("q", {}, by="a1") for _ in range(2)]
    begin(people, thrower(), 水位=7)
    with failing(steps, "keep"), pytest.raises(RuntimeError):  # in the step that throws
        do(people, "a1", "go")
    assert people.run_due_jobs() == 0
    with failing(signals, "_tell"):  # in the broadcast
        people.complete(people.inbox("a1", "todo").items[0].task.id, {}, by="a1")
        all_jobs(people)
    assert names(people, "a1") == []
    clock.advance(seconds=10)
    with failing(signals, "hear"):  # in one of the deliveries
        all_jobs(people)
    assert names(people, "a1") == ["after"] * 2
    clock.advance(seconds=10)
    all_jobs(people)
    assert names(people, "a1") == ["after"] * 3
    for instance in instances:
        assert kinds(people, instance).count("signal.delivered") == 1
        assert people.verify(instance.id) == ()


def test_who_no_longer_waits_is_left_alone(people: Engine) -> None:
    instance = begin(people, listener())
    begin(people, thrower(), 水位=7)
    do(people, "a1", "go")
    assert people.run_due_jobs(limit=1) == 1
    people.cancel(instance.id, "不办了", by="a1")
    other = begin(
        people,
        process("r")
        .event_gateway("g")
        .catch("c", signal="开闸")
        .end()
        .at("g")
        .catch("m", message="回函")
        .user("m2", groups="甲组")
        .end("e2"),
    )
    all_jobs(people)
    assert people.incidents("a1") == ()
    assert people.case(other.id, by="a1").instance.status == "active"


def test_a_signal_from_outside_reaches_what_its_sender_may_see_and_start(people: Engine) -> None:
    mine = begin(people, listener())
    model = Builder("one", "one", starter_groups=("乙组",)).start("s", event=event("signal", "开闸"))
    deploy(people, model.user("b", groups="乙组").end())
    sent = people.signal("开闸", {"x": 1}, by="b1")
    assert (sent.heard, len(sent.begun), sent.refused) == (0, 1, ())
    assert names(people, "b1") == ["b"]
    sent = people.signal("开闸", {"x": 2}, by="a1")
    assert (sent.heard, sent.begun) == (1, ())
    all_jobs(people)
    found = people.case(mine.id, by="a1")
    assert found.variables == {"x": 2}
    assert next(one.actor for one in found.history if one.kind == "signal.delivered") == "a1"
    assert people.signal("别的", {}, by="a1").heard == 0


def test_a_process_that_cannot_begin_does_not_keep_a_signal_from_the_others(people: Engine) -> None:
    def begun(key: str) -> Builder:
        return Builder(key, key, starter_groups=START).start("s", event=event("signal", "s"))

    deploy(
        people, begun("bad").exclusive("g").when("x = 1").end(), begun("good").user("a", groups="甲组").end()
    )
    sent = people.signal("s", {}, by="a1")
    assert len(sent.begun) == 1
    assert [one.element for one in sent.refused] == ["g"]
    with failing(starting, "number"), pytest.raises(RuntimeError):
        people.signal("s", {}, by="a1")
    assert names(people, "a1") == ["a"]


def test_a_called_process_hears_a_signal(people: Engine) -> None:
    called = Builder("sub", "sub").start().catch("hear", signal="开闸").user("after", groups="甲组").end()
    begin(people, process().call("call", "sub", all_out=True).end(), called)
    people.signal("开闸", {}, by="")
    all_jobs(people)
    assert names(people, "a1") == ["after"]


def test_a_case_tells_what_it_waits_for(people: Engine) -> None:
    model = process().parallel("f").catch("c", signal="开闸", name="").end().at("f").event_gateway("g")
    model.catch("d", signal="关闸", name="等关闸").end("e1").at("g").catch("m", message="回函", name="").end(
        "e2"
    )
    instance = begin(people, model)
    assert people.case(instance.id, by="a1").awaited == {"c": "信号“开闸”", "d": "等关闸", "m": "消息“回函”"}
    people.cancel(instance.id, "不办了", by="a1")
    assert people.case(instance.id, by="a1").awaited == {}
