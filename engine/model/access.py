"""Who belongs to a case, who must keep out of it, and what a person has to do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.model.case_rules import CIRCLES, Bars, CaseRole, Circle, Grade

MemberKind = Literal["team", "access"]
TieSource = Literal["form", "hand", "asked", "ordered"]
TieStatus = Literal["asked", "active", "refused", "ended"]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a case's team, or a person who was given access to it."""

    id: str
    instance_id: str
    user: str
    kind: MemberKind
    reason: str
    given_by: str
    given_at: datetime
    until: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A role that a person has in a case, or his recusal (without a role), asked for, ordered or decided."""

    id: str
    instance_id: str
    user: str
    role: str  #: id of a case role; "" for other grounds
    source: TieSource
    bars: Bars
    reason: str
    asked_by: str
    asked_at: datetime
    status: TieStatus
    decided_by: str = ""
    decided_at: datetime | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has to do with a case."""

    holds: bool = False  #: has an open task in it
    part: bool = False  #: has or had a task in it, or began it
    offered: bool = False  #: may claim an open task in it
    team: bool = False
    access: bool = False  #: was given access, which has not ended
    copied: bool = False
    supervises: bool = False
    leads: bool = False
    bars: Bars = ""
    shown_to: frozenset[Circle] = frozenset(CIRCLES)


@dataclass(frozen=True, slots=True)
class CasePeople:
    """What the case page shows of team, access and recusals, as far as the asking user may know."""

    members: tuple[Member, ...]
    ties: tuple[Tie, ...]
    grade: Grade | None
    roles: tuple[CaseRole, ...]  #: that may be entered by hand
    titles: Mapping[str, str]  #: role id -> title
    may: frozenset[str]  #: "team", "access", "role", "ask", "order"
    decidable: frozenset[str] = frozenset()  #: ids of ties that the user may decide upon
    liftable: frozenset[str] = frozenset()  #: ids of ties that the user may lift


@dataclass(frozen=True, slots=True)
class Asked:
    """A recusal that somebody may decide, without the case, which he needn't see."""

    tie: Tie
    business_key: str
