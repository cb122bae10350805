"""Narrowing lists: the filters of an address, their bar above a list, and filters that are kept under a name.

An address holds what a list is narrowed to: `search`, `process`, `step`, `unit`, `due`, `state`, `priority`,
`f.FIELD` (a choice or a text), `f.FIELD.from` and `f.FIELD.to` (dates and numbers), or `filter`, the id of a
saved filter; with both, the filter is being changed. The state of cases is their list's `status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from engine import (
    Box,
    Criteria,
    FieldCriterion,
    InvalidInput,
    Narrowings,
    Problem,
    ProcessDefinition,
    SavedFilter,
    SearchField,
    spans,
    words_of,
)
from engine.model.finding import Place
from web.context import engine, me
from web.entering import local_path
from web.i18n import _, later

bp = Blueprint("filters", __name__, url_prefix="/filters")

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
COLOURS = {
    "ink": later("墨"),
    "blue": later("蓝"),
    "green": later("绿"),
    "amber": later("黄"),
    "red": later("红"),
    "violet": later("紫"),
}
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
PLACES = {"tasks": later("任务"), "cases": later("总览")}
MAX_TEXT = 200
COUNTED = 12  #: so many chips say how much they find


@dataclass(slots=True)
class Asked:
    """What an address asks for, and what in it makes no sense."""

    criteria: Criteria
    problems: list[str] = field(default_factory=list)
    saved: SavedFilter | None = None

    @property
    def changed(self) -> bool:
        """Whether a saved filter is asked for with other criteria than it has."""
        return self.saved is not None and self.saved.criteria != self.criteria


@dataclass(frozen=True, slots=True)
class Active:
    """One criterion in words, and the address without it."""

    name: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A saved filter above a list."""

    saved: SavedFilter
    url: str
    count: int | None
    current: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """All that the bar above a list shows."""

    place: Place
    action: str  #: address of the list without criteria
    asked: Asked
    params: Mapping[str, str]  #: the criteria as an address says them
    narrowings: Narrowings
    processes: tuple[ProcessDefinition, ...]
    active: tuple[Active, ...]
    chips: tuple[Chip, ...]
    kept: Mapping[str, str]  #: of the address, beside the criteria
    groups: tuple[str, ...]  #: that one may share with
    finished: bool  #: whether time and state of tasks mean nothing here

    @property
    def words(self) -> Mapping[str, Mapping[str, Any]]:
        """What the values of fixed criteria are called."""
        return FIXED

    @property
    def colours(self) -> Mapping[str, Any]:
        """What the colours are called."""
        return COLOURS

    @property
    def process_options(self) -> list[tuple[str, str]]:
        """Keys and names of the processes."""
        return [(one.key, one.name) for one in self.processes]

    @property
    def step_options(self) -> list[tuple[str, str]]:
        """Names of steps twice, as a value and as a text; the one that is asked for is among them."""
        asked, steps = self.asked.criteria.step, self.narrowings.steps
        names = steps if asked in steps or not asked else (*steps, asked)
        return [(one, one) for one in names]

    @property
    def link(self) -> dict[str, str]:
        """What links to other pages of the list carry, beside what is kept."""
        saved = self.asked.saved
        named = {"filter": saved.id} if saved else {}
        return {**named, **(self.params if self.asked.changed or not saved else {})}

    @property
    def fields_of(self) -> str:
        """The process whose fields are offered: the chosen one, or the only one."""
        only = self.processes[0].key if len(self.processes) == 1 else ""
        return self.asked.criteria.process or only

    @property
    def query(self) -> str:
        """The criteria as a saved filter is posted."""
        state = self.asked.criteria.state if self.place == "cases" else ""
        return urlencode({**self.params, **({"state": state} if state else {})})

    @property
    def folded(self) -> int:
        """How many criteria stand in the part that is folded."""
        return sum(name not in ("search", "process", "due") for name in self.params)


# -- the address --------------------------------------------------------------------------------------------


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


def _is_criterion(name: str) -> bool:
    return name in NAMES or name.startswith("f.")


# -- the bar ------------------------------------------------------------------------------------------------


def bar(
    endpoint: str,
    place: Place,
    processes: Iterable[ProcessDefinition],
    *,
    box: Box | None = None,
    arguments: Mapping[str, Any] | None = None,
    kept: Mapping[str, str] | None = None,
) -> Bar:
    """The bar above the list at this endpoint, and what its address asks for.

    `kept` are other parts of the address that links keep, such as the order.
    """
    user, offered, kept = me(), tuple(processes), dict(kept or {})
    saved = engine().filters(user.id, place)
    asked, narrowings = _asked(saved, offered, user.id)
    if place == "cases":
        asked.criteria = replace(asked.criteria, state=_status(asked))
    narrowing = replace(asked.criteria, state="") if place == "cases" else asked.criteria
    g.hits = words_of(asked.criteria.search)
    params = params_of(narrowing)

    def url(found: Mapping[str, str], filter_id: str = "") -> str:
        named = {"filter": filter_id} if filter_id else {}
        return url_for(endpoint, **{**(arguments or {}), **kept, **named, **found})

    counts = engine().filter_counts(user.id, saved[:COUNTED], box) if saved else {}
    chips = tuple(
        Chip(one, url({}, one.id), counts.get(one.id), one == asked.saved, one.owner == user.id)
        for one in saved
    )
    changed = asked.saved.id if asked.saved else ""
    active = tuple(
        Active(label, value, url(rest, changed if rest else ""))
        for label, value, names in said(narrowing, narrowings, offered)
        for rest in [{name: text for name, text in params.items() if name not in names}]
    )
    return Bar(
        place, url({}), asked, params, narrowings, offered, active, chips, kept, tuple(sorted(user.groups)),
        finished=box == "done",
    )  # fmt: skip


