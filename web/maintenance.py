"""What is stuck, and repairing it: technical rows, without a word of what a case is about."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Conflict, Finding, InvalidInput
from web.context import engine, me
from web.i18n import _, later

bp = Blueprint("maintenance", __name__, url_prefix="/maintenance")

KINDS = {
    "case.stuck": later("停住，等不到任何事"),
    "case.unreadable": later("状态与流程版本不符"),
    "case.backwards": later("记录的时间倒退"),
    "task.missing": later("有步骤而没有任务"),
    "task.orphan": later("有任务而没有步骤"),
    "wait.missing": later("等待的作业或消息没有登记"),
    "wait.orphan": later("登记的作业或消息没有步骤在等"),
    "job.overdue": later("作业过时未执行"),
    "lease.dead": later("执行的程序没有做完"),
    "lease.far": later("作业被占用过久"),
    "incident.open": later("自动步骤出错"),
    "incident.missing": later("作业已放弃而没有说明"),
    "start.failing": later("到时没有发起"),
    "definition.broken": later("流程版本有错"),
    "clock.ahead": later("记录的时间在将来"),
    "calendar.unpublished": later("放假安排尚未公布"),
    "delivery.failed": later("邮件或推送没有送达"),
    "delivery.late": later("邮件或推送没有人发送"),
    "more": later("还有未列出的"),
}
TELLING = frozenset({"incident.open", "incident.missing", "case.unreadable"})  #: may quote a case's data


@bp.get("")
def index() -> ResponseReturnValue:
    """All findings of the doctor; `deep` also looks at the state of every live case."""
    deep = request.args.get("deep") == "1"
    found = engine().diagnose(deep=deep)
    errors = sum(one.severity == "error" for one in found)
    return render_template(
        "admin/maintenance.html", rows=[_row(one) for one in found], errors=errors, deep=deep, kinds=KINDS
    )


def _row(one: Finding) -> dict[str, object]:
    """What may be told of a finding: number and message only to who may see the case."""
    seen = not one.instance_id or engine().sees("case", one.instance_id, by=me().id)
    return {
        "finding": one,
        "kind": KINDS.get(one.kind, one.kind),
        "case": one.case if seen else "",
        "message": one.message if seen or one.kind not in TELLING else "",
        "seen": seen and bool(one.instance_id),
    }


@bp.post("/repair")
def repair() -> ResponseReturnValue:
    """Do what a finding says, if it is still so."""
    names = ("kind", "instance", "element", "subject")
    asked = tuple(request.form.get(name, "") for name in names)
    deep = request.form.get("deep") == "1"
    found = next((one for one in engine().diagnose(deep=deep) if _id(one) == asked), None)
    if found is None:
        flash(_("这一处已经变动，不用修复。"), "info")
        return redirect(url_for("maintenance.index", deep="1" if deep else None))
    try:
        engine().repair(found, by=me().id)
    except (Conflict, InvalidInput) as refusal:
        flash(_("没有修复：%(why)s", why=refusal.message), "error")
    else:
        flash(_("已修复，并记入办理记录：%(what)s", what=found.repair), "ok")
    return redirect(url_for("maintenance.index", deep="1" if deep else None))


def _id(one: Finding) -> tuple[str, str, str, str]:
    return one.kind, one.instance_id, one.element_id, one.subject
