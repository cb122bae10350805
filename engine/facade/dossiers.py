"""Dossiers: a case as one signed file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from engine.commands import exporting
from engine.commands.once import again
from engine.dossier import check_key
from engine.facade.part import Part
from engine.model.execution import JsonObject
from engine.queries import dossier


class Dossiers(Part):
    """Dossiers: a case as one signed file."""

    def export(
        self,
        instance_id: str,
        file: IO[bytes],
        reason: str,
        *,
        by: str,
        key: str,
        sayings: Mapping[str, str] | None = None,
    ) -> JsonObject:
        """Write a case's whole dossier as a ZIP, signed with a PEM key (Ed25519); gives its manifest.

        `sayings` names the kinds of the record's entries for the index. The export itself is recorded first.
        """
        check_key(key)
        again(lambda: exporting.record(self._context, instance_id, reason, by=by))
        return dossier.write(
            self._reader, instance_id, file, by=by, reason=reason.strip(), key=key, sayings=sayings or {}
        )
