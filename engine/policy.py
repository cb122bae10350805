"""Who may do what: pure decisions. Each gives "" for yes, or the reason why not, in Chinese.

Who may see an instance with all that belongs to it is decided in the query that makes lists:
`engine.store.reading.sees`; `sees` here says the same of what is known of a person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from engine.model.access import Standing, Tie
from engine.model.case_rules import Protected, Register
from engine.model.finding import SavedFilter
from engine.model.moving import Passage
from engine.model.records import ProcessDefinition, ProcessInstance, User, UserTask
from engine.model.substituting import Substitution

SYSTEM = ""  #: user id of the system itself

_NOT_OFFERED = "这项任务没有派给您。"
_SEPARATED = "您办过本件中与此步须由不同人办理的步骤，不能办理这一步。"
_NOT_YOURS = "这项任务不在您的待办中。"
_DELEGATED = "这项任务是委派给您的，请填写答复交回，由委派人办结。"
_DONE = "这项任务已经办结。"


def is_offered(user: User, task: UserTask) -> bool:
    """Whether the user is a candidate for the task, by name or by group."""
    return user.id in task.candidate_users or bool(user.groups.intersection(task.candidate_groups))


def claim(user: User, task: UserTask, separated: Collection[str]) -> str:
    """A candidate may take an open task that nobody has and that he must not be kept apart from."""
    if user.duty:
        return NO_CASES
    if task.status != "open":
        return "这项任务已经办结。"
    if task.assignee == user.id:
        return "这项任务已在您的待办中。"
    if task.assignee is not None:
        return "这项任务已被他人认领。"
    if not is_offered(user, task):
        return _NOT_OFFERED
    return _SEPARATED if user.id in separated else ""


def release(user: User, task: UserTask) -> str:
    """Who has a task may give it back, if there is somebody to take it."""
    if task.status != "open":
        return "这项任务已经办结。"
    if task.assignee != user.id:
        return _NOT_YOURS
    if task.owner:
        return _DELEGATED
    if not task.candidate_groups and not task.candidate_users:
        return "这项任务指定由您办理，没有可以退回的组。"
    return ""


def complete(user: User, task: UserTask, separated: Collection[str]) -> str:
    """Only who has the task may finish it, and not when he must be kept apart from it, or as a delegate."""
    refused = work_on(user, task)
    if not refused and task.part:
        return "这是加签任务，请签署意见。"
    if refused or not task.owner:
        return refused or (_SEPARATED if user.id in separated else "")
    return _DELEGATED


def work_on(user: User, task: UserTask) -> str:
    """Who has the task may keep drafts and files with it."""
    if user.duty:
        return NO_CASES
    if task.status != "open":
        return "这项任务已经办结。"
    if task.assignee is None:
        return "请先认领，再办理。" if is_offered(user, task) else _NOT_OFFERED
    return "" if task.assignee == user.id else "这项任务由他人办理。"


def why_not(user: User, task: UserTask, separated: Collection[str]) -> str:
    """Why the user can't finish the task: for a candidate who may not claim it, the reason of that."""
    if task.status == "open" and task.assignee is None and is_offered(user, task):
        return claim(user, task, separated) or complete(user, task, separated)
    return complete(user, task, separated)


def start(user: User, definition: ProcessDefinition) -> str:
    """A member of one of the process's starter groups."""
    if user.duty:
        return NO_CASES
    if user.groups.intersection(definition.starter_groups):
        return ""
    return f"您不能发起“{definition.name}”。"


def cancel(user: User, instance: ProcessInstance, groups: Collection[str]) -> str:
    """Who started it, or a member of a group that sees all cases of the process."""
    if instance.status != "active":
        return stopped(instance)
    return "" if _steers(user, instance, groups) else "只有发起人和主管部门可以终止。"


def retry(user: User, instance: ProcessInstance, groups: Collection[str]) -> str:
    """Who may cancel the case; also when it is over, since what it has sent may fail after that."""
    return "" if _steers(user, instance, groups) else "只有发起人和主管部门可以重新执行。"


def export(user: User, groups: Collection[str]) -> str:
    """A member of a group that sees all cases of the process may take out its whole dossier."""
    return "" if user.groups.intersection(groups) else "只有主管部门可以导出卷宗。"


