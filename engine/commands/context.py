"""What every command is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from engine import policy
from engine.commands.library import Library
from engine.commands.recent import Recent
from engine.commands.sealing import Seal
from engine.commands.strangers import Strangers
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.model.channels import Channels
from engine.model.execution import Step
from engine.model.records import User
from engine.store import people
from engine.store.database import Database, Work

ZONE = "Asia/Shanghai"  #: where office days and years begin
MAX_REASON = 2_000


@dataclass(slots=True)
class Context:
    """The database, the clock and the library; `wake` is called when new jobs have been committed."""

    database: Database
    clock: Callable[[], datetime]
    library: Library
    resources: Path | None = None
    wake: Callable[[], None] = field(default=lambda: None)
    strangers: Strangers = field(default_factory=Strangers)
    staffed: bool = True  #: False: there is nobody, so that assignments mean nobody
    looks: Recent = field(default_factory=Recent)
    next_seal: datetime | None = None  #: when to look again whether the record is to be sealed
    observe: Callable[[str, Step, datetime], None] | None = None
    """Called with instance id, step and time of every step once it is committed."""
    seal: Seal = field(default_factory=lambda: Seal(""))
    channels: Channels = field(default_factory=Channels)  #: by which notifications leave the house

    def local_now(self) -> datetime:
        """The instant by the office's wall clock: what today() is in its forms."""
        return self.clock().astimezone(ZoneInfo(ZONE))


def person(work: Work, user_id: str) -> User:
    """The acting user; NotAllowed for an unknown or closed account; the system has no groups."""
    if user_id == policy.SYSTEM:
        return User(policy.SYSTEM, "系统", "", frozenset())
    user = people.get(work, user_id)
    if user is None or not user.active:
        raise NotAllowed("账号已停用或不存在。")
    return user


def allow(user: User, reason: str) -> None:
    """Raise NotAllowed with the reason, if there is one; the system may do all."""
    if reason and user.id != policy.SYSTEM:
        raise NotAllowed(reason)


def require(found: bool, what: str = "") -> None:
    """Raise NotFound unless found."""
    if not found:
        raise NotFound(what)


def written(text: str, what: str) -> str:
    """A reason or answer without the blanks around it; InvalidInput for none, or for too much of it."""
    if not text.strip() or len(text) > MAX_REASON:
        raise InvalidInput(f"请写明{what}，不超过{MAX_REASON}字。")
    return text.strip()
