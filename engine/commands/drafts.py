"""Diagram drafts, and putting them into force."""

from __future__ import annotations

from engine import policy
from engine.commands import deploying
from engine.commands.context import Context, allow, person
from engine.errors import Conflict, InvalidDefinition, InvalidInput, NotFound, Problem
from engine.model.definition import Bpmn
from engine.model.records import DiagramDraft, ProcessDefinition, Resource
from engine.store import definitions, people
from engine.store.database import Work

MAX_BYTES = 5_000_000


def save(context: Context, key: str, content: bytes, *, by: str, revision: int) -> DiagramDraft:
    """Keep an unpublished diagram, checked for nothing but its size."""
    if not content or len(content) > MAX_BYTES:
        raise InvalidInput("流程图为空或超过5MB。")
    with context.database.unit_of_work() as work:
        _editor(work, by)
        latest = _latest(work, key)
        old = definitions.draft(work, key)
        if (old.revision if old else 0) != revision:
            raise Conflict("草稿刚才已由他人保存，请刷新后再改。")
        based_on = old.based_on if old else latest.version
        draft = DiagramDraft(key, content, based_on, context.clock(), by, revision + 1)
        definitions.put_draft(work, draft)
    return draft


def discard(context: Context, key: str, *, by: str) -> None:
    """Throw the draft away."""
    with context.database.unit_of_work() as work:
        _editor(work, by)
        definitions.delete_draft(work, key)


def check(context: Context, key: str, content: bytes) -> tuple[Problem, ...]:
    """All errors and warnings of this diagram beside the other files of its deployment."""
    with context.database.reading() as work:
        latest = _latest(work, key)
        resources = _with(work, latest, content)
    return (*_other_key(key, latest, content), *deploying.check(context, resources))


def put_into_force(context: Context, key: str, *, by: str) -> ProcessDefinition:
    """Deploy the draft with the newest other files of its deployment."""
    with context.database.reading() as work:
        _editor(work, by)
        draft, latest = _current(work, key)
        resources = _with(work, latest, draft.content)
        problems = _other_key(key, latest, draft.content)
        if problems:
            raise InvalidDefinition(problems=problems)
        parsed = deploying.prepare(work, resources)
    with context.database.unit_of_work() as work:
        if _current(work, key) != (draft, latest):
            raise Conflict
        deploying.deploy_in(context, work, resources, parsed, name=latest.name, by=by)
        definitions.delete_draft(work, key)
        return _latest(work, key)


def _current(work: Work, key: str) -> tuple[DiagramDraft, ProcessDefinition]:
    """The draft and the version that it changes, which must be the latest."""
    draft, latest = definitions.draft(work, key), _latest(work, key)
    if draft is None:
        raise NotFound("没有草稿。")
    if draft.based_on != latest.version:
        raise Conflict(f"草稿改自第{draft.based_on}版，现行已是第{latest.version}版，请重新修改。")
    return draft, latest


def _editor(work: Work, by: str) -> None:
    user = person(work, by)
    allow(user, policy.edit_processes(user, people.get_setting(work, "process_admins") or ""))


def _latest(work: Work, key: str) -> ProcessDefinition:
    found = definitions.latest(work, key)
    if found is None:
        raise NotFound
    return found


def _with(work: Work, latest: ProcessDefinition, content: bytes) -> tuple[Resource, ...]:
    names = definitions.resource_names(work, latest.deployment_id)
    return tuple(
        Resource(one.name, content) if one.name == latest.resource else one
        for one in definitions.newest_resources(work, names)
    )


def _other_key(key: str, latest: ProcessDefinition, content: bytes) -> tuple[Problem, ...]:
    """A diagram that has lost its process's key would become another process."""
    try:
        read = deploying.read_file(latest.resource, content)
    except InvalidDefinition:
        return ()  # deploying says what is wrong
    if isinstance(read, Bpmn) and any(process.key == key for process in read.processes):
        return ()
    return (Problem(f"流程的标识须仍是“{key}”。", latest.resource, hint="标识改变会成为另一流程。"),)
