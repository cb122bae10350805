"""A compiled process with all that it calls, shared by instances and threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.execution.regions import Regions
from engine.model.assigning import Resolve
from engine.model.decision import DecisionModel
from engine.model.definition import ProcessModel, Scope

ROOT = " root"  #: no element id can contain a blank


class ScopeSpec(WorkflowSpec):  # type: ignore[misc]
    """The specification of a process or of an embedded subprocess; `task_specs` go by element id."""

    def __init__(self, process: ProcessModel, definition_id: str, scope: Scope, name: str) -> None:
        super().__init__(name, filename=process.resource)
        self.process = process
        self.definition_id = definition_id
        self.scope = scope
        self.is_process = scope is process.scope
        self.start = StartTask(self, ROOT)
        self.handlers = {
            node.attached_to: node.handler
            for node in scope.nodes.values()
            if node.attached_to and node.handler
        }  #: activity -> what undoes it
        self.event_starts: list[Any] = []  #: specifications of what starts its event subprocesses
        self.undoing: Any = None  #: its event subprocess that compensation begins
        self.links = scope.links()  #: throwing link event -> catching one

    @cached_property
    def regions(self) -> Regions:
        """What its flows say about moving tokens."""
        return Regions(self.scope)

    def boundaries(self, element_id: str) -> tuple[str, ...]:
        """The boundary events attached to an activity."""
        return tuple(node.id for node in self.scope.nodes.values() if node.attached_to == element_id)

    def entries(self) -> tuple[str, ...]:
        """Where a run begins when nobody says where: the none start event, else what nothing leads to."""
        starts = self.scope.starts()
        for name in starts:
            event = self.scope.nodes[name].event
            if event is None or event.kind == "none":
                return (name,)
        return tuple(starts)[:1] or self.scope.loose()


@dataclass(frozen=True)
class Program:
    """What an instance runs: the bound versions of its process, of all called ones, and of the decisions."""

    root: str  #: definition id
    processes: Mapping[str, ScopeSpec]
    bindings: Mapping[str, str] = field(default_factory=dict)  #: process key -> definition id
    decisions: Mapping[str, DecisionModel] = field(default_factory=dict)
    resolve: Resolve | None = field(default=None, compare=False)  #: who is meant by an assignment's functions
