"""What every query is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine import policy
from engine.errors import NotAllowed
from engine.execution import Program
from engine.model.case_rules import CaseRules
from engine.model.curtain import Guarded
from engine.model.definition import ProcessModel
from engine.model.finding import SearchField
from engine.model.forms import FormDefinition, ViewDefinition
from engine.model.records import ProcessDefinition, User
from engine.model.views import References
from engine.store import people
from engine.store.database import Database, Work
from engine.store.instances import Bindings

ZONE = "Asia/Shanghai"  #: where office days begin


class Library(Protocol):
    """Deployed files as parsed and compiled values."""

    def definition(self, work: Work, definition_id: str) -> ProcessDefinition:
        """One version."""

    def process(self, work: Work, definition_id: str) -> ProcessModel:
        """The process of one version."""

    def program(self, work: Work, root: str, bindings: Bindings) -> Program:
        """What an instance runs."""

    def form(self, work: Work, definition_id: str, ref: str) -> FormDefinition:
        """A form that a version names."""

    def references(self, work: Work, definition_id: str) -> References:
        """Forms and decisions of a version's deployment."""

    def view(self, work: Work, definition_id: str) -> ViewDefinition | None:
        """How cases of a version are summed up."""

    def case_rules(self, work: Work, definition_id: str) -> CaseRules | None:
        """The rules of a version's cases."""

    def guarded(self, work: Work, definition_id: str, bindings: Bindings) -> Guarded:
        """The variables of a case that not everybody sees."""

    def searchable(self, work: Work, definition_id: str, bindings: Bindings) -> dict[str, SearchField]:
        """The fields by which a case can be found."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The database, the clock and the library."""

    database: Database
    clock: Callable[[], datetime]
    library: Library


def person(work: Work, user_id: str) -> User:
    """The asking user; NotAllowed for an unknown or closed account; the system has no groups."""
    if user_id == policy.SYSTEM:
        return User(policy.SYSTEM, "系统", "", frozenset())
    user = account(work, user_id)
    if user is None or not user.active:
        raise NotAllowed("账号已停用或不存在。")
    return user


def account(work: Work, user_id: str) -> User | None:
    """The account in any state, read once in a transaction."""
    if user_id not in work.users:
        work.users[user_id] = people.get(work, user_id)
    return work.users[user_id]
