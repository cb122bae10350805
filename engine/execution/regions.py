"""What a scope's flows say about moving a token: what lies between, behind, and beside on parallel branches.

Nodes are element ids. A split is a node that may send out several tokens; an activity with a non-interrupting
boundary event has one of its own before it (its id after a blank), since that event begins another branch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from engine.model.definition import Node, Scope

_COUNTING = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
_CHOOSING = frozenset({"exclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True)
class Block:
    """The branches between a split and a join (None: to their ends)."""

    split: str
    join: str | None
    parallel: bool  #: its branches may hold tokens at the same time
    inside: dict[str, frozenset[str]]  #: node -> the branches, by first flow, that it lies on


class Regions:
    """The analysis of one scope, made once."""

    def __init__(self, scope: Scope) -> None:
        self.nodes = {name: node for name, node in scope.nodes.items() if not node.for_compensation}
        self.targets: dict[str, list[tuple[str, str]]] = {name: [] for name in self.nodes}
        self.inflows: dict[str, dict[str, str]] = {name: {} for name in self.nodes}  #: flow -> source
        self._beside = {
            one.attached_to: None for one in self.nodes.values() if one.attached_to and not one.interrupting
        }
        for name in self._beside:
            self._edge(_split(name), name, name)
        for flow in scope.flows.values():
            self._edge(flow.source, flow.id, self.door(flow.target))
            self.inflows[flow.target][flow.id] = flow.source
        self._add_events(scope)
        self._dominators = self._dominate()
        self.blocks = tuple(self._blocks())

    # building --------------------------------------------------------------------------------------------
    def _edge(self, source: str, label: str, target: str) -> None:
        self.targets.setdefault(source, []).append((label, target))

    def _add_events(self, scope: Scope) -> None:
        """Boundary events hang on their hosts, caught links on the thrown ones."""
        for node in self.nodes.values():
            if node.attached_to:
                host = node.attached_to if node.interrupting else _split(node.attached_to)
                self._edge(host, node.id, node.id)
        for thrown, caught in scope.links().items():
            self._edge(thrown, caught, caught)

    def _dominate(self) -> dict[str, frozenset[str]]:
        """For every node, what every way to it passes, itself included."""
        before: dict[str, set[str]] = {name: set() for name in self.targets}
        for source, edges in self.targets.items():
            for _, target in edges:
                before[target].add(source)
        whole = frozenset(before)
        found = {name: whole if before[name] else frozenset({name}) for name in before}
        order = list(found)
        changed = True
        while changed:
            changed = False
            for name in order:
                if before[name]:
                    shared = frozenset.intersection(*(found[one] for one in before[name])) | {name}
                    changed = changed or shared != found[name]
                    found[name] = shared
        return found

    def _blocks(self) -> Iterator[Block]:
        for split in self.targets:
            if self._splits(split):
                yield self._block(split, None)
        for name in self.joins():
            above = self._parent(name)
            if above is not None:
                yield self._block(above, name)

    def _block(self, split: str, join: str | None) -> Block:
        walls = {split} if join is None else {split, join}
        inside: dict[str, set[str]] = {}
        for label, target in self.targets[split]:
            branch = self.reach([target], walls)
            if join is None or target == join or any(self._leads(one, join) for one in branch):
                for name in branch:
                    if split in self._dominators[name]:
                        inside.setdefault(name, set()).add(label)
        found = {name: frozenset(labels) for name, labels in inside.items()}
        return Block(split, join, self._splits(split), found)

    def _leads(self, name: str, join: str) -> bool:
        return any(target == join for _, target in self.targets[name])

    def _parent(self, name: str) -> str | None:
        """The nearest node that every way to this one passes."""
        above = self._dominators[name] - {name}
        return max(above, key=lambda one: len(self._dominators[one]), default=None)

    def _splits(self, name: str) -> bool:
        node = self.nodes.get(name)
        if node is None:
            return True
        if node.kind in _CHOOSING:
            return False
        return len(node.outgoing) > 1 or node.completion_quantity > 1

    # answers ---------------------------------------------------------------------------------------------
    def door(self, name: str) -> str:
        """Where a token passes on its way into this node."""
        return _split(name) if name in self._beside else name

    def reach(self, starts: Iterable[str], walls: Collection[str] = (), *, back: bool = True) -> set[str]:
        """What paths from these nodes pass, them included; not beyond walls, nor (`back`) back in loops."""
        seen: set[str] = set()
        todo = [one for one in starts if one not in walls]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += [
                    target
                    for _, target in self.targets[name]
                    if target not in walls and (back or target not in self._dominators[name])
                ]
        return seen

    def behind(self, name: str) -> set[str]:
        """What comes after a node without going back in a loop."""
        return self.reach((target for _, target in self.targets[name]), back=False) - {name}

    def between(self, first: str, last: str, *, loops: bool) -> set[str]:
        """The nodes on the ways from `first` to before `last`; round loops only if there is no other way."""
        for back in (False, True) if loops else (False,):
            ahead = self.reach([self.door(first)], {last}, back=back)
            found = {one for one in ahead if last in self._next(one, back)}
            while more := {one for one in ahead - found if found & self._next(one, back)}:
                found |= more
            if found:
                return found & self.nodes.keys()
        return set()

    def _next(self, name: str, back: bool) -> set[str]:
        return {target for _, target in self.targets[name] if back or target not in self._dominators[name]}

    def brings(self, name: str, join: str) -> set[str]:
        """The flows into the join by which a token at this node may come to it."""
        passed = self.reach([name], {join})
        return {flow for flow, source in self.inflows[join].items() if source in passed}

    def joins(self) -> list[str]:
        """The nodes that wait for several tokens."""
        return [name for name, node in self.nodes.items() if _is_join(node)]


def _split(name: str) -> str:
    return f" {name}"


def _is_join(node: Node) -> bool:
    return (node.kind in _COUNTING and len(node.incoming) > 1) or node.start_quantity > 1
