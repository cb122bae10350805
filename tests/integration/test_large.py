"""Large values stand once by the hash of their content, and are read as if they stood in their places."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from engine import Engine
from engine.store.tables import content, history_event, process_instance
from tests.builders import Builder
from tests.integration.helpers import begin, deploy, do, process, statements, take

LARGE = [{"名称": f"第{number}件", "说明": "内容" * 20} for number in range(200)]
LIMIT = 16_000


def loop() -> Builder:
    made = process().user("ask", groups="甲组").exclusive("more")
    return made.default().to("ask").at("more").when("last = true").end()


def sizes(engine: Engine) -> tuple[int, int, int]:
    """Characters of the row and of the record, and how many contents there are."""
    with engine._context.database.reading() as work:
        row = work.connection.execute(select(process_instance)).mappings().first()
        told = work.connection.execute(select(history_event.c.data)).scalars().all()
        contents = work.connection.execute(select(func.count()).select_from(content)).scalar_one()
    return len(str(row)), len(str(told)), contents


def test_a_large_value_is_kept_once_and_seen_everywhere(people: Engine) -> None:
    deploy(people, loop())
    before = sizes(people)[2]
    instance = people.start("p", {"清单": LARGE, "又": LARGE, "小": 1}, by="a1")
    do(people, "a1", last=False, 清单二=LARGE)
    do(people, "a1", last=False, 意见="同意")
    row, record, contents = sizes(people)
    assert row < LIMIT and record < LIMIT
    assert contents == before + 1
    case = people.case(instance.id, by="a1")
    assert list(case.variables) == ["清单", "又", "小", "last", "清单二", "意见"]
    assert case.variables["清单"] == case.variables["又"] == case.variables["清单二"] == LARGE
    told = {event.kind: event.data for event in case.history}
    assert told["instance.started"]["variables"]["清单"] == LARGE
    assert people.task(take(people, "a1").id, by="a1").variables["清单"] == LARGE
    assert people.verify(instance.id) == ()


def test_a_large_value_changes_and_goes(people: Engine) -> None:
    instance = begin(people, loop(), 清单=LARGE)
    for value in (LARGE[1:], "短", LARGE):
        do(people, "a1", last=False, 清单=value)
        assert people.case(instance.id, by="").variables == {"清单": value, "last": False}


def test_a_value_that_looks_like_a_reference_is_none(people: Engine) -> None:
    data: dict[str, Any] = {"large": {"清单": "0" * 64}, "data": {"large": {"x": "y"}}, "清单": "x"}
    instance = begin(people, loop(), **data)
    do(people, "a1", last=False)
    assert people.case(instance.id, by="").variables == {**data, "last": False}


def test_what_runs_inside_keeps_large_values_apart_too(people: Engine) -> None:
    called = process("inner").user("in", groups="甲组").user("then", groups="甲组").end()
    outer = process().call("call", "inner", all_in=True, all_out=True).end()
    instance = begin(people, outer, called, 清单=LARGE)
    do(people, "a1", "in", 多=LARGE[2:])
    assert sizes(people)[0] < LIMIT
    assert people.task(take(people, "a1").id, by="a1").variables == {"清单": LARGE, "多": LARGE[2:]}
    assert people.case(instance.id, by="").variables == {"清单": LARGE, "多": LARGE[2:]}


def test_a_case_without_large_values_asks_for_none(people: Engine) -> None:
    begin(people, loop(), 小=1)
    found = take(people, "a1")
    with statements(people) as run:
        people.complete(found.id, {"last": False}, by="a1")
    assert not [one for one in run if "content" in one]
