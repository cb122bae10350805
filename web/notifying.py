"""What one wants to be told by mail and when; and webhooks, the system administrator's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import TOPICS, Choices, EngineError, InvalidInput
from web.context import engine, me
from web.i18n import _, later

bp = Blueprint("notifying", __name__)

WORDS: Mapping[str, str] = {  #: topic -> as one chooses it
    "arrived": later("有新任务"),
    "due": later("任务临近到期"),
    "overdue": later("任务超期"),
    "returned": later("任务被退回给我"),
    "handed": later("转办、委派给我，或请我签署"),
    "urged": later("催办"),
    "copied": later("抄送给我"),
    "other": later("其他通知"),
}
HOURS = range(7, 21)
NIGHT = (time(22), time(7))  #: proposed to who wants quiet hours
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@bp.route("/account/notices", methods=["GET", "POST"])
def choices() -> ResponseReturnValue:
    """What I am mailed, and when."""
    if request.method != "POST":
        return _choices(me().email, engine().notice_choices(me().id))
    email, given = request.form.get("email", "").strip(), Choices()
    try:
        given = _given()
        engine().choose_notices(email, given, by=me().id)
    except InvalidInput as refusal:
        return _choices(email, given, _said(refusal)), 422
    flash(_("通知的设置已保存。"), "ok")
    return redirect(url_for("notifying.choices"))


def _choices(email: str, given: Choices, error: str = "") -> str:
    return render_template(
        "account_notices.html",
        email=email,
        given=given,
        quiet=given.quiet or NIGHT,
        words=WORDS,
        hours=HOURS,
        sends_mail=engine().sends_mail(),
        error=error,
    )


def _given() -> Choices:
    """The posted choices; InvalidInput for times that are none, and for gathering at no hour."""
    chosen = set(request.form.getlist("topics"))
    hours = tuple(int(one) for one in request.form.getlist("digest") if one.isascii() and one.isdigit())
    gathers = request.form.get("when") == "digest"
    if gathers and not hours:
        raise InvalidInput(_("请选择汇总的钟点。"))
    quiet = None
    if "quiet" in request.form:
        first, last = request.form.get("quiet_from", ""), request.form.get("quiet_to", "")
        if not _TIME.fullmatch(first) or not _TIME.fullmatch(last):
            raise InvalidInput(_("免打扰的时间应像 22:00。"))
        quiet = time.fromisoformat(first), time.fromisoformat(last)
    return Choices(frozenset(one for one in TOPICS if one in chosen), hours if gathers else (), quiet)


@bp.route("/admin/webhooks", methods=["GET", "POST"])
def webhooks() -> ResponseReturnValue:
    """All webhooks; a new one's secret is shown once."""
    if request.method != "POST":
        return _webhooks()
    form = request.form
    try:
        secret = engine().add_webhook(
            form.get("url", ""), form.getlist("kinds"), form.get("process", ""), by=me().id
        )
    except EngineError as refusal:
        return _webhooks(error=_said(refusal)), 422
    return _webhooks(secret=secret)


def _webhooks(*, error: str = "", secret: str = "") -> str:
    return render_template(
        "admin/webhooks.html",
        hooks=engine().webhooks(me().id),
        words=WORDS,
        processes={one.key: one.name for one in engine().definitions() if one.starter_groups},
        error=error,
        secret=secret,
    )


@bp.post("/admin/webhooks/<webhook_id>/<any(test,on,off):name>")
def act(webhook_id: str, name: str) -> ResponseReturnValue:
    """Try a webhook, or switch it on or off."""
    if name != "test":
        engine().switch_webhook(webhook_id, name == "on", by=me().id)
        flash(_("推送已启用。") if name == "on" else _("推送已停用。"), "ok")
    elif failure := engine().test_webhook(webhook_id, by=me().id):
        flash(_("测试没有成功：%(why)s", why=failure), "note")
    else:
        flash(_("测试成功，对方已收到。"), "ok")
    return redirect(url_for("notifying.webhooks"))


def _said(refusal: EngineError) -> str:
    return " ".join(one.message for one in refusal.problems) or refusal.message
