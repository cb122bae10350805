"""Who is told what, when, and by which way: kinds of notifications, and what a person chooses of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

ARRIVED, RETURNED = "task.arrived", "task.returned"  #: a task that comes, or comes back
BOXED = (ARRIVED, RETURNED)  #: which a box shows already, so that the page of notifications doesn't
Channel = Literal["mail", "webhook"]
Topic = Literal["arrived", "due", "overdue", "returned", "handed", "urged", "copied", "other"]
TOPICS: Mapping[Topic, str] = {  #: what a person chooses among -> as it is counted in a mail
    "arrived": "新任务",
    "due": "临近到期的任务",
    "overdue": "已超期的任务",
    "returned": "退回的任务",
    "handed": "转办、委派或请您签署的任务",
    "urged": "催办",
    "copied": "抄送",
    "other": "其他通知",
}
COMING = (  #: kinds that tell who gets a task by them
    *BOXED,
    "task.transferred",
    "task.delegated",
    "task.resolved",
    "task.recalled",
    "task.signers_added",
    "task.kept_out",
)
OF_OPEN = (*COMING, "task.urged", "clock.soon", "clock.today", "clock.over")  #: no news once it is done
_TOPICS: Mapping[str, Topic] = {
    ARRIVED: "arrived",
    RETURNED: "returned",
    "clock.soon": "due",
    "clock.today": "due",
    "clock.over": "overdue",
    "task.sent_back": "returned",
    "task.taken_back": "returned",
    "task.transferred": "handed",
    "task.delegated": "handed",
    "task.resolved": "handed",
    "task.recalled": "handed",
    "task.signers_added": "handed",
    "task.kept_out": "handed",
    "task.urged": "urged",
    "instance.copied": "copied",
    "instance.circulated": "copied",
    "instance.read": "copied",
}
ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$"
MOST_ADDRESS = 254


def topic(kind: str) -> Topic:
    """What a kind of notification is chosen as."""
    return _TOPICS.get(kind, "other")


def is_address(text: str) -> bool:
    """Whether this is an e-mail address that a mail can be sent to."""
    return len(text) <= MOST_ADDRESS and "\n" not in text and re.match(ADDRESS, text) is not None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person wants to be mailed and when; hours are those of the office's clock."""

    topics: frozenset[Topic] = frozenset({"arrived", "due", "overdue", "returned", "handed", "urged"})
    digest: tuple[int, ...] = ()  #: hours at which all is sent together; none: each at once
    quiet: tuple[time, time] | None = None  #: from, to: nothing is sent between; may reach over midnight

    def when(self, now: datetime) -> datetime:
        """When something told at this instant is to be sent; `now` bears the office's zone."""
        return self._awake(self._gathered(now))

    def _gathered(self, now: datetime) -> datetime:
        if not self.digest:
            return now
        hours = [
            datetime.combine(now.date() + timedelta(days=day), time(hour), now.tzinfo)
            for day in (0, 1)
            for hour in sorted(self.digest)
        ]
        return next(one for one in hours if one > now)

    def _awake(self, at: datetime) -> datetime:
        if self.quiet is None:
            return at
        first, last = self.quiet
        clock = at.time()
        over_midnight = first > last
        inside = clock >= first or clock < last if over_midnight else first <= clock < last
        if not inside:
            return at
        day = at.date() + timedelta(days=1 if over_midnight and clock >= first else 0)
        return datetime.combine(day, last, at.tzinfo)

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        quiet = [f"{one:%H:%M}" for one in self.quiet] if self.quiet else None
        return {"topics": sorted(self.topics), "digest": list(self.digest), "quiet": quiet}

    @classmethod
    def from_json(cls, data: Any) -> Choices:
        """From what was kept; what makes no sense is as if nothing had been chosen."""
        if not isinstance(data, Mapping):
            return cls()
        quiet = data.get("quiet")
        return cls(
            frozenset(one for one in TOPICS if one in data.get("topics", ())),
            tuple(data.get("digest", ())),
            (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None,
        )


@dataclass(frozen=True, slots=True)
class Live:
    """What a page that is open shows of its person's boxes now; 100 stands for 100 and more."""

    todo: int = 0
    claimable: int = 0
    copies: int = 0  #: unread
    started: int = 0  #: cases that run
    supervised: int = 0  #: others' tasks that press
    notices: int = 0  #: unread
    arrived: int = 0  #: tasks that came to the person himself since the page was made
    offered: int = 0  #: tasks that came since and may be claimed

    def to_json(self) -> dict[str, int]:
        """By name."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Who outside is called about notifications of some kinds and of one process or all."""

    id: str
    url: str
    kinds: tuple[str, ...]  #: topics; none: all
    process: str  #: key; "": all
    active: bool
    made_by: str
    made_at: datetime
    note: str  #: why it was switched off, ""
    waiting: int = 0
    failed: int = 0
    failure: str = ""  #: of the last try that failed


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What was given up: how many, to whom, and what went wrong last."""

    channel: Channel
    target: str
    count: int
    failure: str
