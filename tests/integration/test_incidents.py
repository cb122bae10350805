"""Incidents behind a completed task, on each database."""

from __future__ import annotations

import pytest

from engine import Engine, NotAllowed
from tests.builders import Builder
from tests.integration.helpers import begin, deploy, do, kinds, names, process


def stuck() -> Builder:
    return process().user("a", groups="甲组").exclusive("g").when("x = 1").user("b", groups="甲组").end()


def test_the_completion_is_kept_and_the_failure_is_an_incident(people: Engine) -> None:
    instance = begin(people, stuck(), x=2)
    do(people, "a1")
    (incident,) = people.incidents("a1")
    assert (incident.element_id, incident.stack) == ("g", "")
    assert "出口条件都不成立" in incident.message
    assert people.incidents("")[0].stack
    assert kinds(people, instance)[-2:] == ["task.completed", "incident.created"]
    assert people.case(instance.id, by="a1").incidents == (incident,)
    people.run_due_jobs()
    assert len(people.incidents("a1")) == 1


def test_after_a_correction_all_go_on_by_one_command(people: Engine) -> None:
    first = begin(people, stuck(), x=2)
    second = people.start("p", {"x": 2}, by="a1")
    do(people, "a1")
    do(people, "a1")
    people.correct(first.id, {"x": 1}, "录入有误", by="")
    assert people.retry_all(by="b1") == ()
    assert people.retry_all(by="a1", element_id="other") == ()
    assert people.retry_all(by="a1", definition_id="p:9") == ()
    assert len(people.retry_all(by="a1", definition_id="p:1", element_id="g")) == 2
    people.run_due_jobs()
    assert names(people, "a1") == ["b"]
    (left,) = people.incidents("a1")
    assert left.instance_id == second.id
    assert people.verify(first.id) == ()


def test_ending_the_case_closes_the_incident(people: Engine) -> None:
    instance = begin(people, stuck(), x=2)
    do(people, "a1")
    people.cancel(instance.id, "不再办理", by="a1")
    assert people.incidents("") == ()


def test_a_retry_is_for_who_may_steer_the_case(people: Engine) -> None:
    deploy(people, stuck())
    people.start("p", {"x": 2}, by="a1")
    do(people, "a2")
    (incident,) = people.incidents("a2")
    with pytest.raises(NotAllowed):
        people.retry(incident.job_id, by="a2")