def _steers(user: User, instance: ProcessInstance, groups: Collection[str]) -> bool:
    return not user.duty and (user.id == instance.started_by or bool(user.groups.intersection(groups)))


def choose(user: User, instance: ProcessInstance, groups: Collection[str], names: Collection[str]) -> str:
    """Whom the diagram names for the step; who may end the case; anybody who sees it if it names nobody."""
    if instance.status != "active":
        return "本件已经办结。"
    if not names or user.id in names or user.groups.intersection(names) or not cancel(user, instance, groups):
        return ""
    return "这一步由别的岗位选办。"


def edit_processes(user: User, admins: str) -> str:
    """A member of the group that the office lets change diagrams, or the system administrator."""
    return "" if user.duty == "system" or (admins and admins in user.groups) else "您不能修改流程。"


def transfer(user: User, task: UserTask, admins: str) -> str:
    """Who has the task may give it away, not as a delegate; a process administrator may give any."""
    if task.status != "open":
        return _DONE
    if admins and admins in user.groups:
        return ""
    if task.assignee != user.id:
        return _NOT_YOURS
    return _DELEGATED if task.owner else ""


def delegate(user: User, task: UserTask) -> str:
    """Who has the task may let somebody work on it; a delegate or signer may not."""
    refused = transfer(user, task, "")
    return refused or ("这是加签任务，不能再委派或加签，可以转办。" if task.part else "")


def resolve(user: User, task: UserTask) -> str:
    """The delegate gives a task back, the owner takes it back."""
    if task.status != "open":
        return _DONE
    if not task.owner:
        return "这项任务没有委派，无须交回。"
    return "" if user.id in (task.assignee, task.owner) else "这项任务不是委派给您的。"


def take_over(to: User, task: UserTask, separated: Collection[str]) -> str:
    """Whether a person may be given the task for good: a candidate, if it has any."""
    refused = help_with(to, task, separated)
    named = task.candidate_users or task.candidate_groups
    if refused or not named or is_offered(to, task):
        return refused
    return f"{to.display}不在这项任务的候选人和候选组中，不能转办给他。"


def help_with(to: User, task: UserTask, separated: Collection[str]) -> str:
    """Whether a person may be asked to work on the task or to sign it."""
    if not to.active:
        return f"{to.display}的账号已停用，请另选一人。"
    if to.duty:
        return f"{to.display}是管理员，不办理案件，请另选一人。"
    if to.id in (task.assignee, task.owner):
        return f"这项任务已在{to.display}的待办中，请另选一人。"
    if to.id in separated:
        return f"{to.display}办过本件中与此步须由不同人办理的步骤，请另选一人。"
    return ""


def sign(user: User, task: UserTask, separated: Collection[str]) -> str:
    """A signer signs what was asked of him."""
    if task.status != "open":
        return _DONE
    if task.part not in ("before", "parallel", "after"):
        return "这项任务不是加签任务，请直接办理。"
    if task.assignee != user.id:
        return _NOT_YOURS
    return _SEPARATED if user.id in separated else ""


def remove_signer(user: User, part: UserTask, task: UserTask) -> str:
    """Who asked for the signature, or who has (or has done) the task, may do without it."""
    may = {(part.handed or {}).get("by"), task.assignee, task.owner, task.completed_by}
    return "" if user.id in may else "只有加签人和这项任务的办理人可以减签。"


def stopped(instance: ProcessInstance) -> str:
    """Why nothing can be done in a case: it is over, or it rests."""
    if instance.status == "suspended":
        return "本件已挂起，恢复后才能继续办理。"
    return "" if instance.status == "active" else "本件已经办结。"


def sees(standing: Standing) -> bool:
    """Whether a person sees a case; the same rule as `engine.store.reading` asks in its queries."""
    if standing.bars == "all":
        return False
    shown = standing.shown_to
    return (
        standing.team
        or standing.access
        or (standing.part and "tasks" in shown)
        or standing.offered  # closed cases offer their tasks to insiders only
        or (standing.supervises and "supervisors" in shown)
        or (standing.copied and "copies" in shown)
    )


def _handles(standing: Standing) -> bool:
    return standing.holds or standing.team or standing.supervises or standing.leads


