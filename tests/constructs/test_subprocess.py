"""Embedded subprocesses."""

from __future__ import annotations

from tests.builders import Builder
from tests.constructs.driver import Run


def inner() -> Builder:
    """Two tasks side by side."""
    return Builder().start("i").parallel("f").user("a").end("ea").at("f").user("b").end("eb")


def outer(content: Builder | None = None) -> Builder:
    return Builder().start().sub("s", content or inner()).user("c").end()


def test_subprocess_ends_with_its_last_token() -> None:
    run = Run(outer()).start()
    assert run.last == "+start -start start-s +s +i -i i-f +f -f f-a +a f-b +b"
    assert run.complete("a").last == "-a a-ea +ea -ea"
    assert run.complete("b").last == "-b b-eb +eb -eb -s s-c +c"
    run.complete("c")
    assert (run.status, run.step.end_event) == ("completed", "end")


def test_inside_has_the_subprocess_as_parent() -> None:
    run = Run(outer()).start()
    sub = next(item for item in run.step.trace if getattr(item, "element_id", "") == "s")
    inside = [item for item in run.step.trace if item.parent_id is not None]  # type: ignore[union-attr]
    assert {item.parent_id for item in inside} == {sub.activity_id}  # type: ignore[union-attr]
    assert len(inside) == 9


def test_empty_subprocess_is_passed() -> None:
    assert Run(outer(Builder().start("i").end("o"))).start().waiting == ["c"]
    assert Run(outer(Builder())).start().last == "+start -start start-s +s -s s-c +c"


def test_interrupting_event_acts_at_once_on_the_whole_subtree() -> None:
    deep = Builder().start("j").sub("s2", inner()).end("o")
    model = outer(deep).boundary("t", "s", timer="duration P1D").user("late").end("e2")
    run = Run(model).start()
    ids = {run.id("a"), run.id("b"), run.id("t")}
    run.fire("t")
    assert run.last == "!a !b !s2 !s +t -t t-late +late"
    assert run.waiting == ["late"] and set(run.step.closed) == ids and run.tokens == 1


def test_boundary_event_that_does_not_interrupt() -> None:
    model = outer().boundary("m", "s", message="补充", interrupting=False).user("late").end("e2")
    run = Run(model).start().deliver("m", 件=1)
    assert set(run.waiting) == {"a", "b", "m", "late"} and run.variables == {"件": 1}
    run.complete("a").complete("b")
    assert set(run.waiting) == {"late", "c"}


def failing(code: str = "E1") -> Builder:
    return Builder().start("i").parallel("f").user("a").end("bad", "error", code).at("f").user("b").end("eb")


def test_error_end_is_caught_at_the_boundary_by_code() -> None:
    model = outer(failing())
    model.boundary("other", "s", error="E2").end("e2").boundary("mine", "s", error="E1").user("fix").end("e3")
    model.boundary("any", "s", error="").end("e4")
    run = Run(model).start().complete("a")
    assert run.last == "-a a-bad +bad -bad !b !s +mine -mine mine-fix +fix" and run.waiting == ["fix"]


def test_error_goes_outward_to_the_first_that_catches_it() -> None:
    deep = Builder().start("j").sub("s2", failing()).end("o").boundary("no", "s2", error="E2").end("o2")
    model = outer(deep).boundary("yes", "s", error="").user("fix").end("e3")
    run = Run(model).start().complete("a")
    assert run.last.endswith("!b !s2 !s +yes -yes yes-fix +fix")


def test_uncaught_error_from_inside_ends_the_instance() -> None:
    run = Run(outer(failing())).start().complete("a")
    assert (run.status, run.step.error, run.step.end_event) == ("completed", "E1", "bad")
    assert run.last.endswith("-bad !b !s")


def test_handler_error_goes_outward_too() -> None:
    model = outer(Builder().start("i").service("x", "publish").end("o"))
    model.boundary("err", "s", error="E1").user("fix").end("e3")
    assert Run(model).start().fail("x", "E1").last == "!x !s +err -err err-fix +fix"


def test_terminate_end_ends_only_its_subprocess() -> None:
    content = (
        Builder().start("i").parallel("f").user("a").end("stop", "terminate").at("f").user("b").end("eb")
    )
    run = Run(outer(content)).start().complete("a")
    assert run.last == "-a a-stop +stop -stop !b -s s-c +c"
    assert run.complete("c").step.end_event == "end"


def test_subprocess_in_a_loop_starts_anew() -> None:
    model = Builder().start().sub("s", inner()).exclusive("x").when("ok").end()
    model.at("x").default().to("s")
    run = Run(model).start()
    for ok in (False, False, True):
        run.complete("a").complete("b", ok=ok)
    assert run.status == "completed"


def test_subprocess_with_several_tokens_at_once() -> None:
    model = Builder().start().parallel("f2").exclusive("m").sub("s", inner()).end().at("f2").to("m")
    run = Run(model).start()
    assert run.waiting == ["a", "b", "a", "b"]
    for element in ("a", "b", "b"):
        run.complete(element)
    assert run.waiting == ["a"] and run.complete("a").status == "completed"


def test_none_of_its_start_events_is_needed() -> None:
    """BPMN 13.3.4: nodes that nothing leads to begin with the subprocess."""
    content = Builder().user("a").end("ea")
    content._here = None
    content.user("b").end("eb")
    assert Run(outer(content)).start().waiting == ["a", "b"]
