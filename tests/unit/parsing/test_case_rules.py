"""The file of a process's case rules: what it may say, and where it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.errors import InvalidDefinition
from engine.model.case_rules import CIRCLES, CaseRules
from engine.parsing import check_case_rules, parse_case_rules

BUNDLE = Path(__file__).parents[3] / "bpmn" / "accountability" / "accountability.case.json"
OPEN = {"name": "普通", "meaning": "都看", "shownTo": ["tasks", "supervisors", "copies", "notices", "public"]}
SHUT = {"name": "限知", "meaning": "办案人员", "shownTo": []}
WITNESS = {"id": "witness", "title": "证人", "byHand": True, "excludes": ["see", "tasks"]}
RULES: dict[str, Any] = {
    "process": "p",
    "roles": [{"id": "subject", "title": "对象", "people": "对象.账号", "excludes": ["tasks"]}, WITNESS],
    "grades": [OPEN, SHUT],
    "grade": "密级",
    "defaultGrade": "普通",
    "supervisors": ["主管"],
    "leaders": ["领导"],
}


def read(**changes: Any) -> CaseRules:
    return parse_case_rules(json.dumps({**RULES, **changes}).encode(), "x/p.case.json")


def test_the_rules() -> None:
    rules = read()
    assert [(one.id, one.bars, one.by_hand) for one in rules.roles] == [
        ("subject", "tasks", False),
        ("witness", "all", True),
    ]
    assert [one.shown_to for one in rules.grades] == [frozenset(CIRCLES), frozenset()]
    assert (rules.supervisors, rules.leaders) == (("主管",), ("领导",))
    assert rules.role("witness") == rules.roles[1]
    assert rules.role("x") is None


@pytest.mark.parametrize(("told", "name"), [("限知", "限知"), ("没有的", "普通"), ("", "普通")])
def test_an_unknown_grade_is_the_default(told: str, name: str) -> None:
    found = read().graded(told)
    assert found is not None
    assert found.name == name


def test_a_file_may_say_nothing_but_its_process() -> None:
    rules = parse_case_rules(b'{"process": "p"}', "p.case.json")
    assert (rules.roles, rules.graded("x")) == ((), None)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"process": "q"}, "/process"),
        ({"more": 1}, "/more"),
        ({"roles": [{**WITNESS, "byHand": False}]}, "/roles/0"),
        ({"roles": [{**WITNESS, "byHand": "yes"}]}, "/roles/0/byHand"),
        ({"roles": [{**WITNESS, "people": "1 +"}]}, "/roles/0/people"),
        ({"roles": [{**WITNESS, "excludes": ["see"]}]}, "/roles/0/excludes"),
        ({"roles": [{**WITNESS, "excludes": ["look", "tasks"]}]}, "/roles/0/excludes/0"),
        ({"roles": [{**WITNESS, "title": ""}]}, "/roles/0/title"),
        ({"roles": [{**WITNESS, "x": 1}]}, "/roles/0/x"),
        ({"roles": [WITNESS, WITNESS]}, "/roles/1"),
        ({"grades": [SHUT, OPEN]}, "/grades/1/shownTo"),
        ({"grades": [OPEN, {**SHUT, "shownTo": ["world"]}]}, "/grades/1/shownTo/0"),
        ({"grades": [{**OPEN, "meaning": ""}]}, "/grades/0/meaning"),
        ({"grades": [OPEN, OPEN]}, "/grades/1"),
        ({"defaultGrade": "没有的"}, "/defaultGrade"),
        ({"defaultGrade": ""}, "/defaultGrade"),
        ({"grades": [], "defaultGrade": ""}, "/grade"),
        ({"grade": "1 +"}, "/grade"),
        ({"leaders": []}, "/leaders"),
        ({"leaders": "领导"}, "/leaders"),
        ({"supervisors": ["主管", "主管"]}, "/supervisors/1"),
    ],
)
def test_what_is_wrong_is_named_by_pointer(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read(**changes)
    assert pointer in [each.element for each in caught.value.problems]
    assert all(each.message for each in caught.value.problems)


def test_unknown_groups_and_processes_are_warned_of() -> None:
    found = list(check_case_rules(read(), "p.case.json", ["q"], ["主管"]))
    assert [one.element for one in found] == ["/process", "/leaders/0"]
    assert {one.severity for one in found} == {"warning"}
    assert list(check_case_rules(read(), "p.case.json", ["p"], None)) == []


def test_the_bundle_s_own_file() -> None:
    rules = parse_case_rules(BUNDLE.read_bytes(), BUNDLE.name)
    assert {one.bars for one in rules.roles} == {"all"}
    assert [one.name for one in rules.grades] == ["内部", "工作秘密", "限知"]
