"""Criteria of a list in its address: read from it, written into it, and said in words.

An address holds what a list is narrowed to: `search`, `process`, `step`, `unit`, `due`, `state`, `priority`,
`f.FIELD` (a choice or a text), `f.FIELD.from` and `f.FIELD.to` (dates and numbers), or `filter`, the id of a
saved filter; with both, the filter is being changed. The state of cases is their list's `status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from math import isfinite
from typing import Any

from engine import Criteria, FieldCriterion, Narrowings, ProcessDefinition, SearchField
from web.i18n import _, later

DUE = {
    "over": later("已超期"),
    "today": later("今天到期"),
    "soon": later("临近到期"),
    "free": later("不限时"),
}
STATES = {
    "draft": later("有草稿"),
    "returned": later("退回的"),
    "handed": later("转办、委派的"),
    "signing": later("请我签署的"),
    "resting": later("已挂起"),
}
STATUSES = {
    "active": later("在办"),
    "suspended": later("已挂起"),
    "completed": later("已办结"),
    "terminated": later("已终止"),
    "": later("全部"),
}
PRIORITIES = {"urgent": later("急件"), "normal": later("非急件")}
NAMES = {
    "search": later("查找"),
    "process": later("流程"),
    "step": later("环节"),
    "unit": later("单位"),
    "due": later("期限"),
    "state": later("状态"),
    "priority": later("缓急"),
}
FIXED: Mapping[str, Mapping[str, Any]] = {"due": DUE, "state": STATES, "priority": PRIORITIES}
MAX_TEXT = 200


def parse(
    given: Mapping[str, str], narrowings: Narrowings, processes: Iterable[str]
) -> tuple[Criteria, list[str]]:
    """The criteria of an address, and what is left out of them since it makes no sense."""
    texts = {name: value.strip() for name, value in given.items() if value.strip()}
    problems: list[str] = []

    def kept(name: str, allowed: Iterable[str] | None) -> str:
        value = texts.get(name, "")
        if value and (len(value) > MAX_TEXT or (allowed is not None and value not in allowed)):
            problems.append(_refused(str(NAMES[name]), value))
            return ""
        return value

    units = {one for pair in narrowings.units for one in pair}
    criteria = Criteria(
        search=kept("search", None),
        process=kept("process", processes),
        step=kept("step", None),
        unit=kept("unit", units),
        due=kept("due", DUE),
        state=kept("state", STATES),
        priority=kept("priority", PRIORITIES),
    )
    known = {one.name: one for one in narrowings.fields}
    asked = {name[2:].removesuffix(".from").removesuffix(".to"): None for name in texts if name[:2] == "f."}
    fields = []
    for name in asked:
        if name not in known:
            problems.append(_refused(name, _("没有这个可查的字段")))
        elif found := _field(known[name], texts, problems):
            fields.append(found)
    return replace(criteria, fields=tuple(fields)), problems


def _refused(name: str, value: str) -> str:
    short = value if len(value) <= 30 else f"{value[:30]}……"
    return _("地址中的条件“%(name)s：%(value)s”不可用，已忽略。", name=name, value=short)


def _field(one: SearchField, texts: Mapping[str, str], problems: list[str]) -> FieldCriterion | None:
    key = f"f.{one.name}"
    if one.kind in ("date", "number"):
        ends = {}
        for end in ("from", "to"):
            value = texts.get(f"{key}.{end}", "")
            ends[end] = value if _fits(one.kind, value) else ""
            if value and not ends[end]:
                problems.append(_refused(one.title, value))
        if key in texts:  # which says neither
            problems.append(_refused(one.title, texts[key]))
        low, high = ends["from"], ends["to"]
        return FieldCriterion(one.name, one.kind, low=low, high=high) if low or high else None
    value = texts.get(key, "")
    if not value or len(value) > MAX_TEXT or (one.kind == "choice" and value not in one.options):
        problems.append(_refused(one.title, value))
        return None
    return FieldCriterion(one.name, one.kind, value)


def _fits(kind: str, value: str) -> bool:
    try:
        if kind == "date":
            return len(value) == 10 and bool(date.fromisoformat(value))
        return len(value) <= 40 and isfinite(float(value))
    except ValueError:
        return False


def params_of(criteria: Criteria) -> dict[str, str]:
    """The criteria as an address says them."""
    found = {name: getattr(criteria, name) for name in NAMES}
    for one in criteria.fields:
        found |= {
            f"f.{one.name}": one.text,
            f"f.{one.name}.from": one.low,
            f"f.{one.name}.to": one.high,
        }
    return {name: value for name, value in found.items() if value}


def is_criterion(name: str) -> bool:
    return name in NAMES or name.startswith("f.")


def said(
    criteria: Criteria, narrowings: Narrowings, processes: Iterable[ProcessDefinition]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each criterion in words: its name, its value, and how the address calls it."""
    labels: dict[str, Mapping[str, Any]] = {
        **FIXED,
        "state": {**STATES, **STATUSES},
        "process": {one.key: one.name for one in processes},
        "unit": dict(narrowings.units),
    }
    found: list[tuple[str, str, tuple[str, ...]]] = [
        (str(title), str(labels.get(name, {}).get(value, value)), (name,))
        for name, title in NAMES.items()
        if (value := getattr(criteria, name))
    ]
    titles = {one.name: one.title for one in narrowings.fields}
    for one in criteria.fields:
        key = f"f.{one.name}"
        found.append((titles.get(one.name, one.name), _value(one), (key, f"{key}.from", f"{key}.to")))
    return found


def option_word(option: str) -> str:
    """What an option is called: fields that are true or false have yes and no."""
    return {"true": _("是"), "false": _("否")}.get(option, option)


def _value(one: FieldCriterion) -> str:
    if one.kind == "choice":
        return option_word(one.text)
    if one.kind == "text":
        return _("含“%(what)s”", what=one.text)
    if one.low and one.high:
        return _("%(low)s至%(high)s", low=one.low, high=one.high)
    return _("%(low)s起", low=one.low) if one.low else _("至%(high)s", high=one.high)
