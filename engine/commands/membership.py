"""The team of a case, and access given by a decision, with reasons, for good or until a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine import policy
from engine.commands import cases, circles, steps, telling
from engine.commands.context import ZONE, Context, allow, person, written
from engine.commands.delegating import known, refuse
from engine.errors import Conflict, InvalidInput, NotFound
from engine.model.access import Member, Standing
from engine.model.chain import Entry
from engine.model.records import User
from engine.store import access
from engine.store.database import Work
from engine.store.instances import Case

MOST = 50  #: persons of one call


def located(context: Context, work: Work, instance_id: str, by: str) -> tuple[User, Case, Standing]:
    """The case, locked, with what the acting user has to do with it; NotFound for who may not see it."""
    user = person(work, by)
    case = cases.visible_case(work, instance_id, user)
    rules = circles.rules_of(context, work, case.instance)
    return user, case, access.standing(work, case.instance, user, rules.leaders)


def add_to_team(context: Context, instance_id: str, users: Sequence[str], reason: str, *, by: str) -> None:
    """Make people members of a case's team."""
    reason, users = written(reason, "理由"), list(dict.fromkeys(users))
    if not users or len(users) > MOST:
        raise InvalidInput(f"请选择办案人员，一次不超过{MOST}人。")
    with context.database.unit_of_work() as work:
        user, case, standing = located(context, work, instance_id, by)
        allow(user, policy.change_team(standing))
        now = context.clock()
        for one in users:
            _add(work, case, Member("", instance_id, one, "team", reason, by, now), now)
            case = steps.noted(work, case, Entry(now, by, "access.team_added", _told(work, one, reason)))
        access.reoffer(work, case.instance)
        text = f"{user.display or '系统'}把您加为“{case.instance.title}”的办案人员：{reason}"
        telling.tell_about(work, instance_id, "access.team_added", user, text, now, users)


def give_access(
    context: Context, instance_id: str, to: str, reason: str, until: date | None, *, by: str
) -> None:
    """Let a person see a case, until the end of a day or until it is revoked."""
    reason = written(reason, "批准查看的理由")
    with context.database.unit_of_work() as work:
        user, case, standing = located(context, work, instance_id, by)
        allow(user, policy.give_access(standing))
        now = context.clock()
        end = _end_of(until)
        if end is not None and end <= now:
            raise InvalidInput("查看的截止日期已过，请另填。")
        _add(work, case, Member("", instance_id, to, "access", reason, by, now, end), now)
        told = {**_told(work, to, reason), "until": until.isoformat() if until else ""}
        steps.note(work, case, Entry(now, by, "access.given", told))
        access.reoffer(work, case.instance)
        text = f"{user.display or '系统'}批准您查看“{case.instance.title}”：{reason}"
        telling.tell_about(work, instance_id, "access.given", user, text, now, [to])


def end(context: Context, member_id: str, reason: str, *, by: str) -> None:
    """Take somebody out of a team, or revoke his access."""
    reason = written(reason, "理由")
    with context.database.unit_of_work() as work:
        one = access.member(work, member_id)
        if one is None:
            raise NotFound
        user, case, standing = located(context, work, one.instance_id, by)
        now = context.clock()
        team = one.kind == "team"
        allow(user, policy.change_team(standing) if team else policy.give_access(standing))
        if not access.live(one, now):
            raise Conflict("这一项已经结束。")
        if (
            team
            and "tasks" not in case.instance.shown_to
            and one.user in access.holders(work, one.instance_id)
        ):
            raise Conflict("他在本件中还有待办的任务，请先转办。")
        access.end_member(work, one, by, now, reason)
        kind = "access.team_removed" if team else "access.ended"
        steps.note(work, case, Entry(now, by, kind, _told(work, one.user, reason)))
        access.reoffer(work, case.instance)


def _add(work: Work, case: Case, new: Member, now: datetime) -> None:
    target = known(work, new.user)
    refuse("" if target.active else f"{target.display}的账号已停用，请另选一人。")
    refuse(policy.admit(target, access.barred(work, new.instance_id), None))
    if any(_same(one, new) and access.live(one, now) for one in access.members(work, new.instance_id)):
        raise Conflict(
            f"{target.display}已经是" + ("办案人员。" if new.kind == "team" else "经批准查看的人。")
        )
    access.add_member(work, new)


def _same(one: Member, other: Member) -> bool:
    return (one.user, one.kind) == (other.user, other.kind)


def _told(work: Work, user_id: str, reason: str) -> dict[str, str]:
    return {"user": user_id, "name": known(work, user_id).display, "reason": reason}


def _end_of(day: date | None) -> datetime | None:
    """The instant at which a day of the office ends."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(ZONE))
