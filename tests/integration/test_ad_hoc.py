"""People choose in an ad-hoc subprocess, within their rights; the record tells who chose what."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Conflict, Engine, NotAllowed, NotFound, ProcessInstance
from engine.model.definition import AdHoc, Expression
from tests.builders import Builder
from tests.integration.helpers import begin, do, names, process


def inquiry(how: AdHoc | None = None, **more: Any) -> Builder:
    """A first task, two groups' activities to choose from, then a last task."""
    inner = Builder().user("谈话", groups="甲组").loose().user("审理", groups="乙组").loose()
    return (
        process(**more)
        .user("受理", groups="甲组")
        .ad_hoc("核实", inner, how)
        .user("报告", groups="甲组")
        .end()
    )


def begun(people: Engine, model: Builder, **variables: Any) -> ProcessInstance:
    """A case of a1 in which a2 has done the first task."""
    case = begin(people, model, **variables)
    do(people, "a2", "受理")
    return case


def test_who_is_named_for_a_step_starts_it(people: Engine) -> None:
    case = begun(people, inquiry())
    (choice,) = people.case(case.id, by="a2").choices
    assert (choice.name, choice.may_end) == ("核实", True)
    assert [offer.name for offer in choice.offers] == ["谈话"], "the other is for another group"
    people.start_activity(case.id, choice.activity_id, "谈话", by="a2")
    assert names(people, "a2") == ["谈话"]
    with pytest.raises(NotAllowed, match="别的岗位"):
        people.start_activity(case.id, choice.activity_id, "审理", by="a2")
    (mine,) = people.case(case.id, by="a1").choices
    assert [offer.name for offer in mine.offers] == ["谈话", "审理"], "who began the case may steer it"
    people.start_activity(case.id, choice.activity_id, "审理", by="a1")
    do(people, "a2", "谈话")
    people.end_activity(case.id, choice.activity_id, by="a1")
    assert names(people, "a2") == ["报告"] and names(people, "b1") == []
    told = [one for one in people.case(case.id, by="a1").history if one.kind.startswith("activity.")]
    assert [(one.kind, one.actor, one.data["name"]) for one in reversed(told)] == [
        ("activity.chosen", "a2", "谈话"),
        ("activity.chosen", "a1", "审理"),
        ("activity.ended", "a1", "核实"),
    ]
    assert people.case(case.id, by="a1").choices == ()
    assert people.verify(case.id) == ()


def test_a_completion_condition_ends_it(people: Engine) -> None:
    case = begun(people, inquiry(AdHoc(completion=Expression("属实"), sequential=True)), 属实=False)
    (choice,) = people.case(case.id, by="a1").choices
    assert not choice.may_end
    with pytest.raises(Conflict, match="完成条件"):
        people.end_activity(case.id, choice.activity_id, by="a1")
    people.start_activity(case.id, choice.activity_id, "谈话", by="a1")
    assert people.case(case.id, by="a1").choices[0].offers == (), "one after the other"
    with pytest.raises(Conflict, match="刷新"):
        people.start_activity(case.id, choice.activity_id, "审理", by="a1")
    do(people, "a2", "谈话", 属实=True)
    assert names(people, "a2") == ["报告"]
    with pytest.raises(Conflict):
        people.start_activity(case.id, choice.activity_id, "谈话", by="a1")


def test_strangers_see_no_case(people: Engine) -> None:
    case = begun(people, inquiry())
    (choice,) = people.case(case.id, by="a1").choices
    with pytest.raises(NotFound):
        people.start_activity(case.id, choice.activity_id, "谈话", by="out")


def test_a_case_that_waits_for_a_choice_is_not_stuck(people: Engine) -> None:
    begun(people, inquiry())
    assert [each.kind for each in people.diagnose()] == []
