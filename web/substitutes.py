"""My substitutes: who does my new tasks while I am away, and for whom I stand in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import InvalidInput, NotAllowed, Problem
from web.context import engine, me
from web.i18n import _
from web.inbox import top_processes
from web.wording import local, now

bp = Blueprint("substitutes", __name__, url_prefix="/substitutes")


@bp.get("")
def index() -> ResponseReturnValue:
    """What is agreed, and a form for more."""
    return _page()


def _page(problems: tuple[Problem, ...] = ()) -> ResponseReturnValue:
    user, moment = me().id, now()
    mine = engine().substitutions(user)
    manages = engine().may_maintain_organisation(user)
    others = tuple(one for one in engine().substitutions() if one not in mine) if manages else ()
    page = render_template(
        "substitutes.html",
        mine=[one for one in mine if one.person == user],
        standing_in=[one for one in mine if one.substitute == user],
        others=others,
        manages=manages,
        problems=problems,
        moment=moment,
        today=local(moment).date(),
        last_day=lambda one: local(one.until - timedelta(seconds=1)),
        users=[one for one in engine().users() if one.active],
        people={one.id: one.display for one in engine().users()},
        processes=top_processes(),
        names={one.key: one.name for one in top_processes()},
    )
    return page, (422 if problems else 200)


@bp.post("")
def appoint() -> ResponseReturnValue:
    """Name a substitute."""
    form = request.form
    zone = local(now()).tzinfo
    try:
        first, last = (date.fromisoformat(form.get(name, "")) for name in ("since", "until"))
        until = datetime.combine(last + timedelta(days=1), time(), zone)
    except (ValueError, OverflowError):
        return _page((Problem(_("请填写开始和结束的日期。"), element="since"),))
    try:
        engine().appoint_substitute(
            form.get("person", "") or me().id,
            form.get("substitute", ""),
            datetime.combine(first, time(), zone),
            until,
            form.get("reason", ""),
            by=me().id,
            processes=form.getlist("processes"),
        )
    except NotAllowed:
        raise
    except InvalidInput as refused:
        return _page(tuple(refused.problems) or (Problem(refused.message),))
    flash(_("已指定代理人。这段时间里新到的任务交给代理人办理。"), "ok")
    return redirect(url_for("substitutes.index"))


@bp.post("/<substitution_id>/end")
def end(substitution_id: str) -> ResponseReturnValue:
    """End one before its time."""
    engine().end_substitution(substitution_id, by=me().id)
    flash(_("已结束代理。代理人手上的任务仍由代理人办完。"), "ok")
    return redirect(url_for("substitutes.index"))
