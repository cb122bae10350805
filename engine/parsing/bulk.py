"""Whether a step that is marked `bulkComplete` can be completed as its form opens, many at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.errors import Problem
from engine.model.definition import Bpmn, Node, ProcessModel
from engine.model.forms import FormDefinition
from engine.parsing.field_access import at_step, form_for
from engine.parsing.form_state import members

BULK = "bulkComplete"
_GIVEN = ("default", "const", "x-value")


def check_bulk(bpmns: Sequence[Bpmn], forms: Mapping[str, FormDefinition]) -> Iterator[Problem]:
    """Steps marked so that somebody must fill in something; it is allowed where all has its first value."""
    for bpmn in bpmns:
        for process in bpmn.processes:
            for node in process.scope.walk():
                if BULK in node.properties:
                    yield from _step(process, node, forms)


def _step(process: ProcessModel, node: Node, forms: Mapping[str, FormDefinition]) -> Iterator[Problem]:
    said, place = node.properties[BULK].strip(), f"“{node.name or node.id}”"
    if node.kind != "userTask":
        yield _problem(process, node, f"{place}不是用户任务，{BULK} 用不上。", "请删除这一属性。")
    elif said not in ("true", "false"):
        yield _problem(process, node, f"{place}的 {BULK} 写了“{said}”。", "请写 true 或 false。")
    elif said == "true":
        form = forms.get((node.assignment.form_ref if node.assignment else None) or "")
        names = _to_fill_in(form, node) if form else []
        if names:
            text = f"{place}允许批量办结，但表单有要填的字段：{'、'.join(names)}。"
            yield _problem(process, node, text, f"请给这些字段写上初值，或删除 {BULK}。")


def _to_fill_in(form: FormDefinition, node: Node) -> list[str]:
    """Titles of the fields that must have a value and begin without one."""
    shown = form_for(form, at_step(form, node.id, node.properties))
    required = shown.schema.get("required", ())
    return [
        str(spec.get("title") or name)
        for name, spec in members(shown.schema).items()
        if (name in required or "x-required" in spec)
        and not spec.get("readOnly")
        and not any(key in spec for key in _GIVEN)
    ]


def _problem(process: ProcessModel, node: Node, message: str, hint: str) -> Problem:
    return Problem(message, process.resource, node.id, node.line, hint)
