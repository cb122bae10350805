"""Who belongs to a case by name, and who must keep out of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, literal, or_, select

from engine.model.access import Asked, Member, Standing, Tie, TieStatus
from engine.model.records import ProcessInstance, User, UserTask
from engine.store import offers
from engine.store.database import Work
from engine.store.sql import insert, new_id, upsert
from engine.store.tables import (
    case_access,
    case_role,
    instance_group,
    membership,
    participant,
    process_instance,
    user_account,
    user_task,
)
from engine.store.tasks import of_instance as tasks_of

_ACTIVE = (case_role.c.status == "active", case_role.c.bars != "")


def members(work: Work, instance_id: str) -> tuple[Member, ...]:
    """A case's team and who was given access, also what has ended, oldest first."""
    table = case_access.c
    statement = select(case_access).where(table.instance_id == instance_id)
    return tuple(
        _member(row) for row in work.connection.execute(statement.order_by(table.given_at, table.id))
    )


def member(work: Work, member_id: str) -> Member | None:
    """One of them."""
    row = work.connection.execute(select(case_access).where(case_access.c.id == member_id)).first()
    return _member(row) if row else None


def add_member(work: Work, new: Member) -> Member:
    """From now on this person sees the case: for good as one of its team, or until his access ends."""
    made = replace(new, id=new_id())
    row = {name: getattr(made, name) for name in Member.__slots__ if name != "user"}
    insert(work, case_access, [{**row, "user_id": made.user}])
    seen = {"instance_id": made.instance_id, "user_id": made.user, "role": made.kind, "seen": True}
    statement = upsert(work, participant).values(**seen, until=made.until)
    work.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["instance_id", "user_id", "role"],
            set_={"until": statement.excluded.until, "seen": True},
        )
    )
    return made


def end_member(work: Work, one: Member, by: str, now: datetime, reason: str) -> None:
    """End a membership or an access."""
    work.connection.execute(
        case_access.update()
        .where(case_access.c.id == one.id)
        .values(ended_at=now, ended_by=by, end_reason=reason)
    )
    part = participant.c
    mine = (part.instance_id == one.instance_id, part.user_id == one.user, part.role == one.kind)
    work.connection.execute(participant.delete().where(*mine))


def live(one: Member, now: datetime) -> bool:
    """Whether a membership or an access has not ended."""
    return one.ended_at is None and (one.until is None or one.until > now)


def inside(work: Work, instance_id: str, *, team: bool = False) -> frozenset[str]:
    """Users of the team, and (unless only the `team` is asked for) those whose access has not ended."""
    part = participant.c
    lasts = or_(part.until.is_(None), part.until > work.clock())
    kinds = ("team",) if team else ("team", "access")
    mine = select(part.user_id).where(part.instance_id == instance_id, part.role.in_(kinds), lasts)
    return frozenset(work.connection.execute(mine).scalars())


def ties(work: Work, instance_id: str) -> tuple[Tie, ...]:
    """Roles and recusals of a case in any state, oldest first."""
    table = case_role.c
    statement = select(case_role).where(table.instance_id == instance_id)
    return tuple(_tie(row) for row in work.connection.execute(statement.order_by(table.asked_at, table.id)))


def tie(work: Work, tie_id: str) -> Tie | None:
    """One of them."""
    row = work.connection.execute(select(case_role).where(case_role.c.id == tie_id)).first()
    return _tie(row) if row else None


def add_tie(work: Work, new: Tie) -> Tie:
    """Keep a role or recusal."""
    made = replace(new, id=new_id())
    row = {name: getattr(made, name) for name in Tie.__slots__ if name != "user"}
    insert(work, case_role, [{**row, "user_id": made.user}])
    return made


def decide(work: Work, one: Tie, status: TieStatus, by: str, now: datetime, text: str) -> None:
    """Keep what was decided about a role or recusal."""
    changed = {"status": status, "decided_by": by, "decided_at": now, "decision": text}
    work.connection.execute(case_role.update().where(case_role.c.id == one.id).values(**changed))


def barred(work: Work, instance_id: str) -> frozenset[str]:
    """Users who may have no task of this case."""
    statement = select(case_role.c.user_id).where(case_role.c.instance_id == instance_id, *_ACTIVE)
    return frozenset(work.connection.execute(statement).scalars())


def asked(work: Work, keys: Collection[str]) -> tuple[Asked, ...]:
    """Recusals that wait for a decision, in cases of these processes, oldest first."""
    case, role = process_instance.c, case_role.c
    statement = (
        select(case_role, case.business_key)
        .join(process_instance, case.id == role.instance_id)
        .where(role.status == "asked", case.key.in_(keys))
        .order_by(role.asked_at, role.id)
    )
    return tuple(Asked(_tie(row), row.business_key) for row in work.connection.execute(statement))


