"""What administrators do with accounts: each act the duty of one of them, none of them a case's."""

from __future__ import annotations

import secrets
from dataclasses import replace

from engine import policy
from engine.commands import identity, signing_rules
from engine.commands.administering import noted, with_duty
from engine.commands.context import Context, allow, person
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.model.records import User
from engine.model.signing_in import Account, SignInRules
from engine.store import people, second_factors
from engine.store import sessions as kept
from engine.store.database import Work

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def listed(context: Context, *, by: str) -> tuple[Account, ...]:
    """All accounts by id, with what an administrator needs to know of each."""
    now = context.clock()
    with context.database.reading() as work:
        allow(person(work, by), policy.administer(person(work, by), "look at accounts"))
        holders = second_factors.holders(work)
        return tuple(
            Account(
                user=one,
                locked_until=locked if (locked := known.locked_until) and locked > now else None,
                temporary=known.must_change,
                has_factor=one.id in holders,
                sessions=sum(not each.over(now) for each in kept.of(work, one.id)),
            )
            for one in people.all_users(work)
            if (known := people.credentials(work, one.id))
        )


def add(context: Context, login: str, display: str, unit: str, *, by: str) -> str:
    """Add an account that is in no group yet; gives its temporary password, which is kept nowhere."""
    password = _temporary()
    hashed = identity.hasher.hash(password)
    with context.database.unit_of_work() as work:
        _allow(work, by, "add account")
        user = User(login, display, unit, frozenset())
        identity.add_user_in(work, user, hashed, context.clock(), temporary=True)
        noted(context, work, "account.added", by, login, {"display": display, "unit": unit})
    return password


def change(context: Context, login: str, display: str, unit: str, *, by: str) -> None:
    """Change what an account is called and where it belongs."""
    if not display.strip():
        raise InvalidInput("名称不能为空。")
    with context.database.unit_of_work() as work:
        _allow(work, by, "change account")
        before = _get(work, login)
        people.update(work, replace(before, display=display.strip(), unit=unit.strip()))
        data = {"before": [before.display, before.unit], "after": [display.strip(), unit.strip()]}
        noted(context, work, "account.changed", by, login, data)


def set_active(context: Context, login: str, active: bool, *, by: str) -> None:
    """Close an account, which ends its sessions, or open it again."""
    with context.database.unit_of_work() as work:
        _allow(work, by, "close account", login)
        people.update(work, replace(_get(work, login), active=active))
        if not active:
            kept.end_all(work, login)
        noted(context, work, "account.opened" if active else "account.closed", by, login, {})


def reset_password(context: Context, login: str, *, by: str) -> str:
    """Give an account a temporary password and end its sessions; the password is kept nowhere.

    An administrator's is reset on the machine only: else one of them could sign in as another.
    """
    password = _temporary()
    hashed = identity.hasher.hash(password)
    with context.database.unit_of_work() as work:
        _allow(work, by, "reset password", login)
        if _get(work, login).duty:
            raise NotAllowed(
                "管理员的密码不能由另一位管理员在网页上重置，请在服务器上用 wenze user password。"
            )
        known = people.credentials(work, login, lock=True)
        if known is None:
            raise NotFound(f"没有账号“{login}”。")
        identity.put_password(work, login, known, hashed, context.clock(), temporary=True)
        noted(context, work, "account.password_reset", by, login, {})
    return password


def end_sessions(context: Context, login: str, *, by: str) -> int:
    """End all sessions of a person; gives how many."""
    with context.database.unit_of_work() as work:
        _allow(work, by, "end sessions")
        count = kept.end_all(work, _get(work, login).id)
        noted(context, work, "account.sessions_ended", by, login, {"count": count})
    return count


def set_groups(context: Context, login: str, groups: frozenset[str], *, by: str) -> None:
    """Give and take roles, never one's own; InvalidInput for groups that exclude each other."""
    with context.database.unit_of_work() as work:
        _allow(work, by, "change roles", login)
        before = _get(work, login)
        if missing := groups.difference(people.groups(work)):
            raise InvalidInput(f"没有这些组：{'、'.join(sorted(missing))}。")
        people.update(work, with_duty(work, replace(before, groups=groups)))
        data = {"before": sorted(before.groups), "after": sorted(groups)}
        noted(context, work, "account.roles_changed", by, login, data)


def add_group(context: Context, name: str, *, by: str) -> None:
    """Add a group (role)."""
    if not name.strip():
        raise InvalidInput("组名不能为空。")
    with context.database.unit_of_work() as work:
        _allow(work, by, "change roles")
        people.add_groups(work, [name.strip()])
        noted(context, work, "group.added", by, name.strip(), {})


def drop_factor(context: Context, login: str, *, by: str) -> None:
    """Remove a person's second factor, as when the phone is lost, and end his sessions."""
    with context.database.unit_of_work() as work:
        _allow(work, by, "drop second factor", login)
        second_factors.drop(work, _get(work, login).id)
        kept.end_all(work, login)
        noted(context, work, "account.factor_dropped", by, login, {})


def rules(context: Context) -> SignInRules:
    """What the office asks of whoever signs in."""
    with context.database.reading() as work:
        return signing_rules.rules(work)


def set_rules(context: Context, given: SignInRules, *, by: str) -> None:
    """Set what the office asks of whoever signs in; it holds for sessions that begin from now on."""
    with context.database.unit_of_work() as work:
        _allow(work, by, "set sign-in rules")
        signing_rules.check(given, people.groups(work))
        before, after = signing_rules.to_json(signing_rules.rules(work)), signing_rules.to_json(given)
        people.put_setting(work, signing_rules.SETTING, after)
        noted(context, work, "sign_in.rules_set", by, "", {"before": before, "after": after})


def _allow(work: Work, by: str, deed: str, about: str = "") -> None:
    """Refuse whose duty it isn't; what needs another's hand isn't done to oneself."""
    user = person(work, by)
    allow(user, policy.administer(user, deed))
    if about and about == by:
        raise NotAllowed("不能对自己的账号这样做，请另一位管理员办理。")


def _get(work: Work, login: str) -> User:
    found = people.get(work, login)
    if found is None:
        raise NotFound(f"没有账号“{login}”。")
    return found


def _temporary() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
