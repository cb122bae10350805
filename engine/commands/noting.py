"""Administrative acts and sign-ins, in the record within the transaction that does them."""

from __future__ import annotations

from engine import policy
from engine.commands.context import Context
from engine.model.audit import AuditEntry
from engine.model.execution import JsonObject
from engine.model.records import User
from engine.store import audit
from engine.store.database import Work


def note(
    context: Context, work: Work, kind: str, about: str, data: JsonObject | None = None, *, by: str = ""
) -> None:
    """Record an act on an account, group, deployment or setting; `by` "" is whoever runs the program."""
    audit.append(work, AuditEntry(context.clock(), by, kind, about, data=data or {}))


def changed(context: Context, work: Work, kind: str, old: User | None, new: User) -> None:
    """Record a new or changed account, with what it was before."""
    data: JsonObject = {"new": _told(new)} if old is None else {"old": _told(old), "new": _told(new)}
    note(context, work, kind, new.id, data)


def _told(user: User) -> JsonObject:
    return {
        "display": user.display,
        "unit": user.unit,
        "groups": sorted(user.groups),
        "active": user.active,
        **({"email": user.email} if user.email else {}),
    }


def signed_in(context: Context, work: Work, login: str, refusal: str) -> None:
    """Record that somebody has signed in with this login, or why not."""
    kind = "sign_in.failed" if refusal else "sign_in.succeeded"
    actor = policy.SYSTEM if refusal else login  # whoever it was
    audit.append(work, AuditEntry(context.clock(), actor, kind, login, reason=refusal))
