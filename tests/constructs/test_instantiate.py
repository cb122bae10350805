"""Receive tasks whose message starts the instance."""

from __future__ import annotations

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
