"""Deployments, their files, process versions and diagram drafts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from engine.errors import Conflict
from engine.model.records import Deployment, DiagramDraft, ProcessDefinition, Resource
from engine.store.database import Work
from engine.store.sql import insert, insert_new
from engine.store.tables import (
    content,
    decision_definition,
    deployment,
    diagram_draft,
    process_definition,
    resource,
)


def put_content(work: Work, data: bytes) -> str:
    """Keep bytes once; gives their sha256 in hexadecimal."""
    sha256 = hashlib.sha256(data).hexdigest()
    insert_new(work, content, [{"sha256": sha256, "bytes": data}])
    return sha256


def add_deployment(
    work: Work, made: Deployment, resources: Sequence[Resource], decisions: Mapping[str, str]
) -> None:
    """Keep a deployment with all its files; `decisions` is decision id -> resource name."""
    last = work.connection.execute(select(func.coalesce(func.max(deployment.c.seq), 0))).scalar_one()
    row = {
        "id": made.id,
        "seq": last + 1,
        "name": made.name,
        "deployed_at": made.deployed_at,
        "deployed_by": made.deployed_by,
    }
    insert(work, deployment, [row])
    files = [
        {"deployment_id": made.id, "name": one.name, "sha256": put_content(work, one.content)}
        for one in resources
    ]
    insert(work, resource, files)
    ids = [
        {"deployment_id": made.id, "decision_id": key, "resource": name} for key, name in decisions.items()
    ]
    insert(work, decision_definition, ids)


def add_definition(work: Work, definition: ProcessDefinition, fingerprint: str) -> None:
    """Keep a new version; `fingerprint` is of all files that decide how it behaves."""
    row = {
        "id": definition.id,
        "key": definition.key,
        "version": definition.version,
        "name": definition.name,
        "resource": definition.resource,
        "deployment_id": definition.deployment_id,
        "deployed_at": definition.deployed_at,
        "deployed_by": definition.deployed_by,
        "checksum": definition.checksum,
        "fingerprint": fingerprint,
        "starter_groups": list(definition.starter_groups),
        "properties": dict(definition.properties or {}),
        "documentation": definition.documentation,
    }
    insert(work, process_definition, [row])


def get(work: Work, definition_id: str) -> ProcessDefinition | None:
    """One version."""
    row = work.connection.execute(
        select(process_definition).where(process_definition.c.id == definition_id)
    ).first()
    return _definition(row) if row else None


def versions(work: Work, key: str) -> tuple[ProcessDefinition, ...]:
    """All versions of a process, newest first."""
    rows = work.connection.execute(
        select(process_definition)
        .where(process_definition.c.key == key)
        .order_by(process_definition.c.version.desc())
    )
    return tuple(_definition(row) for row in rows)


def latest(work: Work, key: str) -> ProcessDefinition | None:
    """The version for cases started from now on."""
    row = work.connection.execute(
        select(process_definition)
        .where(process_definition.c.key == key)
        .order_by(process_definition.c.version.desc())
        .limit(1)
    ).first()
    return _definition(row) if row else None


def all_definitions(work: Work) -> tuple[ProcessDefinition, ...]:
    """All versions, by key, newest first within a key."""
    rows = work.connection.execute(
        select(process_definition).order_by(process_definition.c.key, process_definition.c.version.desc())
    )
    return tuple(_definition(row) for row in rows)


def latest_definitions(work: Work) -> tuple[ProcessDefinition, ...]:
    """The latest version of each process, by key."""
    newest: dict[str, ProcessDefinition] = {}
    for definition in all_definitions(work):
        newest.setdefault(definition.key, definition)
    return tuple(newest.values())


def fingerprint(work: Work, definition_id: str) -> str:
    """The version's fingerprint."""
    column = process_definition.c.fingerprint
    return str(
        work.connection.execute(select(column).where(process_definition.c.id == definition_id)).scalar()
    )


def resource_names(work: Work, deployment_id: str) -> tuple[str, ...]:
    """Names of a deployment's files."""
    rows = work.connection.execute(
        select(resource.c.name).where(resource.c.deployment_id == deployment_id).order_by(resource.c.name)
    )
    return tuple(rows.scalars())


