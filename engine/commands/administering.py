"""Administrators: whose duty is what, and that nobody has two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine import policy
from engine.commands.context import Context
from engine.errors import InvalidInput, Problem
from engine.model.audit import AuditEntry
from engine.model.definition import ProcessModel, Text
from engine.model.records import User
from engine.store import audit, people
from engine.store.database import Work


def with_duty(work: Work, user: User) -> User:
    """The user with the duty that his groups give; InvalidInput for groups that exclude each other."""
    duties = people.duties(work)
    refused = policy.exclusive(user.groups, duties)
    if refused:
        raise InvalidInput(f"{user.display}：{refused}")
    return replace(user, duty=next((duties[one] for one in user.groups if one in duties), ""))


def noted(
    context: Context,
    work: Work,
    kind: str,
    by: str,
    about: str = "",
    data: Mapping[str, Any] | None = None,
    *,
    reason: str = "",
) -> None:
    """Record an administrative act or a sign-in in the transaction that changes something."""
    audit.append(work, AuditEntry(context.clock(), by, kind, about, reason=reason, data=dict(data or {})))


def handling(work: Work, processes: Iterable[tuple[str, ProcessModel]]) -> tuple[Problem, ...]:
    """Where diagrams (by resource) name a group of administrators, who handle no cases."""
    duties = people.duties(work)
    return tuple(
        Problem(f"“{group}”是{policy.DUTIES[duties[group]]}的组，不能办理，请改用别的组。", resource, element)
        for resource, one in processes
        for group, element in _named(one)
        if group in duties
    )


def _named(process: ProcessModel) -> Iterator[tuple[str, str]]:
    """Each group that a process names, and the element that names it."""
    for group in (*process.starter_groups, *process.properties.get("visibleTo", "").split(",")):
        yield group.strip(), process.key
    for node in process.scope.walk():
        given = node.assignment
        if given and isinstance(given.candidate_groups, Text):
            for one in given.candidate_groups.value.split(","):
                yield one.strip(), node.id
        elif node.lane:
            yield node.lane, node.id
