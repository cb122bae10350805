"""Whether what must be done by different people can be: separations that are void, or contradictory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.errors import Problem
from engine.model.definition import Node, ProcessModel, Scope, Text

Chain = tuple[tuple[Scope, str], ...]  #: where a step stands: node by node, from the outermost scope to it


def check_separation(processes: Sequence[ProcessModel]) -> Iterator[Problem]:
    """What is wrong about `separateFrom`: as errors what can't be meant, as warnings what has no effect."""
    places = _places(processes)
    for process in processes:
        for node in process.scope.walk():
            names = listed(node.properties.get("separateFrom", ""))
            for name in names:
                yield from _wrong(process, node, name, places)
            same = node.properties.get("sameAs", "").strip()
            if same and same in names:
                text = f"{_name(node)}的 sameAs 与 separateFrom 都写了“{same}”，互相矛盾。"
                yield _problem(process, node, text, "请只留一个。")
            if len(set(names)) < len(names):
                text = f"{_name(node)}的 separateFrom 有重复的环节。"
                yield _problem(process, node, text, "请删去重复的。", "warning")


def _wrong(
    process: ProcessModel, node: Node, name: str, places: Mapping[str, Sequence[Chain]]
) -> Iterator[Problem]:
    here, there = places.get(node.id, ()), places.get(name, ())
    if name == node.id:
        if node.loop is None and not any(_again(chain) for chain in here):
            text = f"{_name(node)}的 separateFrom 写了它自己，而它只办一次。"
            yield _problem(process, node, text, "请写别的环节。")
        return
    other = next((one for one in process.scope.walk() if one.id == name), None)
    if other is not None and _assigned(node) and _assigned(node) == _assigned(other):
        text = f"{_name(node)}与{_name(other)}须由不同人办理，却都指定给了“{_assigned(node)}”。"
        yield _problem(process, node, text, "请改一处的办理人。")
    elif here and there and all(_only_after(one, each) for one in there for each in here):
        text = f"{_name(node)}的 separateFrom 所指的“{name}”只在它之后办理，这样写不起作用。"
        yield _problem(process, node, text, f"请写在“{name}”上，或改正。", "warning")


def _places(processes: Sequence[ProcessModel]) -> Mapping[str, Sequence[Chain]]:
    """Element id -> each place where it stands, called processes within their callers."""
    by_key = {one.key: one for one in processes}
    called = {key for one in processes for key in one.called_keys()}
    roots = [one for one in processes if one.key not in called] or list(processes)
    found: dict[str, list[Chain]] = {}

    def walk(scope: Scope, above: Chain, calling: tuple[str, ...]) -> None:
        for node in scope.nodes.values():
            chain = (*above, (scope, node.id))
            found.setdefault(node.id, []).append(chain)
            if node.scope:
                walk(node.scope, chain, calling)
            target = by_key.get(node.call.key) if node.call else None
            if target is not None and target.key not in calling:
                walk(target.scope, chain, (*calling, target.key))

    for root in roots:
        walk(root.scope, (), (root.key,))
    return found


def _only_after(one: Chain, other: Chain) -> bool:
    """Whether the first place is never reached before the second, by the flows where their ways part."""
    for (scope, here), (beside, there) in zip(one, other, strict=False):
        if scope is not beside:
            return False
        if here != there:
            return here in _reached(scope, there) and there not in _reached(scope, here)
        if here in _reached(scope, here) or scope.nodes[here].loop:
            return False  # the whole part comes again
    return False


def _again(chain: Chain) -> bool:
    """Whether a step, or a part around it, can come again."""
    return any(name in _reached(scope, name) or scope.nodes[name].loop is not None for scope, name in chain)


def _reached(scope: Scope, start: str) -> frozenset[str]:
    """Nodes to which the flows lead from a node, by the events attached to it too."""
    links, found, left = scope.links(), set[str](), [start]
    attached: dict[str, list[str]] = {}
    for node in scope.nodes.values():
        if node.attached_to:
            attached.setdefault(node.attached_to, []).append(node.id)
    while left:
        node = scope.nodes[left.pop()]
        following = [scope.flows[flow].target for flow in node.outgoing] + attached.get(node.id, [])
        following += [links[node.id]] if node.id in links else []
        new = [name for name in following if name not in found and name in scope.nodes]
        found.update(new)
        left += new
    return frozenset(found)


def _assigned(node: Node) -> str:
    given = node.assignment.assignee if node.assignment else None
    return given.value.strip() if isinstance(given, Text) else ""


def listed(text: str) -> tuple[str, ...]:
    """Names that commas part."""
    return tuple(part for each in text.replace("，", ",").split(",") if (part := each.strip()))


def _name(node: Node) -> str:
    return f"“{node.name or node.id}”"


def _problem(process: ProcessModel, node: Node, message: str, hint: str, severity: str = "error") -> Problem:
    return Problem(message, process.resource, node.id, node.line, hint, severity)
