"""Filters under a name: whose they are, who uses and changes them, what they find for whom."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import Criteria, Engine, InvalidInput, NotAllowed, NotFound, User
from engine.store import people as accounts
from engine.store.tables import audit_event
from tests.integration.helpers import deploy, process, take

WALL = Criteria(search="甲流程")


def test_a_shared_filter_finds_for_each_what_he_may_see(people: Engine) -> None:
    deploy(people, process("p").user("看", groups="甲组").end(), process("q").user("听", groups="乙组").end())
    for key in ("p", "p", "q"):
        people.start(key, {}, by="a1")
    made = people.save_filter("流程", Criteria(search="流程"), by="ab", colour="blue", shared_with="甲组")
    assert people.filters("a2", "tasks") == (made,)
    assert people.filters("b1") == people.filters("out") == people.filters("a2", "cases") == ()
    for who, expected in {"a2": 2, "ab": 3}.items():
        assert people.filter_counts(who, [made], "claimable") == {made.id: expected}
    take(people, "a2")
    assert people.filter_counts("a2", [made], "todo") == {made.id: 1}
    assert people.filter_counts("boss", [made], "claimable") == {made.id: 0}
    assert people.filter_counts("a1", [made]) == {made.id: 3}
    assert people.filter_counts("out", [made]) == {made.id: 0}
    assert people.filter_counts("out", []) == {}


def test_only_its_owner_changes_it_and_a_shared_one_process_administrators_too(people: Engine) -> None:
    with people._context.database.unit_of_work() as work:
        accounts.put_setting(work, "process_admins", "流程管理员")
    people.add_user(User("root", "管理", "某单位", frozenset({"流程管理员"})), "correct-horse-1")
    mine = people.save_filter("我的", WALL, by="a1")
    ours = people.save_filter("我们的", WALL, by="a1", shared_with="甲组", place="cases")
    for who, one, refusal in (
        ("a2", mine, NotFound),
        ("root", mine, NotFound),
        ("a2", ours, NotAllowed),
        ("b1", ours, NotFound),
    ):
        with pytest.raises(refusal):
            people.change_filter(one.id, name="改", by=who)
        with pytest.raises(refusal):
            people.remove_filter(one.id, by=who)
        assert people.sees("filter", one.id, by=who) == (refusal is NotAllowed)
    assert people.filters("root") == ()
    assert people.filters("root", manage=True) == (ours,)
    changed = people.change_filter(ours.id, name="改名", colour="red", by="root")
    assert (changed.name, changed.colour, changed.shared_with, changed.owner) == ("改名", "red", "甲组", "a1")
    people.change_filter(mine.id, criteria=Criteria(due="over"), by="a1")
    people.remove_filter(ours.id, by="root")
    (left,) = people.filters("a1")
    assert left.criteria == Criteria(due="over")
    with people._context.database.reading() as work:
        noted = work.connection.execute(select(audit_event.c.kind, audit_event.c.actor)).all()
    kinds = [one.kind for one in noted if one.kind.startswith("filter.")]
    assert {one.actor for one in noted if one.kind == "filter.removed"} == {"root"}
    assert sorted(kinds) == ["filter.changed"] * 2 + ["filter.removed"] + ["filter.saved"] * 2


def test_order_is_each_ones_own(people: Engine) -> None:
    one, two, three = (people.save_filter(name, WALL, by="a1", shared_with="甲组") for name in "丙乙甲")
    people.move_filter(three.id, up=True, by="a1")
    people.move_filter(one.id, up=True, by="a1")  # is the first
    assert [found.id for found in people.filters("a1")] == [one.id, three.id, two.id]
    assert [found.name for found in people.filters("a2")] == sorted("丙乙甲")
    with pytest.raises(NotAllowed):
        people.move_filter(three.id, up=True, by="a2")


def test_limits_and_what_makes_no_sense(people: Engine) -> None:
    for name, more in {
        "": {},
        "长" * 21: {},
        "看\u202e不见": {},
        "色": {"colour": "url(x)"},
        "组": {"shared_with": "乙组"},
    }.items():
        with pytest.raises(InvalidInput):
            people.save_filter(name, WALL, by="a1", **more)
    with pytest.raises(InvalidInput):
        people.save_filter("空", Criteria(), by="a1")
    with pytest.raises(InvalidInput):
        people.save_filter("大", Criteria(search="长" * 5000), by="a1")
    for number in range(30):
        people.save_filter(f"第{number}个", WALL, by="a1", shared_with="甲组")
    with pytest.raises(InvalidInput, match="最多保存30个"):
        people.save_filter("再来", WALL, by="a1")
    with pytest.raises(InvalidInput):
        people.save_filter("共用", WALL, by="a2", shared_with="甲组")
    with pytest.raises(InvalidInput, match="已有名为"):
        people.change_filter(people.filters("a1")[0].id, name="第1个", by="a1")
    hostile = people.save_filter("<b>'\"&", WALL, by="a2")
    assert hostile.name == "<b>'\"&"
