"""Who sees a case, and who may say who else does: person x object x action, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import policy
from engine.model.access import Standing, Tie
from engine.model.case_rules import CIRCLES, Circle
from engine.model.records import User

NOW = datetime(2026, 3, 2, tzinfo=UTC)
OPEN: frozenset[Circle] = frozenset(CIRCLES)
INNER: frozenset[Circle] = frozenset({"tasks", "supervisors"})
SHUT: frozenset[Circle] = frozenset()

#: what a person has to do with the case -> whether he sees it while open, for inner use, and closed
SIGHT = {
    "nothing": ({}, (False, False, False)),
    "team": ({"team": True}, (True, True, True)),
    "access": ({"access": True}, (True, True, True)),
    "part": ({"part": True}, (True, True, False)),
    "supervises": ({"supervises": True}, (True, True, False)),
    "copied": ({"copied": True}, (True, False, False)),
    "leads": ({"leads": True}, (False, False, False)),
    "kept from tasks only": ({"part": True, "bars": "tasks"}, (True, True, False)),
    "kept out of its team": ({"team": True, "bars": "all"}, (False, False, False)),
    "kept out, supervising": ({"supervises": True, "part": True, "bars": "all"}, (False, False, False)),
}


@pytest.mark.parametrize(("facts", "seen"), SIGHT.values(), ids=SIGHT)
def test_sight_by_grade(facts: dict[str, Any], seen: tuple[bool, ...]) -> None:
    for circles, sees in zip((OPEN, INNER, SHUT), seen, strict=True):
        assert policy.sees(Standing(**facts, shown_to=circles)) is sees


#: standing -> change the team, enter a role, give access, order a recusal
ACTS = {
    "nothing": ({}, (False, False, False, False)),
    "holds": ({"holds": True}, (True, True, False, False)),
    "part": ({"part": True}, (False, False, False, False)),
    "offered": ({"offered": True}, (False, False, False, False)),
    "team": ({"team": True}, (True, True, False, False)),
    "access": ({"access": True}, (False, False, False, False)),
    "copied": ({"copied": True}, (False, False, False, False)),
    "supervises": ({"supervises": True}, (True, True, False, False)),
    "leads": ({"leads": True}, (True, True, True, True)),
}


@pytest.mark.parametrize(("facts", "allowed"), ACTS.values(), ids=ACTS)
def test_who_changes_who_belongs(facts: dict[str, Any], allowed: tuple[bool, ...]) -> None:
    standing = Standing(**facts)
    found = (
        policy.change_team(standing),
        policy.enter_role(standing),
        policy.give_access(standing),
        policy.order_recusal(user("x"), standing, "y"),
    )
    assert tuple(not reason for reason in found) == allowed


def user(login: str, *groups: str) -> User:
    return User(login, login, "", frozenset(groups))


ASKED = Tie("t", "i", "subject", "", "asked", "all", "亲属", "asker", NOW, "asked")


@pytest.mark.parametrize(
    ("who", "leads", "status", "decides", "lifts"),
    [
        ("leader", True, "asked", True, False),
        ("leader", True, "active", False, True),
        ("leader", True, "refused", False, False),
        ("leader", True, "ended", False, False),
        ("other", False, "asked", False, False),
        ("other", False, "active", False, False),
        ("subject", True, "asked", False, False),
        ("subject", True, "active", False, False),
        ("asker", True, "asked", False, False),
        ("asker", True, "active", False, True),
    ],
)
def test_who_decides_and_lifts(who: str, leads: bool, status: Any, decides: bool, lifts: bool) -> None:
    tie = replace(ASKED, status=status)
    assert (policy.decide_recusal(user(who), leads, tie) == "") is decides
    assert (policy.lift_recusal(user(who), leads, tie) == "") is lifts


def test_nobody_orders_his_own() -> None:
    assert "申请回避" in policy.order_recusal(user("x"), Standing(leads=True), "x")


@pytest.mark.parametrize(
    ("barred", "inside", "word"),
    [
        ((), None, ""),
        (("x",), None, "须回避"),
        ((), (), "办案人员"),
        ((), ("x",), ""),
        (("x",), ("x",), "须回避"),
    ],
)
def test_who_is_given_a_task_or_copy(barred: tuple[str, ...], inside: Any, word: str) -> None:
    found = policy.admit(user("x"), barred, inside)
    assert (word in found) if word else found == ""
