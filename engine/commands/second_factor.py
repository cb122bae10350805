"""Time-based one-time passwords (TOTP, RFC 6238) as second factor, and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime

import pyotp

from engine.commands import identity, sessions
from engine.commands.administering import noted
from engine.commands.context import Context
from engine.commands.signing_rules import rules
from engine.errors import Conflict, InvalidInput, NotAllowed, Problem
from engine.model.records import User
from engine.model.signing_in import Enrolment, Session
from engine.store import people, second_factors
from engine.store.database import Work
from engine.store.second_factors import Factor

STEP = 30  #: seconds that a code is for
DRIFT = 1  #: steps that a clock may be off
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_WHAT = "动态口令"


def enrol(context: Context, token: str, issuer: str) -> Enrolment:
    """Begin a second factor: a secret for the person's app, which counts once it is confirmed.

    Asked for again before that, it is the same one. Conflict when one counts already.
    """
    with context.database.unit_of_work() as work:
        user = _may_enrol(sessions.held(work, token, context.clock()))
        known = second_factors.get(work, user.id, lock=True)
        if known and known.confirmed_at:
            raise Conflict("已经绑定了动态口令。要换一个，请先解除。")
        secret = context.seal.open(known.secret, user.id) if known else pyotp.random_base32()
        if known is None:
            second_factors.put(work, user.id, context.seal.close(secret, user.id))
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=user.id, issuer_name=issuer))


def _may_enrol(mine: Session) -> User:
    if mine.needs not in ("", "factor"):
        raise NotAllowed("登录还没有完成。")
    return mine.user


def confirm(context: Context, token: str, code: str) -> tuple[str, tuple[str, ...]]:
    """Let the second factor count, shown a code of it; gives a new session's token and recovery codes.

    InvalidInput for a wrong code. The recovery codes are kept as hashes only.
    """
    now = context.clock()
    with context.database.unit_of_work() as work:
        mine = sessions.held(work, token, now)
        user = _may_enrol(mine)
        known = second_factors.get(work, user.id, lock=True)
        if known is None or known.confirmed_at:
            raise Conflict("请重新开始绑定。")
        if not _use(context, work, user.id, known, code, now):
            told = "动态口令不对。请核对手机的时间，填写最新的6位数字。"
            raise InvalidInput(problems=[Problem(told, element="code")])
        second_factors.confirm(work, user.id, now)
        codes = _new_codes(work, user.id)
        noted(context, work, "factor.bound", user.id, user.id)
        return sessions.renew(context, work, mine, proved=True), codes


def give_code(context: Context, token: str, code: str) -> str:
    """Go on with a session that lacks the code, by one of the app or of recovery; gives the new token.

    NotAllowed, saying how many tries are left, for a wrong code or one that was used; they count as wrong
    passwords do.
    """
    now = context.clock()
    with context.database.unit_of_work() as work:
        mine = sessions.held(work, token, now)
        login = mine.user.id
        known = people.credentials(work, login, lock=True)
        factor = second_factors.get(work, login, lock=True)
        if mine.needs != "code" or known is None or factor is None:
            raise Conflict("这次登录不需要动态口令，请重新登录。")
        right = not identity.locked(known, now) and _right(context, work, login, factor, code, now)
        refused = identity.count(context, work, login, known, right=right, what=_WHAT)
        if refused:
            noted(context, work, "sign_in.failed", login, login, reason=refused)
        made = "" if refused else sessions.renew(context, work, mine, proved=True)
    if refused:
        raise NotAllowed(refused)
    return made


def _right(context: Context, work: Work, login: str, factor: Factor, code: str, now: datetime) -> bool:
    if _use(context, work, login, factor, code, now):
        return True
    return second_factors.use_code(work, login, _hash(login, code), now)


def _use(context: Context, work: Work, login: str, factor: Factor, code: str, now: datetime) -> bool:
    """Whether this is a code of now that wasn't used; it is used up by that, with all earlier ones."""
    given = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", given):
        return False
    totp = pyotp.TOTP(context.seal.open(factor.secret, login))
    here = int(now.timestamp()) // STEP
    for step in range(max(here - DRIFT, factor.last_step + 1), here + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), given):
            second_factors.use_step(work, login, step)
            return True
    return False


def _new_codes(work: Work, login: str) -> tuple[str, ...]:
    codes = tuple(_code() for _ in range(CODES))
    second_factors.put_codes(work, login, [_hash(login, one) for one in codes])
    return codes


def _code() -> str:
    """Sixteen letters and digits, 79 bits: too many to try, so that a fast hash is enough."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _hash(login: str, code: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", code.lower())
    return hashlib.sha256(f"{login}\n{plain}".encode()).hexdigest()


def drop(context: Context, token: str, password: str) -> str:
    """Remove one's own second factor, shown the password; gives the token of a new session.

    NotAllowed where the office asks this person for one.
    """
    now = context.clock()
    with context.database.reading() as work:
        mine = sessions.whole(sessions.held(work, token, now))
        known = people.credentials(work, mine.user.id)
        if mine.user.groups & rules(work).factor_groups:
            raise NotAllowed("您的角色必须使用动态口令。换手机请找安全管理员解除后重新绑定。")
    right = known is not None and identity.verify(known.password_hash, password)
    with context.database.unit_of_work() as work:
        mine = sessions.whole(sessions.held(work, token, now))
        found = people.credentials(work, mine.user.id, lock=True)
        refused = (
            identity.count(context, work, mine.user.id, found, right=right, what="密码") if found else ""
        )
        if refused:
            noted(context, work, "sign_in.failed", mine.user.id, mine.user.id, reason=refused)
        made = "" if refused else _dropped(context, work, mine)
    if refused:
        raise InvalidInput(problems=[Problem(refused, element="password")])
    return made


def _dropped(context: Context, work: Work, mine: Session) -> str:
    second_factors.drop(work, mine.user.id)
    noted(context, work, "factor.dropped", mine.user.id, mine.user.id)
    return sessions.renew(context, work, mine, proved=True)


def state(context: Context, user_id: str) -> tuple[bool, int]:
    """Whether the person has a second factor, and how many recovery codes are left."""
    with context.database.reading() as work:
        known = second_factors.get(work, user_id)
        return bool(known and known.confirmed_at), second_factors.codes_left(work, user_id)
