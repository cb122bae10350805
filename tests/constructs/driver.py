"""Runs a process in a test: its state goes through JSON text between steps, and laws are checked."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import execution
from engine.model.decision import DecisionModel
from engine.model.definition import ProcessModel
from engine.model.execution import (
    ActivityChange,
    Cancel,
    CompleteActivity,
    Continue,
    DecisionMade,
    DeliverMessage,
    DeliverSignal,
    FailActivity,
    FireTimer,
    FlowTaken,
    JsonObject,
    MoveTokens,
    OpenedJob,
    OpenedSubscription,
    OpenedTask,
    Start,
    StartActivity,
    Step,
    TraceEvent,
    Trigger,
)
from tests.builders import Builder

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
MARKS = {"entered": "+", "completed": "-", "cancelled": "!"}
Opened = OpenedTask | OpenedJob | OpenedSubscription


class Run:
    """One instance of the first process; the others are those that it calls."""

    def __init__(
        self,
        *processes: Builder | ProcessModel,
        decisions: Mapping[str, DecisionModel] | None = None,
        compact: bool = True,
        reload: bool = True,
    ) -> None:
        models = [each.build() if isinstance(each, Builder) else each for each in processes]
        bindings = {model.key: f"{model.key}:1" for model in models}
        self.program = execution.compile_program(
            {bindings[model.key]: model for model in models},
            bindings[models[0].key],
            bindings,
            decisions or {},
        )
        self.now = NOW
        self.compact, self.reload = compact, reload
        self.state: JsonObject | None = None
        self.open: dict[str, Opened] = {}
        self.messages: list[OpenedJob] = []
        self.trace: list[TraceEvent] = []
        self.alive: dict[str, ActivityChange] = {}
        self.step: Step

    # triggers --------------------------------------------------------------------------------------------
    def start(self, at: str | None = None, **variables: Any) -> Run:
        return self.apply(Start(self.now, variables, at))

    def complete(self, element: str, _nth: int = 0, **variables: Any) -> Run:
        return self.apply(CompleteActivity(self.now, self.id(element, _nth), variables))

    def fail(self, element: str, code: str, _nth: int = 0) -> Run:
        return self.apply(FailActivity(self.now, self.id(element, _nth), code))

    def fire(self, element: str, _nth: int = 0) -> Run:
        """Let time pass until the timer is due, and fire it."""
        job = self.opened(element, _nth)
        assert isinstance(job, OpenedJob) and job.kind == "timer" and job.due_at is not None
        self.now = max(self.now, job.due_at)
        return self.apply(FireTimer(self.now, job.activity_id))

    def deliver(self, element: str, _nth: int = 0, **payload: Any) -> Run:
        return self.apply(DeliverMessage(self.now, self.id(element, _nth), payload))

    def signal(self, name: str, **payload: Any) -> Run:
        return self.apply(DeliverSignal(self.now, name, payload))

    def go_on(self, element: str, _nth: int = 0) -> Run:
        return self.apply(Continue(self.now, self.id(element, _nth)))

    def begin(self, ad_hoc: str, element: str) -> Run:
        """Choose the next activity of a live ad-hoc subprocess."""
        return self.apply(StartActivity(self.now, self.living(ad_hoc), element))

    def over(self, ad_hoc: str) -> Run:
        """Say that an ad-hoc subprocess is over."""
        return self.apply(CompleteActivity(self.now, self.living(ad_hoc), {}))

    def cancel(self) -> Run:
        return self.apply(Cancel(self.now, "不再办理"))

    def move(self, to: str, _from: str | None = None, _nth: int = 0, **more: Any) -> Run:
        """What is open at an element, or everything, goes on at another."""
        source = None if _from is None else self.id(_from, _nth)
        return self.apply(MoveTokens(self.now, to, source, **more))

    def apply(self, trigger: Trigger) -> Run:
        """One step, and the laws that every step keeps."""
        before = copy.deepcopy(self.state)
        step = execution.advance(self.program, self.state, trigger, compact=self.compact)
        assert self.state == before, "the given state was changed"
        self.step = step
        self.state = json.loads(json.dumps(step.state)) if self.reload else step.state
        assert self.state == step.state, "the state is not JSON"
        self._keep_open(step)
        self._keep_trace(step)
        if self.compact:
            assert self.tokens == len(self.open.keys() | self.alive.keys()), "more is kept than lives"
        if step.status != "active":
            assert not self.open, f"still open: {self.open}"
            assert not self.alive, f"not ended: {self.alive}"
        self.now += timedelta(seconds=1)
        return self

    def _keep_open(self, step: Step) -> None:
        for closed in step.closed:
            assert closed in self.open, f"closed but not open: {closed}"
            del self.open[closed]
        everything: list[Opened] = [*step.tasks_opened, *step.jobs_opened, *step.subscriptions_opened]
        for opened in everything:
            if isinstance(opened, OpenedJob) and opened.kind in ("message", "signal"):
                self.messages.append(opened)
                continue
            assert opened.activity_id not in self.open
            self.open[opened.activity_id] = opened

    def _keep_trace(self, step: Step) -> None:
        for item in step.trace:
            if not isinstance(item, ActivityChange):
                continue
            if item.change == "entered":
                assert item.activity_id not in self.alive
                assert item.parent_id is None or item.parent_id in self.alive, "parent is over"
                self.alive[item.activity_id] = item
            else:
                was = self.alive.pop(item.activity_id)
                assert (was.element_id, was.parent_id, was.kind) == (
                    item.element_id,
                    item.parent_id,
                    item.kind,
                )
        self.trace += step.trace

    # answers ---------------------------------------------------------------------------------------------
    def opened(self, element: str, _nth: int = 0) -> Opened:
        """The nth thing that is open at this element."""
        return [each for each in self.open.values() if each.element_id == element][_nth]

    def id(self, element: str, _nth: int = 0) -> str:
        return self.opened(element, _nth).activity_id

    def living(self, element: str) -> str:
        """The activity id of what is entered at this element."""
        return next(each.activity_id for each in self.alive.values() if each.element_id == element)

    def task(self, element: str, _nth: int = 0) -> OpenedTask:
        opened = self.opened(element, _nth)
        assert isinstance(opened, OpenedTask)
        return opened

    def job(self, element: str, _nth: int = 0) -> OpenedJob:
        opened = self.opened(element, _nth)
        assert isinstance(opened, OpenedJob)
        return opened

    def sees(self, element: str, _nth: int = 0) -> JsonObject:
        """The variables visible at an open element."""
        assert self.state is not None
        return execution.visible_variables(self.program, self.state, self.id(element, _nth))

    @property
    def waiting(self) -> list[str]:
        """Elements that are open, in the order of opening."""
        return [each.element_id for each in self.open.values()]

    @property
    def variables(self) -> JsonObject:
        return self.step.variables

    @property
    def status(self) -> str:
        return self.step.status

    @property
    def last(self) -> str:
        """The last step's trace."""
        return written(self.step.trace)

    @property
    def all(self) -> str:
        """The whole trace."""
        return written(self.trace)

    @property
    def path(self) -> str:
        """What was completed, in order, without flows."""
        return " ".join(
            each.element_id + _index(each)
            for each in self.trace
            if isinstance(each, ActivityChange) and each.change == "completed"
        )

    @property
    def tokens(self) -> int:
        """How many tokens the state holds."""
        assert self.state is not None
        return _count(self.state["run"])


