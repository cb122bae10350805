"""Passing tasks on, asking signers, copies, urging, letting a case rest: a small page for each verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Conflict, InvalidInput, NotAllowed, NotFound, TaskView, User
from web.context import engine, me
from web.i18n import _, later

bp = Blueprint("approvals", __name__)

MODES = {
    "before": later("我办结以前（签署完我才能办结）"),
    "parallel": later("与我同时（都完成后往下走）"),
    "after": later("我办结以后（签署完再往下走）"),
}


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb's page asks for, and what it does."""

    title: str
    text: str  #: label of the text
    done: str
    act: Callable[[str, str], None]  #: task id, text
    people: Literal["", "one", "many"] = ""
    hint: str = ""
    optional: bool = False  #: the text may stay empty
    leaves: bool = False  #: the task isn't this person's afterwards


def _one() -> str:
    return request.form.get("people", "")


def _many() -> list[str]:
    return request.form.getlist("people")


def _transfer(task_id: str, text: str) -> None:
    engine().transfer(task_id, _one(), text, by=me().id)


def _delegate(task_id: str, text: str) -> None:
    engine().delegate(task_id, _one(), text, by=me().id)


def _resolve(task_id: str, text: str) -> None:
    engine().resolve(task_id, text, by=me().id)


def _signers(task_id: str, text: str) -> None:
    mode = cast(Literal["before", "after", "parallel"], request.form.get("mode", ""))
    engine().add_signers(task_id, _many(), mode, text, by=me().id)


def _sign(task_id: str, text: str) -> None:
    answer = request.form.get("agree")
    if answer not in ("yes", "no"):
        raise InvalidInput(_("请选择同意或不同意。"))
    engine().sign(task_id, answer == "yes", text, by=me().id)


def _remove(task_id: str, text: str) -> None:
    engine().remove_signer(task_id, text, by=me().id)


def _copy(task_id: str, text: str) -> None:
    view = engine().task(task_id, by=me().id)
    engine().copy_to(view.instance.id, _many(), text, by=me().id, task_id=task_id)


def _circulate(task_id: str, text: str) -> None:
    view = engine().task(task_id, by=me().id)
    engine().copy_to(view.instance.id, _many(), text, by=me().id, task_id=task_id, asked=True)


def _urge(task_id: str, text: str) -> None:
    engine().urge(task_id, text, by=me().id)


VERBS: Mapping[str, Verb] = {
    "transfer": Verb(
        later("转办"), later("理由"), later("已转办。"), _transfer, "one",
        hint=later("转办后由对方办理，不再回到您这里。"), leaves=True,
    ),
    "delegate": Verb(
        later("委派"), later("请对方做什么"), later("已委派，对方答复后回到您的待办。"), _delegate, "one",
        hint=later("对方办完交回，仍由您提交。"), leaves=True,
    ),
    "resolve": Verb(
        later("交回委派"), later("答复"), later("已交回委派人。"), _resolve,
        hint=later("委派人收回时，写明理由。"), leaves=True,
    ),
    "signers": Verb(later("加签"), later("请签署人看什么"), later("已加签。"), _signers, "many"),
    "sign": Verb(
        later("签署"), later("意见"), later("已签署。"), _sign,
        hint=later("不同意时须写明意见。"), optional=True, leaves=True,
    ),
    "remove": Verb(later("减签"), later("理由"), later("已减签。"), _remove, leaves=True),
    "copy": Verb(
        later("抄送"), later("附言（选填）"), later("已抄送。"), _copy, "many",
        hint=later("对方可以查看，不能办理。"), optional=True,
    ),
    "circulate": Verb(
        later("传阅"), later("附言（选填）"), later("已送传阅，谁已阅可在案件页看。"), _circulate, "many",
        hint=later("对方看过后点“已阅”，可以写意见；您会收到通知。"), optional=True,
    ),
    "urge": Verb(later("催办"), later("催办的话（选填）"), later("已催办。"), _urge, optional=True),
}  # fmt: skip


