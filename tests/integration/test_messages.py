"""Messages between cases: exactly one receiver, by key; kept for who comes later; starting by key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine import Conflict, Engine, ProcessInstance
from engine.commands import messages
from engine.store import messages as kept
from tests.builders import Builder, event
from tests.conftest import Clock
from tests.integration.helpers import START, begin, deploy, do, kinds, names, process
from tests.integration.test_jobs import failing
from tests.integration.test_signals import all_jobs


def sender(key: str = "p", keep: str = "") -> Builder:
    """Task go, then the message 回函 with 内容, by 文号."""
    properties = {"timeToLive": keep} if keep else {}
    model = process(key).user("go", groups="甲组")
    what = event("message", "回函", None, "=文号")
    return model.node("s", "sendTask", event=what, inputs={"内容": "=内容"}, properties=properties).end()


def receiver(key: str = "q") -> Builder:
    """Task ready, then a wait for 回函 by 文号, then task after."""
    model = process(key).user("ready", groups="乙组").receive("wait", "回函", "=文号")
    return model.user("after", groups="甲组").end()


def test_a_message_reaches_the_case_of_its_key(people: Engine) -> None:
    one, two = begin(people, receiver(), 文号="一"), people.start("q", {"文号": "二"}, by="a1")
    do(people, "b1", "ready")
    do(people, "b1", "ready")
    begin(people, sender(), 文号="二", 内容="准")
    do(people, "a1", "go")
    all_jobs(people)
    assert people.case(two.id, by="a1").variables == {"文号": "二", "内容": "准"}
    assert people.case(one.id, by="a1").variables == {"文号": "一"}
    assert names(people, "a1") == ["after"]
    assert people.next_due() is None


def test_a_message_without_a_key_reaches_the_only_one_who_waits(people: Engine) -> None:
    other = begin(people, process("q").receive("wait", "喊").user("after", groups="甲组").end())
    begin(people, process().throw("t", "喊", inputs={"x": "=1"}).end())
    all_jobs(people)
    assert people.case(other.id, by="a1").variables == {"x": 1}


@pytest.mark.parametrize("own", [True, False])
def test_a_message_that_two_wait_for_is_an_incident(people: Engine, own: bool) -> None:
    waiting = process("q").receive("wait", "喊").user("after", groups="甲组").end()
    model = process().parallel("f").throw("t", "喊").end()
    if own:
        model.at("f").receive("w1", "喊").end("e1").at("f").receive("w2", "喊").end("e2")
    else:
        first = begin(people, waiting)
        people.start("q", {}, by="a1")
    instance = begin(people, model)
    all_jobs(people)
    (incident,) = people.incidents("a1")
    assert (incident.instance_id, incident.element_id) == (instance.id, "t")
    assert "有2处在等待" in incident.message
    assert "correlationKey" in incident.message
    if not own:
        people.cancel(first.id, "不办了", by="a1")
        people.retry(incident.job_id, by="a1")
        all_jobs(people)
        assert names(people, "a1") == ["after"]


def test_a_message_is_kept_for_who_comes_later(people: Engine, clock: Clock) -> None:
    one, two = begin(people, receiver(), 文号="一"), people.start("q", {"文号": "二"}, by="a1")
    begin(people, sender(keep="P30D"), 文号="二", 内容="准")
    do(people, "a1", "go")
    all_jobs(people)
    clock.advance(days=29)
    assert all_jobs(people) == 0
    for instance in (one, two):
        task = next(
            row.task for row in people.inbox("b1", "claimable").items if row.task.instance_id == instance.id
        )
        people.claim(task.id, by="b1")
        people.complete(task.id, {}, by="b1")
        all_jobs(people)
    assert people.case(two.id, by="a1").variables["内容"] == "准"
    assert "内容" not in people.case(one.id, by="a1").variables
    assert people.next_due() is None


def test_a_message_that_is_too_old_is_dropped_and_recorded(people: Engine, clock: Clock) -> None:
    begin(people, receiver(), 文号="一")
    instance = begin(people, sender(keep='=duration("P" + string(2) + "D")'), 文号="一", 内容="准")
    do(people, "a1", "go")
    all_jobs(people)
    clock.advance(days=2)
    all_jobs(people)
    assert kinds(people, instance)[-1] == "message.unheard"
    assert people.verify(instance.id) == ()
    do(people, "b1", "ready")
    assert (all_jobs(people), names(people, "a1"), people.next_due()) == (0, [], None)


def test_nothing_is_kept_where_the_diagram_says_so(people: Engine) -> None:
    instance = begin(people, sender(keep="PT0S"), 文号="一", 内容="准")
    do(people, "a1", "go")
    all_jobs(people)
    assert kinds(people, instance)[-1] == "message.unheard"


@pytest.mark.parametrize("place", [(messages, "receive"), (kept, "rouse"), (kept, "waits")])
def test_a_message_arrives_once_though_the_power_goes_off(
    people: Engine, clock: Clock, place: tuple[object, str]
) -> None:
    instance = begin(people, receiver(), 文号="一")
    begin(people, sender(), 文号="一", 内容="准")
    do(people, "a1", "go")
    all_jobs(people)
    do(people, "b1", "ready")
    with failing(*place):
        all_jobs(people)
    assert names(people, "a1") == []
    clock.advance(seconds=10)
    all_jobs(people)
    assert names(people, "a1") == ["after"]
    assert kinds(people, instance).count("message.delivered") == 1


def starter(key: str = "=文号") -> Builder:
    model = Builder("q", "来件", starter_groups=START)
    return model.start("s", event=event("message", "回函", None, key)).user("after", groups="甲组").end()


def test_no_second_case_begins_while_one_of_its_key_runs(people: Engine, clock: Clock) -> None:
    deploy(people, starter("=内容"))
    begin(people, sender(keep="P3D"), 文号="一", 内容="甲")
    people.start("p", {"文号": "二", "内容": "甲"}, by="a1")
    people.start("p", {"文号": "三", "内容": "乙"}, by="a1")
    for _ in range(3):
        do(people, "a1", "go")
    all_jobs(people)
    assert names(people, "a1") == ["after", "after"]
    with pytest.raises(Conflict, match="已有一件在办"):
        people.deliver("回函", {"内容": "甲"}, by="a1")
    do(people, "a1", "after")
    do(people, "a1", "after")
    clock.advance(days=3)
    all_jobs(people)  # the one that was kept, at the end of its time
    assert names(people, "a1") == ["after"]


def test_a_message_that_begins_two_processes_is_an_incident(people: Engine) -> None:
    def begun(key: str) -> Builder:
        model = Builder(key, key, starter_groups=START).start("s", event=event("message", "喊"))
        return model.user("a", groups="甲组").end()

    deploy(people, begun("one"), begun("two"))
    begin(people, process().throw("t", "喊").end())
    all_jobs(people)
    (incident,) = people.incidents("a1")
    assert "能发起2个流程" in incident.message


# -- at the same moment -----------------------------------------------------------------------------------


def together(*acts: object) -> None:
    """Do these at the same moment; all must come through."""
    gate = Barrier(len(acts))

    def run(act: object) -> None:
        gate.wait()
        act()  # type: ignore[operator]

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run, acts))


def claimed(people: Engine, user: str, instance: ProcessInstance) -> str:
    rows = people.inbox(user, "claimable").items
    task = next(row.task for row in rows if row.task.instance_id == instance.id)
    people.claim(task.id, by=user)
    return task.id


def test_a_message_and_its_receiver_at_the_same_moment(people: Engine) -> None:
    deploy(people, receiver(), sender())
    for round_ in range(8):
        given = {"文号": str(round_)}
        one = people.start("q", given, by="a1")
        other = people.start("p", {**given, "内容": "准"}, by="a1")
        ready, go = claimed(people, "b1", one), claimed(people, "a1", other)
        people.complete(go, {}, by="a1")
        together(lambda task=ready: people.complete(task, {}, by="b1"), people.run_due_jobs)
        all_jobs(people)
        assert people.case(one.id, by="a1").variables["内容"] == "准", round_
        assert people.next_due() is None


def test_two_cases_that_write_to_each_other_at_the_same_moment(people: Engine) -> None:
    model = process().parallel("f").user("go", groups="甲组")
    what = event("message", "信", None, "=对方")
    model = model.node("s", "sendTask", event=what).end().at("f").receive("w", "信", "=本方").end("e2")
    deploy(people, model)
    for round_ in range(6):
        names_ = (f"甲{round_}", f"乙{round_}")
        pair = [
            people.start("p", {"本方": mine, "对方": other}, by="a1")
            for mine, other in (names_, names_[::-1])
        ]
        for instance in pair:
            people.complete(claimed(people, "a1", instance), {}, by="a1")
        together(*[lambda: people.run_due_jobs(limit=1)] * 2)
        all_jobs(people)
        for instance in pair:
            assert people.case(instance.id, by="a1").instance.status == "completed"
    assert people.incidents("") == ()


def test_of_many_messages_of_one_key_one_begins_the_case(people: Engine) -> None:
    deploy(people, starter("=内容"), sender())
    for _ in range(4):
        instance = people.start("p", {"文号": "一", "内容": "甲"}, by="a1")
        people.complete(claimed(people, "a1", instance), {}, by="a1")
    together(*[lambda: people.run_due_jobs(limit=1)] * 4)
    all_jobs(people)
    assert names(people, "a1") == ["after"]


def test_a_message_waits_while_its_receiver_rests(people: Engine, clock: Clock) -> None:
    instance = begin(people, receiver(), 文号="一")
    do(people, "b1", "ready")
    people.suspend(instance.id, "等会议", by="a1")
    begin(people, sender(keep="PT0S"), 文号="一", 内容="准")
    do(people, "a1", "go")
    all_jobs(people)
    assert people.incidents("") == ()
    clock.advance(minutes=5)
    people.resume(instance.id, "继续", by="a1")
    all_jobs(people)
    assert names(people, "a1") == ["after"]
    assert people.next_due() is None


def test_a_message_whose_sender_rests_goes_out_when_he_goes_on(people: Engine, clock: Clock) -> None:
    begin(people, receiver(), 文号="一")
    other = begin(people, sender("p").at("go").user("more", groups="甲组").end("e2"), 文号="一", 内容="准")
    do(people, "a1", "go")
    all_jobs(people)
    people.suspend(other.id, "等会议", by="a1")
    do(people, "b1", "ready")
    all_jobs(people)
    assert "after" not in names(people, "a1")
    people.resume(other.id, "继续", by="a1")
    all_jobs(people)
    assert "after" in names(people, "a1")
