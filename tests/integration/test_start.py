"""Starting a case."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import Engine, InvalidInput, NotAllowed, NotFound
from engine.errors import ExecutionError
from tests.conftest import Clock
from tests.integration.helpers import begin, deploy, form, names, process, view


def test_a_case_opens_its_first_task(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end(), x=1)
    assert (instance.status, instance.definition_id, instance.started_by) == ("active", "p:1", "a1")
    assert names(people, "a2") == ["one"]
    assert people.case(instance.id, by="a1").variables == {"x": 1}


def test_case_numbers_count_per_series_and_local_year(people: Engine, clock: Clock) -> None:
    deploy(people, process(properties={"caseNumber": "甲〔{year}〕{n}号"}).user("one", groups="甲组").end())
    assert people.start("p", {}, by="a1").business_key == "甲〔2026〕1号"
    assert people.start("p", {}, by="a1").business_key == "甲〔2026〕2号"
    clock.now = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight in the office
    assert people.start("p", {}, by="a1").business_key == "甲〔2027〕1号"


def test_a_refused_start_takes_no_number(people: Engine) -> None:
    stuck = process().exclusive("g").when("x = 1").user("one", groups="甲组").end()
    deploy(people, stuck)
    with pytest.raises(ExecutionError):
        people.start("p", {"x": 2}, by="a1")
    with pytest.raises(NotAllowed):
        people.start("p", {"x": 1}, by="b1")
    assert people.start("p", {"x": 1}, by="a1").business_key == "p-2026-1"
    assert people.cases("").total == 1


def test_only_starter_groups_start(people: Engine) -> None:
    deploy(people, process().user("one", groups="甲组").end())
    with pytest.raises(NotAllowed, match="不能发起"):
        people.start("p", {}, by="b1")
    with pytest.raises(NotFound):
        people.start("nothing", {}, by="a1")
    assert [one.key for one in people.startable("a1")] == ["p"]
    assert people.startable("b1") == ()
    assert people.cases("").total == 0


def test_the_start_form_checks_types(people: Engine) -> None:
    deploy(people, process().start(form="f").user("one", groups="甲组").end(), form("f"))
    shown = people.start_form("p", by="a1")
    assert shown is not None and shown.title == "登记表"
    with pytest.raises(InvalidInput) as refusal:
        people.start("p", {"标题": 7, "件数": "many"}, by="a1")
    assert {problem.element for problem in refusal.value.problems} == {"标题", "件数"}
    instance = people.start("p", {"标题": "甲", "件数": 2}, by="a1")
    assert people.case(instance.id, by="a1").variables["件数"] == 2


def test_the_start_form_opens_with_choices_and_first_values(people: Engine, clock: Clock) -> None:
    fields = {
        "日期": {"type": "string", "format": "date", "x-value": "string(today())"},
        "密级": {"type": "string", "default": "内部"},
        "级别": {"type": "string", "x-options": '["一级", "二级"]'},
        "方式": {"type": "array", "items": {"type": "string"}, "x-options": '["甲", "乙"]'},
        "标题": {"type": "string"},
    }
    layout = [{"title": "一", "fields": list(fields)}]
    data = {"title": "登记表", "schema": {"type": "object", "properties": fields}, "layout": layout}
    deploy(people, process().start(form="f").user("one", groups="甲组").end(), form("f", data))
    clock.now = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # the third of March in the office
    shown = people.start_form("p", by="a1")
    assert shown is not None
    opened = shown.schema["properties"]
    assert {name: one["default"] for name, one in opened.items() if "default" in one} == {
        "日期": "2026-03-03",
        "密级": "内部",
    }
    assert opened["级别"]["enum"] == ["一级", "二级"]
    assert opened["方式"]["items"]["enum"] == ["甲", "乙"]


def test_the_title_follows_the_view_file_after_each_step(people: Engine) -> None:
    diagram = process().user("one", groups="甲组").user("two", groups="甲组").end()
    instance = begin(people, diagram, view("p", '标题 + "（" + string(件数) + "件）"'))
    assert instance.title == "p流程"
    task_id = people.inbox("a1", "claimable").items[0].task.id
    people.claim(task_id, by="a1")
    people.complete(task_id, {"标题": "甲", "件数": 2}, by="a1")
    assert people.case(instance.id, by="a1").instance.title == "甲（2件）"


def test_a_case_without_people_runs_to_its_end(people: Engine) -> None:
    instance = begin(people, process().script("s", "1 + 1", "x").end())
    found = people.case(instance.id, by="a1")
    assert (found.instance.status, found.instance.ended_at is not None) == ("completed", True)
    assert found.variables == {"x": 2}
