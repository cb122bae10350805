"""Common opinions are kept for each person in his own order."""

from __future__ import annotations

import pytest

from engine import Engine, InvalidInput


def test_common_opinions_are_kept_in_order_for_one_person(people: Engine) -> None:
    assert people.common_opinions("a1") == ()
    people.keep_common_opinions([" 同意。", "情况属实。"], by="a1")
    people.keep_common_opinions(["情况属实。", "同意。"], by="a1")
    assert people.common_opinions("a1") == ("情况属实。", "同意。")
    assert people.common_opinions("b1") == ()
    for refused in ([""], ["长" * 201], ["同意。", "同意。"], [str(number) for number in range(31)]):
        with pytest.raises(InvalidInput, match=r"常用语|已经有了"):
            people.keep_common_opinions(refused, by="a1")
    people.keep_common_opinions([], by="a1")
    assert people.common_opinions("a1") == ()
