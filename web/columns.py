"""The columns of the boxes: which there are, which a person chose, and by what a box is sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from web.context import engine, me
from web.entering import local_path
from web.i18n import _, later

bp = Blueprint("columns", __name__)

KEPT = (
    "inbox.columns"  #: the preference: box -> keys of the columns that are shown besides those always shown
)
DENSITY = "density"
DENSITIES = {"": later("宽松"), "compact": later("紧凑")}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a box; `sort` is what the engine calls its order, "" where no index gives one."""

    key: str
    title: str  #: "" for what the office calls a case
    css: str
    sort: str = ""
    newest_first: bool = False  #: how it is sorted when its head is first clicked
    always: bool = False
    shown: bool = True  #: unless the person chose otherwise


_STEP = Column("step", later("环节"), "c-step", "step", always=True)
_NO = Column("no", later("编号"), "c-no", "no")
_CASE = Column("case", "", "c-case", always=True)
_PROCESS = Column("process", later("流程"), "c-process", shown=False)
_FROM = Column("from", later("来自"), "c-from", "from")
_AT = Column("at", later("到达"), "c-at", "at", newest_first=True)
_PRIORITY = Column("priority", later("缓急"), "c-prio", "priority", newest_first=True, shown=False)
_MARK = Column("mark", later("密级"), "c-mark")
_CLOCK = Column("clock", later("时限"), "c-clock", "due", always=True)
_NOW = Column("clock", later("时限"), "c-clock", always=True)
_OPEN = (_CLOCK, _STEP, _NO, _CASE, _PROCESS, _FROM, _AT, _PRIORITY, _MARK)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "todo": _OPEN,
    "claimable": (*_OPEN, Column("act", later("认领"), "c-act", always=True)),
    "done": (
        Column("clock", later("办结"), "c-clock", "done", newest_first=True, always=True),
        _STEP, _NO, _CASE, _PROCESS,
        Column("from", later("来自"), "c-from"),
        _AT, _MARK,
    ),
    "started": (
        _NOW,
        Column("step", later("进展"), "c-step", "state", always=True),
        _NO, _CASE, _PROCESS,
        Column("holder", later("在办人"), "c-from"),
        Column("since", later("到达"), "c-at"),
        Column("at", later("发起"), "c-at", "at", newest_first=True),
        Column("priority", later("缓急"), "c-prio", shown=False),
        _MARK,
    ),
    "copies": (
        _NOW,
        Column("step", "", "c-step", always=True),
        Column("no", later("编号"), "c-no"),
        Column("note", later("附言"), "c-case", always=True),
        _PROCESS,
        Column("now", later("当前环节"), "c-now"),
        _FROM, _AT, _MARK,
    ),
    "supervised": (
        _CLOCK,
        Column("step", later("环节"), "c-step", always=True),
        Column("no", later("编号"), "c-no"),
        _CASE, _PROCESS,
        Column("holder", later("在办人"), "c-from"),
        Column("at", later("到达"), "c-at"),
        Column("priority", later("缓急"), "c-prio", shown=False),
        _MARK,
        Column("act", later("催办"), "c-act", always=True),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a box is sorted, as its address says it."""

    sort: str
    descending: bool
    by_itself: bool  #: the address says nothing, or what the box does anyway

    @property
    def link(self) -> dict[str, str]:
        """For the address of another page of it."""
        return {} if self.by_itself else {"sort": self.sort, "dir": "desc" if self.descending else "asc"}

    def head(self, column: Column) -> dict[str, str]:
        """For the address that a column's head leads to: its order, or the other way round."""
        turned = not self.descending if column.sort == self.sort else column.newest_first
        return {"sort": column.sort, "dir": "desc" if turned else "asc"}

    def aria(self, column: Column) -> str:
        """What aria-sort says of a column; "" for one that isn't sorted by."""
        if not column.sort or column.sort != self.sort:
            return ""
        return "descending" if self.descending else "ascending"


def sorting(box: str) -> Sorting:
    """The order that the address asks for; the box's own for none and for nonsense."""
    columns = {one.sort: one for one in COLUMNS[box] if one.sort}
    own = columns["at"] if box in ("started", "copies") else next(iter(columns.values()))
    asked = request.args.get("sort", "")
    column = columns.get(asked, own)
    way = request.args.get("dir", "") if asked in columns else ""
    descending = way == "desc" if way in ("asc", "desc") else column.newest_first
    return Sorting(column.sort, descending, column is own and descending == own.newest_first)


def chosen(box: str) -> list[Column]:
    """The columns that this person sees in a box."""
    kept = _kept().get(box)
    return [one for one in COLUMNS[box] if one.always or (one.shown if kept is None else one.key in kept)]


def _kept() -> Mapping[str, Any]:
    found = engine().preference(me().id, KEPT)
    return found if isinstance(found, dict) else {}


@bp.post("/inbox/columns")
def choose() -> ResponseReturnValue:
    """Keep which columns this person wants to see in a box, and how dense lists are."""
    box = request.form.get("box", "")
    if box in COLUMNS:
        wanted = set(request.form.getlist("column"))
        keys = [one.key for one in COLUMNS[box] if not one.always and one.key in wanted]
        engine().prefer(KEPT, {**_kept(), box: keys}, by=me().id)
    density = request.form.get("density", "")
    engine().prefer(DENSITY, density if density in DENSITIES and density else None, by=me().id)
    flash(_("已按您的选择显示。"), "ok")
    return redirect(local_path(request.form.get("back")))
