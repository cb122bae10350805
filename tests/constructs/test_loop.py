"""Standard loops."""

from __future__ import annotations

import pytest

from engine.model.definition import Expression, Loop, Repeat
from tests.builders import Builder
from tests.constructs.driver import Run
from tests.unit.parsing.xml_text import around, flow, parsed


def again(condition: str | None = None, *, before: bool = False, most: int | None = None) -> Loop:
    return Loop(True, repeat=Repeat(Expression(condition) if condition else None, before, most))


def test_again_while_the_condition_holds() -> None:
    run = Run(Builder().start().user("a", loop=again("not(够)")).user("b").end()).start()
    assert run.last == "+start -start start-a +a[] +a[0]"
    assert run.task("a").local == {"loopCounter": 0}
    assert run.complete("a", 够=False).last == "-a[0] +a[1]"
    assert run.task("a").local == {"loopCounter": 1}
    assert run.complete("a", 够=True).last == "-a[1] -a[] a-b +b"
    assert run.variables == {"够": True}, "what a round writes leaves it"


def test_tested_before_there_may_be_no_round() -> None:
    model = Builder().start().user("a", loop=again("n < 2", before=True)).user("b").end()
    assert Run(model).start(n=2).last == "+start -start start-a +a[] -a[] a-b +b"
    assert Run(model).start(n=1).complete("a", n=2).waiting == ["b"]


@pytest.mark.parametrize("before", [True, False])
def test_the_counter_tells_the_rounds_that_are_through(before: bool) -> None:
    loop = again("loopCounter < 3", before=before)
    run = Run(Builder().start().script("a", "loopCounter + 1", "n", loop=loop).end()).start()
    assert (run.path, run.variables) == ("start a[0] a[1] a[2] a[] end", {"n": 3})


def test_at_most_so_often() -> None:
    run = Run(Builder().start().user("a", loop=again("true", most=2)).end()).start()
    assert run.complete("a").complete("a").status == "completed"
    run = Run(Builder().start().task("a", loop=again(most=3)).end()).start()
    assert run.path == "start a[0] a[1] a[2] a[] end"


def test_a_subprocess_is_repeated() -> None:
    inner = Builder().start("is").user("i").end("ie")
    run = Run(Builder().start().sub("s", inner, loop=again("再来")).end()).start()
    assert run.complete("i", 再来=True).last == "-i i-ie +ie -ie -s[0] +s[1] +is -is is-i +i"
    assert run.complete("i", 再来=False).status == "completed"


def test_boundary_event_ends_the_loop() -> None:
    model = Builder().start().user("a", loop=again("true")).end()
    model.boundary("late", "a", timer="duration PT1H").user("b").end("e2")
    run = Run(model).start().complete("a").fire("late")
    assert run.last == "!a[1] !a[] +late -late late-b +b"


def test_conditional_flows_behind_a_loop() -> None:
    model = Builder().start().user("a", loop=again("n < 2")).when("n = 2").user("b").end("eb")
    model.at("a").default().user("c").end("ec")
    run = Run(model).start().complete("a", n=1).complete("a", n=3)
    assert run.waiting == ["c"]


def test_a_loop_of_a_thousand_rounds_keeps_its_state_small() -> None:
    run = Run(Builder().start().user("a", loop=again("true")).end(), reload=False).start()
    for _ in range(1000):
        run.complete("a")
    assert run.tokens == 2


def test_loop_and_quantities_as_a_file_says_them() -> None:
    body = around(
        '<bpmn:task id="a" completionQuantity="2"><bpmn:standardLoopCharacteristics testBefore="true"'
        ' loopMaximum="5"><bpmn:loopCondition>=loopCounter &lt; 2</bpmn:loopCondition>'
        "</bpmn:standardLoopCharacteristics></bpmn:task>"
    ).replace('targetRef="end"', 'targetRef="b"')
    body += '<bpmn:userTask id="b" startQuantity="2" camunda:assignee="x"/>' + flow("b", "end")
    (process,) = parsed(body).processes
    found = process.scope.nodes["a"].loop
    assert found is not None and found.repeat is not None
    assert (found.repeat.test_before, found.repeat.maximum) == (True, 5)
    run = Run(process).start()
    assert run.path == "start a[0] a[1] a[]"
    assert run.last.endswith("-a[] out out +b")
    assert run.complete("b").status == "completed"
