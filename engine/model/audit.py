"""What is recorded beside the changes of a case: refusals, looks, sign-ins, exports, administrative acts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from engine.model.acting import Origin
from engine.model.digests import SHA256, canonical, digest, fits
from engine.model.execution import JsonObject


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something to be recorded; `origin` and `on_behalf_of` come from where one acts if empty.

    Kinds are dotted: `look.THING`, `refused.VERB`, `sign_in.succeeded`, `sign_in.failed`, `account.changed`.
    """

    at: datetime
    actor: str  #: user id; "" is the system, or a stranger
    kind: str
    object: str = ""  #: id of what it is about: a task, document, account, group, setting ...
    instance_id: str | None = None  #: the case that it is about
    reason: str = ""
    data: JsonObject = field(default_factory=dict)  #: whatever else, e.g. before and after
    origin: str = ""
    on_behalf_of: str = ""

    def done_from(self, here: Origin) -> AuditEntry:
        """The entry with what it doesn't say of its origin."""
        represented = self.on_behalf_of or (here.on_behalf_of if self.actor else "")
        return replace(self, origin=self.origin or here.place, on_behalf_of=represented)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """An entry as it stands in the record."""

    id: int
    entry: AuditEntry
    hash: str

    @property
    def whole(self) -> bool:
        """Whether the entry is as it was when it was hashed."""
        return fits(self.hash, _covered(self.entry))


def hash_of(entry: AuditEntry, algorithm: str = SHA256) -> str:
    """The hash of an entry; its number is bound to it when the record is sealed."""
    return digest(_covered(entry), algorithm)


def _covered(entry: AuditEntry) -> bytes:
    return canonical(
        {
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "for": entry.on_behalf_of,
            "origin": entry.origin,
            "kind": entry.kind,
            "instance": entry.instance_id,
            "object": entry.object,
            "reason": entry.reason,
            "data": entry.data,
        }
    )
