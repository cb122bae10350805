"""What a bundle declares of its cases: roles that persons have in one, grades, protected data, registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Circle = Literal["tasks", "supervisors", "copies", "notices", "public"]
Bars = Literal["", "tasks", "all"]  #: no tasks of the case, or neither tasks nor sight

CIRCLES: tuple[Circle, ...] = ("tasks", "supervisors", "copies", "notices", "public")
"""Who may see a case besides its team and who was given access: those with a task in it now or before, the
supervising groups, those who got a copy; who reads its notifications; whether it may be made public."""


@dataclass(frozen=True, slots=True)
class CaseRole:
    """A role that persons have in a case, and what it excludes."""

    id: str
    title: str
    people: str = ""  #: FEEL over the case's variables, giving accounts, or persons as they are shown
    by_hand: bool = False  #: may be entered on the case
    bars: Bars = ""
    secret: bool = False  #: who has it is told to nobody


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of secrecy."""

    name: str
    meaning: str
    shown_to: frozenset[Circle] = frozenset(CIRCLES)


@dataclass(frozen=True, slots=True)
class Protected:
    """Variables that nobody sees but members of these groups, who give a reason each time they look."""

    id: str
    title: str
    variables: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """What is written down on a case, or outside of cases, and never changed: entries of one form."""

    id: str
    title: str
    form: str  #: id
    readers: tuple[str, ...]  #: groups that see its entries; who wrote one sees that one
    writers: tuple[str, ...] = ()  #: groups that may write, besides who handles the case
    standing: bool = False  #: may be written outside of cases, too
    help: str = ""


@dataclass(frozen=True, slots=True)
class CaseRules:
    """The rules of a process's cases."""

    process: str
    roles: tuple[CaseRole, ...] = ()
    grades: tuple[Grade, ...] = ()  #: in their order, the most open first
    grade: str = ""  #: FEEL giving the name of a case's grade
    default_grade: str = ""
    supervisors: tuple[str, ...] = ()  #: groups that see all its cases, as far as the grade lets them
    leaders: tuple[str, ...] = ()  #: groups that give access and decide who must keep out
    protected: tuple[Protected, ...] = ()
    registers: tuple[Register, ...] = ()
    mail_titles: tuple[str, ...] = ()  #: grades whose cases' titles may stand in mails; "": cases without one

    def role(self, role_id: str) -> CaseRole | None:
        """The role of this id."""
        return next((one for one in self.roles if one.id == role_id), None)

    def graded(self, name: str) -> Grade | None:
        """The grade of this name, else the default one; None when no grades are declared."""
        found = {one.name: one for one in self.grades}
        return found.get(name) or found.get(self.default_grade)