def change_team(standing: Standing) -> str:
    """Who handles the case, belongs to its team, supervises or leads."""
    return "" if _handles(standing) else "只有正在办理的人、办案人员、主管部门和负责人可以调整办案人员。"


def enter_role(standing: Standing) -> str:
    """The same persons say who has which role in the case."""
    return "" if _handles(standing) else "只有正在办理的人、办案人员、主管部门和负责人可以登记。"


def give_access(standing: Standing) -> str:
    """Who leads decides who else sees a case, and until when."""
    return "" if standing.leads else "只有负责人可以批准查看。"


def order_recusal(user: User, standing: Standing, of: str) -> str:
    """Who leads orders others to keep out."""
    if user.id == of:
        return "本人须回避的，请申请回避，由别人决定。"
    return "" if standing.leads else "只有负责人可以指令回避，您可以提出申请。"


def decide_recusal(user: User, leads: bool, tie: Tie) -> str:
    """Who leads decides, but neither about himself nor about what he asked for."""
    if tie.status != "asked":
        return "这项回避申请已经决定。"
    if user.id in (tie.user, tie.asked_by):
        return "本人的回避、本人提出的申请，由别的负责人决定。"
    return "" if leads else "只有负责人可以决定回避。"


def lift_recusal(user: User, leads: bool, tie: Tie) -> str:
    """Who leads lets somebody in again, but not himself."""
    if tie.status != "active":
        return "这项回避没有生效，或者已经解除。"
    if user.id == tie.user:
        return "本人的回避，由别的负责人解除。"
    return "" if leads else "只有负责人可以解除回避。"


def admit(to: User, barred: Collection[str], inside: Collection[str] | None) -> str:
    """Whether a person may be given a task or a copy of a case; `inside`: a closed case's own people."""
    if to.id in barred:
        return f"{to.display}在本件中须回避，请另选一人。"
    if inside is not None and to.id not in inside:
        return f"本件只限办案人员和经批准的人查看。请先把{to.display}加为办案人员。"
    return ""


def is_stranded(task: UserTask, barred: Collection[str]) -> bool:
    """Whether nobody has a task and nobody may claim it, since those named must keep out."""
    return not (task.assignee or task.candidate_groups or set(task.candidate_users) - set(barred))


def assign_stranded(user: User, groups: Collection[str]) -> str:
    """Who supervises gives a stranded task to somebody."""
    return "" if user.groups.intersection(groups) else "这项任务没有人可以办理，只有主管部门可以指定办理人。"


def suspend(user: User, instance: ProcessInstance, groups: Collection[str], admins: str) -> str:
    """Who started it, a member of a group that sees all cases of the process, or an administrator."""
    if instance.status not in ("active", "suspended"):
        return "本件已经办结。"
    if user.id == instance.started_by or user.groups.intersection({*groups, admins} - {""}):
        return ""
    return "只有发起人、主管部门和流程管理员可以挂起和恢复。"


def urge(user: User, task: UserTask) -> str:
    """Who sees a task may urge it, but not himself."""
    return "这项任务在您自己的待办中，不必催办。" if task.assignee == user.id else ""


def send_back(user: User, task: UserTask, separated: Collection[str]) -> str:
    """Who may complete a task may send it back; a signer may not."""
    return complete(user, task, separated) or (
        "这是加签任务，不能退回，请写明意见后签署。" if task.part else ""
    )


def take_back(user: User, task: UserTask, separated: Collection[str]) -> str:
    """Who has completed a task may take it back; not what he signed or worked on for its owner."""
    if task.status != "completed":
        return "这项任务还没有办结，无须取回。" if task.status == "open" else "这项任务已经撤销，不能取回。"
    if task.completed_by != user.id:
        return "这项任务不是您办结的，不能取回。"
    if task.part:
        return "签署和委派的部分不能取回。"
    if task.pending is not None:
        return "这项任务正等加签人签署，还没有送出。"
    return _SEPARATED if user.id in separated else ""


