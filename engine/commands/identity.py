"""Accounts: signing in, lock-out, passwords."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.commands.context import Context
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from engine.model.records import User
from engine.store import people
from engine.store.database import Work
from engine.store.people import Credentials

FAILURES = 5
MOST_LOGIN = 64
LOCK = timedelta(minutes=30)
_MINUTES = int(LOCK.total_seconds() // 60)

hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  #: OWASP's choice: 19 MiB, 2 rounds


def sign_in(context: Context, login: str, password: str) -> User:
    """The user of this login and password; counts failures, and refuses a locked account."""
    with context.database.reading() as work:
        seen = _active(people.credentials(work, login)) or _stranger(context, login)
    fits = _verify(seen.password_hash, password)  # slow by design, hence outside the transaction
    with context.database.unit_of_work() as work:
        known = _active(people.credentials(work, login, lock=True))
        right = fits and known is not None and known.password_hash == seen.password_hash
        refusal = _judge(context, work, login, known, right)
        user = people.get(work, login)
    if refusal or user is None:
        raise NotAllowed(refusal)
    return user


def _active(found: Credentials | None) -> Credentials | None:
    return found if found and found.active else None


def _stranger(context: Context, login: str) -> Credentials:
    """As if there were such an account."""
    failures, until = context.strangers.get(login)
    return Credentials(_nobody(), True, failures, until)


def _judge(context: Context, work: Work, login: str, known: Credentials | None, right: bool) -> str:
    """Why the sign-in is refused, or ""; keeps the count of failures."""
    found, now = known or _stranger(context, login), context.clock()
    if found.locked_until and found.locked_until > now:
        left = -(-int((found.locked_until - now).total_seconds()) // 60)
        return f"账号已锁定，请{max(left, 1)}分钟后再试。"
    failures = 0 if right else 1 if found.locked_until else found.failures + 1
    until = now + LOCK if failures >= FAILURES else None
    if known:
        people.set_lock(work, login, failures, until)
    else:
        context.strangers.set(login, failures, until)
    if until:
        return f"账号或密码连续错{FAILURES}次，账号锁定{_MINUTES}分钟。"
    return f"账号或密码不对。再错{FAILURES - failures}次，账号锁定{_MINUTES}分钟。" if failures else ""


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hasher.hash("nobody's password")


def _verify(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def add_user(context: Context, user: User, password: str) -> User:
    """Add a user to groups that exist."""
    check_password(user.id, password)
    hashed = hasher.hash(password)
    with context.database.unit_of_work() as work:
        add_user_in(work, user, hashed)
    return user


def add_user_in(work: Work, user: User, password_hash: str) -> None:
    """Add a user within a transaction."""
    if not user.id.strip() or not user.display.strip():
        raise InvalidInput("账号和名称不能为空。")
    if len(user.id) > MOST_LOGIN or not user.id.isprintable() or user.id != user.id.strip():
        raise InvalidInput(f"账号不超过{MOST_LOGIN}个字符，首尾没有空格，不含换行等控制字符。")
    if people.get(work, user.id):
        raise Conflict(f"账号“{user.id}”已存在。")
    _check_groups(work, user)
    people.add(work, user, password_hash)


def _check_groups(work: Work, user: User) -> None:
    missing = user.groups.difference(people.groups(work))
    if missing:
        raise InvalidInput(f"没有这些组：{'、'.join(sorted(missing))}。")


def change_user(context: Context, user: User) -> User:
    """Replace all of a user but the password."""
    if not user.display.strip():
        raise InvalidInput("名称不能为空。")
    with context.database.unit_of_work() as work:
        if people.get(work, user.id) is None:
            raise NotFound(f"没有账号“{user.id}”。")
        _check_groups(work, user)
        people.update(work, user)
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
    hashed = hasher.hash(password)
    with context.database.unit_of_work() as work:
        if not people.set_password(work, user_id, hashed):
            raise NotFound(f"没有账号“{user_id}”。")


def check_password(login: str, password: str) -> None:
    """InvalidInput unless 10 to 128 characters of at least two kinds without the login in them."""
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
