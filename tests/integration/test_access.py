"""Team, access given by a decision, and grades: who sees a case, in lists, by id and in every other query."""

from __future__ import annotations

from datetime import date

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound, Resource, User, policy
from engine.store import access as kept
from engine.store import reading
from engine.store.people import get
from tests.conftest import PASSWORD, Clock
from tests.integration.access import LEADERS, case, rules, shut, staff, traces
from tests.integration.helpers import do, kinds, names, process, take, task

SECRET = {"密级": "限知"}


@pytest.fixture
def office(people: Engine) -> Engine:
    return staff(people)


def test_a_member_of_the_team_sees_and_works(office: Engine) -> None:
    one = case(office)
    office.add_to_team(one.id, ["out", "b1"], "抽调", by="boss")
    assert office.cases("out").total == 1
    office.attach("a.txt", b"x", "text/plain", by="out", instance_id=one.id)
    office.add_to_team(one.id, ["lead1"], "分管", by="out")
    assert [each.kind for each in office.notifications("out")] == ["access.team_added"]
    told = [each for each in office.case(one.id, by="").history if each.kind == "access.team_added"]
    assert [each.data["user"] for each in reversed(told)] == ["out", "b1", "lead1"]
    member = next(each for each in office.case_people(one.id, by="boss").members if each.user == "out")
    office.end_membership(member.id, "归队", by="boss")
    assert shut(lambda: office.case(one.id, by="out"))
    left = {name for name, found in traces(office, one, "out").items() if found}
    assert left <= {"notices", "unread"}  # what he was told himself, as the grade lets others be told


def test_given_access_ends_with_its_day(office: Engine, clock: Clock) -> None:
    one = case(office)
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    office.give_access(one.id, "out", "协查", by="lead1", until=date(2026, 3, 4))
    assert office.case(one.id, by="out")
    assert office.cases("out").total == 1
    with pytest.raises(NotAllowed, match="抄送对象"):
        office.attach("a.txt", b"x", "text/plain", by="out", instance_id=one.id)
    clock.advance(days=2)
    assert office.case(one.id, by="out")
    clock.advance(days=1)
    seen = traces(office, one, "out")
    assert {name for name, found in seen.items() if found} <= {"notices", "unread"}
    with pytest.raises(InvalidInput, match="已过"):
        office.give_access(one.id, "out", "再查", by="lead1", until=date(2026, 3, 4))


def test_access_is_revoked_with_a_reason(office: Engine) -> None:
    one = case(office)
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    office.give_access(one.id, "out", "协查", by="lead1")
    with pytest.raises(Conflict, match="已经是"):
        office.give_access(one.id, "out", "协查", by="lead1")
    (given,) = [each for each in office.case_people(one.id, by="lead1").members if each.kind == "access"]
    with pytest.raises(NotAllowed, match="只有负责人"):
        office.end_membership(given.id, "查完", by="boss")
    office.end_membership(given.id, "查完", by="lead1")
    assert shut(lambda: office.case(one.id, by="out"))
    assert kinds(office, one)[-1] == "access.ended"
    with pytest.raises(Conflict, match="已经结束"):
        office.end_membership(given.id, "查完", by="lead1")


@pytest.mark.parametrize("person", ["a1", "boss"])
def test_only_who_leads_gives_access(office: Engine, person: str) -> None:
    one = case(office)
    with pytest.raises(NotAllowed, match="只有负责人"):
        office.give_access(one.id, "out", "协查", by=person)


@pytest.mark.parametrize("person", ["a2", "b1", "out", "lead1"])
def test_who_does_not_handle_the_case_adds_nobody(office: Engine, person: str) -> None:
    one = case(office)
    with pytest.raises((NotAllowed, NotFound)):
        office.add_to_team(one.id, ["out"], "帮忙", by=person)


#: person -> whether he sees the case by its grade
GRADES = {
    "普通": {"a1": True, "a2": True, "ab": True, "boss": True, "b1": True, "out": True, "lead1": False},
    "内部": {"a1": True, "a2": True, "ab": True, "boss": True, "b1": True, "out": False, "lead1": False},
    "限知": {"a1": True, "a2": False, "ab": False, "boss": False, "b1": False, "out": False, "lead1": False},
}


@pytest.mark.parametrize("grade", GRADES)
def test_a_higher_grade_is_seen_by_fewer(office: Engine, grade: str) -> None:
    """a1 began it, a2 did a step, b1 and ab are offered one, boss supervises, out got a copy."""
    one = case(office)
    office.copy_to(one.id, ["out"], by="boss")
    held = take(office, "a2", "one")
    if grade == "限知":
        office.add_to_team(one.id, ["a1"], "经办", by="a2")
    office.complete(held.id, {"密级": grade}, by="a2")
    expected = dict(GRADES[grade])
    if grade == "限知":
        expected["a2"] = True  # who raises it stays
    for person, sees in expected.items():
        assert bool(office.cases(person).total) is sees, person
        assert shut(lambda who=person: office.case(one.id, by=who)) is not sees, person
        assert bool(office.cases(person, search=one.business_key).total) is sees, person
        assert sees or not any(traces(office, one, person).values()), person
    assert office.case(one.id, by="").instance.grade == grade
    shown = office.case_people(one.id, by="a1").grade
    assert shown is not None
    assert shown.name == grade


