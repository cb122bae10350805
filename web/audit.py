"""The record beside the cases, for the audit administrator: read, filtered, never changed."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import AuditAsked, AuditEvent
from web.agents import browser
from web.context import engine, me
from web.i18n import later
from web.wording import ZONE, local

bp = Blueprint("audit", __name__, url_prefix="/admin")


@bp.app_template_filter()
def second(moment: datetime) -> str:
    """Date and time to the second, in the office's zone."""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S")


PAGE = 100
KINDS = {  #: or how they begin -> what it is called
    "sign_in.succeeded": later("密码正确"),
    "session.begun": later("登录"),
    "session.half": later("登录，还差一步"),
    "sign_in.failed": later("登录失败"),
    "session.ended": later("退出登录"),
    "session.others_ended": later("结束其他登录"),
    "password.changed": later("更改密码"),
    "account.language": later("更改语言"),
    "factor.bound": later("绑定动态口令"),
    "factor.dropped": later("解除动态口令"),
    "account.added": later("新增账号"),
    "account.changed": later("更改账号"),
    "account.closed": later("停用账号"),
    "account.opened": later("恢复账号"),
    "account.password_reset": later("重置密码"),
    "account.sessions_ended": later("结束他人登录"),
    "account.roles_changed": later("更改角色"),
    "account.factor_dropped": later("解除他人动态口令"),
    "group.added": later("设立角色"),
    "account.email_changed": later("更改邮箱"),
    "webhook.added": later("新增推送"),
    "webhook.enabled": later("启用推送"),
    "webhook.disabled": later("停用推送"),
    "webhook.tested": later("测试推送"),
    "sign_in.rules_set": later("更改登录规则"),
    "office.loaded": later("载入单位文件"),
    "deployment.made": later("部署流程"),
    "filter.saved": later("保存筛选"),
    "filter.changed": later("修改筛选"),
    "filter.removed": later("删去筛选"),
    "filter.moved": later("调整筛选次序"),
    "calendar.loaded": later("载入工作日历"),
    "export.ledger": later("导出时限台账"),
    "organisation.imported": later("导入组织机构"),
    "look.record": later("查看审计"),
    "look.": later("查看"),
    "refused.": later("被拒绝"),
}
NAMES = {  #: of an entry's data
    "method": later("方式"),
    "session": later("登录编号"),
    "agent": later("浏览器"),
    "needs": later("还差"),
    "display": later("名称"),
    "unit": later("单位"),
    "accounts": later("账号"),
    "groups": later("角色"),
    "before": later("原为"),
    "after": later("改为"),
    "count": later("处数"),
}
VALUES = {
    "provider": later("统一身份认证"),
    "code": later("动态口令"),
    "password": later("密码"),
    "factor": later("绑定动态口令"),
}
CHOICES = {  #: of the filter -> what it is called
    "sign_in.failed": later("登录失败"),
    "session.": later("登录和退出"),
    "account.": later("账号和角色"),
    "look.": later("查看"),
    "refused.": later("被拒绝"),
}


@bp.get("/audit")
def record() -> ResponseReturnValue:
    """The record, the latest first."""
    given = {
        name: request.args.get(name, "").strip() for name in ("actor", "kind", "about", "since", "until")
    }
    before = request.args.get("before", "")
    last = int(before) if re.fullmatch(r"[0-9]{1,18}", before) else 0
    found = engine().audit(_asked(given), by=me().id, before=last, size=PAGE + 1)
    return render_template(
        "admin/audit.html",
        events=found[:PAGE],
        more=found[PAGE - 1].id if len(found) > PAGE else 0,
        asked={name: text for name, text in given.items() if text},
        choices=CHOICES,
        kind_words=kind_words,
        details=details,
    )


def _asked(given: dict[str, str]) -> AuditAsked:
    until = _day(given["until"])
    return AuditAsked(
        actor=given["actor"],
        kind=given["kind"],
        about=given["about"],
        since=_day(given["since"]),
        until=until + timedelta(days=1) if until else None,
    )


def _day(text: str) -> datetime | None:
    """The beginning of the day, or None for what is none."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), ZONE)
    except ValueError:
        return None


def kind_words(kind: str) -> str:
    """What a kind of entry is called."""
    found = KINDS.get(kind) or KINDS.get(kind.partition(".")[0] + ".")
    return str(found) if found else kind


def details(event: AuditEvent) -> str:
    """Reason and further data of an entry, in one line."""
    entry = event.entry
    told = [entry.reason] if entry.reason else []
    told += [f"{NAMES.get(name, name)}：{_said(name, value)}" for name, value in entry.data.items() if value]
    return "；".join(told)


def _said(name: str, value: object) -> str:
    if name == "agent":
        return browser(str(value))
    return str(VALUES.get(value, value)) if isinstance(value, str) else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return "、".join(_plain(one) for one in value) or "—"
    if isinstance(value, dict):
        return "，".join(f"{name} {_plain(one)}" for name, one in value.items())
    return str(value)
