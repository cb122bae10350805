"""The codes of the record, to be printed and kept on paper."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from engine import Anchor
from web.context import engine, me
from web.wording import local

bp = Blueprint("records", __name__, url_prefix="/admin")

CODES = 5_000  #: anchors of which the last of each day is listed


@bp.get("/codes")
def codes() -> ResponseReturnValue:
    """The last code of each day."""
    by_day: dict[date, Anchor] = {}
    for one in engine().sealed(me().id, CODES):
        by_day.setdefault(local(one.at).date(), one)
    return render_template("record_codes.html", by_day=by_day)
