"""Event subprocesses at every level, interrupting and not; begun by message, timer, signal, error ..."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import parsing
from engine.errors import InvalidInput
from engine.model.execution import MoveTokens
from tests.builders import Builder, many
from tests.constructs.driver import NOW, Run


def handler(id: str = "h") -> Builder:
    """A task and an end."""
    return Builder().user(id).end(f"{id}-end")


def main(**what: object) -> Builder:
    """Task a, then b; beside them the event subprocess e with task h."""
    return Builder().start().user("a").user("b").end().on("e", handler(), **what)  # type: ignore[arg-type]


def test_interrupting_one_takes_the_place_of_all_else() -> None:
    run = Run(main(message="撤回")).start()
    assert run.waiting == ["a", "on-e"]
    run.deliver("on-e", 原因="补正")
    assert run.last == "!a +e +on-e -on-e on-e-h +h" and run.variables == {"原因": "补正"}
    run.complete("h")
    assert run.last == "-h h-h-end +h-end -h-end -e"
    assert (run.status, run.step.end_event) == ("completed", "h-end")


def test_one_that_does_not_interrupt_can_run_several_times() -> None:
    run = Run(main(message="补充", interrupting=False)).start().deliver("on-e").deliver("on-e")
    assert sorted(run.waiting) == ["a", "h", "h", "on-e"]
    run.complete("a").complete("b").complete("h")
    assert run.waiting == ["h", "on-e"] and run.status == "active"
    assert run.deliver("on-e").complete("h").complete("h").status == "completed"


def test_what_waits_does_not_keep_the_scope_alive() -> None:
    run = Run(main(message="撤回")).start().complete("a").complete("b")
    assert (run.status, run.step.end_event) == ("completed", "end")


@pytest.mark.parametrize(
    ("timer", "interrupting", "firings"),
    [("duration P1D", True, 1), ("duration P1D", False, 1), ("cycle R3/P1D", False, 3)],
)
def test_timers_count_from_the_beginning_of_the_scope(timer: str, interrupting: bool, firings: int) -> None:
    run = Run(main(timer=timer, interrupting=interrupting)).start()
    assert run.job("on-e").due_at == NOW + timedelta(days=1)
    for _ in range(firings):
        run.fire("on-e")
    assert run.waiting == ["a"] * (not interrupting) + ["h"] * firings


def failing(code: str = "E", **what: object) -> Builder:
    """A task, then an error end event; beside them an event subprocess."""
    return Builder().start("i").user("x").end("bad", "error", code).on("e", handler(), **what)  # type: ignore[arg-type]


def test_an_error_is_caught_by_its_own_scope_before_the_boundary_event() -> None:
    model = Builder().start().sub("s", failing(error="E")).user("next").end()
    model.boundary("b", "s", error="E").user("late").end("end2")
    run = Run(model).start().complete("x")
    assert run.last == "-x x-bad +bad -bad +e +on-e -on-e on-e-h +h"
    assert run.complete("h").waiting == ["next"]


def test_an_error_that_the_scope_does_not_know_goes_outward() -> None:
    model = (
        Builder()
        .start()
        .sub("s", failing("F", error="E"))
        .user("next")
        .end()
        .on("o", handler("ho"), error="")
    )
    run = Run(model).start().complete("x")
    assert run.last == "-x x-bad +bad -bad !s +o +on-o -on-o on-o-ho +ho"
    assert run.complete("ho").step.error is None


def test_the_activity_that_fails_has_its_boundary_event_asked_first() -> None:
    model = Builder().start().service("a", "t").end().on("e", handler(), error="")
    model.boundary("b", "a", error="E").user("late").end("end2")
    assert Run(model).start().fail("a", "E").waiting == ["late"]
    assert Run(model).start().fail("a", "F").waiting == ["h"]


def test_what_the_handler_itself_throws_goes_outward() -> None:
    again = Builder().user("h").end("again", "error", "E")
    inner = Builder().start("i").user("x").end("bad", "error", "E").on("e", again, error="E")
    model = Builder().start().sub("s", inner).end().boundary("b", "s", error="E").user("late").end("end2")
    run = Run(model).start().complete("x").complete("h")
    assert run.last == "-h h-again +again -again !e !s +b -b b-late +late"


def test_an_error_in_one_that_does_not_interrupt_reaches_its_siblings() -> None:
    inner = Builder().user("h").end("bad", "error", "E")
    model = main(message="m", interrupting=False).on("f", handler("hf"), error="E")
    model._nodes.pop("e")
    model.on("e", inner, message="m", interrupting=False)
    run = Run(model).start().deliver("on-e").complete("h")
    assert run.waiting == ["hf"] and "!a" in run.last and "!e" in run.last


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation(interrupting: bool) -> None:
    model = Builder().start().user("a").throw("t", escalation="E").user("b").end()
    model.on("e", handler(), escalation="E", interrupting=interrupting)
    run = Run(model).start().complete("a")
    if interrupting:
        assert run.last == "-a a-t +t -t +e +on-e -on-e on-e-h +h"
        return
    assert run.last == "-a a-t +t -t +e +on-e -on-e on-e-h +h t-b +b"
    assert run.complete("b").status == "active"
    assert run.complete("h").status == "completed"


def test_a_signal_from_within_its_own_scope() -> None:
    model = Builder().start().user("a").throw("t", signal="S", inputs={"n": "=1"}).user("b").end()
    model.on("e", handler(), signal="S", interrupting=False).on("f", handler("hf"), signal="S")
    run = Run(model).start()
    assert sorted(run.waiting) == ["a", "on-e", "on-f"]
    assert sorted(run.complete("a").waiting) == ["hf"] and run.variables == {"n": 1}
    assert Run(model).start().signal("S", n=2).sees("hf") == {"n": 2}


def test_an_escalation_at_the_end_keeps_the_scope_for_its_handler() -> None:
    inner = (
        Builder().start("i").end("t", "escalation", "E").on("e", handler(), escalation="", interrupting=False)
    )
    run = Run(Builder().start().sub("s", inner).user("next").end()).start()
    assert run.waiting == ["h"]
    assert run.complete("h").waiting == ["next"]


def test_an_escalation_by_the_handler_does_not_begin_it_again() -> None:
    again = Builder().throw("more", escalation="E").user("h").end("o")
    model = (
        Builder().start().throw("t", escalation="E").end().on("e", again, escalation="E", interrupting=False)
    )
    assert Run(model).start().waiting == ["h"]


def test_inside_a_subprocess_only_that_ends() -> None:
    inner = Builder().start("i").user("x").end("o").on("e", handler(), message="m")
    run = Run(Builder().start().sub("s", inner).user("next").end()).start().deliver("on-e")
    assert run.last == "!x +e +on-e -on-e on-e-h +h"
    assert run.complete("h").last == "-h h-h-end +h-end -h-end -e -s s-next +next"


def test_the_boundary_event_of_its_subprocess_ends_it() -> None:
    inner = Builder().start("i").user("x").end("o").on("e", handler(), message="m", interrupting=False)
    model = Builder().start().sub("s", inner).end().boundary("b", "s", timer="duration P1D").end("end2")
    run = Run(model).start().deliver("on-e").fire("b")
    assert (run.status, run.step.end_event) == ("completed", "end2")


def test_inside_a_called_process_and_an_error_out_of_a_call() -> None:
    called = Builder("q").start("i").user("x").end("bad", "error", "E").on("e", handler(), message="m")
    model = (
        Builder().start().call("c", "q", all_out=True).user("next").end().on("o", handler("ho"), error="E")
    )
    run = Run(model, called).start().deliver("on-e", n=1)
    assert run.complete("h").waiting == ["next"] and run.variables == {"n": 1}
    assert Run(model, called).start().complete("x").waiting == ["ho"]


@pytest.mark.parametrize("sequential", [True, False])
def test_inside_each_instance_of_a_multi_instance_subprocess(sequential: bool) -> None:
    inner = Builder().start("i").user("x").end("o").on("e", handler(), message="m")
    loop = many("[10, 20]", element="n", sequential=sequential, output=("out", "[n, k]"))
    run = Run(Builder().start().sub("s", inner, loop=loop).user("next").end()).start()
    run.deliver("on-e", k=1)
    assert sorted(run.waiting) == (["h"] if sequential else ["h", "on-e", "x"])
    run.complete("h").complete("x", k=2)
    assert run.waiting == ["next"] and run.variables == {"out": [[10, 1], [20, 2]]}


def test_one_event_subprocess_inside_another() -> None:
    inner = Builder().user("h").end("o").on("deep", handler("d"), message="m2")
    run = Run(Builder().start().user("a").end().on("e", inner, message="m1")).start().deliver("on-e")
    assert sorted(run.waiting) == ["h", "on-deep"]
    assert run.deliver("on-deep").last == "!h +deep +on-deep -on-deep on-deep-d +d"
    assert run.complete("d").status == "completed"


def test_cancelling_and_terminating_end_it_too() -> None:
    run = Run(main(message="m", interrupting=False)).start().deliver("on-e").cancel()
    assert run.status == "terminated"
    model = (
        Builder()
        .start()
        .user("a")
        .end("stop", "terminate")
        .on("e", handler(), message="m", interrupting=False)
    )
    assert Run(model).start().deliver("on-e").complete("a").status == "completed"


def test_a_terminate_end_event_inside_ends_only_the_event_subprocess() -> None:
    inner = Builder().parallel("g").user("h").end("o").at("g").user("k").end("stop", "terminate")
    run = Run(Builder().start().user("a").end().on("e", inner, message="m", interrupting=False)).start()
    run.deliver("on-e").complete("k")
    assert run.waiting == ["a", "on-e"]


def test_its_input_and_output_parameters() -> None:
    model = Builder().start().user("a").end()
    model.on("e", handler(), message="m", interrupting=False, inputs={"k": "=1"}, outputs={"r": "=k + n"})
    run = Run(model).start().deliver("on-e", n=2)
    assert run.sees("h") == {"k": 1, "n": 2} and run.variables == {}
    run.complete("h")
    assert run.variables == {"r": 3}


def test_inclusive_joins_do_not_wait_for_it() -> None:
    model = Builder().start().inclusive("s").user("a").inclusive("j").user("z").end()
    model.at("s").user("b").to("j").on("e", handler(), message="m", interrupting=False)
    run = Run(model).start().deliver("on-e").complete("a").complete("b")
    assert sorted(run.waiting) == ["h", "on-e", "z"]


def test_a_start_that_fails_leaves_an_incident_and_the_rest_goes_on() -> None:
    inner = Builder().start("i").user("x").end("o").on("e", handler(), timer="duration =d")
    run = Run(Builder().start().user("a").sub("s", inner).end()).start().complete("a")
    (held,) = run.step.incidents_opened
    assert held.element_id == "s" and "定时" in (held.fault.message if held.fault else "")


def test_jumping_does_not_lead_into_it_and_out_of_it_arms_it_again() -> None:
    run = Run(main(message="m")).start()
    for target in ("e", "h", "on-e"):
        with pytest.raises(InvalidInput):
            run.apply(MoveTokens(run.now, target, run.id("a")))
    run.deliver("on-e").apply(MoveTokens(run.now, "b", run.id("h")))
    assert sorted(run.waiting) == ["b", "on-e"]
    assert run.complete("b").status == "completed"


def undone_by_itself() -> Builder:
    """A subprocess with task x, which u undoes, and an event subprocess that undoes the whole: h, then x."""
    inner = Builder().start("i").user("x").end("o").undo("x", "u")
    return inner.on("e", Builder().user("h").compensate("all").end("off"), undoing=True)


def test_it_undoes_the_completed_subprocess_that_it_stands_in() -> None:
    run = Run(Builder().start().sub("s", undone_by_itself()).user("a").compensate("k").end()).start()
    run.complete("x").complete("a")
    assert run.last == "-a a-k +k +e +on-e -on-e on-e-h +h"
    run.complete("h")
    assert run.last == "-h h-all +all +u"
    run.complete("u")
    assert run.last == "-u -all all-off +off -off -e -k k-end +end -end"
    assert run.status == "completed"


def test_a_subprocess_without_anything_to_undo_has_its_own_event_subprocess_run_all_the_same() -> None:
    inner = Builder().start("i").user("x").end("o").on("e", handler(), undoing=True)
    model = Builder().start().sub("s", inner).compensate("k", "s").end()
    run = Run(model).start().complete("x")
    assert run.waiting == ["h"]
    assert run.complete("h").status == "completed"


def test_an_error_handler_undoes_what_its_scope_has_completed() -> None:
    model = Builder().start().user("a").user("b").end("bad", "error", "E").undo("a", "ua").undo("b", "ub")
    model.on("e", Builder().compensate("k").end("off"), error="E")
    run = Run(model).start().complete("a").complete("b")
    assert run.waiting == ["ub"]
    assert run.complete("ub").waiting == ["ua"]
    assert run.complete("ua").last == "-ua -k k-off +off -off -e"


def test_what_is_written_as_bpmn_is_read_the_same() -> None:
    model = main(message="m", interrupting=False).on("f", handler("hf"), error="E")
    model.on("g", handler("hg"), timer="cycle R3/P1D", interrupting=False)
    read = parsing.parse_bpmn(model.xml(), "p.bpmn")
    (process,) = read.processes
    for id in ("e", "on-e", "f", "on-f", "g", "on-g"):
        node, written = process.node(id), model.build().node(id)
        assert node is not None and written is not None
        assert (node.triggered, node.event, node.interrupting) == (
            written.triggered,
            written.event,
            written.interrupting,
        )
    assert not [each for each in read.warnings if "走不到" in each.message]
    assert sorted(Run(process).start().deliver("on-e").waiting) == ["a", "h", "on-e", "on-g"]
