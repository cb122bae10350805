"""Sending a case round: each confirms having read it, and the sender sees who has."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, NotAllowed, NotFound
from tests.integration.helpers import begin, process, take


def test_each_confirms_having_read_it(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    mine = take(people, "a1")
    people.copy_to(instance.id, ["b1"], "请阅", by="a1", task_id=mine.id, asked=True)
    people.copy_to(instance.id, ["out"], by="a1")
    (round_,), (copy,) = people.copies("b1"), people.copies("out")
    assert (round_.asked, round_.confirmed_at, copy.asked) == (True, None, False)
    with pytest.raises(NotAllowed, match="不用确认"):
        people.confirm_read(copy.id, by="out")
    with pytest.raises(NotFound):
        people.confirm_read(round_.id, by="out")
    people.confirm_read(round_.id, " 无不同意见 ", by="b1")
    with pytest.raises(Conflict, match="确认过"):
        people.confirm_read(round_.id, by="b1")
    view = people.case(instance.id, by="a1")
    read = next(one for one in view.copies if one.user == "b1")
    assert read.confirmed_at and read.read_at and read.remark == "无不同意见"
    assert (view.history[0].kind, view.history[0].actor) == ("instance.read", "b1")
    assert view.history[0].data["remark"] == "无不同意见"
    assert any("已阅" in one.text and "无不同意见" in one.text for one in people.notifications("a1"))
    assert people.verify(instance.id) == ()
