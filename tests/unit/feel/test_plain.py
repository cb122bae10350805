"""What is answered without the sandbox is what the sandbox would answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import plain, sandbox

NAMES = (
    "结论",
    "结论2",
    "last",
    "_x",
    "count",
    "sum",
    "list",
    "date",
    "string",
    "now",
    "is",
    "day",
    "inn",
    "x",
)
TEXTS = st.sampled_from(["启动", "", "true", "2026-01-02", "a b", "and", "结论", "PT1H", "1"])
LITERALS = TEXTS.map(lambda text: f'"{text}"') | st.sampled_from(["true", "false"])
VALUES = TEXTS | st.booleans() | st.none() | st.integers(-1, 2) | st.just([]) | st.just({"a": "启动"})
BLANKS = st.sampled_from([" ", "  ", "\n", ""])


@st.composite
def terms(draw: Any) -> str:
    name, blank = draw(st.sampled_from(NAMES)), draw(BLANKS)
    kind = draw(st.sampled_from(["name", "sign", "in"]))
    if kind == "name":
        return name
    if kind == "sign":
        return f"{name}{blank}{draw(st.sampled_from(['=', '!=']))}{blank}{draw(LITERALS)}"
    texts = draw(st.lists(TEXTS, min_size=1, max_size=3))
    listed = f",{blank}".join(f'"{text}"' for text in texts)
    return f"{name} in{blank}({listed})"


@st.composite
def expressions(draw: Any) -> str:
    made = draw(st.lists(terms(), min_size=1, max_size=3))
    return draw(st.sampled_from([" and ", " or "])).join(made)


def in_sandbox(expression: str, variables: dict[str, Any]) -> Any:
    batch = sandbox.Batch()
    batch.add("value", expression, variables)
    return batch.run()[0].get("value", "error")


@settings(deadline=None, max_examples=400)
@given(expressions(), st.dictionaries(st.sampled_from([*NAMES, "结论 in", "last =", "x and"]), VALUES))
def test_a_plain_answer_is_the_sandbox_s(expression: str, variables: dict[str, Any]) -> None:
    found = plain.evaluate(expression, variables)
    if found is not plain.NOT_PLAIN:
        told = in_sandbox(expression, variables)
        assert (type(found), found) == (type(told), told)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("结论", "启动"),
        ('结论 = "启动"', True),
        ('结论!="启动"', False),
        ('结论 in ("移送", "启动")', True),
        ("批准 = true", False),
        ('结论 = "移送" or 批准 = false', True),
    ],
)
def test_what_diagrams_ask_most_is_plain(expression: str, value: Any) -> None:
    assert plain.evaluate(expression, {"结论": "启动", "批准": False, "结论说明": ""}) == value


@pytest.mark.parametrize(
    "expression",
    [
        "结论 > 1",
        "没有",
        "数 = 1",
        '结论 = "a\\"b"',
        "not(批准)",
        "批准 = true and 批准 = false or 批准",
        "",
        "结论 =",
        "true",
    ],
)
def test_the_rest_is_left_to_the_sandbox(expression: str) -> None:
    assert plain.evaluate(expression, {"结论": "启动", "批准": False, "数": 1}) is plain.NOT_PLAIN
