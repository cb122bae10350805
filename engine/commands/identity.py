"""Accounts: signing in, lock-out, passwords."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.commands import noting
from engine.commands.administering import with_duty
from engine.commands.common_passwords import is_common
from engine.commands.context import Context
from engine.commands.signing_rules import rules
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from engine.model.notifying import is_address
from engine.model.records import User
from engine.model.signing_in import SignInRules
from engine.store import people, second_factors, sessions
from engine.store.database import Work
from engine.store.people import Credentials

MOST_LOGIN = 64

hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  #: OWASP's choice: 19 MiB, 2 rounds


def sign_in(context: Context, login: str, password: str) -> User:
    """The user of this login and password; counts failures, and refuses a locked account."""
    with context.database.reading() as work:
        seen = _active(people.credentials(work, login)) or _stranger(context, login)
    fits = verify(seen.password_hash, password)  # slow by design, hence outside the transaction
    with context.database.unit_of_work() as work:
        known = _active(people.credentials(work, login, lock=True))
        right = fits and known is not None and known.password_hash == seen.password_hash
        refusal = _judge(context, work, login, known, right)
        user = people.get(work, login)
        noting.signed_in(context, work, login, refusal)
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
    found = known or _stranger(context, login)
    if right:
        # a code is still to come: who knows the password must not forget wrong codes by it
        return count(context, work, login, found, right=True, forget=second_factors.get(work, login) is None)
    if known:
        return count(context, work, login, found, right=False)
    asked, now = rules(work), context.clock()
    refused, failures, until = tally(found, asked, now, right=False)
    if not locked(found, now):
        context.strangers.set(login, failures, until)
    return refused


def count(
    context: Context,
    work: Work,
    login: str,
    found: Credentials,
    *,
    right: bool,
    forget: bool = True,
    what: str = "账号或密码",
) -> str:
    """Count a right or wrong password or code; gives why it is refused, or ""."""
    now = context.clock()
    refused, failures, until = tally(found, rules(work), now, right=right, what=what)
    if not locked(found, now) and (forget or not right):
        people.set_lock(work, login, failures, until)
    return refused


def locked(found: Credentials, now: datetime) -> bool:
    """Whether the account is locked now."""
    return found.locked_until is not None and found.locked_until > now


def tally(
    found: Credentials, asked: SignInRules, now: datetime, *, right: bool, what: str = "账号或密码"
) -> tuple[str, int, datetime | None]:
    """Why it is refused, failures from now on, and the end of a lock-out."""
    if found.locked_until and found.locked_until > now:
        left = -(-int((found.locked_until - now).total_seconds()) // 60)
        return f"账号已锁定，请{max(left, 1)}分钟后再试。", found.failures, found.locked_until
    if right:
        return "", 0, None
    failures = 1 if found.locked_until else found.failures + 1
    if failures >= asked.failures:
        told = f"{what}连续错{asked.failures}次，账号锁定{asked.lock_minutes}分钟。"
        return told, failures, now + asked.lock
    left = asked.failures - failures
    return f"{what}不对。再错{left}次，账号锁定{asked.lock_minutes}分钟。", failures, None


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hasher.hash("nobody's password")


def verify(password_hash: str, password: str) -> bool:
    """Whether this is the password of the hash."""
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def add_user(context: Context, user: User, password: str, *, temporary: bool = False) -> User:
    """Add a user to groups that exist; a `temporary` password must be changed at the first sign-in."""
    check_password(user.id, password)
    hashed = hasher.hash(password)
    with context.database.unit_of_work() as work:
        add_user_in(work, user, hashed, context.clock(), temporary=temporary)
        noting.changed(context, work, "account.added", None, user)
    return user


def add_user_in(
    work: Work, user: User, password_hash: str, at: datetime | None = None, *, temporary: bool = False
) -> None:
    """Add a user within a transaction."""
    if not user.id.strip() or not user.display.strip():
        raise InvalidInput("账号和名称不能为空。")
    if len(user.id) > MOST_LOGIN or not user.id.isprintable() or user.id != user.id.strip():
        raise InvalidInput(f"账号不超过{MOST_LOGIN}个字符，首尾没有空格，不含换行等控制字符。")
    if people.get(work, user.id):
        raise Conflict(f"账号“{user.id}”已存在。")
    _check_email(user)
    _check_groups(work, user)
    people.add(work, with_duty(work, user), password_hash, at, temporary=temporary)


def _check_email(user: User) -> None:
    if user.email and not is_address(user.email):
        raise InvalidInput(f"邮箱地址“{user.email}”有误，应像 name@example.cn。")


def _check_groups(work: Work, user: User) -> None:
    missing = user.groups.difference(people.groups(work))
    if missing:
        raise InvalidInput(f"没有这些组：{'、'.join(sorted(missing))}。")


def change_user(context: Context, user: User) -> User:
    """Replace all of a user but the password."""
    if not user.display.strip():
        raise InvalidInput("名称不能为空。")
    _check_email(user)
    with context.database.unit_of_work() as work:
        old = people.get(work, user.id)
        if old is None:
            raise NotFound(f"没有账号“{user.id}”。")
        _check_groups(work, user)
        people.update(work, with_duty(work, user))
        noting.changed(context, work, "account.changed", old, user)
        if not user.active:
            sessions.end_all(work, user.id)
    return user


def add_group(context: Context, name: str) -> None:
    """Add a group; nothing happens when it is there."""
    if not name.strip():
        raise InvalidInput("组名不能为空。")
    with context.database.unit_of_work() as work:
        if name not in people.groups(work):
            people.add_groups(work, [name])
            noting.note(context, work, "group.added", name)


def set_password(context: Context, user_id: str, password: str, *, temporary: bool = False) -> None:
    """Replace a password, lift a lock-out and end the person's sessions."""
    check_password(user_id, password)
    hashed = hasher.hash(password)
    with context.database.unit_of_work() as work:
        known = people.credentials(work, user_id, lock=True)
        if known is None:
            raise NotFound(f"没有账号“{user_id}”。")
        put_password(work, user_id, known, hashed, context.clock(), temporary=temporary)
        noting.note(context, work, "account.password_reset", user_id)


def put_password(
    work: Work, user_id: str, known: Credentials, hashed: str, at: datetime, *, temporary: bool = False
) -> None:
    """Replace a password within a transaction; the earlier one is remembered, all sessions end."""
    people.keep_past_password(work, user_id, known.password_hash, rules(work).password_history)
    people.set_password(work, user_id, hashed, at, temporary=temporary)
    sessions.end_all(work, user_id)


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
    elif is_common(password):
        problem = "这个密码太常见，容易被猜中，请换一个。"
    if problem:
        raise InvalidInput(problems=[Problem(problem, element="password")])
