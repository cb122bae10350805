"""Deploying: versions, bindings, all problems at once."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from engine import Engine, InvalidDefinition, NotAllowed, NotFound, Resource
from tests.integration.helpers import FORM, begin, deploy, do, form, names, process

DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://wenze.test">
  <decision id="grade" name="分级">
    <variable name="分级"/>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="i"><inputExpression id="e" typeRef="number"><text>件数</text></inputExpression></input>
      <output id="o" name="级别" typeRef="string"/>
      <rule id="r1"><inputEntry id="a"><text>&lt; 3</text></inputEntry>
        <outputEntry id="b"><text>"轻"</text></outputEntry></rule>
      <rule id="r2"><inputEntry id="c"><text>&gt;= 3</text></inputEntry>
        <outputEntry id="f"><text>"重"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


def dmn(text: str = DMN) -> Resource:
    return Resource("t/grade.dmn", text.encode())


def test_a_version_remembers_its_file(people: Engine) -> None:
    diagram = process().user("one", groups="甲组").end()
    made = deploy(people, diagram)
    (one,) = made.definitions
    assert (one.id, one.key, one.version, one.resource) == ("p:1", "p", 1, "t/p.bpmn")
    assert one.starter_groups == ("甲组",)
    assert people.definition_xml("p:1") == diagram.xml()
    assert one.checksum == hashlib.sha256(diagram.xml()).hexdigest()


def test_an_unchanged_set_of_files_leaves_no_trace(people: Engine) -> None:
    first = deploy(people, process().user("one", groups="甲组").end(), form("f"))
    again = deploy(people, process().user("one", groups="甲组").end(), form("f"))
    assert (again.id, again.definitions) == (first.id, ())
    assert [one.id for one in people.definitions(all_versions=True)] == ["p:1"]


def test_only_what_changed_gets_a_new_version(people: Engine) -> None:
    q = process("q").user("one", groups="甲组").end()
    deploy(people, process().user("one", groups="甲组").end(), q)
    made = deploy(people, process().user("other", groups="甲组").end(), q)
    assert [one.id for one in made.definitions] == ["p:2"]
    assert [one.id for one in people.versions("p")] == ["p:2", "p:1"]
    assert [one.id for one in people.definitions()] == ["p:2", "q:1"]
    with pytest.raises(NotFound):
        people.definition("p:3")


def test_a_changed_form_makes_a_version_of_the_process_that_shows_it(people: Engine) -> None:
    with_form = process().user("one", groups="甲组", form="f").end()
    without = process("q").user("one", groups="甲组").end()
    deploy(people, with_form, without, form("f"))
    made = deploy(people, with_form, without, form("f", {**FORM, "title": "新表"}))
    assert [one.id for one in made.definitions] == ["p:2"]


def test_all_problems_come_at_once_and_nothing_is_deployed(people: Engine) -> None:
    broken = process("q").user("one", groups="甲组", form="no-such-form").call("c", "no-such-process").end()
    files = [
        Resource("t/x.bpmn", b"<not xml"),
        Resource("t/q.bpmn", broken.xml()),
        Resource("t/f.form.json", b"{}"),
        Resource("t/p.bpmn", process().user("one", groups="甲组").end().xml()),
    ]
    with pytest.raises(InvalidDefinition) as refusal:
        people.deploy(files, name="test", by="")
    assert {problem.resource for problem in refusal.value.problems} >= {"t/x.bpmn", "t/f.form.json"}
    with pytest.raises(InvalidDefinition) as refusal:
        people.deploy(files[1:2], name="test", by="")
    assert {problem.element for problem in refusal.value.problems} == {"one", "c"}
    assert people.definitions() == ()
    assert [problem.severity for problem in people.check(files[1:2])] == ["error", "error"]


def test_a_service_task_must_tell_its_handler_what_to_do(people: Engine) -> None:
    with pytest.raises(InvalidDefinition, match="notifyText"):
        deploy(people, process().service("s", "notify", properties={"notifyGroups": "甲组"}).end())
    with pytest.raises(InvalidDefinition):
        deploy(people, process().service("s", "no-such-topic").end())


def test_deploying_needs_the_right_to_edit_processes(people: Engine) -> None:
    resource = Resource("t/p.bpmn", process().user("one", groups="甲组").end().xml())
    with pytest.raises(NotAllowed):
        people.deploy([resource], name="test", by="a1")


def test_a_running_case_keeps_the_versions_it_was_bound_to(people: Engine) -> None:
    called = process("q").user("old", groups="甲组").end()
    instance = begin(people, process().user("one", groups="甲组").call("c", "q").end(), called)
    deploy(people, process("q").user("new", groups="甲组").end())
    deploy(people, process().user("changed", groups="甲组").call("c", "q").end())
    do(people, "a1", "one")
    assert names(people, "a1") == ["old"]
    later = people.start("p", {}, by="a1")
    do(people, "a1", "changed")
    assert "new" in [one.name for one in people.case(later.id, by="a1").open_tasks]
    assert [d.definition.id for d in people.case(instance.id, by="a1").diagrams] == ["p:1", "q:1"]


def test_a_running_case_keeps_its_decision_table(people: Engine) -> None:
    diagram = process().user("one", groups="甲组").rule("r", "grade", "级别").user("two", groups="甲组").end()
    instance = begin(people, diagram, dmn())
    made = deploy(people, diagram, dmn(DMN.replace('"轻"', '"很轻"')))
    assert [one.id for one in made.definitions] == ["p:2"]
    do(people, "a1", "one", 件数=1)
    assert people.case(instance.id, by="a1").variables["级别"] == "轻"
    later = people.start("p", {"件数": 1}, by="a1")
    do(people, "a1", "one")
    assert people.case(later.id, by="a1").variables["级别"] == "很轻"


def test_a_case_shows_which_rules_fired(people: Engine) -> None:
    diagram = process().rule("r", "grade", "级别").user("two", groups="甲组").end()
    instance = begin(people, diagram, dmn(), 件数=5)
    (made,) = people.case(instance.id, by="a1").decisions
    assert (made.element_id, made.evaluation.name) == ("r", "分级")
    assert [hit.number for hit in made.evaluation.hits] == [2]
    assert list(made.evaluation.inputs.values()) == [5]
    entry = next(e for e in people.case(instance.id, by="a1").history if e.kind == "decision.made")
    assert (entry.data["decision"], entry.data["rules"]) == ("grade", [2])


IMPORTING = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="e" name="e" namespace="http://wenze.two">
  <import name="底" namespace="http://wenze.test" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
  <decision id="twice" name="两遍">
    <variable name="两遍"/>
    <informationRequirement><requiredDecision href="http://wenze.test#grade"/></informationRequirement>
    <literalExpression><text>底.分级 + 底.分级</text></literalExpression>
  </decision>
</definitions>
"""


