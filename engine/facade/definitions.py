"""Processes: checking, deploying, drafting and reading them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.commands import (
    deploying,
    drafts,
)
from engine.errors import Problem
from engine.facade.part import Part
from engine.model.records import (
    Deployment,
    DiagramDraft,
    ProcessDefinition,
    Resource,
)
from engine.model.views import References
from engine.queries import definitions


class Definitions(Part):
    """Processes: checking, deploying, drafting and reading them."""

    def check(self, resources: Sequence[Resource]) -> tuple[Problem, ...]:
        """All errors and warnings of a would-be deployment; nothing changes."""
        return deploying.check(self._context, resources)

    def deploy(self, resources: Sequence[Resource], *, name: str, by: str) -> Deployment:
        """Make new versions of the processes whose files changed; InvalidDefinition with all problems."""
        return deploying.deploy(self._context, resources, name=name, by=by)

    def definitions(self, *, all_versions: bool = False) -> tuple[ProcessDefinition, ...]:
        """Latest version of each process by key, or all versions, newest first within a key."""
        return definitions.all_definitions(self._reader, all_versions=all_versions)

    def versions(self, key: str) -> tuple[ProcessDefinition, ...]:
        """All versions of a process, newest first."""
        return definitions.versions(self._reader, key)

    def definition(self, definition_id: str) -> ProcessDefinition:
        """One version, or NotFound."""
        return definitions.definition(self._reader, definition_id)

    def definition_xml(self, definition_id: str) -> bytes:
        """The BPMN file of one version, as it was deployed."""
        return definitions.xml(self._reader, definition_id)

    def references(self, definition_id: str) -> References:
        """Forms and decisions that this version's diagram may name."""
        return definitions.references(self._reader, definition_id)

    def startable(self, by: str) -> tuple[ProcessDefinition, ...]:
        """Latest versions that this user may start."""
        return definitions.startable(self._reader, by)

    def next_starts(self) -> Mapping[str, datetime]:
        """When a timer next starts each process that one starts, by key, the first to come first."""
        return definitions.next_starts(self._reader)

    def may_edit_processes(self, by: str) -> bool:
        """Whether this user belongs to the group that the office lets change diagrams."""
        return definitions.may_edit(self._reader, by)

    def diagram_draft(self, key: str) -> DiagramDraft | None:
        """The unpublished diagram of a process, if there is one."""
        return definitions.draft(self._reader, key)

    def save_diagram_draft(self, key: str, content: bytes, *, by: str, revision: int = 0) -> DiagramDraft:
        """Keep an unpublished diagram; `revision` is the one it was opened with (0: none), else Conflict."""
        return drafts.save(self._context, key, content, by=by, revision=revision)

    def discard_diagram_draft(self, key: str, *, by: str) -> None:
        """Throw the unpublished diagram away."""
        drafts.discard(self._context, key, by=by)

    def check_diagram_draft(self, key: str, content: bytes) -> tuple[Problem, ...]:
        """All errors and warnings of this diagram with the other files of its deployment."""
        return drafts.check(self._context, key, content)

    def put_into_force(self, key: str, *, by: str) -> ProcessDefinition:
        """Make the draft the version for cases started from now on; InvalidDefinition with all problems."""
        return drafts.put_into_force(self._context, key, by=by)