def _asked(
    saved: tuple[SavedFilter, ...], offered: tuple[ProcessDefinition, ...], user: str
) -> tuple[Asked, Narrowings]:
    given = {name: value for name, value in request.args.items() if _is_criterion(name) and value.strip()}
    filter_id = request.args.get("filter", "")
    chosen = next((one for one in saved if one.id == filter_id), None)
    keys = [one.key for one in offered]
    process = given.get("process", "").strip() if given or not chosen else chosen.criteria.process
    only = keys[0] if len(keys) == 1 else ""
    narrowings = engine().choices(process if process in keys else only, by=user)
    if chosen and not given:
        return Asked(chosen.criteria, saved=chosen), narrowings
    criteria, problems = parse(given, narrowings, keys)
    if filter_id and not chosen:
        problems.insert(0, _("没有这个筛选，或者已不再共用给您。"))
    return Asked(criteria, problems, chosen), narrowings


def _status(asked: Asked) -> str:
    """The status of cases that is asked for; without any those that run, unless something else is asked."""
    status = request.args.get("status")
    if status is not None:
        return status if status in STATUSES else ""
    if asked.saved:
        return asked.saved.criteria.state
    return "" if asked.criteria.search else "active"


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


bp.add_app_template_global(option_word)


@bp.app_template_filter("hit")
def hit(text: str) -> Markup:
    """The text with what this page's search has found in it marked."""
    words = g.get("hits", ())
    if not words or not text:
        return escape(text)
    made, end = Markup(), 0
    for first, last in spans(text, words):
        made += escape(text[end:first]) + Markup('<mark class="hit">{}</mark>').format(text[first:last])
        end = last
    return made + escape(text[end:])


# -- saved filters ------------------------------------------------------------------------------------------


@bp.get("")
def index() -> ResponseReturnValue:
    """One's filters, to be renamed, put in order and removed; those of one's groups."""
    return _page()


def _page(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    user = me()
    found = engine().filters(user.id, manage=True)
    offered = tuple(engine().definitions())
    edits = engine().may_edit_processes(user.id)
    told = {
        one.id: said(one.criteria, engine().choices(one.criteria.process, by=user.id), offered)
        for one in found
    }
    mine = [one for one in found if one.owner == user.id]
    page = render_template(
        "filters.html",
        lists=[(title, [one for one in mine if one.place == place]) for place, title in PLACES.items()],
        others=[one for one in found if one.owner != user.id],
        told=told,
        edits=edits,
        colours=COLOURS,
        groups=sorted(user.groups),
        people={one.id: one.display for one in engine().users()},
        problems=problems,
    )
    return page, (422 if problems else 200)


def _posted() -> Criteria | None:
    """The criteria that a form brings as an address says them; None for none."""
    given = dict(parse_qsl(request.form.get("criteria", "")[:8_000]))
    if not given:
        return None
    place, state = request.form.get("place", "tasks"), given.get("state", "")
    if place == "cases":
        given.pop("state", None)
    keys = [one.key for one in engine().definitions()]
    process = request.form.get("fields_of") or given.get("process", "")
    criteria, _problems = parse(given, engine().choices(process, by=me().id), keys)
    return replace(criteria, state=state[:20]) if place == "cases" else criteria


@bp.post("")
def save() -> ResponseReturnValue:
    """Keep what a list is narrowed to under a name."""
    form = request.form
    place: Place = "cases" if form.get("place") == "cases" else "tasks"
    try:
        made = engine().save_filter(
            form.get("name", ""),
            _posted() or Criteria(),
            by=me().id,
            colour=form.get("colour", ""),
            place=place,
            shared_with=form.get("shared_with", ""),
        )
    except InvalidInput as refusal:
        flash(_("没有保存：%(why)s", why=_why(refusal)), "error")
        return redirect(local_path(form.get("back")))
    flash(_("已保存筛选“%(name)s”。", name=made.name), "ok")
    return redirect(_with_filter(local_path(form.get("back")), made.id))


@bp.post("/<filter_id>")
def change(filter_id: str) -> ResponseReturnValue:
    """Change a filter's name, colour and with whom it is shared, or what it narrows to."""
    form = request.form
    try:
        made = engine().change_filter(
            filter_id,
            by=me().id,
            name=form.get("name"),
            colour=form.get("colour"),
            shared_with=form.get("shared_with"),
            criteria=_posted(),
        )
    except InvalidInput as refusal:
        return _page(tuple(refusal.problems) or (Problem(refusal.message),))
    flash(_("已修改筛选“%(name)s”。", name=made.name), "ok")
    if "back" in form:
        return redirect(_with_filter(local_path(form.get("back")), made.id))
    return redirect(url_for("filters.index"))


@bp.post("/<filter_id>/<any(remove, up, down):name>")
def act(filter_id: str, name: str) -> ResponseReturnValue:
    """Remove a filter, or move it in one's order."""
    if name == "remove":
        engine().remove_filter(filter_id, by=me().id)
        flash(_("已删去这个筛选。"), "ok")
    else:
        engine().move_filter(filter_id, up=name == "up", by=me().id)
    return redirect(url_for("filters.index"))


def _why(refusal: InvalidInput) -> str:
    return "".join(one.message for one in refusal.problems) or refusal.message


def _with_filter(path: str, filter_id: str) -> str:
    return f"{path.partition('?')[0]}?{urlencode({'filter': filter_id})}"
