"""Multi-instance tasks, subprocesses and call activities: parallel and sequential."""

from __future__ import annotations

import pytest

from engine.errors import ExecutionError
from tests.builders import Builder, many
from tests.constructs.driver import Run

PEOPLE = ["甲", "乙", "丙"]


def meeting(**loop: object) -> Builder:
    """One task for each person, then a last task."""
    return Builder().start().user("a", loop=many("人员", element="人", **loop)).user("b").end()  # type: ignore[arg-type]


def test_parallel_opens_all_and_ends_with_the_last() -> None:
    run = Run(meeting()).start(人员=PEOPLE)
    assert run.last == "+start -start start-a +a[] +a[0] +a[1] +a[2]"
    assert [run.task("a", n).local for n in range(3)] == [
        {"loopCounter": n, "人": PEOPLE[n]} for n in range(3)
    ]
    assert run.complete("a", 2).last == "-a[2]"
    assert run.complete("a", 0).last == "-a[0]"
    assert run.complete("a").last == "-a[1] -a[] a-b +b"
    assert run.variables == {"人员": PEOPLE}


def test_instances_are_children_of_their_body() -> None:
    run = Run(meeting()).start(人员=PEOPLE)
    body, *instances = [item for item in run.step.trace if getattr(item, "element_id", "") == "a"]
    assert (body.kind, body.parent_id, body.loop_index) == ("multiInstanceBody", None, None)  # type: ignore[union-attr]
    assert {each.parent_id for each in instances} == {body.activity_id}  # type: ignore[union-attr]
    assert {each.kind for each in instances} == {"userTask"}  # type: ignore[union-attr]


def test_sequential_opens_one_after_the_other() -> None:
    run = Run(meeting(sequential=True)).start(人员=PEOPLE)
    for n, person in enumerate(PEOPLE):
        assert run.waiting == ["a"] and run.task("a").local == {"loopCounter": n, "人": person}
        seen = run.sees("a")
        assert [seen[f"nrOf{each}Instances"] for each in ("", "Completed", "Active")] == [3, n, 1]
        run.complete("a")
    assert run.last == "-a[2] -a[] a-b +b"


def test_sequential_keeps_to_the_collection_as_it_was() -> None:
    run = Run(Builder().start().user("a", loop=many("人员", sequential=True, output=("人员", "1"))).end())
    run.start(人员=PEOPLE).complete("a").complete("a").complete("a")
    assert run.status == "completed" and run.variables == {"人员": [1, 1, 1]}


def test_parallel_counts_what_is_active() -> None:
    run = Run(meeting()).start(人员=PEOPLE)
    run.complete("a")
    seen = run.sees("a")
    assert [seen[f"nrOf{each}Instances"] for each in ("", "Completed", "Active")] == [3, 1, 2]


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("people", [[], None])
def test_empty_collection_passes(sequential: bool, people: list[str] | None) -> None:
    run = Run(meeting(sequential=sequential, output=("意见", "1"))).start(人员=people)
    assert run.last == "+start -start start-a +a[] -a[] a-b +b" and run.variables["意见"] == []


def test_collection_that_is_no_list_names_the_activity() -> None:
    with pytest.raises(ExecutionError) as caught:
        Run(meeting()).start(人员="甲")
    assert caught.value.problems[0].element == "a"


@pytest.mark.parametrize("times", ["-1", "1.5", '"二"', "null", "true"])
def test_cardinality_that_is_no_count_names_the_activity(times: str) -> None:
    with pytest.raises(ExecutionError) as caught:
        Run(Builder().start().user("a", loop=many(times=times)).end()).start()
    assert caught.value.problems[0].element == "a"


def test_cardinality() -> None:
    run = Run(Builder().start().user("a", loop=many(times="n")).end()).start(n=2)
    assert run.waiting == ["a", "a"]
    both = Run(Builder().start().user("a", loop=many("人员", times="2", element="人")).end()).start(
        人员=["甲"]
    )
    assert [both.task("a", n).local["人"] for n in range(2)] == ["甲", None]


