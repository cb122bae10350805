"""Whether the elements of one scope fit those of the same scope in another version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.errors import Problem
from engine.execution.program import ScopeSpec
from engine.execution.specs.base import COUNT, NodeSpec
from engine.model.definition import Node
from engine.model.execution import JsonObject
from engine.model.migration import VersionChange

_MAP = "请指明它在新版中的编号（--map 旧=新），或者等它办完再迁移。"
_WAIT = "请等它办完再迁移。"


class Fitting:
    """A scope and its counterpart; what doesn't fit is added to `problems`.

    `moving`: the version changes. A called process that stays as it is fits itself.
    """

    def __init__(
        self, old: ScopeSpec, new: ScopeSpec, change: VersionChange, problems: list[Problem]
    ) -> None:
        self.old, self.new, self.problems = old, new, problems
        self.moving = old.definition_id in change.definitions
        self.elements: Mapping[str, str] = change.elements if self.moving else {}

    def target(self, element: str) -> str:
        """The id in the other version."""
        return self.elements.get(element, element)

    def refuse(self, node: Node, message: str, hint: str) -> None:
        """Add a problem at an element of the old version."""
        text = f"“{node.name or node.id}”{message}"
        self.problems.append(Problem(text, self.old.process.resource, node.id, node.line, hint))

    # elements --------------------------------------------------------------------------------------------
    def spec(self, before: NodeSpec, item: JsonObject) -> NodeSpec | None:
        """The counterpart of a token's element; None, with the problem told, if it can't be one."""
        target = self.target(before.node.id)
        after: NodeSpec | None = self.new.task_specs.get(_named(before, target))
        found = self._missing(target) if target not in self.new.task_specs else self._unlike(before, target)
        if not found and after is not None:
            found = self._unfit(before, after, item)
        if found:
            self.refuse(before.node, *found)
            return None
        return after

    def _missing(self, target: str) -> tuple[str, str]:
        if self.new.process.node(target) is not None:
            return "在新版中移到了别的子流程里，不能在办理中途移动。", _WAIT
        if target in self.elements.values():
            return f"对应的“{target}”在新版中没有。", _MAP
        return "在新版中没有了。", _MAP

    def _unlike(self, before: NodeSpec, target: str) -> tuple[str, str] | None:
        """Whether the element is of another kind."""
        found = self.new.task_specs.get(_named(before, target), self.new.task_specs[target])
        old, new = before.node, found.node
        if (old.loop is None, old.loop_isolates) != (new.loop is None, new.loop_isolates):
            return "的重复办理方式在新版中变了（多实例、循环或一次）。", _WAIT
        events = [[event.kind for event in one.events] for one in (old, new)]
        if old.kind != new.kind or events[0] != events[1] or type(found) is not type(before):
            return f"在新版中的类型变了（{_kind(old)}改为{_kind(new)}）。", _MAP
        return None

    def _unfit(self, before: NodeSpec, after: NodeSpec, item: JsonObject) -> tuple[str, str] | None:
        """Whether a token that is under way can go on in an element of the same kind."""
        old, new, keep = before.node, after.node, item.get("keep", {})
        if old.loop is not None and new.loop is not None:
            told = [
                (one.sequential, one.element_variable, one.output_collection is None)
                for one in (old.loop, new.loop)
            ]
            if told[0] != told[1]:
                return "的多实例在新版中变了（先后、元素变量或结果集合）。", _WAIT
        if "run" in item and old.call is not None and (new.call is None or new.call.key != old.call.key):
            return "在新版中调用另一个流程，而它正在办理。", _WAIT
        if COUNT in keep and keep[COUNT] >= new.start_quantity:
            return f"在新版中到{new.start_quantity}次就开始，而已经到了{keep[COUNT]}次。", _WAIT
        return None

    def still_armed(self, event: NodeSpec, host: NodeSpec) -> bool:
        """Whether an event that waits on behalf of the host does so in the other version as well."""
        target, place = self.target(event.node.id), self.target(host.node.id)
        if target not in self.new.task_specs or self._unlike(event, target):
            return False
        if getattr(event, "whole", None) is not None:
            return True
        after: Node = self.new.task_specs[target].node
        if event.node.attached_to is not None:
            return after.attached_to == place and after.interrupting == event.node.interrupting
        return any(self.new.scope.flows[flow].source == place for flow in after.incoming)

    # event subprocesses ----------------------------------------------------------------------------------
    def still_starts(self, start: NodeSpec) -> bool:
        """Whether an event that waits to start an event subprocess does so in the other version as well."""
        target = self.target(start.node.id)
        after = next((one for one in self.new.event_starts if one.node.id == target), None)
        return (
            after is not None
            and after.node.interrupting == start.node.interrupting
            and self._unlike(start, target) is None
        )

    def new_starts(self, tokens: Iterable[JsonObject]) -> list[str]:
        """Starts of event subprocesses that the other version adds; none where one has taken over."""
        taking = {one.opens.node.id for one in self.old.event_starts if one.node.interrupting}
        if any(item["at"] in taking for item in tokens):
            return []
        known = {self.target(one.node.id) for one in self.old.event_starts if self.still_starts(one)}
        return [one.node.id for one in self.new.event_starts if one.arms and one.node.id not in known]

    def place(self, element: str) -> str:
        """The id of an element to which a token will come back."""
        target = self.target(element)
        if target not in self.new.scope.nodes:
            self.refuse(self.old.scope.nodes[element], "在新版中没有了，而退回的步骤办完后要回到它。", _MAP)
        return target

    def places(self, elements: Iterable[str]) -> list[str]:
        """The ids of what an ad-hoc subprocess begins by itself later."""
        return [target for one in elements if (target := self.target(one)) in self.new.scope.nodes]

    # flows -----------------------------------------------------------------------------------------------
    def flow(self, flow: str) -> str | None:
        """The flow's counterpart: by id if it leads to the same element, else the only one between both."""
        old, flows = self.old.scope.flows.get(flow), self.new.scope.flows
        if old is None:
            return flow
        source, target, named = self.target(old.source), self.target(old.target), self.target(flow)
        if named in flows and flows[named].target == target:
            return named
        found = [one.id for one in flows.values() if (one.source, one.target) == (source, target)]
        return found[0] if len(found) == 1 else None

    def counts(self, join: NodeSpec, counts: Mapping[str, int]) -> JsonObject:
        """How many tokens have come by which flow."""
        made: JsonObject = {}
        for flow, count in counts.items():
            target = self.flow(flow)
            if target is None:
                self.refuse(join.node, f"已从“{flow}”到了一路，新版中没有这条线。", _MAP)
            else:
                made[target] = made.get(target, 0) + count
        return made

    def joins_otherwise(self, join: NodeSpec) -> bool:
        """Whether other flows come into the join than before."""
        target = self.target(join.node.id)
        after = self.new.scope.nodes.get(target)
        return after is None or {self.flow(one) for one in join.node.incoming} != set(after.incoming)

    # compensation ----------------------------------------------------------------------------------------
    def log(self, entries: Iterable[JsonObject]) -> list[JsonObject]:
        """What can be undone; what the other version has no handler for can't be any more."""
        made = []
        for entry in entries:
            target = self.target(entry["at"])
            if target not in self.new.scope.nodes:
                node = self.old.scope.nodes[entry["at"]]
                self.refuse(node, "已经办完，可能还要撤销，而新版中没有它。", _MAP)
            elif "log" in entry:
                made.append(self._nested(entry, target))
            elif target in self.new.handlers:
                made.append({**entry, "at": target})
        return made

    def _nested(self, entry: JsonObject, target: str) -> JsonObject:
        inner = [_inside(self.old, entry["at"]), _inside(self.new, target)]
        if inner[0] is None or inner[1] is None:
            node = self.old.scope.nodes[entry["at"]]
            self.refuse(node, "里面有可能还要撤销的步骤，而新版中它不是子流程。", _MAP)
            return entry
        fitting = Fitting(inner[0], inner[1], VersionChange({}), self.problems)
        fitting.moving, fitting.elements = self.moving, self.elements
        return {**entry, "at": target, "log": fitting.log(entry["log"])}


def _inside(spec: ScopeSpec, element: str) -> ScopeSpec | None:
    """The scope inside an activity or its instances."""
    found = getattr(spec.task_specs.get(f"{element} instance") or spec.task_specs[element], "inside", None)
    return found if isinstance(found, ScopeSpec) else None


def _named(before: NodeSpec, target: str) -> str:
    """The name in the other scope: the element's, with what tells an instance or a definition apart."""
    return target + before.name.removeprefix(before.node.id)


def _kind(node: Node) -> str:
    return f"{node.kind}，{node.event.kind}" if node.event is not None else node.kind
