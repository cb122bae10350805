"""Verbs that move a case, on each database."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound
from engine.store import people as accounts
from tests.builders import Builder
from tests.integration.helpers import begin, do, names, process, take


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
