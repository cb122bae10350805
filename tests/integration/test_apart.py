"""Being kept apart counts within a case: what somebody did in one hides nothing of another."""

from __future__ import annotations

from engine import Engine
from tests.integration.helpers import deploy, do, names, process


def test_a_step_is_hidden_only_in_the_case_in_which_the_other_was_done(people: Engine) -> None:
    model = process().user("draft", groups="甲组")
    deploy(people, model.user("check", groups="甲组", properties={"separateFrom": "draft"}).end())
    for _ in range(2):
        people.start("p", {}, by="a1")
    do(people, "a1", "draft")
    do(people, "a2", "draft")
    assert names(people, "a1") == ["check"] == names(people, "a2")
    assert people.counts("a1")["claimable"] == people.counts("a2")["claimable"] == 1
    assert names(people, "ab") == ["check", "check"]
