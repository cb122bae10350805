"""Substitutes get the new tasks of who is away, marked as done in his stead."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from engine import Conflict, Engine, InvalidInput, NotAllowed
from engine.model.substituting import MOST_HOPS, Substitution, chain, leads_back
from engine.store.audit import to_event
from engine.store.tables import audit_event
from tests.builders import Builder
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, do, names, process, task

WEEK = timedelta(days=7)


def one(assignee: str = "a2", key: str = "p", **more: str) -> Builder:
    return process(key).user("申请", groups="甲组").user("审批", assignee=assignee, **more).end()


def appoint(engine: Engine, person: str, substitute: str, **more: object) -> Substitution:
    now = engine.now()
    values = {"since": now, "until": now + WEEK, "reason": "出差", "by": person, **more}
    return engine.appoint_substitute(person, substitute, **values)  # type: ignore[arg-type]


def run(engine: Engine, builder: Builder, by: str = "a1") -> str:
    found = begin(engine, builder)
    do(engine, by, "申请")
    return found.id


def test_a_new_task_goes_to_the_substitute_in_the_others_stead(people: Engine) -> None:
    appoint(people, "a2", "b1")
    case = run(people, one())
    assert names(people, "a2", "todo") == []
    given = task(people, "b1", "审批", "todo")
    assert (given.assignee, given.on_behalf_of) == ("b1", "a2")
    (row,) = people.inbox("b1", "todo").items
    assert row.handed
    assert (row.handed.verb, row.handed.by, row.handed.reason) == ("substituted", "a2的岗位", "出差")
    people.complete(given.id, {}, by="b1")
    history = people.case(case, by="").history
    (done,) = [each for each in history if each.kind == "task.completed" and each.actor == "b1"]
    assert done.on_behalf_of == "a2"
    (noted,) = [each for each in history if each.kind == "task.substituted"]
    assert (noted.data["for"], noted.data["to"]) == ("a2", "b1")
    assert people.case(case, by="a2").instance.status == "completed"  # who was away sees it


def test_it_holds_within_its_time_and_processes_only(people: Engine, clock: Clock) -> None:
    deploy(people, one(key="q"))
    appoint(people, "a2", "b1", since=clock() + timedelta(days=1), processes=["q"])
    run(people, one())
    assert names(people, "a2", "todo") == ["审批"]
    clock.advance(days=2)
    run(people, one())
    assert names(people, "a2", "todo") == ["审批", "审批"]
    run(people, one(key="q"))
    assert names(people, "b1", "todo") == ["审批"]
    clock.advance(days=7)
    run(people, one(key="q"))
    assert names(people, "a2", "todo") == ["审批"] * 3


def test_tasks_that_were_there_before_stay(people: Engine) -> None:
    run(people, one())
    appoint(people, "a2", "b1")
    assert names(people, "a2", "todo") == ["审批"]


def test_ending_it_early_leaves_the_substitute_what_he_has(people: Engine) -> None:
    made = appoint(people, "a2", "b1")
    run(people, one())
    with pytest.raises(NotAllowed):
        people.end_substitution(made.id, by="b1")
    with pytest.raises(NotAllowed, match="不是您的"):
        people.end_substitution(made.id, by="out")
    people.end_substitution(made.id, by="a2")
    with pytest.raises(Conflict):
        people.end_substitution(made.id, by="a2")
    run(people, one())
    assert names(people, "b1", "todo") == names(people, "a2", "todo") == ["审批"]
    with people._context.database.reading() as work:
        rows = work.connection.execute(select(audit_event).order_by(audit_event.c.id))
        recorded = [to_event(row).entry for row in rows]
    acts = [(each.kind, each.actor, each.object) for each in recorded if each.kind.startswith("subst")]
    assert acts == [("substitution.made", "a2", made.id), ("substitution.ended", "a2", made.id)]
    (kept,) = people.substitutions("b1")
    assert kept.ended_by == "a2"


def test_substitutes_of_substitutes_are_followed_three_times(people: Engine) -> None:
    for person, to in (("a2", "b1"), ("b1", "ab"), ("ab", "boss"), ("boss", "out")):
        appoint(people, person, to)
    run(people, one())
    given = task(people, "boss", "审批", "todo")
    assert given.on_behalf_of == "a2"


def test_nobody_stands_in_for_himself(people: Engine) -> None:
    appoint(people, "a2", "b1")
    appoint(people, "b1", "ab")
    with pytest.raises(InvalidInput, match="绕回到本人"):
        appoint(people, "ab", "a2")
    with pytest.raises(InvalidInput, match="不能是本人"):
        appoint(people, "boss", "boss")
    later = people.now() + WEEK
    appoint(people, "ab", "a2", since=later, until=later + WEEK)


def test_what_makes_no_sense_is_refused(people: Engine, clock: Clock) -> None:
    now = clock()
    appoint(people, "a2", "b1")
    for told, more in {
        "已有代理人": {"substitute": "ab"},
        "结束早于开始": {"substitute": "ab", "since": now + WEEK * 2, "until": now + WEEK},
        "已经过去": {"substitute": "ab", "since": now - WEEK * 2, "until": now - WEEK},
        "没有在用的账号": {"substitute": "nobody"},
        "没有流程": {
            "substitute": "ab",
            "since": now + WEEK * 2,
            "until": now + WEEK * 3,
            "processes": ["nix"],
        },
        "理由": {"substitute": "ab", "reason": " "},
    }.items():
        substitute = str(more.pop("substitute"))
        with pytest.raises(InvalidInput, match=told):
            appoint(people, "a2", substitute, **more)
    with pytest.raises(NotAllowed):
        appoint(people, "a2", "ab", by="a1")


def test_who_must_be_kept_apart_does_not_get_it(people: Engine) -> None:
    appoint(people, "a2", "b1")
    builder = process().user("申请", groups="甲组,乙组")
    apart = {"separateFrom": "申请"}
    run(people, builder.user("审批", assignee="a2", properties=apart).end(), by="b1")
    assert names(people, "a2", "todo") == ["审批"]
    assert names(people, "b1", "todo") == []


def test_it_falls_to_the_candidates_where_there_are_any(people: Engine) -> None:
    appoint(people, "a2", "b1")
    builder = process().user("申请", groups="甲组,乙组")
    more = {"groups": "甲组", "properties": {"separateFrom": "申请"}}
    case = run(people, builder.user("审批", assignee="a2", **more).end(), by="b1")  # type: ignore[arg-type]
    assert "审批" in names(people, "a1")
    assert names(people, "a2", "todo") == []
    (noted,) = [each for each in people.case(case, by="").history if each.kind == "task.not_substituted"]
    assert "由候选人认领" in noted.data["note"]


def test_nobody_does_in_the_stead_of_one_kept_apart_what_he_may_not_do(people: Engine) -> None:
    appoint(people, "a2", "b1")
    builder = (
        process().user("申请", groups="甲组").user("审批", assignee="a2", properties={"separateFrom": "申请"})
    )
    run(people, builder.end(), by="a2")
    assert names(people, "b1", "todo") == []


def test_what_was_done_in_ones_stead_keeps_one_apart(people: Engine) -> None:
    appoint(people, "a2", "b1", until=people.now() + timedelta(hours=1))
    builder = (
        process()
        .user("申请", groups="甲组")
        .user("审批", assignee="a2")
        .user("复核", groups="甲组,乙组", properties={"separateFrom": "审批"})
        .end()
    )
    run(people, builder)
    people.complete(task(people, "b1", "审批", "todo").id, {}, by="b1")
    assert "复核" not in names(people, "b1")
    review = task(people, "a1", "复核")
    with pytest.raises(NotAllowed):
        people.claim(review.id, by="a2")
    people.claim(review.id, by="a1")


def test_a_closed_account_stands_in_for_nobody(people: Engine) -> None:
    appoint(people, "a2", "b1")
    user = people.user("b1")
    assert user
    people.change_user(replace(user, active=False))
    run(people, one())
    assert names(people, "a2", "todo") == ["审批"]


def test_giving_it_back_ends_standing_in(people: Engine) -> None:
    appoint(people, "a2", "a1")
    run(people, one(groups="甲组"))
    given = task(people, "a1", "审批", "todo")
    people.release(given.id, by="a1")
    assert task(people, "ab", "审批").on_behalf_of is None


DAY = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
LINKS = st.builds(
    lambda n, a, b, keys: Substitution(str(n), a, b, DAY, DAY + WEEK, keys, "", "", DAY),
    st.integers(0, 99),
    st.sampled_from("abcdef"),
    st.sampled_from("abcdef"),
    st.sampled_from([(), ("p",), ("q",)]),
)


@given(st.lists(LINKS, max_size=12), st.sampled_from("abcdef"))
def test_a_chain_is_short_and_never_comes_back(links: list[Substitution], person: str) -> None:
    known: list[Substitution] = []
    for link in links:
        taken = any(each.person == link.person and each.meets(link) for each in known)
        if link.person != link.substitute and not taken and not leads_back(link, known):
            known.append(link)
    way = chain(person, "p", DAY, known)
    assert len(way) <= MOST_HOPS
    passed = [person, *(each.substitute for each in way)]
    assert len(set(passed)) == len(passed)
    assert all(before.substitute == after.person for before, after in pairwise(way))
