"""Registers: written on a case by those who handle it, or outside of cases; read by those allowed to."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import CaseView, InvalidInput, NotAllowed, Problem, RegisterView
from web.context import engine, me
from web.documents import ACCEPT
from web.fields import Filling, form_view
from web.forms import Posted, typed_values
from web.i18n import _
from web.tasks import changed_rows, once

bp = Blueprint("registers", __name__)


@bp.get("/registers")
def index() -> ResponseReturnValue:
    """The registers that this person reads or writes."""
    return render_template("registers/index.html", books=engine().registers(me().id))


@bp.route("/registers/<key>/<register_id>", methods=["GET", "POST"])
def book(key: str, register_id: str) -> ResponseReturnValue:
    """One register: its entries, and the form for a new one outside of cases."""
    found = engine().register(key, register_id, by=me().id)
    back = url_for("registers.book", key=key, register_id=register_id)
    if request.method != "POST":
        return _page(found, None, _first(found))
    if not found.can_write:
        raise NotAllowed(_("您不能登记“%(title)s”。", title=found.declared.title))
    return _write(found, None, back)


@bp.route("/cases/<instance_id>/registers/<register_id>", methods=["GET", "POST"])
def on_case(instance_id: str, register_id: str) -> ResponseReturnValue:
    """The form for a new entry on a case."""
    view = engine().case(instance_id, by=me().id)
    found = engine().case_register(instance_id, register_id, by=me().id)
    if not found.can_write:
        raise NotAllowed(_("您只是抄送对象，可以查看，不能登记。"))
    if request.method != "POST":
        return _page(found, view, _first(found))
    return _write(found, view, url_for("cases.case", instance_id=instance_id, _anchor=f"book-{register_id}"))


def _first(found: RegisterView) -> Filling:
    fields = found.form.schema.get("properties", {}) if found.form else {}
    return Filling({name: spec["default"] for name, spec in fields.items() if "default" in spec})


def _write(found: RegisterView, view: CaseView | None, back: str) -> ResponseReturnValue:
    schema = found.form.schema if found.form else {}
    filling = Filling(typed_values(schema, Posted(request.form)))
    if "_add" in request.form or "_remove" in request.form:
        return _page(found, view, changed_rows(filling))
    case = view.instance.id if view else ""
    values = dict(filling.values)
    try:
        engine().enter(
            found.declared.id, values, by=me().id, key=found.key, instance_id=case, once=once(case)
        )
    except InvalidInput as refusal:
        problems = refusal.problems or (Problem(refusal.message),)
        return _page(found, view, Filling(filling.values, problems=problems)), 422
    flash(_("已登入“%(title)s”，不能修改和删除。", title=found.declared.title), "ok")
    return redirect(back)


def _page(found: RegisterView, view: CaseView | None, filling: Filling) -> str:
    drawn = form_view(found.form, filling) if found.form else None
    return render_template("registers/book.html", book=found, view=view, form=drawn, accept=ACCEPT)