def test_output_is_collected_in_loop_order_and_nothing_else_leaves() -> None:
    run = Run(meeting(output=("意见", "{谁: 人, 何: 意见书}"))).start(人员=PEOPLE)
    run.complete("a", 1, 意见书="反对").complete("a", 1, 意见书="弃权").complete("a", 0, 意见书="赞成")
    given = [{"谁": who, "何": what} for who, what in zip(PEOPLE, ("赞成", "反对", "弃权"), strict=True)]
    assert run.variables == {"人员": PEOPLE, "意见": given}


def test_properties_of_the_output_are_not_computed_for_the_task() -> None:
    loop = many(times="1", output=("得", "nosuch(1)"))
    task = Run(
        Builder().start().user("a", loop=loop, properties={"outputElement": "=nosuch(1)"}).end()
    ).start()
    assert task.task("a").properties == {"outputElement": "=nosuch(1)"}


def test_output_of_a_second_round_replaces_the_first() -> None:
    model = Builder().start().user("a", loop=many("[1, 2]", output=("得", "x"))).user("b").exclusive("g")
    model.when("ok").end().at("g").default().to("a")
    run = Run(model).start().complete("a", x=1).complete("a", x=2).complete("b", ok=False)
    run.complete("a", x=3).complete("a", x=4)
    assert run.variables["得"] == [3, 4]


def test_completion_condition_cancels_the_others() -> None:
    run = Run(meeting(until="nrOfCompletedInstances / nrOfInstances >= 0.5", output=("得", "x")))
    run.start(人员=PEOPLE).complete("a", 2, x="丙的")
    assert run.waiting == ["a", "a"]
    run.complete("a", 1, x="乙的")
    assert run.last == "-a[1] !a[0] -a[] a-b +b" and run.variables["得"] == ["乙的", "丙的"]
    assert len(run.step.closed) == 2


def test_completion_condition_ends_a_sequence() -> None:
    run = Run(meeting(sequential=True, until="同意 = false")).start(人员=PEOPLE)
    assert run.complete("a", 同意=True).waiting == ["a"]
    assert run.complete("a", 同意=False).waiting == ["b"]
    assert run.last == "-a[1] -a[] a-b +b"


def test_completion_condition_sees_what_was_collected() -> None:
    loop = {"until": 'count(票[item = "反对"]) >= 2', "output": ("票", "意见")}
    run = Run(meeting(**loop)).start(人员=PEOPLE)
    run.complete("a", 意见="反对")
    assert run.waiting == ["a", "a"]
    assert run.complete("a", 意见="反对").waiting == ["b"]


def test_instances_that_need_nobody_run_in_order() -> None:
    model = (
        Builder()
        .start()
        .script("s", "人 + 1", "和", loop=many("[1, 2, 3]", element="人", output=("r", "和")))
    )
    assert Run(model.end()).start().variables == {"r": [2, 3, 4]}
    model = Builder().start().script("s", "loopCounter", "x", loop=many(times="5", until="loopCounter = 1"))
    assert Run(model.end()).start().path == "start s[0] s[1] s[] end"


@pytest.mark.parametrize("sequential", [False, True])
def test_many_instances_at_once(sequential: bool) -> None:
    model = Builder().start().task("s", loop=many(times="300", sequential=sequential)).end()
    assert len(Run(model).start().path.split()) == 303


def test_subprocess_instances_have_their_own_variables() -> None:
    inner = Builder().start("i").user("谈").script("记", "笔录 + 人", "结论").end("o")
    model = Builder().start().sub("s", inner, loop=many("人员", element="人", output=("结果", "结论"))).end()
    run = Run(model).start(人员=PEOPLE, 笔录="外")
    assert run.last.startswith("+start -start start-s +s[] +s[0] +i -i i-谈 +谈 +s[1]")
    run.complete("谈", 1, 笔录="乙说")
    assert run.sees("谈", 0)["笔录"] == "外" and run.task("谈").local == {"loopCounter": 0, "人": "甲"}
    run.complete("谈", 1, 笔录="丙说").complete("谈", 0, 笔录="甲说")
    assert run.variables == {"人员": PEOPLE, "笔录": "外", "结果": ["甲说甲", "乙说乙", "丙说丙"]}


