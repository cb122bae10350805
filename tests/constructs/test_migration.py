"""Running instances are carried over to another version, or it is told why they can't be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from engine import execution
from engine.errors import Problem
from engine.model.definition import AdHoc, Expression, Node, ProcessModel, Scope
from engine.model.execution import (
    MoveTokens,
    OpenedJob,
    OpenedSubscription,
    OpenedTask,
    StartActivity,
    Trigger,
)
from engine.model.migration import Migrated, Moved, VersionChange
from tests.builders import Builder, many
from tests.constructs.driver import Run
from tests.constructs.random_processes import any_graph, well_formed
from tests.constructs.test_properties import attempt, checks, choices, trigger

some = settings(max_examples=100, deadline=None, database=None, suppress_health_check=checks)


def planned(run: Run, *models: Builder | ProcessModel, **elements: str) -> Migrated | tuple[Problem, ...]:
    """What becomes of the instance in the second versions of these processes."""
    old, made = run.program, [each.build() if isinstance(each, Builder) else each for each in models]
    versions = dict(old.bindings)
    change = {versions[model.key]: f"{model.key}:2" for model in made if model.key in versions}
    processes = {one: spec.process for one, spec in old.processes.items()}
    processes |= {f"{model.key}:2": model for model in made}
    bindings = versions | {model.key: f"{model.key}:2" for model in made}
    root = change.get(old.root, old.root)
    run.other = execution.compile_program(
        {one: processes[one] for one in {root, *bindings.values()}}, root, bindings, old.decisions
    )
    assert run.state is not None
    before = json.dumps(run.state)
    result = execution.migrate(old, run.other, run.state, VersionChange(change, elements), run.now)
    assert json.dumps(run.state) == before, "the given state was changed"
    return result


def migrate(run: Run, *models: Builder | ProcessModel, **elements: str) -> dict[str, Moved]:
    """Go on in the second versions; what was carried over, by new element."""
    result = planned(run, *models, **elements)
    assert isinstance(result, Migrated), result
    for one in result.moved:
        if one.activity_id in run.alive:
            run.alive[one.activity_id] = replace(run.alive[one.activity_id], element_id=one.element_id)
        if was := run.open.get(one.activity_id):
            place = {"element_id": one.element_id, "definition_id": one.definition_id}
            run.open[one.activity_id] = one.opened or replace(was, **place)
    run.program, run.step = run.other, result.step
    run.state = json.loads(json.dumps(result.step.state))
    run._keep_open(result.step)
    run._keep_trace(result.step)
    return {one.element_id: one for one in result.moved}


def refused(run: Run, *models: Builder, **elements: str) -> list[tuple[str, str]]:
    """Element and message of each problem."""
    result = planned(run, *models, **elements)
    assert isinstance(result, tuple)
    assert all(one.hint for one in result)
    return [(one.element, one.message) for one in result]


def line(*names: str) -> Builder:
    builder = Builder().start()
    for name in names:
        builder.user(name)
    return builder.end()


def test_a_token_goes_on_in_the_new_version() -> None:
    run = Run(line("a", "b")).start().complete("a", x=1)
    moved = migrate(run, line("a", "b", "c"))
    assert (moved["b"].was, moved["b"].definition_id, run.last) == ("b", "p:2", "")
    run.complete("b").complete("c")
    assert (run.status, run.variables, run.path) == ("completed", {"x": 1}, "start a b c end")


def test_an_element_with_another_id_is_mapped_by_hand() -> None:
    run = Run(line("a", "b")).start()
    assert refused(run, line("c", "b")) == [("a", "“a”在新版中没有了。")]
    assert refused(run, line("c", "b"), a="d") == [("a", "“a”对应的“d”在新版中没有。")]
    migrate(run, line("c", "b"), a="c")
    assert run.waiting == ["c"]
    assert run.complete("c").waiting == ["b"]


def test_another_type_is_refused() -> None:
    run = Run(line("a")).start()
    assert refused(run, Builder().start().service("a", "topic").end()) == [
        ("a", "“a”在新版中的类型变了（userTask改为serviceTask）。")
    ]
    wait = Run(Builder().start().catch("w", timer="duration PT1H").end()).start()
    ((element, message),) = refused(wait, Builder().start().catch("w", message="m").end())
    assert (element, "timer" in message, "message" in message) == ("w", True, True)


def test_another_scope_is_refused() -> None:
    run = Run(line("a")).start()
    ((element, message),) = refused(run, Builder().start().sub("s", line("a")).end())
    assert (element, message) == ("a", "“a”在新版中移到了别的子流程里，不能在办理中途移动。")


def test_inside_a_subprocess_and_around_it() -> None:
    inside = Builder().start().sub("s", line("a", "b")).user("after").end()
    run = Run(inside).start().complete("a")
    renamed = Builder().start().sub("t", line("a", "c", "d")).user("after").end()
    moved = migrate(run, renamed, s="t", b="c")
    assert {name: one.was for name, one in moved.items()} == {"t": "s", "c": "b"}
    assert run.complete("c").complete("d").complete("after").status == "completed"


def host(*boundaries: tuple[str, str], name: str = "a") -> Builder:
    builder = Builder().start().user(name).end()
    for event_id, timer in boundaries:
        builder.boundary(event_id, name, timer=timer).user(f"after-{event_id}").to("end")
    return builder


def test_boundary_timers_are_kept_with_their_due_date_removed_or_added() -> None:
    run = Run(host(("kept", "duration P1D"), ("gone", "duration P1D"))).start()
    due = run.job("kept").due_at
    run.now += timedelta(hours=5)
    migrate(run, host(("kept", "duration P9D"), ("added", "duration PT1H")))
    assert sorted(run.waiting) == ["a", "added", "kept"]
    assert run.job("kept").due_at == due
    assert run.job("added").due_at == run.now + timedelta(hours=1)
    assert run.fire("added").waiting == ["after-added"]


def test_a_boundary_event_that_has_fired_is_not_armed_again() -> None:
    def model() -> Builder:
        builder = Builder().start().user("a").end().boundary("b", "a", timer="date =d", interrupting=False)
        return builder.user("late").end("end2")

    run = Run(model()).start(d="2026-03-02T10:00").fire("b")
    open_before = sorted(run.waiting)
    migrate(run, model())
    assert sorted(run.waiting) == open_before


def test_a_boundary_event_follows_its_renamed_activity_and_not_another() -> None:
    run = Run(host(("b", "duration P1D"))).start()
    migrate(run, host(("b", "duration P1D"), name="z"), a="z")
    assert sorted(run.waiting) == ["b", "z"]
    elsewhere = Builder().start().user("z").user("y").end().boundary("b", "y", timer="duration P1D")
    migrate(run, elsewhere.user("late").to("end"))
    assert run.waiting == ["z"]
    assert sorted(run.complete("z").waiting) == ["b", "y"]


def test_the_events_of_an_event_based_gateway() -> None:
    def model(*messages: str) -> Builder:
        builder = Builder().start().event_gateway("g")
        for one in messages:
            builder.at("g").catch(f"on-{one}", message=one).end(f"end-{one}")
        return builder

    run = Run(model("m", "n")).start()
    migrate(run, model("n", "o"))
    assert sorted(run.waiting) == ["on-n", "on-o"]
    assert run.deliver("on-n").path == "start g on-n end-n"


def fork(*branches: str, last: str = "end") -> Builder:
    builder = Builder().start().parallel("f").user(branches[0]).parallel("j").end(last)
    for one in branches[1:]:
        builder.at("f").user(one).to("j")
    return builder


def test_a_waiting_join_keeps_what_has_come() -> None:
    run = Run(fork("a", "b", "c")).start().complete("a")
    migrate(run, fork("a", "b", "c", last="finish"))
    assert run.complete("b").status == "active"
    assert (run.complete("c").status, run.step.end_event) == ("completed", "finish")


def test_a_join_that_needs_no_more_goes_on_at_once() -> None:
    run = Run(fork("a", "b", "c")).start().complete("a").complete("b")
    assert refused(run, fork("a", "b")) == [("c", "“c”在新版中没有了。")]
    last = Builder().start().user("c").parallel("j").user("next").end()
    last.at("start").user("a").to("j").at("start").user("b").to("j")
    run = Run(last).start().complete("a").complete("b")
    only = Builder().start().user("c").exclusive("x").end("end2").at("start").user("a").parallel("j")
    only.user("next").end().at("start").user("b").to("j")
    migrate(run, only)
    assert sorted(run.waiting) == ["c", "next"]


def test_a_join_whose_flow_is_gone_is_refused() -> None:
    run = Run(fork("a", "b")).start().complete("a")
    assert refused(run, fork("z", "b"))[0] == ("j", "“j”已从“a-j”到了一路，新版中没有这条线。")
    migrate(run, fork("z", "b"), a="z")
    assert run.complete("b").status == "completed"


def body(sequential: bool = False, element: str = "e", name: str = "m", times: str = "3") -> Builder:
    loop = many(times=times, sequential=sequential, element=element, output=("out", "n"))
    return Builder().start().user(name, loop=loop).user("after").end()


@pytest.mark.parametrize("sequential", [False, True])
def test_a_multi_instance_body_keeps_its_counts(sequential: bool) -> None:
    run = Run(body(sequential)).start().complete("m", n=1)
    migrate(run, body(sequential, name="k"), m="k")
    run.complete("k", n=2).complete("k", n=3)
    assert (run.waiting, run.variables["out"]) == (["after"], [1, 2, 3])


@pytest.mark.parametrize("other", [body(sequential=True), body(element="f")])
def test_another_multi_instance_is_refused(other: Builder) -> None:
    run = Run(body()).start()
    assert "多实例在新版中变了" in refused(run, other)[0][1]


def test_a_multi_instance_activity_that_is_none_any_more_is_refused() -> None:
    run = Run(body()).start()
    assert {message for _, message in refused(run, line("m", "after"))} == {
        "“m”的重复办理方式在新版中变了（多实例、循环或一次）。"
    }


def called() -> Builder:
    return Builder("q").start().user("inner").end()


def caller(key: str = "q", name: str = "c") -> Builder:
    return Builder().start().call(name, key, all_out=True).user("after").end()


def test_an_active_call_activity_keeps_what_runs_inside() -> None:
    run = Run(caller(), called()).start()
    inner = run.opened("inner")
    migrate(run, caller(name="d"), c="d")
    assert run.opened("inner") == inner
    assert run.complete("inner", x=1).complete("after").variables == {"x": 1}


def test_a_called_process_is_carried_over_inside_its_caller() -> None:
    run = Run(caller(), called()).start()
    moved = migrate(run, Builder("q").start().user("inner").user("more").end())
    assert (moved.keys(), moved["inner"].definition_id) == ({"inner"}, "q:2")
    run.complete("inner").complete("more").complete("after")
    assert run.status == "completed"


def test_another_called_process_is_refused_while_it_runs() -> None:
    run = Run(caller(), called(), Builder("r").start().end()).start()
    assert refused(run, caller("r")) == [("c", "“c”在新版中调用另一个流程，而它正在办理。")]


def test_what_a_token_waits_for_is_said_anew() -> None:
    run = Run(Builder().start().user("a", form="old", groups="g", priority="=n").end()).start(n=10)
    new = Builder().start().user("a", form="new", groups="h", priority="=n + 1", name="甲").end()
    moved = migrate(run, new)["a"]
    assert isinstance(moved.opened, OpenedTask)
    assert (moved.opened.form_ref, moved.opened.candidate_groups, moved.opened.priority) == (
        "new",
        ("h",),
        11,
    )
    assert (moved.name, moved.reassigned) == ("甲", True)
    wait = Run(Builder().start().receive("r", "old", "k").end()).start(k=1, l=2)
    opened = migrate(wait, Builder().start().receive("r", "new", "l").end())["r"].opened
    assert isinstance(opened, OpenedSubscription)
    assert (opened.message, opened.correlation) == ("new", "2")
    work = Run(Builder().start().service("s", "old").end()).start()
    job = migrate(work, Builder().start().service("s", "new").end())["s"].opened
    assert isinstance(job, OpenedJob)
    assert job.topic == "new"


def test_what_fails_in_the_new_version_is_a_problem() -> None:
    run = Run(host()).start()
    (problem,) = planned(run, host(("b", "duration =nothing")))
    assert "定时" in problem.message


def test_quantities_loops_and_continuations() -> None:
    def twice(quantity: int) -> Builder:
        return Builder().start().user("a").task("t", start_quantity=quantity).end()

    run = Run(twice(3)).start().complete("a")
    assert "在新版中到1次就开始，而已经到了1次" in refused(run, twice(1))[0][1]
    migrate(run, twice(2))
    later = Run(Builder().start().user("a", async_before=True).end()).start()
    migrate(later, Builder().start().user("b", async_before=True).end(), a="b")
    assert later.go_on("b").complete("b").status == "completed"


def test_what_was_done_can_still_be_undone() -> None:
    def model(name: str, handler: bool = True) -> Builder:
        builder = Builder().start().user(name).user("b").compensate("k").end()
        return builder.undo(name, "undo-a") if handler else builder

    run = Run(model("a")).start().complete("a")
    assert refused(run, model("z")) == [("a", "“a”已经办完，可能还要撤销，而新版中没有它。")]
    migrate(run, model("z"), a="z")
    assert run.complete("b").waiting == ["undo-a"]
    migrate(run, model("z"))
    assert run.complete("undo-a").status == "completed"
    without = Run(model("a")).start().complete("a")
    migrate(without, model("a", handler=False))
    assert without.complete("b").status == "completed"


def test_a_flow_may_be_mapped_where_two_lead_the_same_way() -> None:
    def model(*flows: str) -> Builder:
        builder = Builder().start().parallel("f").parallel("j").user("a").end()
        builder.at("f").user("b").to("j")
        return builder

    run = Run(model()).start()
    migrate(run, model())
    assert run.complete("b").waiting == ["a"]


@some
@given(well_formed, choices, choices)
def test_in_an_identical_version_everything_goes_on_as_it_would(
    model: Builder, picked: list[int], further: list[int]
) -> None:
    same(model, picked, further)


@some
@given(any_graph(), choices, choices)
def test_any_graph_goes_on_in_an_identical_version(
    model: Builder, picked: list[int], further: list[int]
) -> None:
    patch = pytest.MonkeyPatch()
    patch.setattr("engine.execution.case.MAX_MOVES", 200)
    try:
        same(model, picked, further)
    finally:
        patch.undo()


def renamed_in(what: Trigger, mapping: Mapping[str, str]) -> Trigger:
    """The same trigger where ids have changed: a choice names an element."""
    if isinstance(what, StartActivity):
        return replace(what, element_id=mapping.get(what.element_id, what.element_id))
    return what


def same(
    model: Builder,
    picked: list[int],
    further: list[int],
    other: ProcessModel | None = None,
    mapping: Mapping[str, str] | None = None,
) -> None:
    """Run twice, carry one over at some moment: the state is the same, and so is every step after it."""
    stays, moves = Run(model), Run(model)
    if isinstance(attempt(stays, None), str):
        return
    attempt(moves, None)
    for choice in picked:
        if stays.open:
            what = trigger(stays, choice)
            assert attempt(stays, what) == attempt(moves, what)
    if stays.status != "active":
        return
    migrate(moves, other or model, **(mapping or {}))
    assert told(moves.state) == told(stays.state)
    assert (moves.step.trace, moves.step.closed, moves.step.status) == ((), (), "active")
    for choice in further:
        if stays.open:
            what = trigger(stays, choice)
            assert told(attempt(stays, what)) == told(attempt(moves, renamed_in(what, mapping or {})))


def told(outcome: object) -> str:
    return repr(outcome).replace("p:2", "p:1").replace(MARK, "")


def beside(*starts: tuple[str, str], interrupting: bool = True) -> Builder:
    builder = Builder().start().user("a").end()
    for name, timer in starts:
        inner = Builder().user(f"{name}-task").end(f"{name}-end")
        builder.on(name, inner, timer=timer, interrupting=interrupting)
    return builder


def test_starts_of_event_subprocesses_are_kept_removed_or_added() -> None:
    run = Run(beside(("kept", "duration P1D"), ("gone", "duration P1D"))).start()
    due = run.job("on-kept").due_at
    run.now += timedelta(hours=5)
    migrate(run, beside(("kept", "duration P9D"), ("added", "duration PT1H")))
    assert sorted(run.waiting) == ["a", "on-added", "on-kept"]
    assert run.job("on-kept").due_at == due
    run.fire("on-added")
    assert run.waiting == ["added-task"]
    migrate(run, beside(("kept", "duration P9D"), ("added", "duration PT1H")))
    assert run.waiting == ["added-task"]
    assert run.complete("added-task").status == "completed"


def test_a_start_that_has_fired_is_not_armed_again() -> None:
    model = beside(("e", "duration PT1H"), interrupting=False)
    run = Run(model).start().fire("on-e")
    migrate(run, model)
    assert sorted(run.waiting) == ["a", "e-task"]


def test_starts_inside_a_subprocess() -> None:
    def model(*starts: tuple[str, str]) -> Builder:
        return Builder().start().sub("s", beside(*starts)).user("after").end()

    run = Run(model()).start()
    migrate(run, model(("e", "duration PT1H")))
    assert sorted(run.waiting) == ["a", "on-e"]
    assert run.fire("on-e").complete("e-task").waiting == ["after"]


def test_a_token_that_was_sent_back_comes_back_to_the_renamed_step() -> None:
    run = Run(line("a", "b", "c")).start().complete("a")
    run.apply(MoveTokens(run.now, "a", run.id("b"), returns=True, sender="x"))
    assert refused(run, line("a", "c")) == [
        ("b", "“b”在新版中没有了，而退回的步骤办完后要回到它。"),
    ]
    migrate(run, line("a", "z", "c"), b="z")
    assert run.complete("a").waiting == ["z"]
    assert run.complete("z").waiting == ["c"]


def test_an_ad_hoc_subprocess_keeps_what_comes_next() -> None:
    def model(*names: str) -> Builder:
        inner = Builder()
        for name in names:
            inner.user(name).loose()
        how = AdHoc(sequential=True, begin=Expression('"all"'))
        return Builder().start().ad_hoc("h", inner, how).user("after").end()

    run = Run(model("a", "b", "c")).start()
    assert run.waiting == ["a"]
    migrate(run, model("a", "z", "c"), b="z")
    assert run.complete("a").waiting == ["z"]
    assert run.complete("z").complete("c").waiting == ["after"]


def test_a_condition_that_holds_already_fires_at_once() -> None:
    def model(condition: str = "") -> Builder:
        builder = Builder().start().user("a").end()
        if condition:
            builder.boundary("b", "a", condition=condition, interrupting=False).user("then").end("end2")
        return builder

    run = Run(model()).start(x=1)
    migrate(run, model("x = 1"))
    assert sorted(run.waiting) == ["a", "then"]
    other = Run(model("x = 2")).start(x=1)
    migrate(other, model("x = 3"))
    assert other.waiting == ["a"]
    assert sorted(other.complete("a", x=3).path.split()) == ["a", "end", "start"]


MARK = "zz"


def renamed(scope: Scope) -> Scope:
    """The same scope with every id of an element or flow marked."""
    flows = {
        f"{MARK}{one.id}": replace(
            one, id=f"{MARK}{one.id}", source=f"{MARK}{one.source}", target=f"{MARK}{one.target}"
        )
        for one in scope.flows.values()
    }
    return Scope({f"{MARK}{one.id}": _renamed(one) for one in scope.nodes.values()}, flows)


def _renamed(node: Node) -> Node:
    event = node.event
    if event is not None and event.kind == "compensate" and event.name:
        event = replace(event, name=f"{MARK}{event.name}")
    return replace(
        node,
        id=f"{MARK}{node.id}",
        event=event,
        incoming=tuple(f"{MARK}{one}" for one in node.incoming),
        outgoing=tuple(f"{MARK}{one}" for one in node.outgoing),
        default=node.default and f"{MARK}{node.default}",
        attached_to=node.attached_to and f"{MARK}{node.attached_to}",
        handler=node.handler and f"{MARK}{node.handler}",
        scope=node.scope and renamed(node.scope),
    )


def ids(scope: Scope) -> list[str]:
    """Ids of all elements and flows, at any depth."""
    inner = [node.scope for node in scope.nodes.values() if node.scope is not None]
    return [*scope.nodes, *scope.flows, *(one for each in inner for one in ids(each))]


@some
@given(well_formed, choices, choices)
def test_in_a_version_with_other_ids_everything_goes_on_as_it_would(
    model: Builder, picked: list[int], further: list[int]
) -> None:
    source = model.build()
    mapping = {one: f"{MARK}{one}" for one in ids(source.scope)}
    same(model, picked, further, replace(source, scope=renamed(source.scope)), mapping)


@some
@given(any_graph(), choices, choices)
def test_any_graph_goes_on_in_a_version_with_other_ids(
    model: Builder, picked: list[int], further: list[int]
) -> None:
    source = model.build()
    mapping = {one: f"{MARK}{one}" for one in ids(source.scope)}
    with pytest.MonkeyPatch().context() as patch:
        patch.setattr("engine.execution.case.MAX_MOVES", 200)
        same(model, picked, further, replace(source, scope=renamed(source.scope)), mapping)
