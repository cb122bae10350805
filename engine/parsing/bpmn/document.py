"""One BPMN file as a whole: its processes, and all its problems at once."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import InvalidDefinition, Problem
from engine.model.definition import Bpmn, ProcessModel
from engine.parsing.bpmn.compensation import check_compensation
from engine.parsing.bpmn.data import data_names
from engine.parsing.bpmn.event_subprocesses import check_event_subprocesses
from engine.parsing.bpmn.global_tasks import read_global_tasks
from engine.parsing.bpmn.links import check_links
from engine.parsing.bpmn.names import BPMN, GLOBAL_TASKS, NODES
from engine.parsing.bpmn.reader import Element, Reader, camunda, children, documentation, flag, reference
from engine.parsing.bpmn.scopes import read_lanes, read_scope
from engine.parsing.bpmn.signals import check_signals
from engine.parsing.bpmn.structure import check_structure
from engine.parsing.bpmn.vocabulary import check_vocabulary, properties
from engine.parsing.xml import line_of, local, parse_xml, validate

MOST = 200  #: signs of an id or a name


def parse_bpmn(content: bytes, resource: str) -> Bpmn:
    """What the file defines; InvalidDefinition with every problem, its element and line."""
    root = parse_xml(content, resource)
    if root.tag != f"{{{BPMN}}}definitions":
        raise InvalidDefinition(
            problems=[Problem(f"不是BPMN 2.0文件（根元素是 {local(root)}）。", resource, line=line_of(root))]
        )
    reader = Reader(
        resource,
        messages=_by_id(root, "message"),
        errors=_by_id(root, "error"),
        escalations=_by_id(root, "escalation"),
        signals=_by_id(root, "signal"),
        definitions={
            key: each for key, each in _by_id(root).items() if local(each).endswith("EventDefinition")
        },
        data=data_names(root),
        idle=frozenset(each.get("id") or "" for each in _idle(root)),
    )
    reader.problems.extend(validate(root, "BPMN20.xsd", resource))
    _duplicates(reader, root)
    _lengths(reader, root)
    processes = tuple(_process(reader, root, each) for each in _executable(reader, root))
    processes += read_global_tasks(reader, root)
    reader.finish()
    problems = sorted(reader.problems, key=_order)
    if any(problem.severity == "error" for problem in problems):
        raise InvalidDefinition(problems=problems)
    return Bpmn(resource, processes, tuple(problems))


def _order(problem: Problem) -> tuple[bool, int]:
    return problem.severity != "error", problem.line or 0


def _by_id(root: Element, *names: str) -> dict[str, Element]:
    return {each.get("id") or "": each for each in children(root, *names) if each.get("id")}


def _executable(reader: Reader, root: Element) -> list[Element]:
    """Processes to run: those marked so; a file's only process needs no mark.

    If there are none, all are read, so that their other problems are told at the same time.
    """
    processes = list(children(root, "process"))
    marks = [(each.get("isExecutable") or "").strip() for each in processes]
    found = [each for each, mark in zip(processes, marks, strict=True) if mark in ("true", "1")]
    if not found and marks == [""]:
        return processes
    if not processes:
        _nothing(reader, root)
    elif not found:
        hint = '请在流程的属性中选“可执行”（isExecutable="true"）。'
        reader.error(processes[0], "文件中没有可执行的流程。", hint)
        return [each for each in processes if next(children(each, *NODES), None) is not None]
    return found


def _nothing(reader: Reader, root: Element) -> None:
    """A file without a process: fine for global tasks; else what it has instead cannot run."""
    if next(children(root, *GLOBAL_TASKS), None) is not None:
        return
    drawn = next(children(root, "choreography", "collaboration", "globalConversation"), None)
    where = root if drawn is None else drawn
    what = "" if drawn is None else "编排图和协作图只说明各方怎样往来，不能执行。"
    reader.note(where.get("id") or "", line_of(where), f"文件中没有流程。{what}", "请画出流程再上传。")


def _idle(root: Element) -> list[Element]:
    """Processes that are marked not to run."""
    return [each for each in children(root, "process") if not flag(each, "isExecutable", default=True)]


def _duplicates(reader: Reader, root: Element) -> None:
    """Ids written twice; the schema check stops looking in some broken files."""
    known = {(problem.element, problem.line) for problem in reader.problems}
    seen: set[str] = set()
    for element in root.iter(f"{{{BPMN}}}*"):
        element_id = element.get("id")
        if element_id and element_id in seen and (element_id, line_of(element)) not in known:
            reader.note(element_id, line_of(element), f"id “{element_id}”重复。", "请改为不同的id。")
        seen.add(element_id or "")


def _lengths(reader: Reader, root: Element) -> None:
    """Ids and names that neither lists nor the databases' indexes could hold."""
    for element in root.iter(f"{{{BPMN}}}*"):
        for attribute, what in (("id", "id"), ("name", "名称")):
            length = len(element.get(attribute) or "")
            if length > MOST:
                shown = (element.get("id") or "")[:20]
                reader.note(
                    shown,
                    line_of(element),
                    f"{what}有{length}个字，太长。",
                    f"请改到{MOST}字以内，细节写进说明。",
                )


def _process(reader: Reader, root: Element, element: Element) -> ProcessModel:
    check_vocabulary(reader, element)
    key = element.get("id") or ""
    if not key:
        reader.error(element, "流程没有id。", "请给它一个id。")
    lanes, lane_names = read_lanes(reader, element)
    scope = read_scope(reader, element, lanes)
    scope = check_structure(reader, scope, key, line_of(element), top=True)
    check_compensation(reader, scope)
    check_links(reader, scope)
    check_signals(reader, scope)
    check_event_subprocesses(reader, scope)
    groups = camunda(element, "candidateStarterGroups") or ""
    if groups.startswith(("=", "${", "#{")):
        reader.refuse(element, f"算出来的发起组“{groups}”", "请写固定的组名，以逗号分隔。")
    model = ProcessModel(
        key=key,
        name=(element.get("name") or "").strip() or _participant(root, key) or key,
        scope=scope,
        resource=reader.resource,
        line=line_of(element),
        documentation=documentation(element),
        properties=properties(reader, element),
        lanes=lane_names,
        version_tag=camunda(element, "versionTag") or "",
    )
    return replace(model, starter_groups=tuple(filter(None, map(str.strip, groups.split(",")))))


def _participant(root: Element, key: str) -> str:
    """The name of the pool that this process fills."""
    for collaboration in children(root, "collaboration"):
        for participant in children(collaboration, "participant"):
            if reference(participant.get("processRef")) == key:
                return (participant.get("name") or "").strip()
    return ""
