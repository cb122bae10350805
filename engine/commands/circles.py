"""Who belongs to a case as it goes on: its grade, roles that its variables tell, tasks of who must keep out.

Called by every step, within its transaction. Costs nothing where the process has no rules, or no variable
that they name has changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from engine import feel, policy
from engine.commands.context import Context
from engine.errors import FeelError, NotAllowed
from engine.model.access import Member, Tie
from engine.model.case_rules import CaseRole, CaseRules, Circle, Grade
from engine.model.chain import Entry
from engine.model.execution import JsonObject
from engine.model.records import ProcessInstance, User, UserTask
from engine.store import access, instances, notices
from engine.store.database import Work
from engine.store.instances import Case
from engine.store.notices import Message
from engine.store.tasks import NewTask

NO_RULES = CaseRules("")
_MOST_TOLD = 200  #: persons that a role's expression may tell


def rules_of(context: Context, work: Work, instance: ProcessInstance) -> CaseRules:
    """The rules of a case; those of a process without any name nobody."""
    return context.library.case_rules(work, instance.definition_id) or NO_RULES


def follow(
    context: Context, work: Work, case: Case, variables: JsonObject, actor: str, now: datetime
) -> tuple[Case, list[Entry], frozenset[str]]:
    """What a step's variables change about who belongs: the case, entries, and who must keep out from now."""
    rules = rules_of(context, work, case.instance)
    entries: list[Entry] = []
    if rules.grades and (not case.instance.grade or _touched(rules.grade, case.variables, variables)):
        grade = rules.graded(_told(rules.grade, variables))
        if grade is not None and grade.name != case.instance.grade:
            case, noted = _regrade(work, case, grade, actor, now)
            entries += noted
    out: set[str] = set()
    for role in rules.roles:
        if role.people and _touched(role.people, case.variables, variables):
            made = _new_ties(work, case, role, _persons(role.people, variables), now)
            entries += [Entry(now, "", "access.role_entered", told_of(one, role)) for one in made]
            out |= {one.user for one in made if one.bars}
    return case, entries, frozenset(out)


def told_of(one: Tie, role: CaseRole) -> JsonObject:
    """What the record says of a role: of a secret one only where it is kept."""
    return {"tie": one.id} if role.secret else {"tie": one.id, "user": one.user, "name": role.title}


def _regrade(work: Work, case: Case, grade: Grade, actor: str, now: datetime) -> tuple[Case, list[Entry]]:
    before = case.instance
    instance = replace(before, grade=grade.name, shown_to=grade.shown_to)
    case = replace(case, instance=instance)
    entries = [Entry(now, actor, "instance.graded", {"name": grade.name, "from": before.grade})]
    if not before.grade and grade.shown_to == before.shown_to:
        entries = []
    instances.regrade(work, instance.id, grade)
    if "tasks" not in grade.shown_to:
        staying = access.holders(work, instance.id) | ({actor} - {policy.SYSTEM})
        entries += join(work, instance, staying, now)
    access.reoffer(work, instance)
    return case, entries


def join(work: Work, instance: ProcessInstance, users: Iterable[str], now: datetime) -> list[Entry]:
    """Let these persons be of the team, since the case's course wants them."""
    entries = []
    for user in sorted(set(users) - access.inside(work, instance.id, team=True)):
        reason = "由流程确定为办理人"
        made = access.add_member(work, Member("", instance.id, user, "team", reason, policy.SYSTEM, now))
        entries.append(Entry(now, "", "access.team_added", {"id": made.id, "user": user, "reason": reason}))
    return entries


def _new_ties(work: Work, case: Case, role: CaseRole, told: Collection[str], now: datetime) -> list[Tie]:
    """A role for each person told who hasn't had it in this way; lifted once, it isn't entered again."""
    known = access.ties(work, case.instance.id)
    had = {one.user for one in known if (one.role, one.source) == (role.id, "form")}
    new = Tie("", case.instance.id, "", role.id, "form", role.bars, "", "", now, "active")
    return [access.add_tie(work, replace(new, user=one)) for one in sorted(access.accounts(work, told) - had)]


def _persons(expression: str, variables: JsonObject) -> frozenset[str]:
    try:
        found = feel.evaluate(expression, variables)
    except FeelError:
        return frozenset()
    several = found if isinstance(found, list) else [found]
    return frozenset(one.strip() for one in several[:_MOST_TOLD] if isinstance(one, str) and one.strip())


