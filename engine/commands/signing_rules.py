"""What the office asks of whoever signs in."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from engine.errors import InvalidInput, Problem
from engine.model.records import User
from engine.model.signing_in import Need, SignInRules
from engine.store import people, second_factors
from engine.store.database import Work

SETTING = "sign_in"
LIMITS = {  #: least and most of each number
    "idle_minutes": (1, 24 * 60),
    "session_hours": (1, 7 * 24),
    "password_days": (0, 3650),
    "password_history": (0, 24),
    "failures": (3, 20),
    "lock_minutes": (1, 24 * 60),
}
NAMES = {
    "idle_minutes": "无操作退出（分钟）",
    "session_hours": "一次登录最长（小时）",
    "password_days": "密码有效期（天）",
    "password_history": "不得重复最近几次的密码",
    "failures": "连续错几次锁定",
    "lock_minutes": "锁定（分钟）",
}


def rules(work: Work) -> SignInRules:
    """As they were set last, or the usual ones."""
    return from_json(people.get_setting(work, SETTING) or {})


def from_json(data: dict[str, Any]) -> SignInRules:
    """From what is kept; what isn't there is as usual."""
    known = {one.name: data[one.name] for one in fields(SignInRules) if one.name in data}
    return SignInRules(**{**known, "factor_groups": frozenset(known.get("factor_groups", ()))})


def to_json(found: SignInRules) -> dict[str, Any]:
    """What is kept."""
    return {**asdict(found), "factor_groups": sorted(found.factor_groups)}


def check(given: SignInRules, groups: tuple[str, ...]) -> None:
    """InvalidInput unless all numbers are within their limits and the groups exist."""
    problems = [
        Problem(f"“{NAMES[name]}”须为{least}至{most}。", element=name)
        for name, (least, most) in LIMITS.items()
        if not least <= getattr(given, name) <= most
    ]
    if missing := given.factor_groups.difference(groups):
        problems.append(Problem(f"没有这些组：{'、'.join(sorted(missing))}。", element="factor_groups"))
    if problems:
        raise InvalidInput(problems=problems)


def need(work: Work, asked: SignInRules, user: User, method: str, now: datetime, *, proved: bool) -> Need:
    """What this person still has to do before a session of his may be used."""
    trusted = method == "provider" and asked.trust_provider
    factor = second_factors.get(work, user.id)
    enrolled = factor is not None and factor.confirmed_at is not None
    if enrolled and not proved and not trusted:
        return "code"
    if method == "password" and _expired(work, asked, user, now):
        return "password"
    required = bool(user.groups & asked.factor_groups) and not trusted
    return "factor" if required and not enrolled else ""


def _expired(work: Work, asked: SignInRules, user: User, now: datetime) -> bool:
    known = people.credentials(work, user.id)
    if known is None or known.must_change:
        return known is not None
    aged = known.password_at is not None and now - known.password_at >= timedelta(days=asked.password_days)
    return bool(asked.password_days) and aged