def test_nested_multi_instance() -> None:
    inner = Builder().start("i").user("问", loop=many("题", element="一题", output=("答", "话"))).end("o")
    model = Builder().start()
    model.sub("s", inner, loop=many("组", element="题", sequential=True, output=("全部", "答"))).end()
    run = Run(model).start(组=[["a", "b"], [], ["c"]])
    assert [run.task("问", n).local["一题"] for n in range(2)] == ["a", "b"]
    run.complete("问", 1, 话="B").complete("问", 0, 话="A").complete("问", 0, 话="C")
    assert run.status == "completed" and run.variables["全部"] == [["A", "B"], [], ["C"]]


def test_call_activity_instances() -> None:
    called = Builder("called").start("i").user("u").end("o")
    model = Builder().start()
    loop = many("人员", element="人", output=("得", "结果"))
    model.call("c", "called", given={"名": "=人"}, taken={"结果": "=名 + 话"}, loop=loop).end()
    run = Run(model, called).start(人员=PEOPLE)
    assert run.sees("u", 1) == {"名": "乙"}
    run.complete("u", 2, 话="3").complete("u", 0, 话="1").complete("u", 0, 话="2")
    assert run.variables == {"人员": PEOPLE, "得": ["甲1", "乙2", "丙3"]}


@pytest.mark.parametrize("sequential", [False, True])
def test_interrupting_boundary_event_ends_all_instances(sequential: bool) -> None:
    model = meeting(sequential=sequential)
    model.boundary("t", "a", timer="duration P1D").user("late").end("e2")
    run = Run(model).start(人员=PEOPLE)
    assert run.waiting.count("t") == 1, "one event at the body, not one per instance"
    run.complete("a").fire("t")
    rest = "!a[1] " if sequential else "!a[1] !a[2] "
    assert run.last == f"{rest}!a[] +t -t t-late +late" and run.waiting == ["late"]


def test_boundary_event_that_does_not_interrupt_leaves_the_instances() -> None:
    model = meeting()
    model.boundary("t", "a", timer="cycle R2/P1D", interrupting=False).task("remind").end("e2")
    run = Run(model).start(人员=PEOPLE).fire("t").complete("a").fire("t")
    assert run.waiting == ["a", "a"]
    assert run.complete("a").complete("a").waiting == ["b"]


def test_error_in_an_instance_ends_the_whole_multi_instance() -> None:
    inner = Builder().start("i").user("u").exclusive("x").when("坏").end("bad", "error", "E1")
    inner.at("x").default().end("o")
    model = Builder().start().sub("s", inner, loop=many(times="3")).end()
    model.boundary("err", "s", error="E1").user("b").end("e2")
    run = Run(model).start().complete("u", 坏=False).complete("u", 坏=True)
    assert run.last == "-u u-x +x -x x-bad +bad -bad !s[1] !u !s[2] !s[] +err -err err-b +b"
    assert run.waiting == ["b"]


def test_failing_instance_of_a_service_task() -> None:
    model = Builder().start().service("s", "publish", loop=many(times="2")).end()
    model.boundary("err", "s", error="").user("b").end("e2")
    assert Run(model).start().fail("s", "E1", 1).last == "!s[0] !s[1] !s[] +err -err err-b +b"


def test_terminate_end_ends_its_own_instance_only() -> None:
    inner = Builder().start("i").parallel("f").user("u").end("stop", "terminate").at("f").user("v").end("o")
    run = Run(Builder().start().sub("s", inner, loop=many(times="2")).user("b").end()).start()
    run.complete("u")
    assert run.waiting == ["u", "v"]
    assert run.complete("u").waiting == ["b"]


def test_async_before_waits_once_for_the_whole_multi_instance() -> None:
    model = Builder().start().user("a", loop=many(times="2"), async_before=True, async_after=True).end()
    run = Run(model).start()
    assert run.waiting == ["a"]
    run.go_on("a").complete("a").complete("a")
    assert run.last == "-a[1] -a[]" and run.waiting == ["a"]
    assert run.go_on("a").status == "completed"
