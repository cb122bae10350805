"""Separations that can't be meant are refused at deployment; those without effect are warned of."""

from __future__ import annotations

import pytest

from engine.parsing import parse_bpmn
from engine.parsing.separation import check_separation
from tests.builders import Builder


def start(key: str = "p") -> Builder:
    return Builder(key, key, ("甲组",)).start()


def found(*builders: Builder) -> list[tuple[str, str, str]]:
    models = [one for each in builders for one in parse_bpmn(each.xml(), f"{each.key}.bpmn").processes]
    return [(one.severity, one.element, one.message) for one in check_separation(models)]


def apart(*names: str) -> dict[str, str]:
    return {"separateFrom": ",".join(names)}


def test_a_step_before_is_what_it_is_for() -> None:
    diagram = start().user("one", groups="甲组").user("two", groups="甲组", properties=apart("one")).end()
    assert found(diagram) == []


def test_itself_is_refused() -> None:
    ((severity, element, text),) = found(start().user("one", groups="甲组", properties=apart("one")).end())
    assert (severity, element) == ("error", "one")
    assert "它自己" in text


def test_itself_may_be_meant_where_it_comes_again() -> None:
    diagram = start().exclusive("join").user("one", groups="甲组", properties=apart("one")).exclusive("fork")
    diagram = diagram.when("again").to("join").at("fork").default().end()
    assert found(diagram) == []


def test_a_step_that_only_comes_after_is_warned_of() -> None:
    diagram = start().user("one", groups="甲组", properties=apart("two")).user("two", groups="甲组").end()
    ((severity, element, text),) = found(diagram)
    assert (severity, element) == ("warning", "one")
    assert "只在它之后" in text


def test_beside_one_another_either_may_come_first() -> None:
    diagram = start().parallel("fork").user("one", groups="甲组", properties=apart("two")).end()
    assert found(diagram.at("fork").user("two", groups="甲组").end("end2")) == []


def test_across_a_call_the_callers_order_counts() -> None:
    inner = Builder("q", "q").start().user("two", groups="甲组").end()
    after = start().user("one", groups="甲组", properties=apart("two")).call("sub", "q").end()
    before = start().call("sub", "q").user("one", groups="甲组", properties=apart("two")).end()
    assert [one[0] for one in found(after, inner)] == ["warning"]
    assert found(before, inner) == []


@pytest.mark.parametrize(("who", "count"), [("a1", 1), ("a2", 0)])
def test_the_same_person_by_name_is_refused(who: str, count: int) -> None:
    diagram = start().user("one", assignee="a1").user("two", assignee=who, properties=apart("one")).end()
    problems = found(diagram)
    assert len(problems) == count
    assert all(one[0] == "error" and "a1" in one[2] for one in problems)


def test_same_as_and_separate_from_one_step_contradict() -> None:
    properties = {**apart("one"), "sameAs": "one"}
    ((severity, _, text),) = found(
        start().user("one", groups="甲组").user("two", groups="甲组", properties=properties).end()
    )
    assert severity == "error"
    assert "矛盾" in text


def test_a_name_twice_is_warned_of() -> None:
    properties = apart("one", "one")
    diagram = start().user("one", groups="甲组").user("two", groups="甲组", properties=properties).end()
    assert [one[0] for one in found(diagram)] == ["warning"]
