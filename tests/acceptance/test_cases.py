"""Published cases go from a registered clue to announced decisions, each step in another inbox."""

from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from engine import Engine, JsonObject
from tests.acceptance.clerks import Clerks, open_office, registered, run, script
from tests.conftest import Clock

CASES = ("C01", "C07", "C20")
AFTER_ANNOUNCEMENT = {
    *("transfer_crime", "discipline", "handle", "resign", "rectify", "report_execution", "file"),
    "register_appeal",
}


@pytest.mark.parametrize("case", CASES)
def test_published_case(engine: Engine, clock: Clock, case: str) -> None:
    told = script(case)
    open_office(engine)
    clerks = Clerks(engine, registered(engine, told["start"]["variables"]["线索标题"]))
    announced = [step["do"] for step in told["steps"]].index("announce") + 1
    clerks.follow(told["steps"][:announced])
    assert_as_published(clerks.values, told)
    assert set(clerks.waiting) <= AFTER_ANNOUNCEMENT  # nothing before the announcement is open
    clerks.follow(told["steps"][announced:])
    assert clerks.waiting == ["register_appeal"]
    assert_handed_on(clerks)
    assert_rules(clerks, told["outcome"]["rules"])
    assert_papers(clerks, told)
    assert_ends(clerks, clock, told["outcome"]["period_over"])


def assert_as_published(values: JsonObject, told: JsonObject) -> None:
    """What was decided of each position is what the notice says."""
    decided = {one["名称"]: one for one in values["处理决定"] if one["类别"] == "个人"}
    published = {one["position"]: one for one in told["published"]["persons"]}
    assert set(decided) == set(published)
    for position, one in published.items():
        found = decided[position]
        assert found["措施"] == one["measures"], position
        assert found["人数"] == one["count"], position
        if one["responsibility"]:
            assert found["责任类型"] == one["responsibility"], position
    collective = [one for one in values["处理决定"] if one["类别"] == "组织"]
    assert collective, "the collective has its own finding"
    for name in ("集体审议日", "批准日", "签发日", "送达日", "决定文号"):
        assert values[name], name


def assert_handed_on(clerks: Clerks) -> None:
    """Whoever did a step did not do the one before, unless it was the same step for another subject."""
    together = [(a, b) for a, b in pairwise(clerks.done) if a[1] == b[1] and a[0] != b[0]]
    assert together == []
    assert len({login for _, login in clerks.done}) >= 15


def assert_rules(clerks: Clerks, expected: JsonObject) -> None:
    """Which rule of a table fired for whom, in the last round of proposals."""
    fired: dict[tuple[str, str], list[int]] = {}
    for record in clerks.view.decisions:
        subject = record.evaluation.inputs.get("当事人")
        for each in record.evaluation.required if subject else ():
            fired[each.decision_id, subject["名称"]] = [hit.number for hit in each.hits]
    for table, rows in expected.items():
        assert {name: fired.get((table, name)) for name in rows} == {
            name: [number] for name, number in rows.items()
        }, table


def assert_papers(clerks: Clerks, told: JsonObject) -> None:
    """The documents were made, the result was made public, the record is whole."""
    names = [document.name for document in clerks.view.documents]
    for wanted in told["outcome"]["documents"]:
        assert any(name.startswith(wanted) for name in names), wanted
    subjects = len(clerks.values["处理决定"])
    assert sum("决定书" in name for name in names) == subjects
    assert sum(name.startswith("送达回证") for name in names) == subjects
    public = [entry for entry in clerks.engine.publications() if entry.instance_id == clerks.case_id]
    assert len(public) == 1
    for one in told["published"]["persons"]:
        assert one["position"] in public[0].body
        assert all(measure in public[0].body for measure in one["measures"])
    assert clerks.engine.verify(clerks.case_id) == ()


def assert_ends(clerks: Clerks, clock: Clock, period_over: str) -> None:
    """The appeal period ends, then each subject's effect period with a review of its own."""
    clock.advance(days=33)
    run(clerks.engine)
    ends = sorted({one["影响期满"] for one in clerks.values["处理决定"] if one["影响期月"] > 0})
    assert (ends[-1] if ends else "") == period_over
    answers = {"期间表现": "表现良好。", "复核结论": "影响期解除，正常使用", "复核意见": "同意解除。"}
    for day in ends:
        assert clerks.waiting == []
        due = clerks.engine.next_due()
        assert due is not None
        clock.now = due
        run(clerks.engine)
        assert clock.now.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat() == day
        while "review_period" in clerks.waiting:
            clerks.do("review_period", "cbzr", None, answers)
    assert clerks.view.instance.status == "completed"
    assert clerks.values["处理决定"]
