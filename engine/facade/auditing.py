"""The record beside the cases: what is told to it, and by whom it is read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar

from engine.commands import anchoring, auditing, pruning
from engine.commands.once import again
from engine.errors import NotAllowed, NotFound
from engine.facade.part import Part
from engine.model.audit import AuditEntry
from engine.model.execution import JsonObject
from engine.model.sealing import Anchor, Verification
from engine.queries import trail, verifying

P = TypeVar("P", bound=type[Part])


class Auditing(Part):
    """The record beside the cases: what is told to it, and by whom it is read."""

    def note_look(
        self,
        thing: str,
        thing_id: str,
        *,
        by: str,
        instance_id: str | None = None,
        reason: str = "",
        data: JsonObject | None = None,
    ) -> None:
        """Record that this user looked at a "case", "task", "document", "history", "field", "export" ...

        Who opens the same case, task or history from the same place again within ten minutes looks once;
        every look at anything else counts. The case of a task or document is found by itself.
        """
        auditing.look(
            self._context, thing, thing_id, by=by, instance_id=instance_id, reason=reason, data=data
        )

    def note_refusal(self, verb: str, thing_id: str, *, by: str, why: str = "") -> None:
        """Record that this user was refused something before a verb of the engine was asked for it."""
        auditing.refused(self._context, verb, {"by": by, "name": thing_id}, NotAllowed(why))

    def note(
        self,
        kind: str,
        *,
        by: str,
        object: str = "",
        instance_id: str | None = None,
        reason: str = "",
        data: JsonObject | None = None,
    ) -> None:
        """Record anything else that changes no case, in a transaction of its own: sign-outs, exports ..."""
        entry = AuditEntry(self._context.clock(), by, kind, object, instance_id, reason, data or {})
        auditing.note(self._context, entry)

    def sealed(self, by: str, limit: int) -> tuple[Anchor, ...]:
        """The latest anchors, newest first, for the administrator who audits."""
        return trail.sealed(self._reader, by, limit)

    def seal_record(self) -> Anchor | None:
        """Cover by an anchor what has come to the record since the last one; None when nothing has."""
        return again(lambda: anchoring.seal(self._context))

    def anchors(self, since: datetime | None = None) -> tuple[Anchor, ...]:
        """The anchors made since, or all, oldest first."""
        return verifying.made(self._reader, since)

    def verify_record(self, instance_id: str = "", codes: Sequence[tuple[str, date]] = ()) -> Verification:
        """Check the record of a case, or everything, and codes from paper with their days."""
        return verifying.verify(self._reader, instance_id, codes)

    def case_named(self, text: str) -> str:
        """The id of the case with this id or number; NotFound for none."""
        return verifying.case_named(self._reader, text)

    def case_numbers(self, instance_ids: Sequence[str]) -> Mapping[str, str]:
        """Id -> number of those of these cases that are there and have one."""
        return verifying.case_numbers(self._reader, instance_ids)

    def choose_hash(self, name: str, *, by: str) -> None:
        """Record by "sha256" or "sm3" from now on; what is recorded stays checkable as it is."""
        anchoring.choose_hash(self._context, name, by=by)

    def prune_looks(self, days: int | None = None) -> int:
        """Remove and record looks older than the setting, which `days` changes; gives how many."""
        return pruning.prune(self._context, days)

    def grant(self, role: str) -> tuple[str, ...]:
        """Let a PostgreSQL role do what the program needs, and only add to the record; gives the SQL."""
        return anchoring.grant(self._context, role)


def refusals_recorded(face: P) -> P:
    """Let the record tell of every NotAllowed and NotFound by which a verb with a `by` ends."""
    for name, method in inspect.getmembers(face, inspect.isfunction):
        if not name.startswith("_") and "by" in inspect.signature(method).parameters:
            setattr(face, name, _recording(name, method))
    return face


def _recording(verb: str, method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @wraps(method)
    def asked(self: Part, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (NotAllowed, NotFound) as refusal:
            given = signature.bind(self, *args, **kwargs).arguments
            auditing.refused(self._context, verb, given, refusal)
            raise

    return asked
