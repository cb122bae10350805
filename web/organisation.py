"""The organisation: the tree as of a day, and files that are looked at and then brought in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine import SHEETS, Conflict, Import, InvalidInput, Organisation, Position, Problem, Unit
from web.context import engine, me
from web.i18n import _, later
from web.wording import local, now

bp = Blueprint("organisation", __name__, url_prefix="/organisation")

SHOWN = 500  #: changes of a preview
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERBS = {"added": later("新增"), "changed": later("改动"), "ended": later("终止")}


@dataclass(frozen=True, slots=True)
class Seat:
    """A position with who holds it and what its holder is in charge of."""

    position: Position
    holders: tuple[tuple[str, str], ...]  #: name and account
    charges: tuple[str, ...]  #: names of units


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit with its positions and what is below it."""

    unit: Unit
    seats: tuple[Seat, ...]
    below: tuple[Branch, ...]


def tree(organisation: Organisation) -> tuple[Branch, ...]:
    """The units in force from the top; one whose upper unit isn't in force stands at the top."""
    codes = {one.code for one in organisation.units}
    seats = _seats(organisation)
    children: dict[str, list[Unit]] = {}
    for unit in organisation.units:
        children.setdefault(unit.parent if unit.parent in codes else "", []).append(unit)

    def branches(code: str) -> Iterator[Branch]:
        for unit in children.get(code, ()):
            yield Branch(unit, tuple(seats.get(unit.code, ())), tuple(branches(unit.code)))

    return tuple(branches(""))


def _seats(organisation: Organisation) -> dict[str, list[Seat]]:
    units = {one.code: one.name for one in organisation.units}
    persons = {one.code: (one.name, one.account) for one in organisation.persons}
    found: dict[str, list[Seat]] = {}
    for position in sorted(organisation.positions, key=lambda one: (not one.head, one.code)):
        held = [one.person for one in organisation.holdings if one.position == position.code]
        charged = [one.unit for one in organisation.charges if one.position == position.code]
        seat = Seat(
            position,
            tuple(persons[one] for one in held if one in persons),
            tuple(units.get(one, one) for one in charged),
        )
        found.setdefault(position.unit, []).append(seat)
    return found


@bp.get("")
def index() -> ResponseReturnValue:
    """The tree as of a day."""
    return _index()


def _index(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    today = local(now()).date()
    try:
        day = date.fromisoformat(request.args.get("on", "")) if request.args.get("on") else today
    except ValueError:
        day = today
    page = render_template(
        "organisation.html",
        tree=tree(engine().organisation(day)),
        day=day,
        today=today,
        problems=problems,
        sheets=SHEETS,
        imports=engine().organisation_imports(),
        people={one.id: one.display for one in engine().users()},
    )
    return page, (422 if problems else 200)


@bp.post("/preview")
def preview() -> ResponseReturnValue:
    """What a file would change; nothing is written."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _index((Problem(_("请选择一个CSV或XLSX文件。")),))
    name, content = upload.filename.replace("\\", "/").rsplit("/", 1)[-1][:200], upload.read()
    whole = bool(request.form.get("whole"))
    try:
        told = engine().import_organisation(name, content, by=me().id, whole=whole, dry_run=True)
    except InvalidInput as refused:
        return _index(tuple(refused.problems) or (Problem(refused.message),))
    kept = base64.b64encode(content).decode()
    return _preview(told, name=name, kept=kept, whole=whole)


def _preview(told: Import, *, name: str, kept: str, whole: bool) -> str:
    return render_template(
        "organisation_preview.html",
        told=told,
        shown=told.changes[:SHOWN],
        verbs=VERBS,
        sheets=[one.title for one in SHEETS if one.title in told.unchanged],
        name=name,
        kept=kept,
        whole=whole,
    )


@bp.post("/apply")
def apply() -> ResponseReturnValue:
    """Bring in the file that was looked at."""
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
        revision = int(request.form.get("revision", ""))
    except (binascii.Error, ValueError):
        return _index((Problem(_("提交的内容不完整，请重新上传。")),))
    name, whole = request.form.get("name", "")[:200], bool(request.form.get("whole"))
    try:
        made = engine().import_organisation(name, content, by=me().id, whole=whole, revision=revision)
    except Conflict as refused:
        flash(refused.message, "error")
        return redirect(url_for("organisation.index"))
    except InvalidInput as refused:
        return _index(tuple(refused.problems) or (Problem(refused.message),))
    flash(_("已更新组织机构，共%(n)s处变动。", n=len(made.changes)), "ok")
    return redirect(url_for("organisation.index"))


@bp.get("/export")
def export() -> ResponseReturnValue:
    """The organisation as it is imported: all sheets as XLSX, or one as CSV."""
    title = request.args.get("sheet", "")
    content = engine().export_organisation(title)
    engine().note("export.organisation", by=me().id, object=title)
    name = f"{title}.csv" if title else _("组织机构.xlsx")
    kind = "text/csv; charset=utf-8" if title else XLSX
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
