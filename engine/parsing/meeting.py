"""A step at which a meeting decides: what its form asks, and whether diagram and form fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, get_args

from engine.errors import Problem
from engine.model.definition import Bpmn, Node, ProcessModel
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition
from engine.model.meeting import (
    PRESENCES,
    PRESENT,
    RECUSED,
    VOTES,
    Member,
    Of,
    Rules,
    Share,
    aligned,
    faults,
    share,
    strangers,
)
from engine.parsing.form_state import members as fields_of

COLLECTIVE = "collective"
_ALL = (
    *("collectiveQuorum", "collectiveMajority", "collectiveOf", "collectiveResult", "collectiveMembers"),
    *("collectiveMinutes", "collectiveMinutesName", "collectiveReasons"),
)
_ROW: JsonObject = {
    "type": "object",
    "properties": {
        "person": {"type": "string", "title": "编号", "maxLength": 200},
        "name": {"type": "string", "title": "姓名", "readOnly": True},
        "presence": {"type": "string", "title": "出席情况", "enum": [*PRESENCES], "x-widget": "radio"},
        "vote": {"type": "string", "title": "表决", "enum": [*VOTES], "x-widget": "select"},
        "opinion": {"type": "string", "title": "意见", "maxLength": 1000, "x-widget": "textarea"},
    },
}
_FIELDS: JsonObject = {
    "agenda": {"type": "string", "title": "议题", "maxLength": 1000, "x-widget": "textarea"},
    "time": {"type": "string", "format": "date-time", "title": "时间"},
    "place": {"type": "string", "title": "地点", "maxLength": 200},
    "chair": {"type": "string", "title": "主持", "maxLength": 200},
    "recorder": {"type": "string", "title": "记录", "maxLength": 200},
    "members": {"type": "array", "title": "成员", "items": _ROW},
}


def with_meetings(schema: JsonObject) -> JsonObject:
    """The form's schema with what each meeting asks; a form file needs to write only the widget."""
    fields = schema.get("properties")
    if not isinstance(fields, dict):
        return schema
    return {**schema, "properties": {name: _expanded(spec) for name, spec in fields.items()}}


def _expanded(spec: Any) -> Any:
    own = spec.get("properties") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or spec.get("x-widget") != "meeting" or not isinstance(own, dict | None):
        return spec
    needed = [name for name in _FIELDS if name != "members"]
    asked = spec.get("required")
    more = [name for name in asked if name not in needed] if isinstance(asked, list) else []
    return {**spec, "required": needed + more, "properties": {**_FIELDS, **(own or {})}}


def meeting_rules(properties: Mapping[str, str]) -> Rules | None:
    """What a step says of its meeting; ValueError, naming the property, where it can't be understood."""
    field = properties.get(COLLECTIVE, "").strip()
    if not field:
        return None
    of = properties.get("collectiveOf", "").strip() or "entitled"
    reasons = properties.get("collectiveReasons", "").strip() or "required"
    if of not in get_args(Of):
        raise ValueError("collectiveOf")
    if reasons not in ("required", "optional"):
        raise ValueError("collectiveReasons")
    return Rules(
        field,
        _share(properties, "collectiveQuorum"),
        _share(properties, "collectiveMajority"),
        "present" if of == "present" else "entitled",
        properties.get("collectiveResult", "").strip() or COLLECTIVE,
        reasons == "required",
    )


def _share(properties: Mapping[str, str], name: str) -> Share:
    try:
        return share(properties.get(name, "").strip() or ">50%")
    except ValueError as error:
        raise ValueError(name) from error


def meeting_form(form: FormDefinition, rules: Rules, entitled: Sequence[Member]) -> FormDefinition:
    """The form as it opens: with who may chair, and with what pages need to count along."""
    spec = fields_of(form.schema).get(rules.field)
    if spec is None or spec.get("readOnly"):
        return form
    parts = dict(fields_of(spec))
    parts["chair"] = {**parts["chair"], "enum": [one.name for one in entitled], "x-widget": "select"}
    about = {
        "rule": rules.text,
        "words": {"present": PRESENT, "recused": RECUSED, "votes": VOTES},
        "quorum": _plain(rules.quorum),
        "majority": _plain(rules.majority),
        "of": rules.of,
        "reasons": rules.reasons,
        "barred": [one.id for one in entitled if one.barred],
    }
    made = {**spec, "properties": parts, "x-meeting": about}
    return replace(form, schema=_with(form.schema, rules.field, made))


