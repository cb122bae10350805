"""What the doctor finds, and where the tokens of a case stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingKind = Literal[
    "case.stuck",  #: an active case that waits for nothing that can come
    "case.unreadable",  #: a state that its versions can't run
    "case.backwards",  #: a record whose times go backwards
    "task.missing",  #: a token at a step without an open task
    "task.orphan",  #: an open task without a token
    "wait.missing",  #: a token that waits for a job or message that isn't kept
    "wait.orphan",  #: a job or subscription without a token
    "job.overdue",
    "lease.dead",  #: taken by a runner that didn't finish in time
    "lease.far",  #: taken for longer than any runner takes a job
    "incident.open",
    "incident.missing",  #: a job that was given up without telling
    "start.failing",  #: a timer that should start a case and can't
    "definition.broken",
    "delivery.failed",  #: mails or calls of webhooks that were given up
    "delivery.late",  #: that nobody sends
    "clock.ahead",  #: what was written at a time that is yet to come
    "calendar.unpublished",  #: clocks run into a year whose holidays nobody has published
    "more",  #: a kind of which not all are listed
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that keeps cases from going on, why, and what to do about it."""

    kind: FindingKind
    message: str  #: what is wrong and why, in Chinese
    hint: str = ""  #: what to do, in Chinese
    repair: str = ""  #: what `Engine.repair` would do about it, in Chinese; "": it can't be repaired safely
    instance_id: str = ""
    case: str = ""  #: the case's number
    element_id: str = ""
    subject: str = ""  #: id of the task, job, subscription, activity or version
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"案件{self.case}：" if self.case else ""
        return f"{where}{self.message}{self.hint}"

    def to_json(self) -> dict[str, str]:
        """All that it says."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
            "repair": self.repair,
            "instance": self.instance_id,
            "case": self.case,
            "element": self.element_id,
            "subject": self.subject,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """A token that waits by itself, not for something inside it."""

    activity_id: str
    element_id: str
    definition_id: str
    open: bool  #: it waits for a task, a job or a message
    why: str  #: what it waits for, in Chinese
    choice: bool = False  #: for somebody who chooses what is done next