def choices(name: str, view: TaskView) -> list[User]:
    """Whom this verb may name: candidates only, where a task with candidates is passed on."""
    task = view.row.task
    active = [one for one in engine().users() if one.active and one.id not in (me().id, task.assignee)]
    if name != "transfer" or not (task.candidate_users or task.candidate_groups):
        return active
    groups = frozenset(task.candidate_groups)
    return [one for one in active if one.id in task.candidate_users or one.groups & groups]


@bp.get(
    "/tasks/<task_id>/<any(transfer, delegate, resolve, signers, sign, remove, copy, circulate, urge):name>"
)
def ask(task_id: str, name: str) -> ResponseReturnValue:
    """The page that asks for what a verb needs."""
    return _page(engine().task(task_id, by=me().id), name)


@bp.post(
    "/tasks/<task_id>/<any(transfer, delegate, resolve, signers, sign, remove, copy, circulate, urge):name>"
)
def act(task_id: str, name: str) -> ResponseReturnValue:
    """Do it, or say on the same page why not."""
    view, verb = engine().task(task_id, by=me().id), VERBS[name]
    text = request.form.get("text", "")
    try:
        if verb.people and not _one():
            raise InvalidInput(_("请选择人员。"))
        verb.act(task_id, text)
    except (InvalidInput, NotAllowed, Conflict) as refusal:
        return _page(view, name, refusal.message), 422
    flash(str(verb.done), "ok")
    if name == "remove":
        return redirect(url_for("tasks.task", task_id=view.row.task.part_of or task_id))
    return redirect(url_for("inbox.box") if verb.leaves else url_for("tasks.task", task_id=task_id))


def _page(view: TaskView, name: str, error: str = "") -> str:
    verb = VERBS[name]
    return render_template(
        "approval.html",
        view=view,
        task=view.row.task,
        name=name,
        verb=verb,
        error=error,
        modes=MODES if name == "signers" else {},
        persons=choices(name, view) if verb.people else [],
    )


@bp.get("/copies")
def copies() -> ResponseReturnValue:
    """Where what was copied to this person is listed."""
    return redirect(url_for("inbox.box", box="copies"))


@bp.post("/copies/<copy_id>")
def open_copy(copy_id: str) -> ResponseReturnValue:
    """Mark a copy as read and go to its case."""
    found = engine().copied([copy_id], by=me().id)
    if not found:
        raise NotFound
    engine().read_copies([copy_id], by=me().id)
    return redirect(url_for("cases.case", instance_id=found[0].instance_id))


@bp.post("/copies/<copy_id>/read")
def confirm(copy_id: str) -> ResponseReturnValue:
    """Confirm having read what was sent round."""
    found = next((one for one in engine().copies(me().id) if one.id == copy_id), None)
    if found is None:
        raise NotFound
    try:
        engine().confirm_read(copy_id, request.form.get("text", ""), by=me().id)
    except (InvalidInput, NotAllowed, Conflict) as refusal:
        flash(_("没有确认：%(why)s", why=refusal.message), "error")
    else:
        flash(_("已确认已阅，并告知送传阅的人。"), "ok")
    return redirect(url_for("cases.case", instance_id=found.instance_id))


@bp.route("/cases/<instance_id>/<any(suspend, resume):name>", methods=["GET", "POST"])
def rest(instance_id: str, name: str) -> ResponseReturnValue:
    """Let a case rest, or go on, with a reason."""
    view = engine().case(instance_id, by=me().id)
    error = ""
    if request.method == "POST":
        verb = engine().suspend if name == "suspend" else engine().resume
        try:
            verb(instance_id, request.form.get("text", ""), by=me().id)
        except (InvalidInput, NotAllowed, Conflict) as refusal:
            error = refusal.message
        else:
            flash(_("已挂起，期限和计时停止计算。") if name == "suspend" else _("已恢复，期限顺延。"), "ok")
            return redirect(url_for("cases.case", instance_id=instance_id))
    page = render_template("rest.html", view=view, name=name, error=error)
    return (page, 422) if error else page
