"""Pages of the three administrators: accounts, roles, what is asked of whoever signs in."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import Account, EngineError, NotFound, SignInRules
from web.context import engine, me
from web.i18n import _, later

bp = Blueprint("administrators", __name__, url_prefix="/admin")

NUMBERS = {  #: of the rules -> what each is called
    "idle_minutes": later("无操作多少分钟后退出"),
    "session_hours": later("一次登录最长多少小时"),
    "password_days": later("密码有效期（天，0为不限）"),
    "password_history": later("不得重复最近几次用过的密码"),
    "failures": later("连续错几次锁定"),
    "lock_minutes": later("锁定多少分钟"),
}
HOME = {
    "system": "administrators.accounts",
    "security": "administrators.accounts",
    "audit": "audit.record",
}


@bp.get("/accounts")
def accounts() -> ResponseReturnValue:
    """All accounts."""
    asked = request.args.get("search", "").strip()
    found = [
        one
        for one in engine().accounts(me().id)
        if asked.lower() in " ".join((one.user.id, one.user.display, one.user.unit, *one.user.groups)).lower()
    ]
    return render_template("admin/accounts.html", accounts=found, asked=asked)


@bp.route("/accounts/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Add an account; its temporary password is shown once."""
    if request.method != "POST":
        return render_template("admin/new.html")
    login, display = _field("login"), _field("display")
    try:
        password = engine().open_account(login, display, _field("unit"), by=me().id)
    except EngineError as refusal:
        return render_template("admin/new.html", error=_said(refusal)), 422
    return render_template("admin/password.html", login=login, password=password)


@bp.get("/accounts/<login>")
def account(login: str) -> ResponseReturnValue:
    """One account, with what this administrator may do with it."""
    return _account(login)


def _account(login: str, error: str = "") -> ResponseReturnValue:
    found = _find(login)
    page = render_template("admin/account.html", one=found, groups=engine().groups(), error=error)
    return page, 422 if error else 200


def _find(login: str) -> Account:
    found = next((one for one in engine().accounts(me().id) if one.user.id == login), None)
    if found is None:
        raise NotFound(_("没有这个账号。"))
    return found


@bp.post("/accounts/<login>/<any(rename,close,open,reset,end,roles,factor):name>")
def act(login: str, name: str) -> ResponseReturnValue:
    """Do something with an account; the engine asks whose duty it is."""
    try:
        said = _act(login, name)
    except NotFound:
        raise
    except EngineError as refusal:
        return _account(login, _said(refusal))
    if name == "reset":
        return render_template("admin/password.html", login=login, password=said)
    flash(said, "ok")
    return redirect(url_for("administrators.account", login=login))


def _act(login: str, name: str) -> str:
    by, office = me().id, engine()
    if name == "rename":
        office.rename_account(login, _field("display"), _field("unit"), by=by)
    elif name in ("close", "open"):
        office.set_account_active(login, name == "open", by=by)
    elif name == "reset":
        return office.reset_password(login, by=by)
    elif name == "end":
        return _("已结束%(n)s处登录。", n=office.end_sessions(login, by=by))
    elif name == "roles":
        office.set_groups(login, frozenset(request.form.getlist("groups")), by=by)
    else:
        office.remove_factor(login, by=by)
    return _("已更改。")


@bp.route("/rules", methods=["GET", "POST"])
def rules() -> ResponseReturnValue:
    """What is asked of whoever signs in."""
    error = ""
    if request.method == "POST":
        try:
            engine().set_sign_in_rules(_rules(), by=me().id)
        except EngineError as refusal:
            error = _said(refusal)
        else:
            flash(_("已更改，对以后的登录有效。"), "ok")
            return redirect(url_for("administrators.rules"))
    page = render_template(
        "admin/rules.html",
        rules=engine().sign_in_rules(),
        numbers=NUMBERS,
        groups=engine().groups(),
        error=error,
    )
    return page, 422 if error else 200


def _rules() -> SignInRules:
    texts = {name: _field(name) for name in NUMBERS}
    given = {name: int(text) if re.fullmatch(r"[0-9]{1,6}", text) else -1 for name, text in texts.items()}
    return SignInRules(
        **given,
        factor_groups=frozenset(request.form.getlist("factor_groups")),
        trust_provider="trust_provider" in request.form,
    )


@bp.post("/groups")
def add_group() -> ResponseReturnValue:
    """Add a group."""
    engine().found_group(_field("group"), by=me().id)
    flash(_("已设立。流程里的组名须与它一字不差。"), "ok")
    return redirect(url_for("administrators.rules"))


def _field(name: str) -> str:
    return request.form.get(name, "").strip()


def _said(refusal: EngineError) -> str:
    return " ".join(one.message for one in refusal.problems) or refusal.message
