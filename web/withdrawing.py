"""Withdrawing a case as the person who has started it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Conflict, InvalidInput, NotAllowed
from web.context import case_word, engine, me
from web.i18n import _

bp = Blueprint("withdrawing", __name__)


@bp.route("/cases/<instance_id>/withdraw", methods=["GET", "POST"])
def withdraw(instance_id: str) -> ResponseReturnValue:
    """Ask why, and end the case that one has started."""
    view = engine().case(instance_id, by=me().id)
    error = "" if view.can_withdraw else _("现在不能撤回。")
    if request.method == "POST":
        try:
            engine().withdraw(instance_id, request.form.get("text", ""), by=me().id)
        except (InvalidInput, NotAllowed, Conflict) as refusal:
            error = refusal.message
        else:
            flash(_("已撤回这一%(word)s，理由已告知正在办理的人。", word=case_word()), "ok")
            return redirect(url_for("cases.case", instance_id=instance_id))
    page = render_template("withdraw.html", view=view, error=error)
    return (page, 422) if error and request.method == "POST" else page
