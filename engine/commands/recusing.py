"""Recusal: asked for, ordered, decided and lifted as acts of record; and roles entered by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine import policy
from engine.commands import cases, circles, steps
from engine.commands.context import Context, allow, person, written
from engine.commands.delegating import known, refuse
from engine.commands.membership import located
from engine.errors import Conflict, InvalidInput, NotFound
from engine.model.access import Tie, TieSource
from engine.model.chain import Entry
from engine.model.records import User
from engine.store import access, instances, notices
from engine.store.database import Work
from engine.store.instances import Case
from engine.store.notices import Message


def enter_role(
    context: Context, instance_id: str, user_id: str, role_id: str, reason: str, *, by: str
) -> None:
    """Say that a person has a role in a case; what the role excludes is in force at once."""
    reason = written(reason, "登记的依据")
    with context.database.unit_of_work() as work:
        user, case, standing = located(context, work, instance_id, by)
        role = circles.rules_of(context, work, case.instance).role(role_id)
        if role is None or not role.by_hand:
            raise InvalidInput("没有这种身份，请重新选择。")
        allow(user, policy.enter_role(standing))
        now = context.clock()
        new = Tie("", instance_id, user_id, role_id, "hand", role.bars, reason, by, now, "active")
        made = _add(work, new)
        told = circles.told_of(made, role)
        if not role.secret:
            told |= {"name": known(work, user_id).display, "role": role.title, "reason": reason}
        case = steps.noted(work, case, Entry(now, by, "access.role_entered", told))
        if role.bars:
            _keep_out(work, case, user_id, now)


def ask(context: Context, instance_id: str, user_id: str, reason: str, *, by: str) -> str:
    """Ask that a person, or oneself, keep out of a case; gives the id of what is to be decided."""
    reason = written(reason, "申请回避的理由")
    with context.database.unit_of_work() as work:
        user, case, _ = located(context, work, instance_id, by)
        _must_have_leaders(context, work, case)
        now = context.clock()
        made = _add(work, _recusal(instance_id, user_id, reason, user, now, "asked"))
        told = _told(work, made, reason)
        steps.noted(work, case, Entry(now, by, "recusal.asked", told))
        leaders = circles.rules_of(context, work, case.instance).leaders
        text = f"{case.instance.business_key}有一项回避申请待决定。"
        message = Message(instance_id, "recusal.asked", by, text)
        notices.tell(work, message, now, groups=leaders)
        return made.id


def order(context: Context, instance_id: str, user_id: str, reason: str, *, by: str) -> str:
    """Order a person to keep out of a case; in force at once."""
    reason = written(reason, "指令回避的理由")
    with context.database.unit_of_work() as work:
        user, case, standing = located(context, work, instance_id, by)
        allow(user, policy.order_recusal(user, standing, user_id))
        now = context.clock()
        made = _add(work, _recusal(instance_id, user_id, reason, user, now, "ordered"))
        case = steps.noted(work, case, Entry(now, by, "recusal.ordered", _told(work, made, reason)))
        _keep_out(work, case, user_id, now)
        return made.id


def decide(context: Context, tie_id: str, approve: bool, reason: str, *, by: str) -> None:
    """Approve or refuse a recusal; who decides need not see the case."""
    reason = written(reason, "决定的理由")
    with context.database.unit_of_work() as work:
        user, case, one, leads = _asked(context, work, tie_id, by)
        allow(user, policy.decide_recusal(user, leads, one))
        now = context.clock()
        access.decide(work, one, "active" if approve else "refused", by, now, reason)
        kind = "recusal.approved" if approve else "recusal.refused"
        case = steps.noted(work, case, Entry(now, by, kind, _told(work, one, reason)))
        said = "批准了" if approve else "没有批准"
        text = f"{user.display or '系统'}{said}{case.instance.business_key}的回避申请：{reason}"
        message = Message(case.instance.id, kind, by, text)
        notices.tell(work, message, now, users=[who for who in (one.asked_by,) if who and who != by])
        if approve:
            _keep_out(work, case, one.user, now)


def lift(context: Context, tie_id: str, reason: str, *, by: str) -> None:
    """End a recusal or an excluding role by a decision; the person sees the case again as far as he did."""
    reason = written(reason, "解除回避的理由")
    with context.database.unit_of_work() as work:
        user, case, one, leads = _asked(context, work, tie_id, by)
        allow(user, policy.lift_recusal(user, leads, one))
        now = context.clock()
        access.decide(work, one, "ended", by, now, reason)
        told = {"tie": one.id} if _secret(context, work, case, one) else _told(work, one, reason)
        steps.noted(work, case, Entry(now, by, "recusal.lifted", told))


def _asked(context: Context, work: Work, tie_id: str, by: str) -> tuple[User, Case, Tie, bool]:
    """A recusal with its case, locked, and whether this person leads; NotFound for who has no say in it."""
    user, found = person(work, by), access.tie(work, tie_id)
    case = instances.load(work, found.instance_id, lock=True) if found is not None else None
    if found is None or case is None:
        raise NotFound
    one = access.tie(work, tie_id) or found
    leads = bool(user.groups.intersection(circles.rules_of(context, work, case.instance).leaders))
    if not leads or user.id in access.barred(work, case.instance.id):
        cases.visible_case(work, case.instance.id, user)
    return user, case, one, leads


def _must_have_leaders(context: Context, work: Work, case: Case) -> None:
    if not circles.rules_of(context, work, case.instance).leaders:
        raise Conflict("本流程没有写明由谁决定回避。")


def _recusal(
    instance_id: str, user_id: str, reason: str, user: User, now: datetime, source: TieSource
) -> Tie:
    new = Tie("", instance_id, user_id, "", source, "all", reason, user.id, now, "asked")
    if source == "asked":
        return new
    return replace(new, status="active", decided_by=user.id, decided_at=now)


def _add(work: Work, new: Tie) -> Tie:
    target = known(work, new.user)
    for one in access.ties(work, new.instance_id):
        if (one.user, one.role) == (new.user, new.role) and one.status in ("asked", "active"):
            refuse(f"{target.display}已经登记，或已申请、决定回避，不必再报。")
    return access.add_tie(work, new)


def _told(work: Work, one: Tie, reason: str) -> dict[str, str]:
    return {"tie": one.id, "user": one.user, "name": known(work, one.user).display, "reason": reason}


def _secret(context: Context, work: Work, case: Case, one: Tie) -> bool:
    role = circles.rules_of(context, work, case.instance).role(one.role)
    return role is not None and role.secret


def _keep_out(work: Work, case: Case, user_id: str, now: datetime) -> None:
    """Bring a new exclusion into force: what he has goes back."""
    for entry in circles.fall_back(work, case.instance, [user_id], now):
        case = steps.noted(work, case, entry)
