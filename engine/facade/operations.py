"""What keeps the engine running: jobs, incidents, repair, migration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.commands import (
    anchoring,
    jobs,
    leases,
    migrating,
    pressing,
    repairing,
    scheduling,
)
from engine.commands import incidents as failures
from engine.commands.once import again
from engine.facade.part import Part
from engine.model.findings import Finding
from engine.model.migration import MappingChoices, MigrationOutcome, MigrationPlan
from engine.model.records import (
    Incident,
)
from engine.queries import cases as case_page
from engine.queries import diagnosing, mapping


class Operations(Part):
    """What keeps the engine running: jobs, incidents, repair, migration."""

    def run_due_jobs(self, limit: int = 100) -> int:
        """Run jobs and start what timers start by now; gives how many."""
        anchoring.seal_due(self._context)
        pressing.run_due(self._context, limit)
        started = scheduling.run_due(self._context, limit)
        return started + jobs.run_due(self._context, limit - started)

    def next_due(self) -> datetime | None:
        """When the next job is due."""
        return jobs.next_due(self._context)

    def incidents(self, by: str) -> tuple[Incident, ...]:
        """What failed and stands until somebody retries it, in cases that this user may see."""
        return case_page.incidents(self._reader, by)

    def retry(self, job_id: str, *, by: str) -> None:
        """Let a failed job run again now."""
        again(lambda: jobs.retry(self._context, job_id, by=by))

    def retry_all(self, *, by: str, definition_id: str = "", element_id: str = "") -> tuple[str, ...]:
        """Retry all open incidents (of a version, at an element) that this user may steer; gives job ids."""
        return failures.retry_all(self._context, by=by, definition_id=definition_id, element_id=element_id)

    def diagnose(self, *, deep: bool = False) -> tuple[Finding, ...]:
        """What keeps cases from going on, and why; `deep` also loads the state of every live case."""
        return diagnosing.diagnose(self._reader, deep=deep, lease=leases.LEASE)

    def repair(self, finding: Finding, *, by: str) -> None:
        """Repair what a finding tells, as its `repair` says; Conflict when it isn't so any more."""
        again(lambda: repairing.repair(self._context, finding, by=by))

    def plan_migration(
        self,
        key: str,
        from_version: int,
        to_version: int,
        elements: Mapping[str, str] | None = None,
        *,
        by: str,
    ) -> MigrationPlan:
        """Which running instances can go on in another version, and why not the others; nothing changes.

        `elements` names the new ids of elements and flows whose ids changed.
        """
        return migrating.plan(self._context, key, from_version, to_version, elements or {}, by=by)

    def mapping_choices(self, key: str, from_version: int, to_version: int) -> MappingChoices:
        """What may have to be mapped by hand between two versions; NotFound if there is no such version."""
        return mapping.mapping_choices(self._reader, key, from_version, to_version)

    def migrate(self, plan: MigrationPlan, reason: str, *, by: str) -> tuple[MigrationOutcome, ...]:
        """Move each instance of a plan in a transaction of its own; a failing one stops no other."""
        return migrating.migrate(self._context, plan, reason, by=by)
