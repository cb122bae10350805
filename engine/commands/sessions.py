"""Sessions: begun after signing in, looked up at every request, listed and ended."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from engine.commands.administering import noted
from engine.commands.context import Context, person
from engine.commands.signing_rules import need, rules
from engine.errors import Conflict, NotAllowed
from engine.model.records import User
from engine.model.signing_in import Caller, Session
from engine.store import sessions
from engine.store.database import Work

SEEN = timedelta(minutes=1)  #: the time of last use is kept as exactly as this
MOST_AGENT = 300
_SHOWN = 8  #: digits of a session's id in the record


def begin(context: Context, user_id: str, caller: Caller, method: str = "password") -> str:
    """Begin a session of who has proved to be this user; gives the token that his browser is to hold."""
    with context.database.unit_of_work() as work:
        return begin_in(context, work, person(work, user_id), caller, method)


def begin_in(
    context: Context, work: Work, user: User, caller: Caller, method: str, *, proved: bool = False
) -> str:
    """Begin a session within a transaction; `proved`: the second factor, too."""
    token, asked, now = secrets.token_urlsafe(32), rules(work), context.clock()
    sessions.forget_old(work, now)
    made = Session(
        id=hashed(token),
        user=user,
        created_at=now,
        seen_at=now,
        ends_at=now + timedelta(hours=asked.session_hours),
        idle_minutes=asked.idle_minutes,
        origin=caller.origin,
        agent=caller.agent[:MOST_AGENT],
        method=method,
        needs=need(work, asked, user, method, now, proved=proved),
    )
    sessions.add(work, made)
    data = {"method": method, "session": made.id[:_SHOWN], "agent": made.agent}
    kind = "session.half" if made.needs else "session.begun"
    noted(context, work, kind, user.id, user.id, {**data, **({"needs": made.needs} if made.needs else {})})
    return token


def renew(context: Context, work: Work, old: Session, *, proved: bool = False) -> str:
    """A session in place of this one, with another token, for its person has proved more."""
    sessions.end(work, old.id)
    return begin_in(context, work, old.user, Caller(old.origin, old.agent), old.method, proved=proved)


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def current(context: Context, token: str, *, quiet: bool = False) -> Session | None:
    """The session of this token, unless it is over or its account closed.

    Notes that it was used, unless the asking is `quiet`: done by a page by itself, not by its reader.
    """
    now = context.clock()
    with context.database.reading() as work:
        found = sessions.find(work, hashed(token))
        if found is not None:
            work.users[found.user.id] = found.user
    if found is None or not found.user.active or found.over(now):
        return None
    if not quiet and now - found.seen_at >= SEEN:
        with context.database.unit_of_work() as work:
            sessions.touch(work, found.id, now)
    return found


def held(work: Work, token: str, now: datetime) -> Session:
    """The session of this token within a transaction; NotAllowed when it is over."""
    found = sessions.find(work, hashed(token))
    if found is None or not found.user.active or found.over(now):
        raise NotAllowed("登录已过期，请重新登录。")
    return found


def of(context: Context, user_id: str) -> tuple[Session, ...]:
    """A person's sessions that aren't over, the one used last first."""
    now = context.clock()
    with context.database.reading() as work:
        return tuple(one for one in sessions.of(work, user_id) if not one.over(now))


def sign_out(context: Context, token: str) -> None:
    """End the session of this token, if there is one."""
    with context.database.unit_of_work() as work:
        found = sessions.find(work, hashed(token))
        if found is not None and sessions.end(work, found.id):
            noted(
                context, work, "session.ended", found.user.id, found.user.id, {"session": found.id[:_SHOWN]}
            )


def end(context: Context, session_id: str, *, by: str) -> None:
    """End one of one's own sessions; Conflict when it is over, or anybody else's."""
    with context.database.unit_of_work() as work:
        found = sessions.find(work, session_id)
        if found is None or found.user.id != by:
            raise Conflict("这次登录已经结束。")
        sessions.end(work, session_id)
        noted(context, work, "session.ended", by, by, {"session": session_id[:_SHOWN]})


def end_others(context: Context, token: str) -> int:
    """End all sessions of the person but this one; gives how many."""
    with context.database.unit_of_work() as work:
        mine = held(work, token, context.clock())
        count = sessions.end_all(work, mine.user.id, but=mine.id)
        noted(context, work, "session.others_ended", mine.user.id, mine.user.id, {"count": count})
        return count


def whole(session: Session) -> Session:
    """The session; NotAllowed as long as it lacks something."""
    if session.needs:
        raise NotAllowed("登录还没有完成。")
    return session
