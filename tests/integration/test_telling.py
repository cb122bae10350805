"""Whom notifications reach: who gets a task, who stands in for somebody, and what an open page counts."""

from __future__ import annotations

from datetime import timedelta

from engine import Engine, Live
from tests.conftest import Clock
from tests.integration.helpers import begin, do, process, take, task


def test_an_open_page_counts_what_came_since(people: Engine, clock: Clock) -> None:
    start = clock.now
    clock.advance(minutes=1)
    begin(people, process().user("one", groups="甲组").user("two", assignee="out").end())
    assert people.live("a2", start) == Live(claimable=1, offered=1)
    assert people.live("a2", clock.now) == Live(claimable=1)  # the page was made later
    take(people, "a1")
    assert people.live("a2", start) == Live()  # somebody else has taken it
    assert people.live("a1", start) == Live(todo=1, started=1, arrived=1)
    people.copy_to(people.cases("a1").items[0].instance.id, ["out"], by="a1")
    do_it = task(people, "a1", box="todo")
    people.complete(do_it.id, {}, by="a1")
    assert people.live("out", start) == Live(todo=1, copies=1, notices=1, arrived=1)
    assert [one.kind for one in people.notifications("out")] == ["instance.copied"]
    people.transfer(task(people, "out", box="todo").id, "b1", "请办理", by="out")
    assert people.live("b1", start) == Live(todo=1, notices=1, arrived=1)


def test_who_must_keep_apart_is_told_of_no_task(people: Engine, clock: Clock) -> None:
    start = clock.now - timedelta(1)
    diagram = (
        process()
        .user("one", groups="甲组")
        .user("two", groups="甲组", properties={"separateFrom": "one"})
        .end()
    )
    begin(people, diagram)
    do(people, "a1", "one")
    assert people.live("a1", start) == Live(started=1)
    assert people.live("a2", start) == Live(claimable=1, offered=1)


def test_who_stands_in_is_told_too(people: Engine, clock: Clock) -> None:
    case = begin(people, process().user("one", groups="甲组").end())
    taken = take(people, "a2")
    people.appoint_substitute("a2", "ab", clock.now, clock.now + timedelta(5), "出差", by="a2")
    people.appoint_substitute("ab", "a1", clock.now, clock.now + timedelta(5), "休假", by="ab")
    people.urge(taken.id, "今天要用", by="ab")
    (told,) = people.notifications("a1")
    assert (told.text, told.on_behalf_of, told.instance_id) == (
        "ab的岗位催办“one”：今天要用",
        "a2的岗位",
        case.id,
    )
    assert [one.on_behalf_of for one in people.notifications("a2")] == [""]
    clock.advance(days=6)
    people.urge(taken.id, "还没办", by="ab")
    assert len(people.notifications("a1")) == 1
    assert len(people.notifications("a2")) == 2
