"""Variables put right by an administrator, on each database."""

from __future__ import annotations

import pytest

from engine import Engine, InvalidInput, NotAllowed
from engine.store import people as accounts
from tests.integration.helpers import begin, process


def test_old_and_new_value_stand_in_the_record(people: Engine) -> None:
    instance = begin(people, process().user("a", groups="甲组").end(), 人数=1)
    with people._context.database.unit_of_work() as work:
        accounts.put_setting(work, "process_admins", "甲组")
    people.correct(instance.id, {"人数": 3, "新": "有"}, "笔误", by="a1")
    view = people.case(instance.id, by="a1")
    assert view.variables == {"人数": 3, "新": "有"}
    event = view.history[0]
    assert (event.kind, event.actor) == ("variables.corrected", "a1")
    assert event.data == {"reason": "笔误", "old": {"人数": 1, "新": None}, "new": {"人数": 3, "新": "有"}}


def test_only_administrators_correct_and_say_why(people: Engine) -> None:
    instance = begin(people, process().user("a", groups="甲组").end(), 人数=1)
    with pytest.raises(NotAllowed, match="流程管理员"):
        people.correct(instance.id, {"人数": 3}, "笔误", by="a1")
    with pytest.raises(InvalidInput, match="理由"):
        people.correct(instance.id, {"人数": 3}, " ", by="")
    with pytest.raises(InvalidInput):
        people.correct(instance.id, {}, "笔误", by="")
