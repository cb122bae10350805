"""What a person started, what others are late with, what was copied to him; how boxes are sorted."""

from __future__ import annotations

import pytest

from engine import Engine, NotFound
from engine.store.sorting import ORDERS
from tests.conftest import Clock
from tests.integration.helpers import deploy, do, names, process, take, task


@pytest.fixture
def office(people: Engine) -> Engine:
    """Process w, whose cases 主管 sees, and x, which nobody supervises."""
    watched = process("w", properties={"visibleTo": "主管"})
    deploy(
        people,
        watched.user("one", groups="甲组", properties={"clock": "P10D"}, priority="80")
        .user("two", groups="乙组")
        .end(),
        process("x").user("other", groups="甲组", properties={"clock": "P9D"}).end(),
    )
    return people


def test_what_was_started_tells_where_it_stands(office: Engine, clock: Clock) -> None:
    first = office.start("w", {}, by="a1")
    at = clock.advance(hours=1)
    second = office.start("w", {}, by="a1")
    office.start("x", {}, by="a2")
    office.claim(
        next(r.task.id for r in office.inbox("a2", "claimable").items if r.task.instance_id == second.id),
        by="a2",
    )
    rows = {row.instance.id: row for row in office.started("a1").items}
    assert list(rows) == [second.id, first.id]
    assert (rows[second.id].steps, rows[second.id].holders, rows[second.id].since) == (
        ("one",),
        ("a2的岗位",),
        at,
    )
    assert rows[first.id].holders == ("甲组",)
    assert rows[first.id].priority == 80
    assert rows[first.id].left is not None
    office.cancel(first.id, "不办了", by="a1")
    ended = office.started("a1", sort="state", descending=True).items
    assert [row.instance.status for row in ended] == ["terminated", "active"]
    assert [row.instance.id for row in office.started("a1", status="active").items] == [second.id]
    page = office.started("a1", size=1)
    assert [row.instance.id for row in office.started("a1", size=1, after=page.next).items] == [first.id]
    assert office.counts("a1")["started"] == 1
    assert office.started("boss").items == ()


def test_who_supervises_sees_what_is_late_or_soon_will_be(office: Engine, clock: Clock) -> None:
    late = office.start("w", {}, by="a1")
    office.start("x", {}, by="a1")
    assert [row.task for row in office.inbox("boss", "supervised").items] == []
    assert office.counts("boss")["supervised"] == 0
    assert "supervised" not in office.counts("a1")
    assert office.inbox("a1", "supervised").items == ()
    clock.advance(days=8)
    soon = office.start("w", {}, by="a1")
    clock.advance(days=8)
    office.start("w", {}, by="a1")  # not yet
    rows = office.inbox("boss", "supervised").items
    assert [row.task.instance_id for row in rows] == [late.id, soon.id]
    assert [row.holder for row in rows] == ["甲组", "甲组"]
    assert rows[0].task.left is not None
    assert rows[0].task.left.over
    back = office.inbox("boss", "supervised", sort="due", descending=True, size=1)
    assert [row.task.instance_id for row in back.items] == [soon.id]
    more = office.inbox("boss", "supervised", sort="due", descending=True, size=1, after=back.next)
    assert [row.task.instance_id for row in more.items] == [late.id]
    assert office.counts("boss")["supervised"] == 2
    office.suspend(late.id, "等待鉴定", by="a1")
    assert office.counts("boss")["supervised"] == 1
    office.resume(late.id, "继续", by="a1")
    office.claim(rows[0].task.id, by="a2")
    assert office.inbox("boss", "supervised").items[0].holder == "a2的岗位"
    with pytest.raises(NotFound):
        office.urge(office.inbox("a1", "claimable").items[0].task.id, by="out")
    office.urge(rows[0].task.id, by="boss")
    assert "催办" in office.notifications("a2")[0].text


def test_copies_come_page_by_page_with_where_their_case_stands(office: Engine, clock: Clock) -> None:
    for sender in ("a1", "a2", "a1"):
        case = office.start("w", {}, by=sender)
        office.copy_to(case.id, ["out"], "请知悉", by=sender)
        clock.advance(hours=1)
    assert office.counts("out")["copies"] == 3
    first = office.received("out", size=2)
    rest = office.received("out", size=2, after=first.next)
    assert [row.copy.sent_by for row in (*first.items, *rest.items)] == ["a1的岗位", "a2的岗位", "a1的岗位"]
    assert first.items[0].case.steps == ("one",)
    assert rest.next == ""
    senders = [row.copy.sent_by for row in office.received("out", sort="from", descending=True).items]
    assert senders == ["a2的岗位", "a1的岗位", "a1的岗位"]
    office.read_copies([first.items[0].copy.id], by="out")
    assert office.counts("out")["copies"] == 2


@pytest.mark.parametrize("box", ["todo", "claimable", "done"])
def test_every_sort_gives_each_task_once_in_order(office: Engine, clock: Clock, box: str) -> None:
    for key in "wxwxw":
        office.start(key, {}, by="a1")
        clock.advance(minutes=1)
    if box != "claimable":
        for _ in range(4):
            take(office, "a1") if box == "todo" else do(office, "a1")
            clock.advance(minutes=1)
    for sort in ORDERS[box]:
        for descending in (False, True):
            whole = office.inbox("a1", box, sort=sort, descending=descending).items
            found, after = [], ""
            while True:
                page = office.inbox("a1", box, sort=sort, descending=descending, size=2, after=after)
                found += [row.task.id for row in page.items]
                after = page.next
                if not after:
                    break
            assert found == [row.task.id for row in whole]
            assert len(set(found)) == (5 if box == "claimable" else 4)
            shown = [shows(row, sort) for row in whole]
            assert shown == sorted(shown, reverse=descending), sort


def shows(row: object, sort: str) -> object:
    task = row.task
    return {
        "due": task.due_at,
        "done": task.completed_at,
        "at": task.created_at,
        "step": task.name,
        "no": row.business_key,
        "from": row.sent_by,
        "priority": task.priority,
    }[sort]


def test_a_cursor_of_another_sort_or_of_nobody_begins_anew(office: Engine) -> None:
    office.start("w", {}, by="a1")
    for nonsense in (
        "x",
        "[]",
        "[1,2,3]",
        '["9999-12-31T00:00:00-14:00","a","b"]',
        "[[]]",
        '["\\u0000","x","y"]',
        '[99999999999999999999,"a","b"]',
        "[" * 5000,
    ):
        for sort in ("", "step", "priority", "no"):
            assert names(office, "a1") == [
                r.task.name for r in office.inbox("a1", "claimable", after=nonsense, sort=sort).items
            ]
    assert task(office, "a1").priority == 80
