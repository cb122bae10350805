"""Administrators: whose duty is what, and that nobody has two."""

from __future__ import annotations

from dataclasses import replace

from engine import policy
from engine.errors import InvalidInput
from engine.model.records import User
from engine.store import people
from engine.store.database import Work


def with_duty(work: Work, user: User) -> User:
    """The user with the duty that his groups give; InvalidInput for groups that exclude each other."""
    duties = people.duties(work)
    refused = policy.exclusive(user.groups, duties)
    if refused:
        raise InvalidInput(f"{user.display}：{refused}")
    return replace(user, duty=next((duties[one] for one in user.groups if one in duties), ""))
