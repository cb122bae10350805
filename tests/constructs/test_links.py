"""Link events: from a throwing one the token goes on at the catching one of the same name."""

from __future__ import annotations

from engine import parsing
from tests.builders import Builder
from tests.constructs.driver import Run


def two_ways() -> Builder:
    """Both branches of a split leave by a link and meet at an inclusive join."""
    model = Builder().start().inclusive("s").user("a").throw("t1", link="甲").at("s").user("b")
    model.throw("t2", link="乙").catch("c1", link="甲").inclusive("j").user("after").end()
    return model.catch("c2", link="乙").to("j")


def test_goes_on_at_the_catching_event() -> None:
    model = Builder().start().user("a").throw("t", link="甲").catch("c", link="甲").user("b").end()
    run = Run(model).start().complete("a")
    assert run.last == "-a a-t +t -t +c -c c-b +b"
    assert run.complete("b").status == "completed"


def test_several_may_lead_to_one() -> None:
    model = Builder().start().parallel("s").user("a").throw("t1", link="甲").at("s").user("b")
    model.throw("t2", link="甲").catch("c", link="甲").user("x").end()
    assert Run(model).start().complete("a").complete("b").waiting == ["x", "x"]


def test_an_inclusive_join_knows_that_a_link_leads_to_it() -> None:
    run = Run(two_ways()).start().complete("a")
    assert run.waiting == ["b"]
    assert run.complete("b").waiting == ["after"]


def test_links_of_a_subprocess_are_its_own() -> None:
    inner = Builder().start("i").throw("t", link="甲").catch("c", link="甲").user("inside").end("o")
    model = Builder().start().sub("s", inner).throw("t2", link="甲").catch("c2", link="甲").user("b").end()
    run = Run(model).start()
    assert run.waiting == ["inside"]
    assert run.complete("inside").waiting == ["b"]


def test_a_catching_event_is_no_start() -> None:
    model = Builder().task("first").throw("t", link="甲").catch("c", link="甲").user("b").end()
    assert Run(model).start().path == "first t c"


def test_what_is_written_as_bpmn_is_read_the_same() -> None:
    (read,) = parsing.parse_bpmn(two_ways().xml(), "p.bpmn").processes
    assert read.scope.links() == {"t1": "c1", "t2": "c2"}
    assert Run(read).start().complete("b").complete("a").waiting == ["after"]
