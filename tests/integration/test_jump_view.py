"""What an administrator is told of a jump before it is made, on each database."""

from __future__ import annotations

import pytest

from engine import Engine, InvalidInput, NotAllowed, NotFound
from tests.builders import Builder
from tests.integration.helpers import begin, process, take
from tests.integration.test_moves import steer


def forked() -> Builder:
    diagram = process(properties={"visibleTo": "主管"}).user("one", groups="甲组").parallel("split")
    diagram.user("two", groups="乙组").parallel("join").at("split").user("three", groups="甲组").to("join")
    return diagram.at("join").user("four", groups="乙组").end("done", name="办结")


def test_a_jump_is_told_before_it_is_made(people: Engine) -> None:
    steer(people)
    instance = begin(people, forked())
    mine = take(people, "a1")
    assert people.case(instance.id, by="boss").can_jump and not people.case(instance.id, by="a1").can_jump
    ways = people.jump_view(instance.id, by="boss", activity_id=mine.id)
    assert [one.name for one in ways.sources] == ["one"]
    assert {"one", "two", "three", "four", "done"} <= {one.name for one in ways.targets}
    assert not {"split", "join"} & {one.id for one in ways.targets}, "no token begins at a gateway"
    plan = people.plan_jump(instance.id, "four", by="boss", activity_id=mine.id)
    assert (plan.leaving, plan.coming, plan.ends) == (("one",), (("four", "乙组"),), False)
    assert people.plan_jump(instance.id, "done", by="boss").ends
    assert [one.element_id for one in people.case(instance.id, by="boss").open_tasks] == ["one"]
    with pytest.raises(InvalidInput, match="网关"):
        people.plan_jump(instance.id, "join", by="boss", activity_id=mine.id)
    with pytest.raises(NotAllowed):
        people.jump_view(instance.id, by="a1")
    with pytest.raises(NotFound):
        people.plan_jump(instance.id, "four", by="out")


def test_who_started_a_case_is_told_whether_he_may_withdraw_it(people: Engine) -> None:
    instance = begin(people, forked())
    starter = instance.started_by or ""
    assert people.case(instance.id, by=starter).can_withdraw
    people.withdraw(instance.id, "误报", by=starter)
    assert not people.case(instance.id, by=starter).can_withdraw
