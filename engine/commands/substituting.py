"""Naming a substitute, and giving him the tasks of who is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from engine import policy
from engine.commands.context import Context, allow, person, written
from engine.errors import Conflict, InvalidInput, NotAllowed, Problem
from engine.model.audit import AuditEntry
from engine.model.chain import Entry
from engine.model.records import UserTask
from engine.model.substituting import Substitution, leads_back
from engine.store import audit, definitions, people, substitutes, tasks
from engine.store.database import Work
from engine.store.sql import new_id


def appoint(
    context: Context,
    absent: str,
    substitute: str,
    since: datetime,
    until: datetime,
    reason: str,
    *,
    by: str,
    processes: Sequence[str] = (),
) -> Substitution:
    """Let a substitute have the new tasks of a person for a time, of some processes or of all."""
    now = context.clock()
    made = Substitution(
        new_id(),
        absent,
        substitute,
        since,
        until,
        tuple(dict.fromkeys(processes)),
        written(reason, "代理的理由"),
        by,
        now,
    )
    with context.database.unit_of_work() as work:
        user = person(work, by)
        allow(user, policy.appoint_substitute(user, absent, people.get_setting(work, "process_admins") or ""))
        problems = [*_wrong_persons(work, made), *_wrong_span(made, now), *_wrong_processes(work, made)]
        if not problems:
            problems = _crossing(made, substitutes.to_come(work, now))
        if problems:
            raise InvalidInput(problems=problems)
        substitutes.add(work, made)
        audit.append(work, _act(made, "substitution.made", by, now, made.reason))
    return made


def _wrong_persons(work: Work, made: Substitution) -> list[Problem]:
    found = []
    for name, login in (("person", made.person), ("substitute", made.substitute)):
        user = people.get(work, login)
        if user is None or not user.active:
            found.append(Problem(f"没有在用的账号“{login}”，请另选一人。", element=name))
    if made.person == made.substitute:
        found.append(Problem("代理人不能是本人，请另选一人。", element="substitute"))
    return found


def _wrong_span(made: Substitution, now: datetime) -> list[Problem]:
    if made.until <= made.since:
        return [Problem("结束早于开始，请改日期。", element="until")]
    return [Problem("结束日期已经过去，请改日期。", element="until")] if made.until <= now else []


def _wrong_processes(work: Work, made: Substitution) -> list[Problem]:
    return [
        Problem(f"没有流程“{key}”。", element="processes")
        for key in made.processes
        if definitions.latest(work, key) is None
    ]


def _crossing(made: Substitution, known: Sequence[Substitution]) -> list[Problem]:
    if any(one.person == made.person and one.meets(made) for one in known):
        return [Problem("这段时间已有代理人，请先结束那一项，或者改日期、流程。", element="since")]
    if leads_back(made, known):
        return [Problem("代理会绕回到本人：代理人在这段时间又由本人代理。请另选一人。", element="substitute")]
    return []


def end(context: Context, substitution_id: str, *, by: str) -> None:
    """End a substitution early; tasks that the substitute has stay with him."""
    with context.database.unit_of_work() as work:
        user = person(work, by)
        found = substitutes.get(work, substitution_id)
        admins = people.get_setting(work, "process_admins") or ""
        refused = policy.end_substitution(user, found, admins) if found else ""
        if found is None or (refused and by not in (found.substitute, policy.SYSTEM)):
            raise NotAllowed("没有这项代理，或者不是您的。")
        allow(user, refused)
        if found.ended_at is not None or found.until <= context.clock():
            raise Conflict("这项代理已经结束。")
        substitutes.end(work, substitution_id, by, context.clock())
        audit.append(work, _act(found, "substitution.ended", by, context.clock()))


def _act(one: Substitution, kind: str, by: str, now: datetime, reason: str = "") -> AuditEntry:
    told = {"person": one.person, "substitute": one.substitute, "processes": list(one.processes)}
    span = {name: getattr(one, name).astimezone(UTC).isoformat() for name in ("since", "until")}
    return AuditEntry(now, by, kind, one.id, reason=reason, data=told | span)


def placed(
    work: Work, key: str, task: UserTask, apart: Sequence[str], now: datetime
) -> tuple[UserTask, tuple[Entry, ...]]:
    """A new task as it comes to a substitute, if its assignee is away, and what the record says of that.

    Who may not do it, being kept apart from it himself or in the stead of somebody who is, doesn't get it:
    it falls to the candidates, or stays where it is if there are none.
    """
    absent = task.assignee
    way = substitutes.leading_from(work, absent, key, now) if absent else ()
    if not way or absent is None:
        return task, ()
    target = people.get(work, way[-1].substitute)
    told = {"name": task.name, "for": absent, "to": way[-1].substitute, "way": [one.id for one in way]}
    why = ""
    if target is None or not target.active:
        why = "代理人的账号已停用。"
    elif {target.id, absent} & tasks.doers(work, task.instance_id, *apart):
        why = "代理人或本人办过与此步须由不同人办理的步骤。"
    if not why:
        handed = {"verb": "substituted", "by": absent, "reason": way[0].reason}
        given = replace(task, assignee=way[-1].substitute, on_behalf_of=absent, handed=handed)
        return given, (Entry(now, "", "task.substituted", told, task.id),)
    falls = bool(task.candidate_groups or task.candidate_users)
    note = f"没有交给代理人：{why}{'由候选人认领。' if falls else '仍由本人办理。'}"
    entry = Entry(now, "", "task.not_substituted", {**told, "note": note}, task.id)
    return (replace(task, assignee=None) if falls else task), (entry,)
