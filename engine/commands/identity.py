"""Accounts: signing in, lock-out, passwords."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.commands.context import Context
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from engine.model.records import User
from engine.store import people
from engine.store.database import Work

FAILURES = 5
LOCK = timedelta(minutes=30)
_MINUTES = int(LOCK.total_seconds() // 60)

hasher = PasswordHasher()


def sign_in(context: Context, login: str, password: str) -> User:
    """The user of this login and password; counts failures, and refuses a locked account."""
    with context.database.unit_of_work() as work:
        found = people.credentials(work, login)
        refusal = _refusal(work, login, password, found, context.clock())
        user = people.get(work, login)
    if refusal or user is None:
        raise NotAllowed(refusal)
    return user


def _refusal(
    work: Work, login: str, password: str, found: people.Credentials | None, now: datetime
) -> str:
    if found is None or not found.active:
        _verify(None, password)
        return f"账号或密码不对。连续错{FAILURES}次，账号锁定{_MINUTES}分钟。"
    if found.locked_until and found.locked_until > now:
        left = -(-int((found.locked_until - now).total_seconds()) // 60)
        return f"账号已锁定，请{left}分钟后再试。"
    if _verify(found.password_hash, password):
        people.set_lock(work, login, 0, None)
        return ""
    failures = 1 if found.locked_until else found.failures + 1
    if failures >= FAILURES:
        people.set_lock(work, login, failures, now + LOCK)
        return f"密码连续错{FAILURES}次，账号锁定{_MINUTES}分钟。"
    people.set_lock(work, login, failures, None)
    return f"账号或密码不对。再错{FAILURES - failures}次，账号锁定{_MINUTES}分钟。"


def _verify(password_hash: str | None, password: str) -> bool:
    """Whether they fit; takes as long when there is no such account."""
    try:
        return hasher.verify(password_hash or hasher.hash("no such account"), password)
    except (VerificationError, InvalidHashError):
        return False


def add_user(context: Context, user: User, password: str) -> User:
    """Add a user to groups that exist."""
    check_password(user.id, password)
    with context.database.unit_of_work() as work:
        if people.get(work, user.id):
            raise Conflict(f"账号“{user.id}”已存在。")
        missing = user.groups.difference(people.groups(work))
        if missing:
            raise InvalidInput(f"没有这些组：{'、'.join(sorted(missing))}。")
        people.add(work, user, hasher.hash(password))
    return user


def add_group(context: Context, name: str) -> None:
    """Add a group; nothing happens when it is there."""
    if not name.strip():
        raise InvalidInput("组名不能为空。")
    with context.database.unit_of_work() as work:
        people.add_groups(work, [name])


def set_password(context: Context, user_id: str, password: str) -> None:
    """Replace a password and lift a lock-out."""
    check_password(user_id, password)
    with context.database.unit_of_work() as work:
        if not people.set_password(work, user_id, hasher.hash(password)):
            raise NotFound


def check_password(login: str, password: str) -> None:
    """InvalidInput unless 10 to 128 characters of at least two kinds, and not the login in disguise."""
    kinds = sum(bool(re.search(kind, password)) for kind in (r"[A-Za-z]", r"\d", r"[^A-Za-z\d]"))
    problem = ""
    if not 10 <= len(password) <= 128:
        problem = "密码须为10至128个字符。"
    elif kinds < 2:
        problem = "密码须含字母、数字、符号中的至少两种。"
    elif login and login.lower() in password.lower():
        problem = "密码不能含有账号。"
    if problem:
        raise InvalidInput(problems=[Problem(problem, element="password")])
