"""What an office still lacks before its processes can run: people for each step, and who may change them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.model.definition import Node, ProcessModel, Text
from engine.model.records import ProcessDefinition
from engine.queries.reader import Reader
from engine.store import definitions, people
from engine.store.database import Work

_SHOWN = 3  #: names of steps in one line


def gaps(reader: Reader) -> tuple[Problem, ...]:
    """What is missing, most important first, each with what to do."""
    with reader.database.reading() as work:
        staffed = {group for user in people.all_users(work) if user.active for group in user.groups}
        latest = definitions.latest_definitions(work)
        alone = _alone(reader, work, latest)
        return (*_lacking(reader, work, latest, staffed), *_editors(work, staffed), *alone)


def _lacking(
    reader: Reader, work: Work, latest: tuple[ProcessDefinition, ...], staffed: set[str]
) -> Iterator[Problem]:
    if not latest:
        yield Problem("还没有流程。", hint="用 wenze deploy 部署。")
    empty: dict[str, list[str]] = {}
    for definition in latest:
        groups = definition.starter_groups
        if groups and not staffed.intersection(groups):
            where = "、".join(f"“{one}”" for one in groups)
            yield Problem(f"没有人能发起“{definition.name}”：组{where}里没有账号。", hint=_HINT)
        for group, name in _steps(reader.library.process(work, definition.id)):
            if group not in staffed:
                empty.setdefault(group, []).append(name)
    for group, names in empty.items():
        shown = "、".join(f"“{name}”" for name in names[:_SHOWN])
        more = f"等{len(names)}步" if len(names) > _SHOWN else ""
        yield Problem(f"组“{group}”里没有账号，{shown}{more}没有人办。", hint=_HINT)


_HINT = "用 wenze user add 或 wenze user change 加人。"


def _steps(process: ProcessModel) -> Iterator[tuple[str, str]]:
    """Group and name of each step that is offered to groups known beforehand."""
    for node in process.scope.walk():
        for group in _groups(node):
            yield group, node.name or node.id


def _groups(node: Node) -> list[str]:
    given = node.assignment
    if given is None:
        return []
    if isinstance(given.candidate_groups, Text):
        return [one.strip() for one in given.candidate_groups.value.split(",") if one.strip()]
    alone = not (given.candidate_groups or given.assignee or given.candidate_users)
    return [node.lane] if alone and node.lane else []


def _alone(reader: Reader, work: Work, latest: tuple[ProcessDefinition, ...]) -> Iterator[Problem]:
    """Steps that different people must do where the same single person is all there is for both."""
    members: dict[str, set[str]] = {}
    for user in people.all_users(work):
        for group in user.groups if user.active else ():
            members.setdefault(group, set()).add(user.id)
    nodes = [
        node for one in latest for node in reader.library.process(work, one.id).scope.walk() if _groups(node)
    ]
    staff = {node.id: set[str]().union(*(members.get(one, set()) for one in _groups(node))) for node in nodes}
    names = {node.id: node.name or node.id for node in nodes}
    for node in nodes:
        for other in node.properties.get("separateFrom", "").split(","):
            if len(staff[node.id]) == 1 and staff.get(other.strip()) == staff[node.id]:
                text = f"“{names[node.id]}”与“{names[other.strip()]}”须由不同人办理，两步却只有同一个人。"
                yield Problem(text, hint=_HINT, severity="warning")


def _editors(work: Work, staffed: set[str]) -> Iterator[Problem]:
    admins = people.get_setting(work, "process_admins") or ""
    if not admins:
        hint = "用 wenze office 指定，否则只能用 wenze deploy 改流程。"
        yield Problem("没有指定由哪个组在网页上修改流程。", hint=hint, severity="warning")
    elif admins not in staffed:
        yield Problem(f"组“{admins}”里没有账号，没有人能在网页上修改流程。", hint=_HINT, severity="warning")