def accounts(work: Work, told: Collection[str]) -> frozenset[str]:
    """Users whose account, or whose display with or without their unit, is told in these texts."""
    account = user_account.c
    whole = (account.unit + account.display, account.unit + literal(" ") + account.display)
    fits = or_(*(column.in_(told) for column in (account.id, account.display, *whole)))
    return (
        frozenset(work.connection.execute(select(account.id).where(fits)).scalars()) if told else frozenset()
    )


def standing(work: Work, instance: ProcessInstance, user: User, leaders: Collection[str]) -> Standing:
    """What a person has to do with a case."""
    part, task, group = participant.c, user_task.c, instance_group.c
    mine = (part.instance_id == instance.id, part.user_id == user.id)
    lasts = or_(part.until.is_(None), part.until > work.clock())
    open_here = (task.instance_id == instance.id, task.status == "open")
    facts: dict[str, ColumnElement[bool]] = {
        "holds": exists().where(*open_here, or_(task.assignee == user.id, task.owner == user.id)),
        "part": exists().where(*mine, part.role == "part"),
        "offered": exists().where(*open_here, task.offer_id.in_(offers.OF_USER)),
        "team": exists().where(*mine, part.role == "team"),
        "access": exists().where(*mine, part.role == "access", lasts),
        "copied": exists().where(*mine, part.role == "copy"),
        "supervises": exists().where(
            group.instance_id == instance.id, group.group_name.in_(sorted(user.groups))
        ),
    }
    columns = [fact.label(name) for name, fact in facts.items()]
    found = work.connection.execute(select(*columns), {"user": user.id}).one()
    kept_out = [one.bars for one in ties(work, instance.id) if one.user == user.id and one.status == "active"]
    return Standing(
        **{name: bool(getattr(found, name)) for name in facts},
        leads=bool(user.groups.intersection(leaders)),
        bars="all" if "all" in kept_out else "tasks" if "tasks" in kept_out else "",
        shown_to=instance.shown_to,
    )


def eligible(work: Work, users: Collection[str], task: UserTask) -> tuple[str, ...]:
    """Those of the users who are candidates for a task."""
    member_of = membership.c
    statement = select(member_of.user_id).where(
        member_of.user_id.in_(users), member_of.group_name.in_(task.candidate_groups)
    )
    named = set(users).intersection(task.candidate_users)
    return tuple(sorted(named.union(work.connection.execute(statement).scalars())))


def reoffer(work: Work, instance: ProcessInstance) -> None:
    """Offer the open tasks of a case to those of their candidates to whom its grade shows it."""
    users = None if "tasks" in instance.shown_to else inside(work, instance.id)
    for task in tasks_of(work, instance.id, "open"):
        to = task
        if users is not None:
            to = replace(task, candidate_groups=(), candidate_users=eligible(work, users, task))
        offers.add(work, [to])
        mine = user_task.update().where(user_task.c.id == task.id)
        work.connection.execute(mine.values(offer_id=offers.offer_id(to)))


def tasks_with(work: Work, instance_id: str, users: Collection[str]) -> Sequence[UserTask]:
    """Open and waiting tasks, and parts of tasks, that these users have or own."""
    live_ones = [one for one in tasks_of(work, instance_id, parts=True) if one.status in ("open", "waiting")]
    return [one for one in live_ones if {one.assignee, one.owner, one.on_behalf_of}.intersection(users)]


def hand_back(work: Work, task: UserTask, assignee: str | None) -> None:
    """Take a live task from who has it: for its owner, or for nobody; a draft goes with him."""
    work.connection.execute(
        user_task.update()
        .where(user_task.c.id == task.id)
        .values(
            assignee=assignee,
            owner=None,
            on_behalf_of=None,
            handed=None,
            draft=None,
            revision=task.revision + 1,
        )
    )


def holders(work: Work, instance_id: str) -> frozenset[str]:
    """Who has or owns an open task of the case."""
    found: Iterable[UserTask] = tasks_of(work, instance_id, "open", parts=True)
    return frozenset(who for one in found for who in (one.assignee, one.owner) if who)


def _member(row: Any) -> Member:
    return Member(
        row.id,
        row.instance_id,
        row.user_id,
        row.kind,
        row.reason,
        row.given_by,
        row.given_at,
        row.until,
        row.ended_at,
        row.ended_by,
        row.end_reason,
    )


def _tie(row: Any) -> Tie:
    return Tie(
        row.id,
        row.instance_id,
        row.user_id,
        row.role,
        row.source,
        row.bars,
        row.reason,
        row.asked_by,
        row.asked_at,
        row.status,
        row.decided_by,
        row.decided_at,
        row.decision,
    )
