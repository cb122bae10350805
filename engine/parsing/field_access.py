"""Which fields of a form a person edits, reads or doesn't see at a step; whether files declare it rightly."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.errors import Problem
from engine.model.case_rules import CaseRules, Protected
from engine.model.curtain import OPEN, Curtain, Guarded, has_value
from engine.model.definition import Bpmn, Expression, Node, Parameter, ProcessModel
from engine.model.execution import JsonObject
from engine.model.forms import FieldAccess, FormDefinition
from engine.parsing.bpmn.names import PEOPLE, described
from engine.parsing.form_state import members
from engine.parsing.searchable import check_searchable

PROPERTIES = {"hidden": "hidden", "readonly": "read", "editable": "edit"}
"""Property of a user task -> what it means for the fields that it lists."""
_LISTS = re.compile(r"[,，、\s]+")


def listed(text: str) -> tuple[str, ...]:
    """The field names in a property's text."""
    return tuple(one for one in _LISTS.split(text.strip()) if one)


def at_step(form: FormDefinition, element_id: str, properties: Mapping[str, str]) -> FieldAccess:
    """What the form and the step's own properties say of the form's fields there."""
    own = {what: frozenset(listed(properties.get(name, ""))) for name, what in PROPERTIES.items()}
    return form.steps.get(element_id, FieldAccess()).also(FieldAccess(**own))


def form_for(
    form: FormDefinition,
    access: FieldAccess,
    curtain: Curtain = OPEN,
    variables: Mapping[str, Any] | None = None,
) -> FormDefinition:
    """The form as one person has it at one step: nothing of hidden fields, others only to be read.

    A protected field can be filled in as long as its variable has no value.
    """
    known = variables or {}
    kept = {name for name in curtain.masked if has_value(known.get(name))}
    fields = {
        name: _field(spec, name, access, protected=name in kept)
        for name, spec in members(form.schema).items()
        if name not in access.hidden | curtain.absent
    }
    if fields == form.schema.get("properties"):
        return form
    required = [name for name in form.schema.get("required", ()) if name in fields]
    rules = tuple(rule for rule in form.rules if not rule.get("field") or rule["field"] in fields)
    layout = tuple({**section, "fields": _laid(section, fields)} for section in form.layout)
    schema = {**form.schema, "properties": fields, "required": required}
    return replace(form, schema=schema, layout=layout, rules=rules)


def _field(spec: Mapping[str, Any], name: str, access: FieldAccess, *, protected: bool) -> JsonObject:
    if protected:
        about = {key: spec[key] for key in ("title", "description", "x-basis", "x-visible") if key in spec}
        return {"type": "string", "readOnly": True, **about}
    if name in access.read:
        return {**{key: value for key, value in spec.items() if key != "x-value"}, "readOnly": True}
    if name in access.edit:
        return {**spec, "readOnly": False}
    return dict(spec)


def _laid(section: JsonObject, fields: Collection[str]) -> list[Any]:
    entries = section.get("fields") or ()
    return [one for one in entries if (one if isinstance(one, str) else one.get("field")) in fields]


# -- deployment ------------------------------------------------------------------------------------------


def check_field_access(
    bpmns: Sequence[Bpmn],
    forms: Mapping[str, FormDefinition],
    rules: Mapping[str, CaseRules],
    groups: Collection[str] | None,
) -> Iterator[Problem]:
    """Fields, steps and groups that aren't there, and ways on which a protected value would leave its name.

    `rules` are by the name of their file; `groups` None: don't look.
    """
    processes = [process for bpmn in bpmns for process in bpmn.processes]
    for process in processes:
        for node in process.scope.walk():
            yield from _step(process, node, forms)
    used = {(node.id, _form_of(node)) for process in processes for node in process.scope.walk()}
    for form in forms.values():
        yield from _form(form, used, groups)
    yield from check_searchable(forms, rules)
    for resource, one in rules.items():
        yield from _registers(resource, one, forms)
        for each in one.protected:
            yield from _unguarded(resource, each, forms)
            for process in processes:
                yield from _renamed(process, each)


def _form_of(node: Node) -> str:
    return (node.assignment.form_ref if node.assignment else None) or ""


def _step(process: ProcessModel, node: Node, forms: Mapping[str, FormDefinition]) -> Iterator[Problem]:
    form = forms.get(_form_of(node))
    for key in PROPERTIES:
        names = listed(node.properties.get(key, ""))
        if not names or node.kind not in (*PEOPLE, "startEvent"):
            continue
        place = described(node.kind, node.name, node.id)
        if form is None:
            text = f"{place}没有表单，{key} 用不上。"
            yield Problem(text, process.resource, node.id, node.line, "请填写表单，或删除这一属性。")
            continue
        for name in names:
            if name not in members(form.schema):
                text = f"{place}的 {key} 所列的“{name}”不是表单“{form.title}”的字段。"
                yield Problem(text, process.resource, node.id, node.line, "请改正字段名。")