def test_a_decision_may_require_one_of_another_file(people: Engine) -> None:
    diagram = process().user("one", groups="甲组").rule("r", "twice", "级别").user("two", groups="甲组").end()
    importing = Resource("t/twice.dmn", IMPORTING.encode())
    with pytest.raises(InvalidDefinition, match="不在一起部署的文件中"):
        deploy(people, diagram, importing)
    instance = begin(people, diagram, dmn(), importing)
    made = deploy(people, diagram, dmn(DMN.replace('"轻"', '"很轻"')), importing)
    assert [one.id for one in made.definitions] == ["p:2"]
    do(people, "a1", "one", 件数=1)
    assert people.case(instance.id, by="a1").variables["级别"] == "轻轻"
    later = people.start("p", {"件数": 1}, by="a1")
    do(people, "a1", "one")
    assert people.case(later.id, by="a1").variables["级别"] == "很轻很轻"


def test_what_diagrams_may_name(people: Engine) -> None:
    deploy(people, process().user("one", groups="甲组", form="f").end(), form("f"), dmn())
    found = people.references("p:1")
    assert (found.forms, found.decisions) == ((("f", "登记表"),), (("grade", "分级"),))


def test_file_names_must_differ(people: Engine) -> None:
    one = Resource("t/p.bpmn", process().user("one", groups="甲组").end().xml())
    with pytest.raises(InvalidDefinition, match="同名"):
        people.deploy([one, replace(one, content=b"")], name="test", by="")
