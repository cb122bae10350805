"""Sessions, and what the office asks of passwords and second factors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from engine.model.records import User

Need = Literal["", "code", "password", "factor"]
"""What a session lacks before it may be used: the second factor's code, another password, a second factor."""


@dataclass(frozen=True, slots=True)
class SignInRules:
    """What the office asks of whoever signs in; the security administrator's to set."""

    idle_minutes: int = 60  #: a session ends when nothing was asked for so long
    session_hours: int = 12  #: and after so long in any case
    password_days: int = 90  #: after which another password is asked for; 0: never
    password_history: int = 5  #: how many earlier passwords may not come back
    failures: int = 5  #: wrong passwords and codes until the account is locked
    lock_minutes: int = 30
    factor_groups: frozenset[str] = frozenset()  #: whose members must have a second factor
    trust_provider: bool = False  #: who comes by the identity provider needs no second factor here

    @property
    def lock(self) -> timedelta:
        """How long an account stays locked."""
        return timedelta(minutes=self.lock_minutes)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in; the id is the hash of what his browser holds."""

    id: str
    user: User
    created_at: datetime
    seen_at: datetime  #: to the minute
    ends_at: datetime
    idle_minutes: int
    origin: str  #: address
    agent: str  #: what the browser calls itself
    method: str  #: "password" or "provider"
    needs: Need = ""

    def over(self, now: datetime) -> bool:
        """Whether it has ended by this time."""
        return now >= min(self.ends_at, self.seen_at + timedelta(minutes=self.idle_minutes))


@dataclass(frozen=True, slots=True)
class Caller:
    """Whence somebody asks."""

    origin: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor to be put into an app, before it is confirmed."""

    secret: str  #: base32
    uri: str  #: otpauth://


@dataclass(frozen=True, slots=True)
class Account:
    """What an administrator sees of an account."""

    user: User
    locked_until: datetime | None  #: None: not locked
    temporary: bool  #: the password must be changed at the next sign-in
    has_factor: bool
    sessions: int


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """What is asked of the record; "" and None ask nothing."""

    actor: str = ""
    kind: str = ""  #: or how it begins
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None  #: not included

    def told(self) -> dict[str, str]:
        """What the record keeps of it."""
        given = {"actor": self.actor, "kind": self.kind, "about": self.about}
        spans = {"since": self.since, "until": self.until}
        told = {**given, **{name: at.isoformat() for name, at in spans.items() if at}}
        return {name: text for name, text in told.items() if text}
