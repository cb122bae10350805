"""Countersigning as a file declares it: people vote in their inboxes, an early end takes the rest away."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, Resource
from tests.builders import Builder, many
from tests.integration.helpers import begin, deploy, names, process, task

VOTE = {"countersignVote": "=同意", "countersignWeight": "=人.票", "countersignResult": "会签"}
BOARD = [{"谁": "a1", "票": 1}, {"谁": "a2", "票": 2}, {"谁": "b1", "票": 3}]


def board(rule: str, **more: str) -> Builder:
    properties = {"countersign": rule, **VOTE, **more}
    loop = many("委员", element="人")
    diagram = process().user("vote", assignee="=人.谁", loop=loop, properties=properties).exclusive("g")
    diagram.when('会签.outcome = "passed"').user("yes", groups="甲组").end()
    return diagram.at("g").default().user("no", groups="甲组").to("end")


def vote(engine: Engine, user: str, agree: bool) -> None:
    engine.complete(task(engine, user, "vote", "todo").id, {"同意": agree}, by=user)


def test_enough_weight_ends_the_vote(people: Engine) -> None:
    case = begin(people, board(">50%"), 委员=BOARD)
    vote(people, "b1", True)
    assert names(people, "a1") == []
    late = task(people, "a2", "vote", "todo")
    vote(people, "a1", True)
    assert names(people, "a2", "todo") == []
    assert names(people, "a1") == ["yes"]
    with pytest.raises(Conflict, match="撤销"):
        people.complete(late.id, {"同意": False}, by="a2")
    found = people.case(case.id, by="a1").variables["会签"]
    assert (found["outcome"], found["agreed"], found["absent"], found["weight"]["agreed"]) == (
        "passed",
        2,
        1,
        4,
    )


def test_one_rejection_ends_the_vote_where_the_diagram_says_so(people: Engine) -> None:
    begin(people, board("any", countersignRejections="one"), 委员=BOARD)
    vote(people, "a1", False)
    assert names(people, "a1") == ["no"]
    assert names(people, "b1", "todo") == []


def test_a_voter_may_ask_signers_and_pass_his_vote_on(people: Engine) -> None:
    begin(people, board("all"), 委员=BOARD)
    mine = task(people, "a1", "vote", "todo")
    (made,) = people.add_signers(mine.id, ["out"], "after", "请看", by="a1")
    people.transfer(task(people, "a2", "vote", "todo").id, "boss", "出差", by="a2")
    for user in ("a1", "boss", "b1"):
        vote(people, user, True)
    assert names(people, "a1") == []
    people.sign(made, True, by="out")
    assert names(people, "a1") == ["yes"]


def test_nobody_to_vote_is_not_passed(people: Engine) -> None:
    begin(people, board("all"), 委员=[])
    assert names(people, "a1") == ["no"]


def test_a_bad_rule_is_found_before_deployment(people: Engine) -> None:
    found = people.check([Resource("t/p.bpmn", board("most").xml())])
    assert [(one.element, one.severity) for one in found if "会签规则“most”" in one.message] == [
        ("vote", "error")
    ]
    deploy(people, board("2/3"))
