"""An instance while a step runs: SpiffWorkflow's task tree as tokens, and what the step has brought about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, Protocol

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.errors import Conflict, ExecutionError, Problem
from engine.execution.program import Program, ScopeSpec
from engine.model.definition import Node
from engine.model.execution import (
    ActivityChange,
    Fault,
    FlowTaken,
    InstanceStatus,
    JsonObject,
    OpenedJob,
    OpenedSubscription,
    OpenedTask,
    Step,
    TraceEvent,
)

MAX_MOVES = 100_000  #: tokens moved in one step, beyond which the process surely loops without waiting
MAX_DEPTH = 100  #: processes and subprocesses inside each other
COMPACT_EVERY = 1_000  #: moves
ARMED = "armed"  #: a token that waits to start an event subprocess


class Behaviour(Protocol):
    """What a token needs of its node's specification."""

    name: str
    node: Node
    kind: str
    boundaries: tuple[str, ...]  #: its boundary events
    by_hand: bool  #: CompleteActivity may complete it
    late_join: bool  #: fires only when nothing else can move
    shares_node: bool  #: a multi-instance body

    def arrive(self, token: Token) -> None:
        """Take the token up from the agenda."""

    def fire_late(self, token: Token, alone: bool) -> bool:
        """Fire a waiting join if it may; `alone`: nothing but joins waits in its scope."""

    def fire(self, token: Token, payload: JsonObject) -> None:
        """The event for which the token waits has come."""

    def finish(self, token: Token, result: JsonObject) -> None:
        """What the node waited for has come."""

    def resume(self, token: Token) -> None:
        """Run an asynchronous continuation."""

    def inner_completed(self, token: Token, inner: Token) -> bool:
        """A node of the run inside has completed; True if that ends the run."""

    def inner_done(self, token: Token) -> None:
        """The run inside this activity has no more tokens."""

    def instance_done(self, token: Token, instance: Token) -> None:
        """An instance of this multi-instance body has completed."""

    def proceed(self, token: Token) -> None:
        """Undo the next of what this token has undone."""

    def undone(self, token: Token) -> None:
        """All that this token had undone is undone."""

    def hold(self, token: Token, when: str, fault: Fault) -> None:
        """Let a token stand where it failed, before its element, undoing, or after the run inside."""

    def again(self, token: Token, host: Token | None) -> None:
        """An event that did not interrupt waits anew."""

    def make_up(self, run: ScopeRun, missing: Collection[str]) -> None:
        """Take tokens for come that nobody can bring any more: by these flows, or all but one."""


class Token(Task):  # type: ignore[misc]
    """A token at a flow node; `data` are its local variables, `internal_data` what the node keeps in mind.

    FUTURE: on its way (on the agenda); WAITING: not entered (an armed event, an asynchronous continuation);
    STARTED: entered.
    """

    id: str
    data: JsonObject
    internal_data: JsonObject
    workflow: ScopeRun
    task_spec: Behaviour

    def __init__(
        self,
        run: ScopeRun,
        spec: Any,
        parent: Token | None = None,
        state: int = TaskState.FUTURE,
        id: str | None = None,
    ) -> None:
        super().__init__(run, spec, parent, state, id or run.case.new_id())
        self.inner: ScopeRun | None = None
        self.result: JsonObject = {}
        self.inner_log: list[JsonObject] = []  #: of the run inside that has just ended
        if self.live:
            run.live[self.id] = self
            run.case.live[self.id] = self

    @property
    def case(self) -> Case:
        """The instance."""
        return self.workflow.case

    @property
    def live(self) -> bool:
        """Whether it is neither completed nor cancelled."""
        return bool(self._state & TaskState.NOT_FINISHED_MASK)

    @property
    def entered(self) -> bool:
        """Whether its activity was entered and is not over."""
        return bool(self._state & (TaskState.READY | TaskState.STARTED))

    @property
    def host(self) -> Token | None:
        """The activity or gateway for which this event is armed."""
        return self.workflow.live.get(self.internal_data.get("host", ""))

    @property
    def body(self) -> Token | None:
        """The multi-instance body of which this is one instance."""
        return self.workflow.live.get(self.internal_data.get("body", ""))

    def dependants(self) -> list[Token]:
        """Its armed events, its instances, and what undoes something for it."""
        keys = ("host", "body", "undo")
        return [
            token
            for token in self.workflow.live.values()
            if any(token.internal_data.get(key) == self.id for key in keys)
        ]

    def _set_state(self, value: int) -> None:
        self._state = value
        if not self.live:
            self.workflow.live.pop(self.id, None)
            self.case.live.pop(self.id, None)

    def cancel(self) -> None:
        """Cancel this token only: a branch that a non-interrupting event began goes on."""
        self._set_state(TaskState.CANCELLED)


