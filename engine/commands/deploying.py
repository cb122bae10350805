"""Deploying: all files are read and checked together; only processes that changed get a new version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from engine import handlers, parsing, policy
from engine.commands import languages, noting, scheduling
from engine.commands.administering import handling
from engine.commands.context import Context, allow, person
from engine.errors import Conflict, EngineError, InvalidDefinition, InvalidInput, Problem
from engine.model.case_rules import CaseRules
from engine.model.decision import DecisionModel, walk
from engine.model.definition import Bpmn, ProcessModel
from engine.model.execution import JsonObject
from engine.model.forms import FormDefinition, ViewDefinition
from engine.model.records import Deployment, ProcessDefinition, Resource
from engine.model.words import Words
from engine.store import definitions, people
from engine.store.database import Work
from engine.store.sql import new_id

MAX_FILES = 1_000
REMEMBERED = 200  #: files as read; a deployment's few dozen and the drafts changed last


Rules = tuple[tuple[str, bytes], ...]  #: names and contents of DMN files
Read = Bpmn | tuple[DecisionModel, ...] | FormDefinition | ViewDefinition | CaseRules | Words


@dataclass(slots=True)
class Parsed:
    """The files of a deployment, read."""

    bpmns: list[Bpmn] = field(default_factory=list)
    decisions: dict[str, DecisionModel] = field(default_factory=dict)
    forms: dict[str, FormDefinition] = field(default_factory=dict)
    views: dict[str, ViewDefinition] = field(default_factory=dict)
    rules: dict[str, CaseRules] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    names: frozenset[str] = frozenset()  #: of all files


def read_bundles(root: Path, folders: Sequence[str]) -> tuple[Resource, ...]:
    """All files of these folders, named by their path under the root; hidden ones aside."""
    for folder in folders:
        if not (root / folder).is_dir() or not (root / folder).resolve().is_relative_to(root.resolve()):
            raise InvalidInput(f"没有流程文件夹“{folder}”。")
    files = sorted(path for folder in folders for path in (root / folder).rglob("*") if path.is_file())
    named = [(path.relative_to(root), path) for path in files]
    return tuple(
        Resource(name.as_posix(), path.read_bytes())
        for name, path in named
        if not any(part.startswith(".") for part in name.parts)
    )


def check(context: Context, resources: Sequence[Resource]) -> tuple[Problem, ...]:
    """All errors and warnings of a would-be deployment."""
    with context.database.reading() as work:
        return tuple(_read(work, resources).problems)


def deploy(context: Context, resources: Sequence[Resource], *, name: str, by: str) -> Deployment:
    """Make new versions of the processes that changed."""
    with context.database.reading() as work:
        user = person(work, by)
        allow(user, policy.edit_processes(user, people.get_setting(work, "process_admins") or ""))
        parsed = prepare(work, resources)
    with context.database.unit_of_work() as work:
        return deploy_in(context, work, resources, parsed, name=name, by=by)


def prepare(work: Work, resources: Sequence[Resource], *, any_topic: bool = False) -> Parsed | None:
    """Read and check all files, which takes time, hence before the transaction; None: nothing changed.

    `any_topic` accepts service tasks that no handler does.
    """
    if resources and not _changed(work, resources):
        return None
    parsed = _read(work, resources, any_topic)
    errors = [problem for problem in parsed.problems if problem.severity == "error"]
    if errors:
        raise InvalidDefinition(problems=errors)
    return parsed


def deploy_in(
    context: Context,
    work: Work,
    resources: Sequence[Resource],
    parsed: Parsed | None,
    *,
    name: str,
    by: str,
) -> Deployment:
    """Deploy what was prepared within a transaction, unasked; an unchanged set of files leaves no trace."""
    latest = definitions.latest_deployment(work)
    if latest and (parsed is None or not _changed(work, resources)):
        return latest
    if parsed is None:
        raise Conflict
    if problems := handling(work, [(one.resource, each) for one in parsed.bpmns for each in one.processes]):
        raise InvalidDefinition(problems=problems)
    made = Deployment(new_id(), name, context.clock(), by)
    places = {key: model.resource for key, model in parsed.decisions.items()}
    definitions.add_deployment(work, made, resources, places)
    contents = {one.name: one.content for one in resources}
    new = [
        version
        for bpmn in parsed.bpmns
        for process in bpmn.processes
        if (version := _add_version(work, made, process, bpmn.resource, contents, parsed))
    ]
    languages.keep(work, [one for one in resources if one.name.endswith(".words.json")])
    noting.note(context, work, "deployment.made", made.id, _noted(name, new), by=by)
    work.after_commit(context.wake)
    return Deployment(made.id, name, made.deployed_at, by, tuple(new))


def _noted(name: str, new: Sequence[ProcessDefinition]) -> JsonObject:
    return {"name": name, "versions": {one.id: one.checksum for one in new}}


def _changed(work: Work, resources: Sequence[Resource]) -> bool:
    known = definitions.newest_checksums(work)
    return any(known.get(one.name) != hashlib.sha256(one.content).hexdigest() for one in resources)


def _add_version(
    work: Work,
    made: Deployment,
    process: ProcessModel,
    resource: str,
    contents: Mapping[str, bytes],
    parsed: Parsed,
) -> ProcessDefinition | None:
    """The new version, or None when nothing that the process uses has changed."""
    latest = definitions.latest(work, process.key)
    fingerprint = _fingerprint(process, resource, contents, parsed)
    if latest and definitions.fingerprint(work, latest.id) == fingerprint:
        return None
    version = latest.version + 1 if latest else 1
    definition = ProcessDefinition(
        id=f"{process.key}:{version}",
        key=process.key,
        version=version,
        name=process.name or process.key,
        resource=resource,
        deployment_id=made.id,
        deployed_at=made.deployed_at,
        deployed_by=made.deployed_by,
        checksum=hashlib.sha256(contents[resource]).hexdigest(),
        starter_groups=process.starter_groups,
        properties=process.properties,
        documentation=process.documentation,
    )
    definitions.add_definition(work, definition, fingerprint)
    scheduling.schedule(work, definition, process, made.deployed_at)
    return definition


def _fingerprint(process: ProcessModel, resource: str, contents: Mapping[str, bytes], parsed: Parsed) -> str:
    """Of the diagram with the forms, decisions, templates and view that it uses."""
    used = {resource}
    used |= {parsed.forms[ref].resource for ref in process.form_refs() if ref in parsed.forms}
    asked = [parsed.decisions[ref] for ref in process.decision_refs() if ref in parsed.decisions]
    used |= {node.resource for model in asked for node in walk(model)}
    used |= {name for name, view in parsed.views.items() if view.process == process.key}
    mine = {name: rules for name, rules in parsed.rules.items() if rules.process == process.key}
    used |= mine.keys()
    refs = [one.form for rules in mine.values() for one in rules.registers]
    used |= {parsed.forms[ref].resource for ref in refs if ref in parsed.forms}
    folder = PurePosixPath(resource).parent
    for node in process.scope.walk():
        used |= {str(folder / value) for value in node.properties.values()} & contents.keys()
    digest = hashlib.sha256()
    for name in sorted(used):
        digest.update(name.encode() + b"\0" + hashlib.sha256(contents[name]).digest())
    return digest.hexdigest()


def _read(work: Work, resources: Sequence[Resource], any_topic: bool = False) -> Parsed:
    parsed = Parsed(names=frozenset(one.name for one in resources))
    if len(resources) > MAX_FILES or len({one.name for one in resources}) != len(resources):
        parsed.problems.append(Problem("文件太多，或有同名文件。"))
        return parsed
    rules = tuple((one.name, one.content) for one in resources if one.name.endswith(".dmn"))
    for one in resources:
        try:
            _read_one(parsed, one, rules)
        except EngineError as error:
            parsed.problems.extend(error.problems or [Problem(error.message, resource=one.name)])
    if not resources:
        parsed.problems.append(Problem("没有文件。"))
    if not any(problem.severity == "error" for problem in parsed.problems):
        parsed.problems.extend(_cross_check(work, parsed, any_topic))
    return parsed


def _read_one(parsed: Parsed, one: Resource, rules: Rules) -> None:
    imports = one.name.endswith(".dmn") and parsing.may_import(one.content)
    read = read_file(one.name, one.content, *([rules] if imports else []))
    if isinstance(read, Bpmn):
        parsed.bpmns.append(read)
        parsed.problems.extend(warning for warning in read.warnings if isinstance(warning, Problem))
    elif isinstance(read, tuple):
        for model in read:
            if model.id in parsed.decisions:
                other = parsed.decisions[model.id].resource
                parsed.problems.append(Problem(f"决策“{model.id}”在“{other}”中已有。", one.name, model.id))
            parsed.decisions[model.id] = model
    elif isinstance(read, FormDefinition):
        if read.id in parsed.forms:
            other = parsed.forms[read.id].resource
            parsed.problems.append(Problem(f"表单“{read.id}”在“{other}”中已有。", one.name))
        parsed.forms[read.id] = read
    elif isinstance(read, ViewDefinition):
        parsed.views[one.name] = read
    elif isinstance(read, CaseRules):
        parsed.rules[one.name] = read


@lru_cache(maxsize=REMEMBERED)
def read_file(name: str, content: bytes, rules: Rules = ()) -> Read | None:
    """What a file defines, None for a template; the files used last are not read again.

    `rules` are the DMN files that it may import.
    """
    if name.endswith(".bpmn"):
        return parsing.parse_bpmn(content, name)
    if name.endswith(".dmn"):
        return parsing.parse_dmn(content, name, dict(rules))
    if name.endswith(".form.json"):
        return parsing.parse_form(content, name)
    if name.endswith(".view.json"):
        return parsing.parse_view(content, name)
    if name.endswith(".case.json"):
        return parsing.parse_case_rules(content, name)
    if name.endswith(".words.json"):
        return parsing.parse_words(content, name)
    return None


def _cross_check(work: Work, parsed: Parsed, any_topic: bool) -> tuple[Problem, ...]:
    mentioned = _topics(parsed) if any_topic else frozenset()
    known = {one.key for one in definitions.latest_definitions(work)}
    groups = people.groups(work) or None
    found = parsing.check_deployment(
        bpmns=parsed.bpmns,
        decision_ids=parsed.decisions.keys() | definitions.decision_ids(work),
        form_ids=parsed.forms.keys(),
        group_names=groups,
        topics=handlers.registry.keys() | mentioned,
        known_process_keys=known,
    )
    keys = known | {process.key for bpmn in parsed.bpmns for process in bpmn.processes}
    rules = parsed.rules.items()
    odd = [one for name, each in rules for one in parsing.check_case_rules(each, name, keys, groups)]
    fields = parsing.check_field_access(parsed.bpmns, parsed.forms, parsed.rules, groups)
    bulk = parsing.check_bulk(parsed.bpmns, parsed.forms)
    meetings = parsing.check_meetings(parsed.bpmns, parsed.forms, parsed.names)
    return (*found, *_unset(parsed), *odd, *fields, *bulk, *meetings)


def _topics(parsed: Parsed) -> frozenset[str]:
    nodes = (n for bpmn in parsed.bpmns for process in bpmn.processes for n in process.scope.walk())
    return frozenset(node.topic for node in nodes if node.topic)


def _unset(parsed: Parsed) -> list[Problem]:
    """Service tasks that don't tell their handler what to do."""
    return [
        Problem(f"“{node.name or node.id}”缺少属性 {name}。", process.resource, node.id, node.line)
        for bpmn in parsed.bpmns
        for process in bpmn.processes
        for node in process.scope.walk()
        for name in handlers.missing_settings(node.topic or "", node.properties)
    ]
