"""The ledger of clocks: which run, will end soon, have run out, stand still, and how they ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from engine import JsonObject, LedgerAsked, LedgerRow, LedgerState
from web.context import engine, me
from web.i18n import _, later
from web.inbox import top_processes
from web.organisation import XLSX
from web.wording import Clock, clock_of, length_words, local, said_date, short_date

bp = Blueprint("clocks", __name__)

STATES: Mapping[LedgerState, str] = {
    "live": later("未办结"),
    "soon": later("将到期"),
    "over": later("已超期"),
    "paused": later("暂停中"),
    "in_time": later("按期办结"),
    "late": later("超期办结"),
    "cancelled": later("未办结即终止"),
    "all": later("全部"),
}
SIZE = 50


@bp.get("/clocks")
def ledger() -> ResponseReturnValue:
    """The clocks of all cases that this person may see."""
    asked, after = _asked(), request.args.get("after", "")[:200]
    return render_template(
        "clocks/ledger.html",
        page=engine().ledger(me().id, asked, after=after, size=SIZE),
        numbers=engine().ledger_counts(me().id, asked),
        asked=asked,
        narrowed={name: text for name, text in (("process", asked.process), ("unit", asked.unit)) if text},
        states=STATES,
        processes=top_processes(),
        units=engine().ledger_units(me().id),
        beginning=not after,
    )


@bp.get("/clocks/export.<any(csv, xlsx):kind>")
def export(kind: str) -> ResponseReturnValue:
    """What the page shows, all of it, as a file; the record keeps that it was taken out."""
    content = engine().export_ledger(_asked(), kind, by=me().id)
    told = XLSX if kind == "xlsx" else "text/csv; charset=utf-8"
    name = _("时限台账.%(kind)s", kind=kind)
    return send_file(BytesIO(content), mimetype=told, as_attachment=True, download_name=name)


def _asked() -> LedgerAsked:
    state = request.args.get("state", "live")
    known = cast(LedgerState, state if state in STATES else "live")
    process, unit = (
        request.args.get(name, "").strip()[:200].replace("\0", "") for name in ("process", "unit")
    )
    return LedgerAsked(known, process, unit)


@bp.app_template_filter()
def ledger_clock(row: LedgerRow) -> Clock:
    """What a line of the ledger says: the time left, or how the clock ended."""
    clock = row.clock
    if clock.ended_at is None:
        return clock_of(clock.due_at, row.left)
    return Clock(_ended(row), short_date(clock.due_at), "over" if row.late else "none", 100)


def _ended(row: LedgerRow) -> str:
    if row.clock.outcome == "cancelled":
        return _("未办结即终止")
    if not row.late:
        return _("按期办结")
    working = row.clock.length.endswith("WD")
    if working:
        return _("超期%(n)s个工作日办结", n=row.late)
    return _("超期%(n)s天办结", n=row.late)


@bp.app_template_filter()
def move_words(move: JsonObject, row: LedgerRow) -> str:
    """A pause or an extension in one sentence, with who approved it."""
    who = row.people.get(move.get("by", ""), "")
    by = _("（%(who)s，%(step)s）", who=who, step=move["step"]) if move.get("step") else ""
    if move["kind"] == "extend":
        due = said_date(datetime.fromisoformat(move["due"]))
        return _("延长%(length)s，至%(due)s到期", length=length_words(move["length"]), due=due) + by
    since = datetime.fromisoformat(move["from"])
    why = move.get("why") or _("案件挂起")
    if not move["to"]:
        return _("%(day)s起暂停，等%(why)s", day=said_date(since), why=why) + by
    until = datetime.fromisoformat(move["to"])
    days = (local(until).date() - local(since).date()).days
    told: dict[str, Any] = {"first": said_date(since), "last": said_date(until), "n": days, "why": why}
    return _("%(first)s至%(last)s暂停%(n)s天：%(why)s", **told) + by