class ScopeRun(Workflow):  # type: ignore[misc]
    """One run of a process or embedded subprocess; `data` are a process's variables."""

    spec: ScopeSpec
    data: JsonObject
    tasks: dict[str, Token]
    task_tree: Token

    def __init__(self, spec: ScopeSpec, case: Case, owner: Token | None) -> None:
        super().__init__(spec, deserializing=True)
        self.case = case
        self.owner = owner
        self.live: dict[str, Token] = {}
        self.log: list[JsonObject] = []  #: what compensation can undo, in the order of completion
        self.task_tree = Token(self, spec.start, None, TaskState.COMPLETED, "0")

    @property
    def busy(self) -> bool:
        """Whether it has tokens beside those that wait to start event subprocesses."""
        return any(ARMED not in token.internal_data for token in self.live.values())

    @property
    def depth(self) -> int:
        """How many runs are around it."""
        return 0 if self.owner is None else self.owner.workflow.depth + 1

    @property
    def activity_id(self) -> str | None:
        """The activity around it in the history; None in the instance's own process."""
        owner = self.owner
        while owner is not None and "hidden" in owner.internal_data:
            owner = owner.workflow.owner
        return None if owner is None else owner.id

    def _task_completed_notify(self, task: Token) -> None:
        """Spiff visits the whole tree here; our tokens are moved by the agenda."""

    def compact(self) -> None:
        """Keep the root and the live tokens only; each hangs on its host or body, else on the root."""
        root = self.task_tree
        self.tasks = {root.id: root, **self.live}
        root.children = []
        for token in self.live.values():
            token.children = []
        for token in self.live.values():
            parent = token.host or token.body or root
            token.parent = parent
            parent._child_added_notify(token)


