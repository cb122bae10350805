"""Transactions: a cancel end event undoes what was done and leaves by the cancel boundary event."""

from __future__ import annotations

from engine import parsing
from tests.builders import Builder, event, many
from tests.constructs.driver import Run
from tests.constructs.test_compensation import booked


def content() -> Builder:
    inner = booked(Builder().start("i"), "a", "b").exclusive("g").when("ok").end("o")
    return inner.at("g").default().end("no", "cancel")


def around(inner: Builder, **more: object) -> Builder:
    model = Builder().start().node("t", "transaction", scope=inner.scope(), **more).user("z").end()
    model._here = None
    model.node("c", "boundaryEvent", event=event("cancel"), attached_to="t")
    return model.user("refused").end("e2")


def read(model: Builder) -> Run:
    return Run(parsing.parse_bpmn(model.xml(), "p.bpmn").processes[0])


def test_committed_transaction_goes_on() -> None:
    run = read(around(content())).start().complete("a").complete("b", ok=True)
    assert run.waiting == ["z"] and run.last.endswith("+o -o -t t-z +z")


def test_cancel_undoes_in_reverse_then_leaves_by_the_boundary() -> None:
    run = read(around(content())).start().complete("a").complete("b", ok=False)
    assert run.last == "-b b-g +g -g g-no +no -no +un-b"
    run.complete("un-b")
    assert run.complete("un-a").last == "-un-a !t +c -c c-refused +refused"
    assert run.complete("refused").step.end_event == "e2"


def test_cancel_ends_what_is_live_first() -> None:
    inner = booked(Builder().start("i").parallel("f"), "a").end("no", "cancel")
    booked(inner.at("f"), "b").end("o")
    run = read(around(inner)).start().complete("a")
    assert run.last == "-a a-no +no -no !b +un-a"
    assert run.complete("un-a").waiting == ["refused"]


def test_cancel_with_nothing_to_undo() -> None:
    run = read(around(Builder().start("i").end("no", "cancel"))).start()
    assert run.last == "+start -start start-t +t +i -i i-no +no -no !t +c -c c-refused +refused"


def test_subprocess_inside_is_undone_too() -> None:
    deep = booked(Builder().start("j"), "a", "b").end("q")
    run = read(around(Builder().start("i").sub("s", deep).end("no", "cancel"))).start()
    run.complete("a").complete("b").complete("un-b").complete("un-a")
    assert run.waiting == ["refused"]


def test_committed_transaction_can_be_undone_from_outside() -> None:
    model = (
        Builder().start().node("t", "transaction", scope=booked(Builder().start("i"), "a").end("o").scope())
    )
    run = read(model.compensate("x").end()).start().complete("a").complete("un-a")
    assert run.status == "completed" and run.path == "start i a o t un-a x end"


def test_transaction_interrupted_while_it_is_undone() -> None:
    model = around(content()).boundary("late", "t", timer="duration P1D").end("e3")
    run = read(model).start().complete("a").complete("b", ok=False).fire("late")
    assert run.status == "completed" and run.last == "!un-b !t +late -late late-e3 +e3 -e3"


def test_error_out_of_a_transaction_undoes_nothing() -> None:
    inner = booked(Builder().start("i"), "a").end("bad", "error", "E1")
    model = around(inner).boundary("err", "t", error="E1").user("fix").end("e3")
    assert read(model).start().complete("a").waiting == ["fix"]


def test_one_of_several_transactions_cancels_all() -> None:
    run = read(around(content(), loop=many(times="2"))).start().complete("a").complete("b", ok=False)
    run.complete("un-b").complete("un-a")
    assert run.waiting == ["refused"] and run.tokens == 1
