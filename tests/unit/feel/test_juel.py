"""`${...}` of Camunda 7 as FEEL."""

from __future__ import annotations

import pytest

from engine import feel
from engine.errors import FeelError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=甲 + 1", "甲 + 1"),
        ("  = 甲", "甲"),
        ("文字", None),
        ("", None),
        ("${甲}", "甲"),
        ("#{a.b}", "a.b"),
        ("${a == 'b' && !c}", 'a = "b" and not(c)'),
        ('${a != "b" || c >= 3.5}', 'a != "b" or c >= 3.5'),
        ("${(a eq 1 or b lt 2) and not (c)}", "(a = 1 or b < 2) and not(c)"),
        ("${!(a || b) && !((c) == (d))}", "not(a or b) and not((c) = (d))"),
        ("${a == null}", "a = null"),
        ("${a == 'it\\'s \"x\"'}", 'a = "it\'s \\"x\\""'),
    ],
)
def test_translated(text: str, expected: str | None) -> None:
    assert feel.translate(text) == expected
    if expected:
        assert feel.check(expected) is None


@pytest.mark.parametrize(
    "text",
    [
        "${execution.getVariable('a')}",
        "${a ? b : c}",
        "${a[0] == 1}",
        "前缀 ${a}",
        "${a}${b}",
        "${}",
        "${a ==}",
        "${(a}",
        "${a b}",
        "${empty a}",
        "${a + 1 == 2}",
        "${a == 'b}",
        "${",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(FeelError, match="不是简单的比较"):
        feel.translate(text)