class Case:
    """One instance during one step."""

    def __init__(self, program: Program, now: datetime, number: int = 0) -> None:
        self.program = program
        self.now = now
        self.number = number
        self.live: dict[str, Token] = {}
        self.agenda: list[Token | ScopeRun] = []
        self.trace: list[TraceEvent] = []
        self.tasks: dict[str, OpenedTask] = {}
        self.jobs: dict[str, OpenedJob] = {}
        self.messages: list[OpenedJob] = []
        self.subscriptions: dict[str, OpenedSubscription] = {}
        self.closed: list[str] = []
        self.end_event: str | None = None
        self.error: str | None = None
        self.compacting = True
        self.held: dict[str, Fault] = {}  #: what failed when this step was tried before
        self.moving: str | None = None  #: the key in `held` of what moves now
        self.moves = 0  #: tokens moved in this step
        self.root = ScopeRun(program.processes[program.root], self, None)

    def new_id(self) -> str:
        """An activity id that is new in the instance."""
        self.number += 1
        return str(self.number)

    def find(self, activity_id: str) -> Token:
        """The live token with this id; Conflict if there is none any more."""
        token = self.live.get(activity_id)
        if token is None:
            raise Conflict
        return token

    def runs(self) -> Iterator[ScopeRun]:
        """All live runs, outer ones first."""
        yield self.root
        yield from (token.inner for token in self.live.values() if token.inner is not None)

    # moving ----------------------------------------------------------------------------------------------
    def schedule(self, tokens: Iterable[Token]) -> None:
        """Move these tokens next, the first one to its end before the second."""
        self.agenda.extend(reversed(list(tokens)))

    def enter(self, run: ScopeRun, *element_ids: str) -> list[Token]:
        """Begin a run at these nodes."""
        if run.depth > MAX_DEPTH:
            raise self.refusal(run, "流程层层调用太深，可能在调用自己。")
        specs = run.spec.task_specs
        tokens = [Token(run, specs[element], run.task_tree) for element in element_ids]
        self.schedule(tokens)
        return tokens

    def settle(self, run: ScopeRun) -> None:
        """End a run if it has no more tokens."""
        if not run.busy:
            self.agenda.append(run)

    def work(self) -> None:
        """Move tokens until all of them wait."""
        while self.agenda or self._fire_late_join():
            self.moves += 1
            if self.moves > MAX_MOVES:
                raise self.refusal(self.root, "流程一直循环而不停下，无法继续。")
            if self.compacting and self.moves % COMPACT_EVERY == 0:
                self.compact()
            if self.agenda:
                self._move(self.agenda.pop())

    def _move(self, item: Token | ScopeRun) -> None:
        run = isinstance(item, ScopeRun)
        token = item.owner if isinstance(item, ScopeRun) else item
        self.moving = f"{token.id}>" if token is not None and run else token.id if token is not None else None
        if token is not None and token.live and self.moving in self.held:
            when = "inside" if run else "undo" if token.entered else "before"
            token.task_spec.hold(token, when, self.held[self.moving])
        else:
            self._go(item)
        self.moving = None

    def _go(self, item: Token | ScopeRun) -> None:
        if isinstance(item, Token):
            if item.entered:
                item.task_spec.proceed(item)
            elif item.live:
                item.task_spec.arrive(item)
        elif not item.busy:
            self.cancel_run(item)
            if item.owner is not None and item.owner.live:
                item.owner.task_spec.inner_done(item.owner)

    def _fire_late_join(self) -> bool:
        joins = [token for token in self.live.values() if token.task_spec.late_join and token.entered]
        if any(join.task_spec.fire_late(join, False) for join in joins):
            return True
        return any(join.task_spec.fire_late(join, True) for join in joins)

    def cancel(self, token: Token) -> None:
        """Cancel a token with everything inside it and attached to it, innermost first."""
        if not token.live:
            return
        for other in token.dependants():
            self.cancel(other)
        if token.inner is not None:
            self.cancel_run(token.inner)
        entered = token.entered
        token.cancel()
        self.close(token)
        if entered:
            self.record("cancelled", token)
        self.wake(token)

    def wake(self, token: Token) -> None:
        """Let the token for which this one has undone something go on."""
        waiting = self.live.get(token.internal_data.get("undo", ""))
        if waiting is not None:
            self.agenda.append(waiting)

    def cancel_run(self, run: ScopeRun) -> None:
        """Cancel all tokens of a run."""
        for token in list(run.live.values()):
            self.cancel(token)

    def compact(self) -> None:
        """Let go of everything that is finished."""
        for run in self.runs():
            run.compact()

    # recording -------------------------------------------------------------------------------------------
    def record(self, change: Literal["entered", "completed", "cancelled"], token: Token) -> None:
        """Add an activity's change to the trace."""
        run, spec, keep = token.workflow, token.task_spec, token.internal_data
        if "hidden" in keep:
            return
        self.trace.append(
            ActivityChange(
                change,
                token.id,
                spec.node.id,
                run.spec.definition_id,
                spec.kind,
                spec.node.name,
                keep.get("body", run.activity_id),
                keep.get("index"),
            )
        )

    def take(self, run: ScopeRun, flow_id: str) -> None:
        """Add a sequence flow to the trace."""
        self.trace.append(FlowTaken(flow_id, run.spec.definition_id, run.activity_id))

    def open(self, token: Token, item: OpenedTask | OpenedJob | OpenedSubscription) -> None:
        """The token now waits for this."""
        token.internal_data["open"] = True
        if isinstance(item, OpenedTask):
            self.tasks[token.id] = item
        elif isinstance(item, OpenedJob):
            self.jobs[token.id] = item
        else:
            self.subscriptions[token.id] = item

    def close(self, token: Token) -> None:
        """What the token waited for is over; what this very step opened is as if it had never been."""
        if not token.internal_data.pop("open", False):
            return
        opened: tuple[dict[str, Any], ...] = (self.tasks, self.jobs, self.subscriptions)
        if not any(held.pop(token.id, None) for held in opened):
            self.closed.append(token.id)

    def refusal(
        self, run: ScopeRun, message: str, element: str = "", line: int | None = None
    ) -> ExecutionError:
        """The error that names an element."""
        owner = run.owner.task_spec.node.id if run.owner else ""
        return ExecutionError(problems=[Problem(message, run.spec.process.resource, element or owner, line)])

    # result ----------------------------------------------------------------------------------------------
    def step(self, state: JsonObject, *, terminated: bool = False) -> Step:
        """The outcome of the step."""
        status: InstanceStatus = "active" if self.root.live else "terminated" if terminated else "completed"
        return Step(
            state=state,
            status=status,
            variables=_returning(self.root),
            trace=tuple(self.trace),
            tasks_opened=tuple(self.tasks.values()),
            jobs_opened=(*self.messages, *self.jobs.values()),
            subscriptions_opened=tuple(self.subscriptions.values()),
            closed=tuple(self.closed),
            end_event=self.end_event if status == "completed" else None,
            error=self.error,
        )


def _returning(run: ScopeRun) -> JsonObject:
    """A run's variables, overlaid with what the processes now running in it will return whole."""
    merged = dict(run.data)
    for token in run.live.values():
        call = token.task_spec.node.call
        if token.inner is not None and token.body is None and (call is None or call.all_out):
            merged.update(_returning(token.inner))
    return merged
