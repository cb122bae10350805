"""Whether the files of a deployment fit together: forms, decisions, called processes, topics, groups."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Problem
from engine.model import assigning
from engine.model.definition import Bpmn, Expression, Node, ProcessModel, Text
from engine.parsing.bpmn.names import PEOPLE, described
from engine.parsing.clocks import check_clocks
from engine.parsing.separation import check_separation

_OTHERS = ("separateFrom", "sameAs")


def check_deployment(
    bpmns: Sequence[Bpmn],
    decision_ids: Collection[str],
    form_ids: Collection[str],
    group_names: Collection[str] | None,
    topics: Collection[str],
    known_process_keys: Collection[str],
) -> tuple[Problem, ...]:
    """What the processes refer to that isn't there, as errors, and as warnings where it may yet come.

    `known_process_keys` are the processes that are deployed already; `group_names` None: don't look.
    """
    checker = _Checker(
        {process.key: process for bpmn in bpmns for process in bpmn.processes},
        frozenset(decision_ids),
        frozenset(form_ids),
        None if group_names is None else frozenset(group_names),
        frozenset(topics),
        frozenset(known_process_keys),
    )
    found: list[Problem] = []
    seen: dict[str, str] = {}
    for bpmn in bpmns:
        for process in bpmn.processes:
            if process.key in seen:
                text = f"流程id“{process.key}”在 {seen[process.key] or '同一批文件'} 中已经用过。"
                found.append(_problem(process, process, text, "请改为不同的id。"))
            seen[process.key] = process.resource
            found += checker.process(process)
    found += check_separation(list(checker.processes.values()))
    found += check_clocks(list(checker.processes.values()))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Checker:
    processes: Mapping[str, ProcessModel]
    decisions: frozenset[str]
    forms: frozenset[str]
    groups: frozenset[str] | None
    topics: frozenset[str]
    known: frozenset[str]

    def process(self, process: ProcessModel) -> Iterator[Problem]:
        declared = [process.properties, *(node.properties for node in process.scope.walk())]
        told = [group for one in declared for group in _listed(one.get("clockSupervisors", ""))]
        supervisors = dict.fromkeys(told)
        groups = (*process.starter_groups, *_listed(process.properties.get("visibleTo", "")), *supervisors)
        for group in self._unknown_groups(groups):
            yield _problem(process, process, f"没有组“{group}”。", "请先设立此组。", "warning")
        for name in sorted({*_listed(process.properties.get("withdrawUntil", ""))} - {"end", "never"}):
            if not any(each.node(name) for each in self.processes.values()):
                text, hint = f"withdrawUntil 所指的“{name}”不存在。", "请写人工任务的id，或者 end、never。"
                yield _problem(process, process, text, hint, "warning")
        for node in process.scope.walk():
            for check in _CHECKS:
                yield from check(self, process, node)

    def form(self, process: ProcessModel, node: Node) -> Iterator[Problem]:
        ref = node.assignment.form_ref if node.assignment else None
        if ref and ref not in self.forms:
            hint = f"请一并上传 {ref}.form.json，或改正引用。"
            yield _problem(process, node, f"{_name(node)}的表单“{ref}”不存在。", hint)

    def decision(self, process: ProcessModel, node: Node) -> Iterator[Problem]:
        ref = node.decision_ref
        if ref and ref not in self.decisions:
            hint = "请一并上传含有它的 .dmn 文件，或改正引用。"
            yield _problem(process, node, f"{_name(node)}的规则表“{ref}”不存在。", hint)

    def call(self, process: ProcessModel, node: Node) -> Iterator[Problem]:
        if node.call is None or not node.call.key:
            return
        called = self.processes.get(node.call.key)
        if called is None and node.call.key not in self.known:
            hint = "请先部署它，或一并上传。"
            yield _problem(process, node, f"{_name(node)}调用的流程“{node.call.key}”不存在。", hint)
        if called is not None and not _has_plain_start(called):
            text = f"{_name(node)}调用的流程“{called.key}”没有普通开始事件。"
            yield _problem(process, node, text, "请在被调用的流程中画一个普通开始事件。")

    def topic(self, process: ProcessModel, node: Node) -> Iterator[Problem]:
        if node.topic and node.topic not in self.topics:
            known = "、".join(sorted(self.topics)) or "（没有）"
            text = f"{_name(node)}的处理程序“{node.topic}”不存在。"
            yield _problem(process, node, text, f"可用：{known}。")

    def others(self, process: ProcessModel, node: Node) -> Iterator[Problem]:
        for key in _OTHERS:
            names = _listed(node.properties.get(key, ""))
            if key == "sameAs" and len(names) > 1:
                yield _problem(process, node, f"{_name(node)}的 sameAs 只能写一个环节。", "请只留一个。")
            for name in names:
                yield from self._other(process, node, key, name)

    def doers(self, process: ProcessModel, node: Node) -> Iterator[Problem]:
        given = node.assignment
        values = (given.assignee, given.candidate_groups, given.candidate_users) if given else ()
        for value in values:
            for name in assigning.steps(value.feel) if isinstance(value, Expression) else ():
                yield from self._other(process, node, "办理人函数", name)

    def group(self, process: ProcessModel, node: Node) -> Iterator[Problem]:
        if node.assignment is None or node.kind not in PEOPLE:
            return
        named = node.assignment.candidate_groups
        texts = _listed(named.value) if isinstance(named, Text) else ()
        alone = not (named or node.assignment.assignee or node.assignment.candidate_users)
        for group in self._unknown_groups((*texts, node.lane) if alone else texts):
            text = f"{_name(node)}的候选组“{group}”不存在。"
            yield _problem(process, node, text, "请先设立此组，否则没有人能办。", "warning")

    def _other(self, process: ProcessModel, node: Node, key: str, name: str) -> Iterator[Problem]:
        if name.startswith("="):
            return
        found = [each for other in self.processes.values() if (each := other.node(name))]
        if any(each.kind in PEOPLE for each in found):
            return
        text = f"{_name(node)}的 {key} 所指的“{name}”" + ("不是人工任务。" if found else "不存在。")
        called = {key for each in self.processes.values() for key in each.called_keys()}
        elsewhere = bool(called - self.processes.keys()) and not found
        severity = "warning" if elsewhere else "error"
        yield _problem(process, node, text, "请写本流程或与它相连的流程中人工任务的id。", severity)

    def _unknown_groups(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name and self.groups is not None and name not in self.groups]


_CHECKS: Sequence[Callable[[_Checker, ProcessModel, Node], Iterator[Problem]]] = (
    _Checker.form,
    _Checker.decision,
    _Checker.call,
    _Checker.topic,
    _Checker.others,
    _Checker.doers,
    _Checker.group,
)


def _has_plain_start(process: ProcessModel) -> bool:
    nodes = process.scope.nodes.values()
    plain = any(node.kind == "startEvent" and node.event and node.event.kind == "none" for node in nodes)
    return plain or process.is_task or not process.scope.starts()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for each in text.replace("，", ",").split(",") if (part := each.strip()))


def _name(node: Node) -> str:
    return described(node.kind, node.name, node.id)


def _problem(
    process: ProcessModel, item: ProcessModel | Node, message: str, hint: str, severity: str = "error"
) -> Problem:
    element = item.id if isinstance(item, Node) else item.key
    return Problem(message, process.resource, element, item.line, hint, severity)
