"""Changing one's own password."""

from __future__ import annotations

from engine.commands import identity, sessions
from engine.commands.administering import noted
from engine.commands.context import Context
from engine.commands.signing_rules import rules
from engine.errors import Conflict, InvalidInput, NotAllowed, Problem
from engine.model.signing_in import Session
from engine.store import people
from engine.store.people import Credentials

_USED = "新密码不能与现在的或最近用过的密码相同，请换一个。"


def change(context: Context, token: str, old: str, new: str) -> str:
    """Replace one's own password; all of one's sessions end, and the token of a new one is given.

    NotAllowed for a wrong old password, which counts as a failed sign-in; InvalidInput for a new one that
    is weak or was used lately.
    """
    mine, known, earlier = _seen(context, token)
    login, right = mine.user.id, identity.verify(known.password_hash, old)
    _count(context, login, known, right)
    identity.check_password(login, new)
    if any(identity.verify(one, new) for one in (known.password_hash, *earlier)):
        raise InvalidInput(problems=[Problem(_USED, element="password")])
    hashed, now = identity.hasher.hash(new), context.clock()
    with context.database.unit_of_work() as work:
        mine = sessions.held(work, token, now)
        found = people.credentials(work, login, lock=True)
        if found is None or found.password_hash != known.password_hash:
            raise Conflict("密码刚才已经改过，请重新登录。")
        identity.put_password(work, login, found, hashed, now)
        noted(context, work, "password.changed", login, login)
        return sessions.renew(context, work, mine, proved=True)


def _seen(context: Context, token: str) -> tuple[Session, Credentials, tuple[str, ...]]:
    with context.database.reading() as work:
        mine = sessions.held(work, token, context.clock())
        if mine.needs == "code":
            raise NotAllowed("请先填写动态口令。")
        known = people.credentials(work, mine.user.id)
        earlier = people.past_passwords(work, mine.user.id)[: rules(work).password_history]
    if known is None:
        raise NotAllowed("账号已停用或不存在。")
    return mine, known, earlier


def _count(context: Context, login: str, known: Credentials, right: bool) -> None:
    with context.database.unit_of_work() as work:
        found = people.credentials(work, login, lock=True) or known
        refused = identity.count(context, work, login, found, right=right, what="密码")
        if refused:
            noted(context, work, "sign_in.failed", login, login, reason=refused)
    if refused:
        raise InvalidInput(problems=[Problem(refused, element="old")])
