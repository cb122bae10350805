"""Carrying a state over to another version token by token, or telling what cannot be carried over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine.errors import ExecutionError, Problem
from engine.execution import codec, conditions, event_subprocesses, inspection
from engine.execution.case import ARMED, Case
from engine.execution.fitting import Fitting
from engine.execution.program import Program, ScopeSpec
from engine.execution.specs.base import NodeSpec
from engine.execution.specs.gateways import EventGateway, JoinGateway
from engine.model.execution import JsonObject, Step
from engine.model.migration import Migrated, Moved, VersionChange

_FLOWS = ("arrived", "counts")  #: what a join keeps by flow


def migrate(
    old: Program, new: Program, state: JsonObject, change: VersionChange, now: datetime
) -> Migrated | tuple[Problem, ...]:
    """The state in the other version, or why it can't be.

    What waits goes on waiting: due dates stay, loops and multi-instance bodies keep their counts, what is
    inside call activities stays untouched. Events that the other version adds at live activities are armed,
    those that it lacks are let go; a join that has all it needs there goes on.
    """
    carrier = _Carrier(old, new, change)
    run = carrier.run(state["run"], old.processes[old.root], new.processes[new.root])
    if carrier.problems:
        return tuple(dict.fromkeys(carrier.problems))
    case = codec.load(new, {**state, "run": run}, now)
    try:
        _settle(case, carrier)
        step = _step(case, carrier)
        return Migrated(step, tuple(_moved(new, step.state, carrier, now)))
    except ExecutionError as error:
        return error.problems or (Problem(error.message),)


def _settle(case: Case, carrier: _Carrier) -> None:
    """Arm what is new, and let joins go on that need no more."""
    for token_id, event, flow in carrier.arming:
        host = case.live[token_id]
        if isinstance(host.task_spec, NodeSpec):
            host.task_spec.arm(host, event, flow)
    for owner, start in carrier.starting:
        run = case.root if owner is None else case.live[owner].inner
        spec = run.spec.task_specs[start] if run is not None else None
        if run is not None and isinstance(spec, NodeSpec):
            spec.wait(event_subprocesses.armed(run, spec))
    for token_id in carrier.joins:
        join = case.live.get(token_id)
        if join is not None and isinstance(join.task_spec, JoinGateway):
            join.task_spec.arrived(join)
    conditions.work(case)


def _step(case: Case, carrier: _Carrier) -> Step:
    case.closed.extend(carrier.closed)
    case.compact()
    return case.step(codec.dump(case))


def _moved(new: Program, state: JsonObject, carrier: _Carrier, now: datetime) -> Iterable[Moved]:
    """Each carried token as it is now said; what it waits for is told anew, in a case of its own."""
    case = codec.load(new, state, now)
    for token_id, (before, after) in carrier.carried.items():
        token = case.live.get(token_id)
        opened = inspection.opening(token) if token is not None else None
        yield Moved(
            token_id,
            before.node.id,
            after.node.id,
            carrier.definitions[token_id],
            after.kind,
            after.node.name,
            opened,
            before.node.assignment != after.node.assignment or before.node.lane != after.node.lane,
        )


class _Carrier:
    """Makes the new state's JSON of the old one's."""

    def __init__(self, old: Program, new: Program, change: VersionChange) -> None:
        self.old, self.new, self.change = old, new, change
        self.problems: list[Problem] = []
        self.closed: list[str] = []  #: armed events that the other version lacks
        self.joins: list[str] = []  #: waiting joins whose incoming flows have changed
        self.arming: list[tuple[str, str, str | None]] = []  #: token, event, flow
        self.starting: list[tuple[str | None, str]] = []  #: owner of a run, start of an event subprocess
        self.carried: dict[str, tuple[NodeSpec, NodeSpec]] = {}
        self.definitions: dict[str, str] = {}

    def run(
        self,
        entry: JsonObject,
        old: ScopeSpec,
        new: ScopeSpec,
        owner: str | None = None,
        *,
        hidden: bool = False,
    ) -> JsonObject:
        """One run with all that is inside its tokens."""
        fitting = Fitting(old, new, self.change, self.problems)
        by_id = {item["id"]: item for item in entry["tokens"]}
        tokens = [self.token(item, fitting, by_id) for item in entry["tokens"]]
        if fitting.moving and not hidden:
            self.starting += [(owner, start) for start in fitting.new_starts(entry["tokens"])]
        made = {**entry, "tokens": [one for one in tokens if one is not None]}
        if "log" in entry:
            made["log"] = fitting.log(entry["log"])
        return made

    def token(self, item: JsonObject, fitting: Fitting, by_id: dict[str, JsonObject]) -> JsonObject | None:
        """One token; None when it is an armed event that is let go, or when it can't be carried over."""
        before: NodeSpec = fitting.old.task_specs[item["at"]]
        keep = item.get("keep", {})
        host = by_id.get(keep.get("host", ""))
        if ARMED in keep:
            stays = fitting.still_starts(before)
        else:
            stays = host is None or fitting.still_armed(before, fitting.old.task_specs[host["at"]])
        if not stays:
            if keep.get("open"):
                self.closed.append(item["id"])
            return None
        after = fitting.spec(before, item)
        if after is None:
            return None
        if fitting.moving:
            self.carried[item["id"]] = (before, after)
            self.definitions[item["id"]] = fitting.new.definition_id
            self._arm(item, before, after, fitting)
        made = {**item, "at": after.name}
        if keep:
            made["keep"] = self._keep(item["id"], keep, before, fitting)
        if "run" in item:
            self._inside(made, item, before, after)
        return made

    def _inside(self, made: JsonObject, item: JsonObject, before: NodeSpec, after: NodeSpec) -> None:
        definition_id = item["definition"]
        target = self.change.definitions.get(definition_id, definition_id)
        made["definition"] = target
        inner = _scope(before, self.old, definition_id), _scope(after, self.new, target)
        hidden = "hidden" in item.get("keep", {})
        made["run"] = self.run(item["run"], *inner, item["id"], hidden=hidden)
        if "next" in made.get("keep", {}):
            made["keep"]["next"] = Fitting(*inner, self.change, self.problems).places(made["keep"]["next"])

    def _keep(self, token_id: str, keep: JsonObject, before: NodeSpec, fitting: Fitting) -> JsonObject:
        """A node's memory, with the ids of the other version."""
        made = dict(keep)
        if "path" in keep:
            fitting.refuse(before.node, "正在移入，还没有到达。", "请等它到达后再迁移。")
        if "flow" in keep:
            flow = fitting.flow(keep["flow"])
            if flow is None:
                del made["flow"]
            else:
                made["flow"] = flow
        for name in _FLOWS:
            if name in keep:
                made[name] = fitting.counts(before, keep[name])
        if "taken" in keep:
            made["taken"] = sorted(fitting.counts(before, dict.fromkeys(keep["taken"], 1)))
        if "arrived" in keep and fitting.joins_otherwise(before):
            self.joins.append(token_id)
        if "done" in keep:
            made["done"] = fitting.log(keep["done"])
        if "back" in keep:
            made["back"] = [[fitting.place(one), person] for one, person in keep["back"]]
        return made

    def _arm(self, item: JsonObject, before: NodeSpec, after: NodeSpec, fitting: Fitting) -> None:
        """Note the events that the other version adds at an activity or gateway that was entered."""
        if item["state"] != "started":
            return
        for event, flow in _events(after):
            known = (
                one
                for one, _ in _events(before)
                if fitting.target(one) == event and fitting.still_armed(fitting.old.task_specs[one], before)
            )
            if next(known, None) is None:
                self.arming.append((item["id"], event, flow))


def _events(spec: NodeSpec) -> list[tuple[str, str | None]]:
    """The events that are armed when this node is entered, with the flow that leads to each."""
    if isinstance(spec, EventGateway):
        return [(flow.target, flow.id) for flow in spec.flows.values()]
    return [(name, None) for name in spec.boundaries]


def _scope(spec: NodeSpec, program: Program, definition_id: str) -> ScopeSpec:
    found: ScopeSpec = getattr(spec, "inside", None) or program.processes[definition_id]
    return found