def test_a_closed_case_offers_its_tasks_to_its_own_people(office: Engine) -> None:
    one = case(office, **SECRET)
    assert [names(office, person) for person in ("a1", "a2")] == [["one"], []]  # who began it is of the team
    office.add_to_team(one.id, ["a2", "b1"], "办案", by="a1")
    assert names(office, "a2") == ["one"]
    do(office, "a2", "one")
    assert [names(office, person) for person in ("b1", "ab")] == [["two"], []]
    assert shut(lambda: office.claim(task(office, "b1", "two").id, by="ab"))


def test_in_a_closed_case_nothing_is_given_to_others(office: Engine) -> None:
    one = case(office, **SECRET)
    held = take(office, "a1", "one")
    for give in (
        lambda: office.transfer(held.id, "a2", "请办", by="a1"),
        lambda: office.delegate(held.id, "b1", "请办", by="a1"),
        lambda: office.add_signers(held.id, ["b1"], "before", "请签", by="a1"),
        lambda: office.copy_to(one.id, ["b1"], by="a1"),
    ):
        with pytest.raises(NotAllowed, match="加为办案人员"):
            give()
    office.add_to_team(one.id, ["a2"], "办案", by="a1")
    office.transfer(held.id, "a2", "请办", by="a1")
    assert names(office, "a2", "todo") == ["one"]


def test_whom_the_diagram_names_joins_a_closed_case(office: Engine) -> None:
    one = case(office, process().user("one", groups="甲组").user("two", assignee="b1").end(), **SECRET)
    do(office, "a1", "one")
    assert names(office, "b1", "todo") == ["two"]
    assert "access.team_added" in kinds(office, one)
    (member,) = [each for each in office.case_people(one.id, by="b1").members if each.user == "b1"]
    with pytest.raises(Conflict, match="先转办"):
        office.end_membership(member.id, "换人", by="a1")


def test_a_closed_case_with_nobody_to_take_its_task_tells_its_team(office: Engine) -> None:
    one = case(office, process().user("one", groups="乙组").end(), **SECRET)
    assert [each.kind for each in office.notifications("a1")] == ["task.kept_out"]
    assert office.notifications("boss") == ()  # the grade keeps it from the supervisors
    office.add_to_team(one.id, ["b1"], "办案", by="a1")
    assert names(office, "b1") == ["one"]


def test_a_supervisor_who_is_let_in_by_name_supervises(office: Engine) -> None:
    one = case(office, **SECRET)
    office.add_to_team(one.id, ["lead1"], "分管", by="a1")
    assert shut(lambda: office.suspend(one.id, "等", by="boss"))
    office.give_access(one.id, "boss", "督办", by="lead1")
    office.suspend(one.id, "等鉴定", by="boss")


def test_lowering_the_grade_opens_the_case_again(office: Engine) -> None:
    one = case(office, **SECRET)
    take(office, "a1", "one")
    office.complete(task(office, "a1", "one", "todo").id, {"密级": "普通"}, by="a1")
    assert names(office, "b1") == ["two"]
    assert office.case(one.id, by="boss").instance.grade == "普通"
    assert kinds(office, one).count("instance.graded") == 2


def test_the_query_and_the_policy_say_the_same(office: Engine) -> None:
    """Of everybody, in cases of each grade: what `policy.sees` says of his standing, the query answers."""
    for grade in GRADES:
        one = case(office, 密级=grade)
        office.add_to_team(one.id, ["lead1"], "分管", by="a1" if grade == "限知" else "boss")
        office.give_access(one.id, "lead2", "阅", by="lead1")
        with office._context.database.reading() as work:
            for login in ("a1", "a2", "b1", "ab", "boss", "out", *LEADERS):
                user = get(work, login)
                assert user
                instance = office.case(one.id, by="").instance
                standing = kept.standing(work, instance, user, ["领导"])
                assert policy.sees(standing) is reading.may_see(work, one.id, login), (grade, login)


def test_a_single_person_for_two_steps_apart_is_a_gap(office: Engine) -> None:
    office.add_group("独岗")
    office.add_user(User("alone", "独任", "", frozenset({"独岗"})), PASSWORD)
    diagram = (
        process().user("one", groups="独岗").user("two", groups="独岗", properties={"separateFrom": "one"})
    )
    case(office, diagram.end())
    assert [each.message for each in office.gaps() if "同一个人" in each.message] == [
        "“two”与“one”须由不同人办理，两步却只有同一个人。"
    ]


def test_a_closed_case_stays_closed_in_another_version(office: Engine) -> None:
    one = case(office, **SECRET)
    newer = process().user("one", groups="甲组").user("mid", groups="乙组").user("two", groups="乙组").end()
    office.deploy([Resource("t/p.bpmn", newer.xml()), rules()], name="t", by="")
    office.migrate(office.plan_migration("p", 1, 2, by=""), "改版", by="")
    assert [names(office, person) for person in ("a1", "a2")] == [["one"], []]
    assert not any(traces(office, one, "a2").values())
