"""Two at one task: they see each other, and whoever saves second is told who saved first."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, NotAllowed, NotFound
from tests.conftest import Clock
from tests.integration.helpers import begin, form, process, take


@pytest.fixture
def mine(people: Engine) -> str:
    begin(people, process().user("one", groups="甲组", form="f").end(), form("f"))
    return take(people, "a1", "one").id


def test_who_looks_at_one_task_is_seen_until_he_leaves(people: Engine, mine: str, clock: Clock) -> None:
    assert people.look_at_task(mine, by="a1") == ()
    assert people.look_at_task(mine, by="a2") == ("a1的岗位",)
    clock.advance(seconds=40)
    assert people.look_at_task(mine, by="a1") == ("a2的岗位",)
    clock.advance(seconds=40)  # a2 has given no sign for eighty seconds
    assert people.look_at_task(mine, by="a1") == ()
    for stranger in ("b1", "nobody"):
        with pytest.raises((NotFound, NotAllowed)):
            people.look_at_task(mine, by=stranger)
    assert people.look_at_task(mine, by="a1") == ()


def test_the_later_save_is_told_who_saved_what(people: Engine, mine: str) -> None:
    shown = people.task(mine, by="a1").row.task.revision
    first = people.save_draft(mine, {"标题": "甲"}, by="a1", revision=shown)
    assert people.save_draft(mine, {"标题": "甲"}, by="a1", revision=shown) == first  # the same text
    with pytest.raises(Conflict, match="您在另一个窗口"):
        people.save_draft(mine, {"标题": "乙"}, by="a1", revision=shown)
    assert people.task_form(mine, by="a1").values["标题"] == "甲"
    people.save_draft(mine, {"标题": "乙"}, by="a1", revision=first)  # chosen over the other
    assert people.task_form(mine, by="a1").values["标题"] == "乙"
    people.release(mine, by="a1")
    people.claim(mine, by="a2")
    with pytest.raises(Conflict, match="已有变动"):
        people.save_draft(mine, {"标题": "丙"}, by="a2", revision=first)
