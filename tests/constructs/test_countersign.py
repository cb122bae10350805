"""Countersigning: all, any, count, share, weights; how rejections and absent votes are read; early ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.errors import ExecutionError
from engine.model.definition import Countersign
from tests.builders import Builder, feel, many
from tests.constructs.driver import Run

PEOPLE = [{"名": "甲", "权": 1}, {"名": "乙", "权": 1}, {"名": "丙", "权": 1}, {"名": "丁", "权": 3}]


def board(
    rule: str, amount: float = 0, *, sequential: bool = False, weight: str = "", **more: Any
) -> Builder:
    """Each of the people votes, then one of two tasks follows."""
    sign = Countersign(
        rule,  # type: ignore[arg-type]
        vote=feel("同意"),  # type: ignore[arg-type]
        amount=amount,
        weight=feel(weight) if weight else None,
        **more,
    )
    loop = replace(many("人员", element="人", sequential=sequential), countersign=sign)
    diagram = Builder().start().user("vote", loop=loop).exclusive("g")
    diagram.when('countersign.outcome = "passed"').user("yes").end()
    return diagram.at("g").default().user("no").to("end")


def voted(diagram: Builder, votes: str, people: list[Any] | None = None) -> Run:
    """The run after votes: + agrees, - rejects, 0 abstains, each the first who hasn't voted."""
    run = Run(diagram).start(人员=PEOPLE if people is None else people)
    for vote in votes:
        run.complete("vote", 同意={"+": True, "-": False, "0": None}[vote])
    return run


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize(
    ("rule", "amount", "votes", "outcome"),
    [
        ("all", 0, "++++", "yes"),
        ("all", 0, "+-", "no"),  # can't be carried any more
        ("all", 0, "0", "no"),
        ("any", 0, "+", "yes"),
        ("any", 0, "-0-+", "yes"),
        ("any", 0, "----", "no"),
        ("count", 2, "-++", "yes"),
        ("count", 2, "-0-", "no"),
        ("share", 0.5, "++", "yes"),
        ("share", 0.5, "---", "no"),
        ("share", 0.5, "+00-", "no"),
        ("count", 9, "", "no"),  # more than there are people: nobody can carry it, asked all the same
    ],
)
def test_the_outcome_is_known_as_soon_as_no_vote_can_change_it(
    rule: str, amount: float, votes: str, outcome: str, sequential: bool
) -> None:
    run = voted(board(rule, amount, sequential=sequential), votes or "+")
    assert run.waiting == [outcome]


def test_an_early_end_cancels_the_other_tasks() -> None:
    run = voted(board("any"), "-")
    assert run.waiting == ["vote"] * 3
    run.complete("vote", 同意=True)
    assert run.last == "-vote[1] !vote[2] !vote[3] -vote[] vote-g +g -g g-yes +yes"
    assert run.variables["countersign"] == {
        "outcome": "passed",
        "agreed": 1,
        "rejected": 1,
        "abstained": 0,
        "absent": 2,
        "people": 4,
        "weight": {"agreed": 1, "rejected": 1, "abstained": 0, "absent": 2, "total": 4},
    }


@pytest.mark.parametrize(
    ("above", "votes", "outcome"), [(False, "++", "yes"), (True, "++--", "no"), (True, "+++", "yes")]
)
def test_more_than_half_is_more_than_as_much_as_half(above: bool, votes: str, outcome: str) -> None:
    assert voted(board("share", 0.5, above=above), votes).waiting == [outcome]


@pytest.mark.parametrize(
    ("rejections", "rule", "votes", "waiting"),
    [
        ("rest", "any", "-", ["vote"] * 3),
        ("one", "any", "-", ["no"]),
        ("one", "any", "0+", ["yes"]),
        ("majority", "any", "--", ["vote"] * 2),
        ("majority", "any", "---", ["no"]),
        ("majority", "any", "--+", ["yes"]),
    ],
)
def test_how_rejections_are_read(rejections: str, rule: str, votes: str, waiting: list[str]) -> None:
    assert voted(board(rule, rejections=rejections), votes).waiting == waiting


@pytest.mark.parametrize("sequential", [False, True])
def test_votes_weigh_what_they_weigh_when_voting_begins(sequential: bool) -> None:
    diagram = board("share", 0.5, weight="人.权", sequential=sequential)
    assert voted(diagram, "+++").waiting == ["yes"]  # 3 of 6
    assert voted(diagram, "-++").waiting == ["vote"]  # 2 of 6, and 3 to come
    run = voted(diagram, "-++-")
    assert run.waiting == ["no"]
    assert run.variables["countersign"]["weight"] == {
        "agreed": 2,
        "rejected": 4,
        "abstained": 0,
        "absent": 0,
        "total": 6,
    }


def test_who_is_absent_weighs_in_the_whole_unless_left_out() -> None:
    assert voted(board("share", 0.6, weight="人.权"), "+++0").waiting == ["no"]  # 3 of 6
    assert voted(board("share", 0.6, weight="人.权", leave_out=True), "0-++").waiting == ["yes"]  # 4 of 5
    assert voted(board("all", leave_out=True), "0+0+").waiting == ["yes"]
    assert voted(board("all", leave_out=True), "0000").waiting == ["no"]
    assert voted(board("any", weight="0"), "+").waiting == ["yes"]


def test_all_vote_when_the_diagram_wants_every_opinion() -> None:
    run = voted(board("any", late=True), "+--")
    assert run.waiting == ["vote"]
    run.complete("vote", 同意=False)
    assert run.waiting == ["yes"]
    assert run.variables["countersign"]["rejected"] == 3


@pytest.mark.parametrize("sequential", [False, True])
def test_nobody_to_be_asked(sequential: bool) -> None:
    run = voted(board("all", weight="人.权", sequential=sequential), "", [])
    assert run.waiting == ["no"]
    assert run.variables["countersign"]["outcome"] == "empty"


@pytest.mark.parametrize("weight", [-1, "many", None, True])
def test_a_weight_that_is_none_stops_before_voting(weight: Any) -> None:
    with pytest.raises(ExecutionError, match="权重应是非负数"):
        voted(board("all", weight="人.权"), "", [{"权": weight}])


def test_votes_stay_with_their_instance() -> None:
    run = voted(board("all", result="结果"), "+")
    assert run.step.variables == {"人员": PEOPLE}
