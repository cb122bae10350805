"""What administrators do with accounts; each method asks for whose duty it is."""

from __future__ import annotations

from engine.commands import accounts, auditing
from engine.facade.part import Part
from engine.model.audit import AuditEvent
from engine.model.signing_in import Account, AuditAsked
from engine.queries import record


class Administration(Part):
    """What administrators do with accounts; each method asks for whose duty it is."""

    def accounts(self, by: str) -> tuple[Account, ...]:
        """All accounts, for the system and the security administrator."""
        return accounts.listed(self._context, by=by)

    def open_account(self, login: str, display: str, unit: str, *, by: str) -> str:
        """Add an account without groups; gives its temporary password. The system administrator's."""
        return accounts.add(self._context, login, display, unit, by=by)

    def rename_account(self, login: str, display: str, unit: str, *, by: str) -> None:
        """Change what an account is called. The system administrator's."""
        accounts.change(self._context, login, display, unit, by=by)

    def set_account_active(self, login: str, active: bool, *, by: str) -> None:
        """Close an account or open it again. The system administrator's."""
        accounts.set_active(self._context, login, active, by=by)

    def reset_password(self, login: str, *, by: str) -> str:
        """Give an account a temporary password; not an administrator's. The system administrator's."""
        return accounts.reset_password(self._context, login, by=by)

    def end_sessions(self, login: str, *, by: str) -> int:
        """End all sessions of a person. The system's and the security administrator's."""
        return accounts.end_sessions(self._context, login, by=by)

    def set_groups(self, login: str, groups: frozenset[str], *, by: str) -> None:
        """Give and take roles, never one's own. The security administrator's."""
        accounts.set_groups(self._context, login, groups, by=by)

    def found_group(self, name: str, *, by: str) -> None:
        """Add a group. The security administrator's."""
        accounts.add_group(self._context, name, by=by)

    def remove_factor(self, login: str, *, by: str) -> None:
        """Remove a person's second factor. The security administrator's."""
        accounts.drop_factor(self._context, login, by=by)

    def audit(
        self, asked: AuditAsked, *, by: str, before: int = 0, size: int = 100
    ) -> tuple[AuditEvent, ...]:
        """The record beside the cases, the latest first, before this number. The audit administrator's.

        That he looked is itself recorded.
        """
        found = record.audit(self._reader, asked, by=by, before=before, size=size)
        auditing.look(self._context, "record", "", by=by, data=asked.told())
        return found