def _form(
    form: FormDefinition, used: Collection[tuple[str, str]], groups: Collection[str] | None
) -> Iterator[Problem]:
    for element in form.steps:
        if (element, form.id) not in used:
            text, hint = f"没有使用本表单的环节“{element}”。", "请写人工任务或开始事件的id。"
            yield Problem(text, form.resource, f"/steps/{element}", hint=hint, severity="warning")
    for name, spec in members(form.schema).items():
        for group in spec.get("x-readers", ()):
            if groups is not None and group not in groups:
                text = f"字段“{name}”的“x-readers”中没有组“{group}”。"
                place = f"/schema/properties/{name}/x-readers"
                yield Problem(text, form.resource, place, hint="请先设立此组。", severity="warning")


def _registers(resource: str, rules: CaseRules, forms: Mapping[str, FormDefinition]) -> Iterator[Problem]:
    for at, one in enumerate(rules.registers):
        if one.form not in forms:
            text = f"“{one.title}”的表单“{one.form}”不存在。"
            hint = f"请一并上传 {one.form}.form.json，或改正。"
            yield Problem(text, resource, f"/registers/{at}/form", hint=hint)
            continue
        for name, spec in members(forms[one.form].schema).items():
            if spec.get("x-widget") == "files":
                text = f"“{one.title}”的表单“{one.form}”有文件字段“{name}”，登记簿里不能放文件。"
                yield Problem(text, resource, f"/registers/{at}/form", hint="请改为文字，写明材料的名称。")


def _unguarded(resource: str, one: Protected, forms: Mapping[str, FormDefinition]) -> Iterator[Problem]:
    """Variables that no form has; fields of a form that begin with a protected value."""
    for name in one.variables:
        if not any(name in members(form.schema) for form in forms.values()):
            text = f"没有表单有字段“{name}”，无从保护。"
            yield Problem(text, resource, "/protected", hint="请改正变量名。", severity="warning")
    for form in forms.values():
        for field, spec in members(form.schema).items():
            if field in one.variables and spec.get("x-widget") == "files":
                text, place = f"受保护的“{field}”不能是文件。", f"/schema/properties/{field}"
                yield Problem(text, form.resource, place, hint="文件请用“x-readers”写明谁可以看。")
            taken = _named(one, str(spec.get("x-value", "")), str(spec.get("x-options", "")))
            if taken and field not in one.variables:
                text = f"字段“{field}”取自受保护的“{taken}”，会显示为保密。"
                place = f"/schema/properties/{field}"
                yield Problem(text, form.resource, place, hint="请改用别的变量。", severity="warning")


def _renamed(process: ProcessModel, one: Protected) -> Iterator[Problem]:
    """Where a protected value would go on under another name, or into a text that is shown."""
    for node in process.scope.walk():
        place = described(node.kind, node.name, node.id)
        for target, text in _ways(node):
            name = _named(one, text)
            if name and target not in one.variables:
                what = f"{place}把受保护的“{name}”写进了“{target}”，在那里就不受保护了。"
                hint = f"请删去，或把“{target}”也列入 protected。"
                yield Problem(what, process.resource, node.id, node.line, hint)


def _ways(node: Node) -> Iterator[tuple[str, str]]:
    """Targets, and the FEEL that is written into them."""
    call = (*node.call.inputs, *node.call.outputs) if node.call else ()
    for one in (*node.inputs, *node.outputs, *call):
        yield one.target, _feel(one)
    if node.script and node.result_variable:
        yield node.result_variable, node.script.feel
    if node.loop and node.loop.collection and node.loop.element_variable:
        yield node.loop.element_variable, node.loop.collection.feel
    if node.properties.get("about", "").startswith("="):
        yield "about", node.properties["about"]


def _feel(one: Parameter) -> str:
    return one.value.feel if isinstance(one.value, Expression) else ""


def _named(one: Protected, *texts: str) -> str:
    """The first protected variable that one of the expressions names, texts in quotes aside."""
    plain = " ".join(re.sub(r'"(?:[^"\\]|\\.)*"', "", text) for text in texts)
    words = set(re.findall(r"\w+", plain))
    return next((name for name in one.variables if name in words), "")


def readers_of(forms: Collection[FormDefinition]) -> dict[str, frozenset[str]]:
    """Fields that only some groups see, with these groups; what several forms say of one is put together."""
    found: dict[str, frozenset[str]] = {}
    for form in forms:
        for name, spec in members(form.schema).items():
            if "x-readers" in spec:
                found[name] = found.get(name, frozenset()) | frozenset(spec["x-readers"])
    return found


def guarded(rules: CaseRules | None, forms: Collection[FormDefinition]) -> Guarded:
    """What not everybody sees of a case with these rules and forms."""
    return Guarded(rules.protected if rules else (), readers_of(forms))
