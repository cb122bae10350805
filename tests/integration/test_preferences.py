"""What a person likes for himself is kept for him alone."""

from __future__ import annotations

import pytest

from engine import Engine, InvalidInput, NotAllowed


def test_a_preference_is_kept_for_one_person_and_can_be_forgotten(people: Engine) -> None:
    assert people.preference("a1", "inbox.columns") is None
    people.prefer("inbox.columns", {"todo": ["编号", "来自"]}, by="a1")
    people.prefer("inbox.columns", {"todo": ["编号"]}, by="a1")
    people.prefer("density", "compact", by="b1")
    assert people.preference("a1", "inbox.columns") == {"todo": ["编号"]}
    assert people.preference("b1", "inbox.columns") is None
    people.prefer("inbox.columns", None, by="a1")
    assert people.preference("a1", "inbox.columns") is None
    with pytest.raises(NotAllowed):
        people.prefer("density", "compact", by="nobody")
    with pytest.raises(InvalidInput):
        people.prefer("A key!", 1, by="a1")
    with pytest.raises(InvalidInput, match="太长"):
        people.prefer("density", "x" * 30_000, by="a1")
