"""Who belongs to a case, who is given access, who must keep out: a small page for each act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Conflict, InvalidInput, NotAllowed, NotFound
from web.context import engine, me
from web.i18n import _, later

bp = Blueprint("team", __name__)


@dataclass(frozen=True, slots=True)
class Act:
    """What an act's page asks for, and what it does."""

    title: str
    text: str  #: label of the reason
    done: str
    act: Callable[[str, str], object]  #: case id, reason
    hint: str
    people: Literal["one", "many"] = "one"
    asks: Literal["", "until", "role"] = ""


def _one() -> str:
    return request.form.get("people", "")


def _until() -> date | None:
    text = request.form.get("until", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(_("截止日期应写成 2026-01-31 这样。")) from error


def _team(case_id: str, text: str) -> None:
    engine().add_to_team(case_id, request.form.getlist("people"), text, by=me().id)


def _access(case_id: str, text: str) -> None:
    engine().give_access(case_id, _one(), text, by=me().id, until=_until())


def _role(case_id: str, text: str) -> None:
    engine().enter_role(case_id, _one(), request.form.get("role", ""), text, by=me().id)


def _ask(case_id: str, text: str) -> None:
    engine().ask_recusal(case_id, _one(), text, by=me().id)


def _order(case_id: str, text: str) -> None:
    engine().order_recusal(case_id, _one(), text, by=me().id)


ACTS: Mapping[str, Act] = {
    "team": Act(
        later("添加办案人员"), later("理由"), later("已添加办案人员。"), _team,
        later("办案人员可以查看本件的全部内容。"), "many",
    ),
    "access": Act(
        later("批准查看"), later("批准的理由"), later("已批准查看。"), _access,
        later("对方可以查看本件，不能办理；到期或撤销以后就看不到了。"), asks="until",
    ),
    "role": Act(
        later("登记身份"), later("依据"), later("已登记。"), _role,
        later("须回避的身份一经登记，对方即看不到本件，手中的任务退回原来的组。"), asks="role",
    ),
    "ask": Act(
        later("申请回避"), later("理由"), later("已提出，等待负责人决定。"), _ask,
        later("由负责人决定。决定以前，本人照常办理。"),
    ),
    "order": Act(
        later("指令回避"), later("理由"), later("已指令回避，即时生效。"), _order,
        later("即时生效：对方看不到本件，手中的任务退回原来的组。"),
    ),
}  # fmt: skip


@bp.get("/cases/<instance_id>/people/<any(team, access, role, ask, order):name>")
def ask(instance_id: str, name: str) -> ResponseReturnValue:
    """The page that asks for what an act needs."""
    return _page(instance_id, name)


@bp.post("/cases/<instance_id>/people/<any(team, access, role, ask, order):name>")
def act(instance_id: str, name: str) -> ResponseReturnValue:
    """Do it, or say on the same page why not."""
    one = ACTS[name]
    try:
        if not _one():
            raise InvalidInput(_("请选择人员。"))
        one.act(instance_id, request.form.get("text", ""))
    except (InvalidInput, NotAllowed, Conflict) as refusal:
        return _page(instance_id, name, refusal.message), 422
    flash(str(one.done), "ok")
    if not engine().sees("case", instance_id, by=me().id):
        return redirect(url_for("inbox.box"))
    return redirect(url_for("cases.case", instance_id=instance_id, _anchor="team"))


def _page(instance_id: str, name: str, error: str = "") -> str:
    view = engine().case(instance_id, by=me().id)
    circle = engine().case_people(instance_id, by=me().id)
    persons = [one for one in engine().users() if one.active and (name == "ask" or one.id != me().id)]
    return render_template(
        "team/act.html",
        view=view,
        name=name,
        act=ACTS[name],
        roles=circle.roles,
        persons=persons,
        chosen=request.form.getlist("people") or ([me().id] if name == "ask" else []),
        error=error,
    )


@bp.route("/cases/<instance_id>/members/<member_id>/end", methods=["GET", "POST"])
def end(instance_id: str, member_id: str) -> ResponseReturnValue:
    """Take somebody out of the team, or revoke his access."""
    circle = engine().case_people(instance_id, by=me().id)
    found = next((one for one in circle.members if one.id == member_id), None)
    if found is None:
        raise NotFound
    title = _("移出办案人员") if found.kind == "team" else _("撤销查看")
    return _reason(
        instance_id, title, found.user, lambda text: engine().end_membership(member_id, text, by=me().id)
    )


@bp.route("/cases/<instance_id>/recusals/<recusal_id>/lift", methods=["GET", "POST"])
def lift(instance_id: str, recusal_id: str) -> ResponseReturnValue:
    """Let somebody in again who had to keep out."""
    circle = engine().case_people(instance_id, by=me().id)
    found = next((one for one in circle.ties if one.id == recusal_id), None)
    if found is None:
        raise NotFound
    return _reason(
        instance_id,
        _("解除回避"),
        found.user,
        lambda why: engine().lift_recusal(recusal_id, why, by=me().id),
    )


def _reason(instance_id: str, title: str, user: str, do: Callable[[str], None]) -> ResponseReturnValue:
    """A page that asks for a reason only."""
    view, error = engine().case(instance_id, by=me().id), ""
    if request.method == "POST":
        try:
            do(request.form.get("text", ""))
        except (InvalidInput, NotAllowed, Conflict) as refusal:
            error = refusal.message
        else:
            flash(_("已办理：%(what)s。", what=title), "ok")
            return redirect(url_for("cases.case", instance_id=instance_id, _anchor="team"))
    page = render_template("team/reason.html", view=view, title=title, user=user, error=error)
    return (page, 422) if error else page


@bp.get("/recusals")
def recusals() -> ResponseReturnValue:
    """Recusals that wait for this person's decision."""
    return render_template("team/recusals.html", asked=engine().recusals_to_decide(me().id), **_names())


@bp.route("/recusals/<recusal_id>/decide", methods=["GET", "POST"])
def decide(recusal_id: str) -> ResponseReturnValue:
    """Approve or refuse a recusal; who decides needn't see the case."""
    found = next((one for one in engine().recusals_to_decide(me().id) if one.tie.id == recusal_id), None)
    if found is None:
        raise NotFound
    error, answer = "", request.form.get("agree", "")
    if request.method == "POST":
        try:
            if answer not in ("yes", "no"):
                raise InvalidInput(_("请选择批准或不批准。"))
            engine().decide_recusal(recusal_id, answer == "yes", request.form.get("text", ""), by=me().id)
        except (InvalidInput, NotAllowed, Conflict) as refusal:
            error = refusal.message
        else:
            flash(_("已批准回避。") if answer == "yes" else _("已决定不予回避。"), "ok")
            return redirect(url_for("team.recusals"))
    page = render_template("team/decide.html", one=found, error=error, **_names())
    return (page, 422) if error else page


def _names() -> Mapping[str, Mapping[str, str]]:
    return {"names": {one.id: one.display for one in engine().users()}}
