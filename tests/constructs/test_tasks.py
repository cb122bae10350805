"""User, manual, script, service, send, receive and business rule tasks, and asynchronous continuations."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import ExecutionError
from engine.model.decision import DecisionModel
from engine.model.definition import Expression
from engine.model.execution import CompleteActivity, Continue, DecisionMade, FireTimer, OpenedSubscription
from engine.parsing.dmn import parse_dmn
from tests.builders import Builder
from tests.constructs.driver import Run


def test_task_without_a_kind_is_passed() -> None:
    assert Run(Builder().start().task("a").end()).start().path == "start a end"


def test_user_task_opens_with_everything_computed() -> None:
    model = Builder().start()
    model.user(
        "a",
        name="审核",
        groups='=["甲", 组]',
        users="u1, u2",
        assignee="=人",
        due='=string(date("2026-03-02") + duration("P3D"))',
        form="f",
        priority="=10 * 7",
        lane="承办部门",
        properties={"clock": "15WD", "clockBasis": '="依据" + 组', "x": "=[1, 2]", "gone": "=null"},
    ).end()
    task = Run(model).start(组="乙", 人="u9").task("a")
    assert (task.name, task.lane, task.form_ref, task.priority) == ("审核", "承办部门", "f", 70)
    assert (task.candidate_groups, task.candidate_users, task.assignee) == (("甲", "乙"), ("u1", "u2"), "u9")
    assert (task.due_date, task.follow_up_date) == ("2026-03-05", None)
    assert task.properties == {"clock": "15WD", "clockBasis": "依据乙", "x": "[1, 2]", "gone": ""}


def test_user_task_defaults_to_its_lane() -> None:
    task = Run(Builder().start().user("a", lane="审理室").end()).start().task("a")
    assert (task.candidate_groups, task.assignee, task.priority) == (("审理室",), None, 50)
    other = Run(Builder().start().user("a", lane="审理室", groups="别组").end()).start().task("a")
    assert other.candidate_groups == ("别组",)


def test_priority_that_is_no_number_names_the_task() -> None:
    with pytest.raises(ExecutionError) as caught:
        Run(Builder().start().user("a", priority="很急").end()).start()
    assert caught.value.problems[0].element == "a"


def test_manual_task_waits_for_a_person() -> None:
    run = Run(Builder().start().user("a", kind="manualTask", groups="g").end()).start()
    assert run.task("a").candidate_groups == ("g",)
    assert run.complete("a").status == "completed"


def test_script_puts_its_value_into_the_result_variable() -> None:
    model = Builder().start().script("s", "n * 2", "m").script("t", "today()", "日").end()
    assert Run(model).start(n=21).variables == {"n": 21, "m": 42, "日": "2026-03-02"}


def test_script_with_an_error_names_the_task_and_its_line() -> None:
    model = Builder().start().node("s", "scriptTask", script=Expression("1 +", line=7), line=5).end()
    with pytest.raises(ExecutionError) as caught:
        Run(model).start()
    assert (caught.value.problems[0].element, caught.value.problems[0].line) == ("s", 7)


def test_service_waits_for_its_handler() -> None:
    model = Builder().start().service("s", "publish", inputs={"题": "=a + 1"}).end()
    run = Run(model).start(a=1)
    job = run.job("s")
    assert (job.kind, job.topic, job.payload, job.due_at) == ("handler", "publish", None, None)
    assert run.sees("s") == {"a": 1, "题": 2}
    run.complete("s", 文号="一号")
    assert run.status == "completed" and run.variables == {"a": 1, "文号": "一号"}


def test_service_failure_is_caught_by_its_boundary_event() -> None:
    model = Builder().start().service("s", "publish").user("a").end("e1")
    model.boundary("all", "s", error="").user("any").end("e2")
    model.boundary("one", "s", error="E1").user("b").end("e3")
    run = Run(model).start().fail("s", "E1")
    assert run.last == "!s +one -one one-b +b" and run.waiting == ["b"]
    assert Run(model).start().fail("s", "E2").waiting == ["any"]


def test_failure_that_nobody_catches_is_an_error() -> None:
    model = Builder().start().service("s", "publish").end("e1").boundary("one", "s", error="E1").end("e3")
    run = Run(model).start()
    with pytest.raises(ExecutionError) as caught:
        run.fail("s", "E2")
    assert caught.value.problems[0].element == "s" and "E2" in caught.value.message
    assert run.complete("s").status == "completed", "the failed step left nothing behind"


def test_send_task_leaves_a_message_and_goes_on() -> None:
    model = Builder().start().send("s", "通知", inputs={"题": '="第" + 号'}).user("a").end()
    run = Run(model).start(号="三", 密="x")
    assert run.waiting == ["a"]
    [job] = run.messages
    assert (job.kind, job.topic, job.payload) == ("message", "通知", {"题": "第三"})


def test_send_task_with_a_topic_waits_for_its_handler() -> None:
    model = Builder().start().node("s", "sendTask", topic="notify").end()
    run = Run(model).start()
    assert run.job("s").topic == "notify"
    assert run.complete("s").status == "completed"


def test_receive_task_waits_for_a_message_or_a_person() -> None:
    model = Builder().start().receive("r", "答复", correlation="=号").end()
    run = Run(model).start(号=12)
    opened = run.opened("r")
    assert isinstance(opened, OpenedSubscription)
    assert (opened.message, opened.correlation) == ("答复", "12")
    assert run.deliver("r", 意见="同意").variables == {"号": 12, "意见": "同意"}
    assert Run(model).start().complete("r", b=1).variables == {"b": 1}


TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://wenze.test/dmn">
<decision id="level" name="等级"><decisionTable id="t" hitPolicy="%s">
<input id="i1" label="分"><inputExpression id="ie" typeRef="number"><text>分</text></inputExpression></input>
<output id="o1" name="级" typeRef="string"/>
<rule id="r1"><inputEntry id="a1"><text>&gt;= 60</text></inputEntry>
<outputEntry id="b1"><text>"合格"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="a2"><text>&lt; 60</text></inputEntry>
<outputEntry id="b2"><text>"不合格"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def decisions(policy: str = "UNIQUE") -> dict[str, DecisionModel]:
    return {model.id: model for model in parse_dmn((TABLE % policy).encode(), "t.dmn")}


@pytest.mark.parametrize(
    ("policy", "mapping", "expected"),
    [
        ("UNIQUE", "", "合格"),
        ("COLLECT", "", ["合格"]),
        ("COLLECT", "singleEntry", "合格"),
        ("UNIQUE", "resultList", [{"级": "合格"}]),
    ],
)
def test_business_rule_traces_its_decision_and_keeps_the_result(
    policy: str, mapping: str, expected: Any
) -> None:
    model = Builder().start().rule("r", "level", "级别", map_decision_result=mapping).end()
    run = Run(model, decisions=decisions(policy)).start(分=70)
    assert run.variables["级别"] == expected
    assert run.last == "+start -start start-r +r ?level -r r-end +end -end"
    [made] = [item for item in run.trace if isinstance(item, DecisionMade)]
    assert made.activity_id == "2" and [hit.rule_id for hit in made.evaluation.hits] == ["r1"]


def test_business_rule_without_its_table_names_the_task() -> None:
    with pytest.raises(ExecutionError) as caught:
        Run(Builder().start().rule("r", "level", "x").end()).start()
    assert caught.value.problems[0].element == "r"


def test_async_before_waits_before_the_activity() -> None:
    model = Builder().start().user("a", async_before=True).end()
    run = Run(model).start()
    assert run.job("a").kind == "continue" and run.last == "+start -start start-a"
    assert run.go_on("a").last == "+a"
    assert run.complete("a").status == "completed"


def test_async_after_waits_after_the_activity() -> None:
    model = Builder().start().task("a", async_after=True).end()
    run = Run(model).start()
    assert run.job("a").kind == "continue" and run.last == "+start -start start-a +a -a"
    assert run.go_on("a").last == "a-end +end -end"


def test_async_before_a_join_counts_the_token_that_continues() -> None:
    model = Builder().start().parallel("s").task("a").parallel("j", async_before=True).end()
    model.at("s").task("b").to("j")
    run = Run(model).start()
    assert run.waiting == ["j", "j"]
    assert run.go_on("j").go_on("j").status == "completed"


def test_async_before_inclusive_join_holds_the_join_back() -> None:
    model = Builder().start().parallel("s").user("a").inclusive("j", async_before=True).user("d").end()
    model.at("s").user("b").to("j")
    run = Run(model).start().complete("a").complete("b").go_on("j")
    assert run.waiting == ["j"]
    assert run.go_on("j").waiting == ["d"]


def test_trigger_of_the_wrong_kind_is_refused() -> None:
    run = Run(Builder().start().user("a").end()).start()
    for trigger in (FireTimer, Continue):
        with pytest.raises(ExecutionError):
            run.apply(trigger(run.now, run.id("a")))
    timer = Run(Builder().start().catch("t", timer="duration PT1H").end()).start()
    with pytest.raises(ExecutionError):
        timer.apply(CompleteActivity(timer.now, timer.id("t"), {}))


def test_endless_loop_without_a_wait_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.execution.case.MAX_MOVES", 500)
    model = Builder().start().task("a").exclusive("x").default().to("a")
    with pytest.raises(ExecutionError, match="循环"):
        Run(model).start()