def resource_content(work: Work, deployment_id: str, name: str) -> bytes | None:
    """A file of a deployment."""
    found = work.connection.execute(
        select(content.c.bytes)
        .join(resource, resource.c.sha256 == content.c.sha256)
        .where(resource.c.deployment_id == deployment_id, resource.c.name == name)
    ).scalar()
    return None if found is None else bytes(found)


def newest_resources(work: Work, names: Sequence[str]) -> tuple[Resource, ...]:
    """The latest deployed content of each of these names that was ever deployed."""
    rows = work.connection.execute(
        select(resource.c.name, content.c.bytes)
        .join(content, resource.c.sha256 == content.c.sha256)
        .join(deployment, deployment.c.id == resource.c.deployment_id)
        .where(resource.c.name.in_(names))
        .order_by(deployment.c.seq)
    )
    newest = {row.name: bytes(row.bytes) for row in rows}
    return tuple(Resource(name, newest[name]) for name in names if name in newest)


def newest_checksums(work: Work) -> Mapping[str, str]:
    """Name -> sha256 of the latest deployed content of every name."""
    rows = work.connection.execute(
        select(resource.c.name, resource.c.sha256)
        .join(deployment, deployment.c.id == resource.c.deployment_id)
        .order_by(deployment.c.seq)
    )
    return {row.name: row.sha256 for row in rows}


def latest_deployment(work: Work) -> Deployment | None:
    """The deployment made last, without its definitions."""
    row = work.connection.execute(select(deployment).order_by(deployment.c.seq.desc()).limit(1)).first()
    return Deployment(row.id, row.name, row.deployed_at, row.deployed_by) if row else None


def decision_places(work: Work, decision_id: str) -> tuple[tuple[str, str], ...]:
    """(deployment id, resource name) of every file that declared this decision, newest first."""
    rows = work.connection.execute(
        select(decision_definition.c.deployment_id, decision_definition.c.resource)
        .join(deployment, deployment.c.id == decision_definition.c.deployment_id)
        .where(decision_definition.c.decision_id == decision_id)
        .order_by(deployment.c.seq.desc())
    )
    return tuple((row.deployment_id, row.resource) for row in rows)


def decision_ids(work: Work) -> frozenset[str]:
    """Ids of all decisions ever deployed."""
    return frozenset(work.connection.execute(select(decision_definition.c.decision_id).distinct()).scalars())


def draft(work: Work, key: str) -> DiagramDraft | None:
    """The unpublished diagram of a process."""
    row = work.connection.execute(select(diagram_draft).where(diagram_draft.c.key == key)).first()
    if row is None:
        return None
    return DiagramDraft(row.key, bytes(row.content), row.based_on, row.saved_at, row.saved_by, row.revision)


def put_draft(work: Work, made: DiagramDraft) -> None:
    """Keep a draft whose revision is one above the kept one's; Conflict otherwise."""
    values: dict[str, Any] = {
        "content": made.content,
        "based_on": made.based_on,
        "saved_at": made.saved_at,
        "saved_by": made.saved_by,
        "revision": made.revision,
    }
    if made.revision == 1:
        insert(work, diagram_draft, [{"key": made.key, **values}])
        return
    found = work.connection.execute(
        diagram_draft.update()
        .where(diagram_draft.c.key == made.key, diagram_draft.c.revision == made.revision - 1)
        .values(**values)
    )
    if found.rowcount != 1:
        raise Conflict


def delete_draft(work: Work, key: str) -> None:
    """Throw a draft away."""
    work.connection.execute(diagram_draft.delete().where(diagram_draft.c.key == key))


def _definition(row: Row[Any]) -> ProcessDefinition:
    return ProcessDefinition(
        id=row.id,
        key=row.key,
        version=row.version,
        name=row.name,
        resource=row.resource,
        deployment_id=row.deployment_id,
        deployed_at=row.deployed_at,
        deployed_by=row.deployed_by,
        checksum=row.checksum,
        starter_groups=tuple(row.starter_groups),
        properties=row.properties,
        documentation=row.documentation,
    )