def withdraw(
    user: User,
    instance: ProcessInstance,
    until: str,
    passed: Sequence[Passage],
    names: Mapping[str, str],
) -> str:
    """Who started a case, until somebody else completes a step; or until one of the steps named, or the end.

    `until`: "", "never", "end", or element ids.
    """
    if not instance.started_by or user.id != instance.started_by:
        return "只有发起人可以撤回。"
    if until == "never":
        return "这种事项发起后不能撤回。"
    ending = {one.strip() for one in until.split(",") if one.strip()} - {"end"}
    for one in passed:
        if one.element_id in ending or (not until and one.done_by != user.id):
            return f"{names.get(one.done_by, one.done_by)}已办结“{one.name}”，不能撤回。"
    return ""


def maintain_organisation(user: User, admins: str) -> str:
    """A member of the group that maintains processes, and the administrator of accounts."""
    return (
        ""
        if user.duty == "system" or (admins and admins in user.groups)
        else "组织机构由管理员维护，您没有这个岗位。"
    )


def reveal(user: User, protected: Protected) -> str:
    """A member of the groups to which the protected data is open."""
    if user.groups.intersection(protected.groups):
        return ""
    return f"“{protected.title}”只有{'、'.join(protected.groups)}可以查看。"


DUTIES: Mapping[str, str] = {  #: of administrators -> what each is called
    "system": "系统管理员",
    "security": "安全管理员",
    "audit": "审计管理员",
}
_DEEDS: Mapping[str, str] = {  #: what an administrator does -> whose duty it is; nobody else may
    "look at accounts": "system security",
    "add account": "system",
    "change account": "system",
    "close account": "system",
    "reset password": "system",
    "end sessions": "system security",
    "change roles": "security",
    "drop second factor": "security",
    "set sign-in rules": "security",
    "keep webhooks": "system",
    "read the record": "audit",
}
NO_CASES = "管理员账号不办理案件。"


def administer(user: User, deed: str) -> str:
    """Only the administrator whose duty it is."""
    duties = _DEEDS[deed].split()
    return "" if user.duty in duties else f"只有{'和'.join(DUTIES[one] for one in duties)}可以这样做。"


def exclusive(groups: Collection[str], duties: Mapping[str, str]) -> str:
    """Who is in a group of administrators is in no other group, of administrators or not."""
    own = sorted(one for one in groups if one in duties)
    if not own or len(groups) == 1:
        return ""
    others = "、".join(f"“{one}”" for one in sorted(groups) if one != own[0])
    return f"“{own[0]}”是{DUTIES[duties[own[0]]]}的组，组里的人不能同时在{others}。"


def appoint_substitute(user: User, absent: str, admins: str) -> str:
    """One names one's own substitute; an administrator names anybody's."""
    may = user.id == absent or not maintain_organisation(user, admins)
    return "" if may else "只能为自己指定代理人，或者由管理员代为指定。"


def end_substitution(user: User, one: Substitution, admins: str) -> str:
    """Who is represented, and an administrator; who stands in may see it only."""
    return appoint_substitute(user, one.person, admins) and "只有本人和管理员可以结束代理。"


def read_register(user: User, register: Register) -> str:
    """A member of the groups that read it; who wrote an entry reads that one besides."""
    return "" if user.groups.intersection(register.readers) else f"您不能查看“{register.title}”。"


def write_register(user: User, register: Register) -> str:
    """Outside of cases: a member of the groups that write it, where it stands outside of cases."""
    if not register.standing:
        return f"“{register.title}”只在案件上登记。"
    return "" if user.groups.intersection(register.writers) else f"您不能登记“{register.title}”。"


def write_on_case(register: Register, *, only_reads: bool) -> str:
    """On a case: whoever sees it, and not only by a copy."""
    return f"您只是抄送对象，可以查看，不能登记“{register.title}”。" if only_reads else ""


def share_filter(user: User, group: str) -> str:
    """One may share with a group that one is in."""
    return "" if group in user.groups else f"您不在“{group}”，不能共用给它。"


def reaches(user: User, one: SavedFilter, admins: str) -> bool:
    """Whether a saved filter is there for this person: his own, shared with his group, or to be managed."""
    manages = bool(one.shared_with) and not edit_processes(user, admins)
    return one.owner == user.id or one.shared_with in user.groups or manages


def change_filter(user: User, one: SavedFilter, admins: str) -> str:
    """Who saved it; a shared one also the process administrators."""
    if one.owner == user.id or (one.shared_with and not edit_processes(user, admins)):
        return ""
    return "这个筛选由别人共用给您，只有保存它的人和流程管理员可以改。"
