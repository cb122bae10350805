"""Whatever bytes come: a definition or InvalidDefinition, nothing else."""

from __future__ import annotations

import json
import re
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import InvalidDefinition
from engine.model.case_rules import CaseRules
from engine.model.definition import Bpmn
from engine.model.forms import FormDefinition, ViewDefinition
from engine.parsing import parse_bpmn, parse_case_rules, parse_form, parse_view, parse_xml
from tests.unit.parsing.xml_text import around, document, flow

RICH = document(
    '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="室"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
    "</bpmn:laneSet>"
    + around(
        '<bpmn:userTask id="a" name="办理" camunda:candidateGroups="=组" camunda:formRef="f">'
        '<bpmn:extensionElements><camunda:properties><camunda:property name="clock" value="15WD"/>'
        '</camunda:properties><camunda:inputOutput><camunda:inputParameter name="x">=1'
        "</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>"
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="人"/></bpmn:userTask>',
        source="g",
    )
    + '<bpmn:exclusiveGateway id="g" default="out"/>'
    + flow("a", "g")
    + flow("g", "c", "x = 1")
    + '<bpmn:callActivity id="c" calledElement="q"/>'
    + '<bpmn:subProcess id="sub"><bpmn:startEvent id="is"/><bpmn:endEvent id="ie"/></bpmn:subProcess>'
    + flow("c", "sub")
    + '<bpmn:boundaryEvent id="b" attachedToRef="a"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    '<bpmn:message id="M" name="m"/><bpmn:error id="E" errorCode="e"/>',
)
TOKENS = re.findall(rb'<[^>]*>|[\w:]+="[^"]*"|\w+', RICH)
STRANGE = st.sampled_from(
    [
        b"",
        b"<",
        b">",
        b"&",
        b"\x00",
        b"\xff",
        b'"',
        "中".encode(),
        b"${",
        b"=",
        b"<!DOCTYPE a>",
        b"<!--",
        b"]]>",
    ]
)
FORM = json.dumps(
    {
        "id": "f",
        "title": "表",
        "schema": {
            "type": "object",
            "required": ["a"],
            "properties": {
                "a": {"type": "string", "x-visible": "b = 1"},
                "b": {"type": "array", "items": {"type": "object", "properties": {"c": {"enum": ["x"]}}}},
            },
        },
        "layout": [{"title": "一", "fields": ["a", {"field": "b"}]}],
        "rules": [{"assert": "count(b) > 1", "message": "少", "field": "b"}],
    },
    ensure_ascii=False,
).encode()
VIEW = b'{"process": "f", "title": "a", "summary": [{"label": "b", "feel": "c"}], "tables": []}'
RULES = json.dumps(
    {
        "process": "f",
        "roles": [{"id": "a", "title": "b", "people": "c", "byHand": True, "excludes": ["see", "tasks"]}],
        "grades": [{"name": "d", "meaning": "e", "shownTo": ["tasks"]}],
        "grade": "g",
        "defaultGrade": "d",
        "supervisors": ["h"],
        "leaders": ["i"],
    }
).encode()

quick = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reads_or_refuses(content: bytes) -> None:
    try:
        assert isinstance(parse_bpmn(content, "a.bpmn"), Bpmn)
    except InvalidDefinition as error:
        assert error.problems
        assert all(problem.message and problem.resource == "a.bpmn" for problem in error.problems)


def test_the_unchanged_file_reads() -> None:
    """Else the fuzz tests would only test how nonsense is refused."""
    assert len(parse_bpmn(RICH, "a.bpmn").processes[0].scope.nodes) == 7


@quick
@given(cut=st.integers(0, len(RICH)))
def test_truncated(cut: int) -> None:
    reads_or_refuses(RICH[:cut])


@quick
@given(at=st.integers(0, len(RICH)), length=st.integers(0, 40), new=STRANGE | st.binary(max_size=8))
def test_bytes_replaced(at: int, length: int, new: bytes) -> None:
    reads_or_refuses(RICH[:at] + new + RICH[at + length :])


@quick
@given(pairs=st.lists(st.tuples(st.sampled_from(TOKENS), st.sampled_from(TOKENS) | STRANGE), max_size=4))
def test_tokens_exchanged(pairs: list[tuple[bytes, bytes]]) -> None:
    content = RICH
    for old, new in pairs:
        content = content.replace(old, new)
    reads_or_refuses(content)


@quick
@given(content=st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    reads_or_refuses(content)
    with suppress(InvalidDefinition):
        parse_xml(b"<?xml version='1.0' encoding='" + content, "a.bpmn")


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)


def _replace(value: object, path: list[int], new: object) -> object:
    """The JSON value with a member, found by the path's numbers, replaced."""
    if not path or not isinstance(value, (dict, list)) or not value:
        return new
    if isinstance(value, dict):
        key = list(value)[path[0] % len(value)]
        return {**value, key: _replace(value[key], path[1:], new)}
    at = path[0] % len(value)
    return [*value[:at], _replace(value[at], path[1:], new), *value[at + 1 :]]


@quick
@given(path=st.lists(st.integers(0, 5), min_size=1, max_size=6), new=ANYTHING)
def test_json_members_replaced(path: list[int], new: object) -> None:
    for source, read, resource in (
        (FORM, parse_form, "f.form.json"),
        (VIEW, parse_view, "f.view.json"),
        (RULES, parse_case_rules, "f.case.json"),
    ):
        content = json.dumps(_replace(json.loads(source), path, new)).encode()
        try:
            assert isinstance(read(content, resource), FormDefinition | ViewDefinition | CaseRules)
        except InvalidDefinition as error:
            assert all(problem.message and problem.resource == resource for problem in error.problems)


@quick
@given(cut=st.integers(0, len(FORM)), new=st.binary(max_size=4))
def test_json_truncated(cut: int, new: bytes) -> None:
    try:
        parse_form(FORM[:cut] + new, "f.form.json")
    except InvalidDefinition as error:
        assert error.problems
