"""Instances that begin without a start event."""

from __future__ import annotations

import pytest

from engine.errors import InvalidDefinition
from engine.parsing.bpmn import parse_bpmn
from tests.builders import Builder
from tests.constructs.driver import Run


def by_message() -> Builder:
    return Builder().receive("r", "来信", instantiate=True).user("u").end()


def test_the_message_has_come_when_the_instance_begins() -> None:
    run = Run(parse_bpmn(by_message().xml(), "p.bpmn").processes[0]).start("r", 内容="甲")
    assert run.last == "+r -r r-u +u" and run.variables == {"内容": "甲"}
    assert run.complete("u").status == "completed"


def test_one_of_several_starts_the_instance() -> None:
    model = by_message()
    model.at("u")._here = None
    model.receive("q", "来电", instantiate=True).to("u")
    run = Run(parse_bpmn(model.xml(), "p.bpmn").processes[0]).start("q")
    assert run.last == "+q -q q-u +u" and run.waiting == ["u"]


def test_its_boundary_events_are_over_with_it() -> None:
    model = by_message().boundary("t", "r", timer="duration P1D").end("late")
    run = Run(parse_bpmn(model.xml(), "p.bpmn").processes[0]).start("r")
    assert run.waiting == ["u"]


def by_gateway() -> Builder:
    model = Builder().event_gateway("g", instantiate=True).catch("c", message="来信").user("a").end("ea")
    return model.at("g").receive("r", "来电").user("b").end("eb")


@pytest.mark.parametrize(("event", "expected"), [("c", "g-c +c -c c-a +a"), ("r", "g-r +r -r r-b +b")])
def test_the_first_message_after_a_gateway_starts_the_instance(event: str, expected: str) -> None:
    run = Run(parse_bpmn(by_gateway().xml(), "p.bpmn").processes[0]).start(event, n=1)
    assert run.last == f"+g -g {expected}" and run.variables == {"n": 1}
    assert run.complete(run.waiting[0]).status == "completed"


def test_an_event_after_the_gateway_can_be_deferred() -> None:
    model = Builder().event_gateway("g", instantiate=True).catch("c", message="来信", async_before=True).end()
    model.at("g").receive("r", "来电").end("e2")
    run = Run(model).start("c")
    assert (run.last, run.status) == ("+g -g g-c", "active")
    assert run.go_on("c").status == "completed"


def test_a_gateway_that_starts_waits_for_no_timer() -> None:
    model = by_gateway().at("g").catch("t", timer="duration PT1H").end("et")
    with pytest.raises(InvalidDefinition, match="只能等消息") as caught:
        parse_bpmn(model.xml(), "p.bpmn")
    errors = [each for each in caught.value.problems if each.severity == "error"]
    assert [each.element for each in errors] == ["t"]


def test_without_a_start_event_all_that_nothing_leads_to_begins() -> None:
    model = Builder().user("a").end("ea")
    model._here = None
    run = Run(parse_bpmn(model.user("b").end("eb").xml(), "p.bpmn").processes[0]).start()
    assert run.waiting == ["a", "b"]
    assert run.complete("a").complete("b").status == "completed"


def test_a_subprocess_without_a_start_event() -> None:
    run = Run(Builder().start().sub("s", Builder().user("a")).user("b").end()).start()
    assert run.waiting == ["a"]
    assert run.complete("a").waiting == ["b"]
