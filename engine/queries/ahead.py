"""What comes when a task is completed: certain where the diagram leaves no choice, else what may come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.model.definition import Node, Scope, Text
from engine.model.records import ActivityInstance, UserTask
from engine.model.views import Ahead, NextStep
from engine.queries.reader import Reader
from engine.store.database import Work

_STOPS = frozenset(
    {"userTask", "manualTask", "callActivity", "receiveTask", "subProcess", "transaction", "adHocSubProcess"}
)
_MOST = 6  #: steps that are named


def ahead(reader: Reader, work: Work, task: UserTask, activities: Sequence[ActivityInstance]) -> Ahead:
    """The steps behind a task, out of the processes that it stands in as far as these end with it."""
    found, by_id = _Found(), {one.id: one for one in activities}
    here = by_id.get(task.part_of or task.id)
    while here is not None:
        if here.loop_index is not None:
            found.certain = False  # there are others of it
        scope = _scope_of(reader.library.process(work, here.definition_id).scope, here.element_id)
        if scope is None or not found.walk(scope, here.element_id):
            break
        here = by_id.get(here.parent_id or "")
        while here is not None and here.kind == "multiInstanceBody":
            here, found.certain = by_id.get(here.parent_id or ""), False
    else:
        found.ends = True
    steps = tuple(found.steps.values())
    return Ahead(steps[:_MOST], found.certain, len(steps) > _MOST, found.ends)


@dataclass(slots=True)
class _Found:
    steps: dict[str, NextStep] = field(default_factory=dict)
    certain: bool = True
    ends: bool = False

    def walk(self, scope: Scope, element_id: str) -> bool:
        """Go on from an element; whether the end of the scope can be reached before anybody acts."""
        links, waiting, seen, left = scope.links(), [element_id], set[str](), False
        # where branches part, others may still be busy when this one reaches the end
        alone = not any(node.kind in ("parallelGateway", "inclusiveGateway") for node in scope.nodes.values())
        while waiting:
            node = scope.nodes[waiting.pop(0)]
            self.certain = self.certain and not _chooses(scope, node)
            onward = [scope.flows[flow].target for flow in node.outgoing]
            for target in [*onward, links[node.id]] if node.id in links else onward:
                if target in seen:
                    continue
                seen.add(target)
                after = scope.nodes[target]
                if after.kind in _STOPS:
                    self.steps[target] = NextStep(after.name or target, _who(after))
                elif after.kind == "endEvent":
                    left = left or _plain(after)
                    self.certain = self.certain and alone and _plain(after)
                else:
                    self.certain = self.certain and not _waits(after)
                    waiting.append(target)
        return left


def _plain(node: Node) -> bool:
    return node.event is None or node.event.kind == "none"


def _chooses(scope: Scope, node: Node) -> bool:
    """Whether it depends on something which of the ways out of a node is gone."""
    if len(node.outgoing) > 1 and node.kind.endswith("Gateway") and node.kind != "parallelGateway":
        return True
    return any(scope.flows[flow].condition is not None for flow in node.outgoing)


def _waits(node: Node) -> bool:
    """Whether a node may wait for other branches or for something outside."""
    join = node.kind.endswith("Gateway") and len(node.incoming) > 1 and node.kind != "exclusiveGateway"
    return join or node.kind in ("intermediateCatchEvent", "eventBasedGateway")


def _who(node: Node) -> str:
    """The groups or the lane that the diagram names; "" where it is worked out then."""
    given = node.assignment.candidate_groups if node.assignment else None
    if node.assignment and node.assignment.assignee:
        return ""
    if given is None:
        return node.lane
    return "、".join(one.strip() for one in given.value.split(",")) if isinstance(given, Text) else ""


def _scope_of(scope: Scope, element_id: str) -> Scope | None:
    if element_id in scope.nodes:
        return scope
    inner = (node.scope for node in scope.nodes.values() if node.scope)
    return next((found for one in inner if (found := _scope_of(one, element_id))), None)
