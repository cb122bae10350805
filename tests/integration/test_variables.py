"""How variables are kept: once, written anew as far as they changed, and always read as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from engine import Engine
from engine.store.tables import process_instance
from tests.builders import Builder
from tests.integration.helpers import begin, do, process

BIG = {f"字段{number}": f"内容{number}" * 30 for number in range(20)}


def loop() -> Builder:
    made = process().user("ask", groups="甲组").exclusive("more")
    return made.default().to("ask").at("more").when("last = true").end()


def row(engine: Engine) -> Any:
    with engine._context.database.reading() as work:
        return work.connection.execute(select(process_instance)).one()


def test_a_small_change_leaves_the_whole_as_it_was(people: Engine) -> None:
    instance = begin(people, loop(), **BIG)
    whole = row(people).variables
    assert whole == BIG
    do(people, "a1", last=False, 意见="同意")
    assert (row(people).variables, row(people).changed) == (BIG, {"last": False, "意见": "同意"})
    assert BIG["字段3"] not in str(row(people).state)
    assert people.case(instance.id, by="").variables == {**BIG, "last": False, "意见": "同意"}


def test_the_whole_is_written_anew_when_much_has_changed(people: Engine) -> None:
    instance = begin(people, loop(), **BIG)
    expected: dict[str, Any] = dict(BIG)
    for number in range(12):
        new = {"last": False, f"字段{number}": f"改后{number}" * 20, f"新{number}": number}
        do(people, "a1", **new)
        expected |= new
        found = people.case(instance.id, by="").variables
        assert list(found.items()) == list(expected.items())
        assert len(json.dumps(row(people).changed, ensure_ascii=False).encode()) < 1_200
    assert row(people).variables != BIG


@pytest.mark.parametrize(
    ("before", "after"), [(1, True), (True, 1), (0, False), (1, 1.5), ("1", 1), ([1], [True])]
)
def test_values_that_python_takes_for_equal_are_told_apart(people: Engine, before: Any, after: Any) -> None:
    instance = begin(people, loop(), 值=before)
    do(people, "a1", last=False, 值=after)
    found = people.case(instance.id, by="").variables["值"]
    assert (type(found), found) == (type(after), after)
    assert repr(found) == repr(after)
