"""Ad-hoc subprocesses: people choose what is done next."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import ExecutionError
from engine.model.definition import AdHoc, Expression, Text
from engine.model.execution import StartActivity
from engine.parsing.bpmn import parse_bpmn
from tests.builders import Builder, many
from tests.constructs.driver import Run


def inquiry() -> Builder:
    """Two activities to choose from; behind the first a third follows by itself."""
    return Builder().user("谈话").user("笔录").loose().user("调卷").loose()


def run(how: AdHoc | None = None, inner: Builder | None = None, **more: Any) -> Run:
    """A process with one ad-hoc subprocess `h` and a task behind it, as its file says it."""
    model = Builder().start().ad_hoc("h", inner or inquiry(), how, **more).user("u").end()
    return Run(parse_bpmn(model.xml(), "p.bpmn").processes[0])


def until(condition: str, **more: Any) -> AdHoc:
    return AdHoc(completion=Expression(condition), **more)


def test_nothing_begins_until_somebody_chooses() -> None:
    one = run().start()
    assert one.last == "+start -start start-h +h" and one.waiting == []
    one.begin("h", "调卷")
    assert one.last == "+调卷" and one.waiting == ["调卷"]


def test_an_activity_may_be_done_several_times_and_side_by_side() -> None:
    one = run().start().begin("h", "谈话").begin("h", "谈话").begin("h", "调卷")
    assert one.waiting == ["谈话", "谈话", "调卷"]
    one.complete("调卷").begin("h", "调卷")
    assert one.waiting == ["谈话", "谈话", "调卷"]


def test_what_a_flow_leads_to_follows_by_itself_and_cannot_be_chosen() -> None:
    one = run().start().begin("h", "谈话").complete("谈话")
    assert one.last == "-谈话 谈话-笔录 +笔录"
    with pytest.raises(ExecutionError, match="现在不能开始“笔录”"):
        one.begin("h", "笔录")
    with pytest.raises(ExecutionError) as caught:
        one.begin("h", "没有")
    assert caught.value.problems[0].element == "h"


def test_without_a_condition_somebody_says_that_it_is_over() -> None:
    one = run().start().begin("h", "调卷").complete("调卷")
    assert one.status == "active" and one.waiting == []
    one.over("h")
    assert one.last == "-h h-u +u"


def test_saying_that_it_is_over_cancels_what_is_still_done() -> None:
    one = run().start().begin("h", "调卷").begin("h", "谈话").over("h")
    assert one.last == "!调卷 !谈话 -h h-u +u"


def test_or_waits_for_it_and_lets_nothing_else_begin() -> None:
    one = run(AdHoc(cancels=False)).start().begin("h", "调卷").begin("h", "谈话").over("h")
    assert one.waiting == ["调卷", "谈话"]
    with pytest.raises(ExecutionError):
        one.begin("h", "调卷")
    one.complete("谈话")
    assert one.last == "-谈话", "what would follow does not begin any more"
    assert one.complete("调卷").waiting == ["u"]


def test_the_condition_is_asked_when_an_activity_ends() -> None:
    one = run(until("够")).start(够=False).begin("h", "调卷").begin("h", "谈话").complete("调卷", 够=False)
    assert one.waiting == ["谈话"]
    one.complete("谈话", 够=True)
    assert one.last == "-谈话 -h h-u +u", "before what follows begins"
    with pytest.raises(StopIteration):
        one.begin("h", "调卷")


def test_the_condition_cancels_the_rest_or_waits_for_it() -> None:
    one = run(until("够")).start().begin("h", "调卷").begin("h", "谈话").complete("谈话", 够=True)
    assert one.last == "-谈话 !调卷 -h h-u +u"
    one = run(until("够", cancels=False)).start().begin("h", "调卷").begin("h", "谈话")
    assert one.complete("谈话", 够=True).last == "-谈话"
    assert one.complete("调卷").last == "-调卷 -h h-u +u"


def test_where_a_condition_decides_nobody_else_does() -> None:
    with pytest.raises(ExecutionError, match="按完成条件结束"):
        run(until("够")).start().over("h")


def test_a_sequence_has_one_activity_at_a_time() -> None:
    one = run(AdHoc(sequential=True)).start().begin("h", "谈话")
    with pytest.raises(ExecutionError, match="上一步还没有办完"):
        one.begin("h", "调卷")
    one.complete("谈话")
    with pytest.raises(ExecutionError, match="上一步还没有办完"):
        one.begin("h", "调卷")
    assert one.complete("笔录").begin("h", "调卷").waiting == ["调卷"]


@pytest.mark.parametrize("begin", [Text("all"), Expression('["谈话", "调卷"]')])
def test_what_begins_at_once_runs_out(begin: Text | Expression) -> None:
    one = run(AdHoc(begin=begin)).start()
    assert one.waiting == ["谈话", "调卷"]
    one.complete("调卷").complete("谈话").complete("笔录")
    assert one.last == "-笔录 -h h-u +u"


def test_what_begins_at_once_in_a_sequence_follows_in_order() -> None:
    one = run(AdHoc(sequential=True, begin=Text("all"))).start()
    assert one.waiting == ["谈话"]
    one.complete("谈话").complete("笔录")
    assert one.last == "-笔录 +调卷"
    assert one.complete("调卷").waiting == ["u"]


def test_what_begins_at_once_may_be_nothing() -> None:
    assert run(AdHoc(begin=Expression("[]"))).start().waiting == ["u"]
    one = run(until("够", begin=Text("调卷"))).start()
    assert one.complete("调卷").begin("h", "调卷").complete("调卷", 够=True).waiting == ["u"]
    with pytest.raises(ExecutionError, match="没有可以选办的步骤“别的”"):
        run(AdHoc(begin=Expression('["别的"]'))).start()


def test_a_boundary_event_ends_it() -> None:
    model = Builder().start().ad_hoc("h", inquiry()).user("u").end()
    model.boundary("t", "h", timer="duration P1D").user("late").end("e2")
    one = Run(parse_bpmn(model.xml(), "p.bpmn").processes[0]).start().begin("h", "谈话").fire("t")
    assert one.last == "!谈话 !h +t -t t-late +late"


def test_multi_instance_activities_and_subprocesses_inside_count_when_they_are_through() -> None:
    inner = Builder().user("a", loop=many(times="2")).loose()
    inner.sub("s", Builder().start("i").user("b").end("o")).loose()
    one = run(until("true"), inner).start().begin("h", "a").begin("h", "s").complete("a")
    assert one.waiting == ["a", "b"]
    one.complete("a")
    assert one.last == "-a[1] -a[] !b !s -h h-u +u"


def test_a_multi_instance_of_ad_hoc_subprocesses() -> None:
    one = run(until("够"), loop=many(times="2")).start()
    ids = [each.activity_id for each in one.alive.values() if each.loop_index is not None]
    for each in reversed(ids):
        one.apply(StartActivity(one.now, each, "调卷")).complete("调卷", 够=True)
    assert one.last == "-调卷 -h[0] -h[] h-u +u"


def test_tasks_that_need_nobody_are_done_when_chosen() -> None:
    inner = Builder().script("s", "if n = null then 1 else n + 1", "n").loose()
    one = run(until("n >= 2"), inner).start().begin("h", "s")
    assert one.last == "+s -s" and one.begin("h", "s").last == "+s -s -h h-u +u"


@pytest.mark.parametrize("interrupting", [False, True])
def test_an_event_subprocess_inside(interrupting: bool) -> None:
    inner = inquiry()
    inner.on("急", Builder().user("速办").end("o2"), message="急件", interrupting=interrupting)
    one = run(None, inner).start().begin("h", "调卷").deliver("on-急")
    assert ("调卷" in one.waiting) is not interrupting
    if interrupting:
        with pytest.raises(ExecutionError):
            one.begin("h", "谈话")
    one.complete("速办")
    assert ("u" in one.waiting) is interrupting


def test_an_error_inside_goes_outward() -> None:
    model = Builder().start().ad_hoc("h", Builder().service("s", "publish").loose()).user("u").end()
    model.boundary("x", "h", error="E1").user("late").end("e2")
    one = Run(parse_bpmn(model.xml(), "p.bpmn").processes[0]).start().begin("h", "s").fail("s", "E1")
    assert one.last == "!s !h +x -x x-late +late"
