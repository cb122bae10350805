"""The bar above a list: its filters by `web.criteria`, and filters that are kept under a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from engine import (
    Box,
    Criteria,
    InvalidInput,
    Narrowings,
    Problem,
    ProcessDefinition,
    SavedFilter,
    spans,
    words_of,
)
from engine.model.finding import Place
from web.context import engine, me
from web.criteria import FIXED, STATUSES, is_criterion, option_word, params_of, parse, said
from web.entering import local_path
from web.i18n import _, later

bp = Blueprint("filters", __name__, url_prefix="/filters")

COLOURS = {
    "ink": later("墨"),
    "blue": later("蓝"),
    "green": later("绿"),
    "amber": later("黄"),
    "red": later("红"),
    "violet": later("紫"),
}
PLACES = {"tasks": later("任务"), "cases": later("总览")}
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
    given = {name: value for name, value in request.args.items() if is_criterion(name) and value.strip()}
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