def _told(expression: str, variables: JsonObject) -> str:
    return next(iter(_persons(expression, variables)), "") if expression else ""


def _touched(expression: str, before: JsonObject, after: JsonObject) -> bool:
    """Whether a variable that the expression names has another value now."""
    return any(name in expression and before.get(name) != value for name, value in after.items())


def place(
    context: Context, work: Work, case: Case, opened: Sequence[NewTask], now: datetime
) -> tuple[list[NewTask], list[Entry]]:
    """New tasks as they may be given and offered: not to who must keep out; if closed, to its own people."""
    instance, entries = case.instance, list[Entry]()
    closed = "tasks" not in instance.shown_to
    named = any(one.task.assignee or one.task.candidate_users for one in opened)
    if not closed and not (named and rules_of(context, work, instance).leaders):
        return list(opened), entries
    barred = access.barred(work, instance.id)
    placed = []
    for one in opened:
        task = one.task
        if kept_out := barred.intersection({task.assignee, task.on_behalf_of}):
            entries.append(_fell_back(now, task, min(kept_out), None))
            task = replace(task, assignee=None, on_behalf_of=None)
        if task.assignee and closed:
            entries += join(work, instance, [task.assignee], now)
        to = access.eligible(work, access.inside(work, instance.id), task) if closed else None
        placed.append(replace(one, task=task, offered_to=to))
        if not task.assignee and not _takers(task, barred, to):
            _tell_stranded(work, instance, task, now)
    return placed, entries


def _takers(task: UserTask, barred: Collection[str], to: Sequence[str] | None) -> bool:
    """Whether anybody may claim a task."""
    if to is not None:
        return bool(set(to) - set(barred))
    return bool(task.candidate_groups or set(task.candidate_users) - set(barred))


def fall_back(work: Work, instance: ProcessInstance, users: Collection[str], now: datetime) -> list[Entry]:
    """Take the open tasks from who must keep out: back to their owner, their group, or to the supervisors."""
    entries: list[Entry] = []
    if not users:
        return entries
    barred = access.barred(work, instance.id) | set(users)
    for task in access.tasks_with(work, instance.id, users):
        loser = next(one for one in (task.owner, task.on_behalf_of, task.assignee) if one in users)
        heir = task.owner if task.owner and task.owner not in barred else None
        access.hand_back(work, task, heir)
        entries.append(_fell_back(now, task, loser or "", heir))
        if task.part in ("before", "after", "parallel"):
            asker = str((task.handed or {}).get("by", ""))
            text = f"“{task.name}”的一名签署人须回避，请减签，或另请人签署。"
            _tell(work, instance, task, text, now, [one for one in [asker] if one and one not in barred])
        elif heir:
            _tell(work, instance, task, f"您委派的“{task.name}”，受托人须回避，已回到您的待办。", now, [heir])
        elif not _takers(task, barred, None):
            _tell_stranded(work, instance, task, now)
    return entries


def _fell_back(now: datetime, task: UserTask, loser: str, heir: str | None) -> Entry:
    data = {"name": task.name, "from": loser, "to": heir or "", "groups": list(task.candidate_groups)}
    return Entry(now, policy.SYSTEM, "task.kept_out", data, task.id)


def _tell_stranded(work: Work, instance: ProcessInstance, task: UserTask, now: datetime) -> None:
    """A task that nobody may take is the supervisors' to assign, and in a closed case its team's."""
    team = sorted(access.inside(work, instance.id, team=True))
    text = f"{instance.business_key}的“{task.name}”没有人可以办理，请转办，或者添加办案人员。"
    message = Message(instance.id, "task.kept_out", policy.SYSTEM, text, task.id)
    groups = sorted(instances.visible_groups(work, instance.id))
    notices.tell(work, message, now, users=team, groups=groups)


def _tell(
    work: Work, instance: ProcessInstance, task: UserTask, text: str, now: datetime, users: Sequence[str]
) -> None:
    message = Message(instance.id, "task.kept_out", policy.SYSTEM, text, task.id)
    notices.tell(work, message, now, users=users)


def admit(work: Work, instance: ProcessInstance, to: User, circle: Circle = "tasks") -> None:
    """Refuse to give a case's task or copy to who must keep out, or to who may not see it."""
    inside = None if circle in instance.shown_to else access.inside(work, instance.id)
    reason = policy.admit(to, access.barred(work, instance.id), inside)
    if reason:
        raise NotAllowed(reason)