def written(trace: tuple[TraceEvent, ...] | list[TraceEvent]) -> str:
    """`+a` entered, `-a` completed, `!a` cancelled, `a-b` flow taken, `a[]` a body, `a[0]` its instance."""
    words = []
    for item in trace:
        if isinstance(item, ActivityChange):
            words.append(MARKS[item.change] + item.element_id + _index(item))
        elif isinstance(item, FlowTaken):
            words.append(item.flow_id)
        elif isinstance(item, DecisionMade):
            words.append(f"?{item.evaluation.decision_id}")
    return " ".join(words)


def _index(item: ActivityChange) -> str:
    if item.kind == "multiInstanceBody":
        return "[]"
    return "" if item.loop_index is None else f"[{item.loop_index}]"


def _count(run: JsonObject) -> int:
    """Tokens but those that stand for nothing in the history."""
    return sum(_stands(token) + (_count(token["run"]) if "run" in token else 0) for token in run["tokens"])


def _stands(token: JsonObject) -> bool:
    """Not one that is hidden, waits for others of its kind, or for what leaves nothing open, not entered."""
    keep = token.get("keep", {})
    asks = {"held", "parts"} & keep.keys() and "open" not in keep and token["state"] == "waiting"
    return not (asks or {"hidden", "gathered"} & keep.keys())