def _plain(one: Share) -> JsonObject:
    top, bottom = one.amount.as_integer_ratio()
    return {"top": top, "bottom": bottom, "heads": one.heads, "above": one.above}


def _with(schema: JsonObject, name: str, spec: JsonObject) -> JsonObject:
    return {**schema, "properties": {**schema["properties"], name: spec}}


def meeting_base(rules: Rules, variables: Mapping[str, Any], entitled: Sequence[Member]) -> JsonObject:
    """The variables with the meeting as it opens: nobody has voted yet; place and recorder as last time."""
    before = variables.get(rules.field)
    known = before if isinstance(before, Mapping) else {}
    kept = {name: known[name] for name in ("agenda", "place", "recorder") if known.get(name)}
    return {**variables, rules.field: aligned(kept, entitled)}


def meeting_problems(
    rules: Rules, given: Any, cleaned: Mapping[str, Any], entitled: Sequence[Member]
) -> tuple[Problem, ...]:
    """What is wrong with a meeting beyond its schema, by the path of the field."""
    if odd := strangers(given, entitled):
        text = f"名单已有变动，现在没有或重复了：{'、'.join(odd)}。请刷新后核对。"
        return (Problem(text, element=f"{rules.field}.members"),)
    value = cleaned.get(rules.field) or {}
    found = faults(rules, value, entitled)
    return tuple(Problem(text, element=f"{rules.field}.{path}") for path, text in found)


# -- deployment ------------------------------------------------------------------------------------------


def check_meetings(
    bpmns: Sequence[Bpmn], forms: Mapping[str, FormDefinition], names: Collection[str]
) -> Iterator[Problem]:
    """Fields that no form has, shares nobody can read, templates that aren't there."""
    for bpmn in bpmns:
        for process in bpmn.processes:
            for node in process.scope.walk():
                for text, hint in _step(process, node, forms, names):
                    yield Problem(text, process.resource, node.id, node.line, hint)


def _step(
    process: ProcessModel, node: Node, forms: Mapping[str, FormDefinition], names: Collection[str]
) -> Iterator[tuple[str, str]]:
    place, field = f"“{node.name or node.id}”", node.properties.get(COLLECTIVE, "").strip()
    used = [name for name in _ALL if name in node.properties]
    if COLLECTIVE not in node.properties:
        if used:
            yield f"{place}写了 {used[0]}，没有写 {COLLECTIVE}。", f"请写明 {COLLECTIVE}，或删除这一属性。"
        return
    if node.kind != "userTask":
        yield f"{place}不是用户任务，{COLLECTIVE} 用不上。", "请删除这一属性。"
        return
    form = forms.get((node.assignment.form_ref if node.assignment else None) or "")
    if form is None:
        yield f"{place}没有表单，{COLLECTIVE} 用不上。", "请填写表单，或删除这一属性。"
    elif field not in fields_of(form.schema):
        yield f"{place}的 {COLLECTIVE} 所指的“{field}”不是表单“{form.title}”的字段。", "请改正字段名。"
    elif fields_of(form.schema)[field].get("x-widget") != "meeting":
        yield (
            f"{place}的 {COLLECTIVE} 所指的“{field}”不是会议。",
            '请在表单里写 "x-widget": "meeting"。',
        )
    yield from _said(place, node.properties, PurePosixPath(process.resource).parent, names)


def _said(
    place: str, properties: Mapping[str, str], folder: PurePosixPath, names: Collection[str]
) -> Iterator[tuple[str, str]]:
    try:
        meeting_rules(properties)
    except ValueError as error:
        name = str(error)
        hint = {
            "collectiveOf": "请写 entitled（应到人数）或 present（到会人数）。",
            "collectiveReasons": "请写 required 或 optional。",
        }.get(name, "请写如 2/3、>50%、3。")
        yield f"{place}的 {name} 写了“{properties.get(name, '')}”。", hint
    template = properties.get("collectiveMinutes", "").strip()
    if template and not {template, str(folder / template)} & set(names):
        yield f"{place}的 collectiveMinutes 所指的模板“{template}”不存在。", "请一并上传，或改正。"
