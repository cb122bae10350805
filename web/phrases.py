"""Common opinions: what a person often writes, and what the office offers everybody."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import InvalidInput
from web.context import engine, me
from web.i18n import _

bp = Blueprint("phrases", __name__, url_prefix="/opinions")

MOST, LONGEST = 30, 200  #: as the engine keeps them


@bp.app_template_global("common_opinions")
def common_opinions() -> tuple[str, ...]:
    """One's own, then the office's."""
    own = engine().common_opinions(me().id)
    return (*own, *(one for one in engine().office().opinions if one not in own))


@bp.get("")
def index() -> ResponseReturnValue:
    """One's own common opinions, to be changed, and the office's."""
    return _page()


@bp.post("")
def change() -> ResponseReturnValue:
    """Add one, change, move or delete one."""
    texts = list(engine().common_opinions(me().id))
    try:
        engine().keep_common_opinions(_changed(texts), by=me().id)
    except InvalidInput as refusal:
        return _page(refusal.message), 422
    flash(_("常用语已更改。"), "ok")
    return redirect(url_for("phrases.index"))


def _changed(texts: list[str]) -> list[str]:
    act, text = request.form.get("act", ""), request.form.get("text", "").strip()
    if act == "add":
        return [*texts, text]
    old = request.form.get("old", "")
    if old not in texts:
        raise InvalidInput(_("这一条已经改过或删去，请看现在的列表。"))
    at = texts.index(old)
    if act == "save":
        texts[at] = text
    elif act == "delete":
        del texts[at]
    elif act in ("up", "down"):
        to = at + (1 if act == "down" else -1)
        if 0 <= to < len(texts):
            texts[at], texts[to] = texts[to], texts[at]
    return texts


def _page(error: str = "") -> str:
    own = engine().common_opinions(me().id)
    shared = engine().office().opinions
    return render_template("phrases.html", own=own, shared=shared, error=error, most=MOST, longest=LONGEST)
