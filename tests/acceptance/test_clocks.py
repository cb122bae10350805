"""The investigation's term: paused for the auditors, extended once by who approves, overdue in the end."""

from __future__ import annotations

from datetime import timedelta

from engine import Engine, LedgerAsked, LedgerRow
from tests.acceptance.desk import Desk
from tests.acceptance.test_collection import (
    WARDEN,
    blame,
    blame_body,
    check_quality,
    evidence,
    form_team,
    gather,
    meet,
    report,
    started,
)
from tests.conftest import Clock


def term(desk: Desk) -> LedgerRow:
    """The clock of the investigation as the ledger has it."""
    rows = desk.engine.case_clocks(desk.case_id, by="")
    return next(one for one in rows if one.clock.element_id == "collection")


def test_a_term_paused_extended_and_overdue(engine: Engine, clock: Clock) -> None:
    desk = Desk(engine, clock, "collection")
    desk.start("collection", started(WARDEN))
    declared = term(desk)
    assert (declared.clock.length, declared.clock.limits["extensions"]) == ("P90D", 1)
    form_team(desk)
    rows = [{"手段": "审计", "事项": "修缮经费"}]
    desk.do("plan", 调查事项="经费去向。", 取证安排=rows)
    desk.do("approve_plan", 方案审批="同意", 方案审批意见="同意。", 审计期间="暂停计时")
    assert term(desk).clock.waits_for == "审计意见"
    clock.advance(days=9)
    left = term(desk).left
    assert left and (left.paused, left.waits_for) == (9, "审计意见")
    assert [one.clock.element_id for one in engine.ledger("", LedgerAsked("paused")).items] == ["collection"]
    gather(desk, "audit", "修缮经费", evidence("审计报告"))
    resumed = term(desk).clock
    assert resumed.due_at.date() - declared.clock.due_at.date() >= timedelta(days=9)

    desk.do("list_evidence", 证据综合="相互印证。")
    blame(desk, "监狱长")
    blame_body(desk, "某监狱领导班子", "不另追究")
    meet(desk, "监狱长")
    desk.do("discuss", 讨论结论="一致。", 处理建议意见="建议免职。")
    report(desk)
    check_quality(desk)
    desk.do("approve_report", 报告审批="退回", 报告审批意见="再查一查。", 延长调查期限="延长三十天")
    extended = term(desk)
    assert extended.clock.due_at - resumed.due_at >= timedelta(days=30)
    assert [one["kind"] for one in extended.clock.moves] == ["pause", "extend"]
    assert all(one["by"] for one in extended.clock.moves)

    clock.now = extended.clock.due_at + timedelta(days=4)
    engine.run_due_jobs()
    over = engine.ledger("", LedgerAsked("over")).items
    assert "collection" in [one.clock.element_id for one in over]
    report(desk)
    check_quality(desk)
    desk.do("approve_report", 报告审批="同意", 报告审批意见="同意。")
    ended = term(desk)
    assert (ended.clock.outcome, ended.late) == ("done", 4)
    kinds = [one.kind for one in reversed(desk.view.history) if one.kind.startswith("clock.")]
    mine = [one for one in kinds if one in ("clock.paused", "clock.resumed", "clock.extended")]
    assert mine == ["clock.paused", "clock.resumed", "clock.extended"]
    assert engine.verify(desk.case_id) == ()
