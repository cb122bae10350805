"""Which verbs of approval a person has at a task."""

from __future__ import annotations

from collections.abc import Collection

from engine import policy
from engine.model.records import ProcessInstance, User, UserTask
from engine.store import instances, people, reading
from engine.store.database import Work


def verbs(work: Work, user: User, task: UserTask, separated: Collection[str]) -> frozenset[str]:
    """Names of the verbs that would not be refused to this user as such."""
    admins = people.get_setting(work, "process_admins") or ""
    reads = user.id != policy.SYSTEM and reading.only_reads(work, task.instance_id, user.id)
    is_open = task.status == "open"
    refused = {
        "transfer": policy.transfer(user, task, admins),
        "delegate": policy.delegate(user, task),
        "resolve": policy.resolve(user, task),
        "signers": policy.delegate(user, task),
        "sign": policy.sign(user, task, separated),
        "copy": "只读" if reads else "",
        "urge": "只读" if reads or not is_open else policy.urge(user, task),
    }
    return frozenset(name for name, reason in refused.items() if not reason)


def steering(work: Work, user: User, instance: ProcessInstance) -> frozenset[str]:
    """Names of the verbs that move or stop the whole case and would not be refused to this user."""
    admins = people.get_setting(work, "process_admins") or ""
    groups = instances.visible_groups(work, instance.id)
    refused = {
        "cancel": policy.cancel(user, instance, groups),
        "suspend": policy.suspend(user, instance, groups, admins),
        "jump": policy.stopped(instance) or policy.edit_processes(user, admins),
    }
    return frozenset(name for name, reason in refused.items() if not reason)
