"""A message starts a case at a receive task, from outside and from another case."""

from __future__ import annotations

from engine import Engine
from tests.builders import Builder
from tests.integration.helpers import START, begin, deploy, names, process


def receiving() -> Builder:
    return (
        Builder("q", starter_groups=START)
        .receive("r", "来信", instantiate=True)
        .user("u", groups="甲组")
        .end()
    )


def test_a_message_from_outside_starts_a_case(people: Engine) -> None:
    deploy(people, receiving())
    people.deliver("来信", {"内容": "甲"}, by="a1")
    (row,) = people.cases("").items
    assert people.case(row.instance.id, by="a1").variables == {"内容": "甲"}
    assert names(people, "a2") == ["u"]
    people.deliver("来信", {}, by="a1")
    assert people.cases("").total == 2


def test_a_message_from_another_case_starts_one(people: Engine) -> None:
    deploy(people, receiving())
    begin(people, process().send("s", "来信", inputs={"内容": "乙"}).end())
    people.run_due_jobs()
    assert {row.instance.key for row in people.cases("").items} == {"p", "q"}


def test_the_message_after_a_gateway_starts_a_case(people: Engine) -> None:
    model = Builder("q", starter_groups=START).event_gateway("g", instantiate=True)
    model.catch("c", message="来信").user("u", groups="甲组").end("ea")
    model.at("g").catch("d", message="来电").user("v", groups="甲组").end("eb")
    deploy(people, model)
    people.deliver("来电", {"内容": "甲"}, by="a1")
    assert names(people, "a2") == ["v"]
    people.deliver("来信", {}, by="a1")
    assert sorted(names(people, "a2")) == ["u", "v"]
