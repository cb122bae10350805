"""Units, positions, who holds them, who is in charge of what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from engine.commands import organising, substituting
from engine.commands.once import again
from engine.facade.part import Part
from engine.model.organisation import Import, ImportRecord, Organisation
from engine.model.substituting import Substitution
from engine.queries import organisation as reads


class Organising(Part):
    """The organisation: read as of a day, brought in and given out as files."""

    def organisation(self, at: date | None = None) -> Organisation:
        """What was in force on the day, or all that is known, past and future."""
        return reads.get(self._reader, at)

    def import_organisation(
        self,
        name: str,
        content: bytes,
        *,
        by: str,
        whole: bool = False,
        dry_run: bool = False,
        revision: int | None = None,
    ) -> Import:
        """Bring in a CSV or XLSX file, all or nothing; InvalidInput names every wrong row and column.

        `whole`: what the file's sheets don't list ends yesterday. `dry_run`: only tell what would change.
        `revision`: Conflict unless the organisation is still the one of that dry run.
        """
        return again(
            lambda: organising.import_file(
                self._context, name, content, by=by, whole=whole, dry_run=dry_run, revision=revision
            )
        )

    def export_organisation(self, sheet: str = "") -> bytes:
        """All sheets as XLSX, or one as CSV, in the form in which they are imported."""
        return reads.export(self._reader, sheet)

    def organisation_imports(self) -> tuple[ImportRecord, ...]:
        """The last imports with what they changed, newest first."""
        return reads.imports(self._reader)

    def may_maintain_organisation(self, user: str) -> bool:
        """Whether the user may change the organisation."""
        return reads.may_maintain(self._reader, user)

    def appoint_substitute(
        self,
        person: str,
        substitute: str,
        since: datetime,
        until: datetime,
        reason: str,
        *,
        by: str,
        processes: Sequence[str] = (),
    ) -> Substitution:
        """Let new tasks of a person go to a substitute for a time; `processes`: keys, none for all."""
        return again(
            lambda: substituting.appoint(
                self._context, person, substitute, since, until, reason, by=by, processes=processes
            )
        )

    def end_substitution(self, substitution_id: str, *, by: str) -> None:
        """End a substitution early; tasks that the substitute has stay with him."""
        again(lambda: substituting.end(self._context, substitution_id, by=by))

    def substitutions(self, user: str = "") -> tuple[Substitution, ...]:
        """Those that concern the user, the latest first; of nobody in particular: all that hold or will."""
        return reads.substitutions(self._reader, user)
