"""Try processes in a throw-away database: deploy, start, answer, and tell what came of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import feel, handlers
from engine.commands import deploying, jobs, messages, signals, starting, tasks
from engine.commands.chooser import Chooser
from engine.commands.context import Context, person
from engine.commands.library import Library
from engine.commands.starting import Opening
from engine.commands.tracing import Tracer
from engine.errors import EngineError, ExecutionError, InvalidInput, Problem
from engine.model.definition import ProcessModel
from engine.model.execution import JsonObject
from engine.model.handling import HandlerResult
from engine.model.records import Resource
from engine.store import instances, start_timers
from engine.store import jobs as job_store
from engine.store import tasks as task_store
from engine.store.jobs import Job
from engine.store.scratch import Scratch

MOST_ANSWERS = 1_000  #: how often one element is answered, so that an endless loop comes to rest
MOST_LEAPS = 200  #: how often the clock is moved to the next timer
_NEVER = timedelta(days=365_000)  #: how long what nobody will do is set aside
_NAP = 0.05  #: seconds at most between two looks at the clock

Given = str | Mapping[str, Any]  #: FEEL of a context, or the context as JSON


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is to be tried; an element's answers are used in turn, the last one again and again."""

    resources: Sequence[Resource]
    process: str | Sequence[str] = ""  #: to start; "": the first that can be and that no other calls
    variables: Given = ""
    answers: Mapping[str, Sequence[Given]] = field(default_factory=dict)  #: by element id
    messages: Mapping[str, Given] = field(default_factory=dict)  #: by name; each delivered once
    wait: float = 0  #: seconds of real time to wait for timers
    fast_forward: bool = False
    signals: Mapping[str, Given] = field(default_factory=dict)  #: by name; each sent once


class Trial:
    """Tries one process after another, each in an empty database of its own; for one thread."""

    def __init__(self) -> None:
        self._database = Scratch()

    def close(self) -> None:
        """Give back the memory."""
        self._database.close()

    def check(self, resources: Sequence[Resource]) -> tuple[Problem, ...]:
        """All errors and warnings of a deployment into an empty database."""
        self._database.reset()
        return deploying.check(self._context(Library(), _Clock()), resources)

    def attempt(self, attempt: Attempt) -> JsonObject:
        """What came of it: refused, state, history, open, variables, incident; never an error of its own."""
        self._database.reset()
        clock = _Clock()
        return _Run(self._context(Library(), clock), clock, attempt).outcome()

    def _context(self, library: Library, clock: _Clock) -> Context:
        return Context(self._database, clock, library, staffed=False)


class _Clock:
    """The real time and what was leapt over."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def leap(self, to: datetime) -> None:
        self._ahead += max(to - self(), timedelta())


class _Run:
    """One attempt on its way."""

    def __init__(self, context: Context, clock: _Clock, attempt: Attempt) -> None:
        self._context, self._clock, self._attempt = context, clock, attempt
        self._tracer = Tracer(context)
        context.observe = self._tracer.observe
        self._answered: dict[str, int] = {}
        self._chooser = Chooser(context, attempt.answers)
        self._messages, self._signals = dict(attempt.messages), dict(attempt.signals)
        self._leaps = 0
        self._end = time.monotonic() + attempt.wait

    def outcome(self) -> JsonObject:
        try:
            processes = self._deploy()
        except EngineError as error:
            return _refusal(error)
        try:
            self._start(processes)
            self._move()
        except EngineError as error:
            self._tracer.fail(error)
        return {"refused": [], **self._tracer.told()}

    def _deploy(self) -> tuple[ProcessModel, ...]:
        database, resources = self._context.database, self._attempt.resources
        with database.reading() as work:
            parsed = deploying.prepare(work, resources, any_topic=True)
        with database.unit_of_work() as work:
            deploying.deploy_in(self._context, work, resources, parsed, name="try", by="")
        return tuple(process for bpmn in (parsed.bpmns if parsed else ()) for process in bpmn.processes)

    # -- beginning -------------------------------------------------------------------------------------

    def _start(self, processes: Sequence[ProcessModel]) -> None:
        wanted = self._attempt.process
        for name in (wanted,) if isinstance(wanted, str) else wanted:
            self._start_one(_chosen(processes, name))

    def _start_one(self, process: ProcessModel) -> None:
        self._tracer.element = process.key
        starts = [process.scope.nodes[name] for name in process.scope.starts()]
        if not starts or starting.plain_start(process):
            variables = _given(self._attempt.variables)
            starting.start(self._context, process.key, variables, by="")
            return
        if self._start_by_timer(process):
            return
        self._move()
        if not self._tracer.begun:
            kinds = "、".join(
                f"{node.event.kind} {node.event.name}".strip() for node in starts if node.event is not None
            )
            raise ExecutionError(
                f"流程“{process.key}”没有普通开始事件，由事件发起（{kinds}）。"
                "等消息的，请用 --message 名称=数据 发出消息；等信号的，请用 --signal 名称=数据 发出信号；"
                "等定时的，请用 --fast-forward 或 --wait。"
            )

    def _start_by_timer(self, process: ProcessModel) -> bool:
        """Start it at the first of its timers, if that comes in time."""
        context, attempt = self._context, self._attempt
        with context.database.reading() as work:
            timer = next(iter(start_timers.of_process(work, process.key)), None)
        if timer is None or not self._await(timer.due_at):
            return False
        with context.database.unit_of_work() as work:
            definition = context.library.definition(work, timer.definition_id)
            opening = Opening(definition, _given(attempt.variables), "", timer.element_id)
            starting.start_in(context, work, opening)
        return True

    # -- going on --------------------------------------------------------------------------------------

    def _move(self) -> None:
        """Go on until nothing can move and the wait is over."""
        while (
            self._run_jobs()
            or self._answer()
            or self._deliver()
            or self._signal()
            or self._choose()
            or self._leap()
            or self._nap()
        ):
            pass

    def _run_jobs(self) -> bool:
        now = self._clock()
        with self._context.database.reading() as work:
            due = job_store.next_due(work)
        if due is None or due > now:
            return False
        with self._context.database.unit_of_work() as work:
            taken = job_store.fetch_due(work, now, now + _NEVER, 1)
        return sum(self._run_job(job) for job in taken) > 0

    def _run_job(self, job: Job) -> bool:
        if job.kind != "handler":
            jobs.run(self._context, job)
            return True
        given = self._next_answer(job.element_id, self._seen_by(job))
        if given is not None:
            jobs.run(self._context, job, HandlerResult(given))
        elif job.topic in handlers.registry:
            jobs.run(self._context, job)
        return True

    def _seen_by(self, job: Job) -> JsonObject:
        """What a handler's activity sees."""
        with self._context.database.reading() as work:
            case = instances.load(work, job.instance_id)
            return jobs.variables_of(self._context, work, job, case) if case else {}

    def _answer(self) -> bool:
        """Complete the oldest open task that has an answer."""
        for task_id in self._tracer.live(self._attempt.answers):
            with self._context.database.reading() as work:
                task = task_store.get(work, task_id)
            if task is None or task.status != "open":
                continue
            variables = {**self._tracer.variables_of(task.instance_id), **task.local}
            self._tracer.element = task.element_id
            given = self._next_answer(task.element_id, variables)
            if given is not None:
                tasks.complete(self._context, task.id, given, by="", revision=None)
                return True
        return False

    def _next_answer(self, element: str, variables: JsonObject) -> JsonObject | None:
        answers = self._attempt.answers.get(element)
        done = self._answered.get(element, 0)
        if not answers or done >= max(MOST_ANSWERS, len(answers)):
            return None
        self._answered[element] = done + 1
        return _given(answers[min(done, len(answers) - 1)], variables, f"--answer {element}")

    def _deliver(self) -> bool:
        """Hand over the first message that somebody waits for."""
        for name, given in self._messages.items():
            with self._context.database.reading() as work:
                waiting = job_store.subscriptions(work, name)
            payload = _given(given, {}, f"--message {name}")
            with self._context.database.unit_of_work() as work:
                if waiting:
                    self._tracer.element = waiting[0].element_id
                    messages.receive(self._context, work, waiting[0], payload, "")
                elif self._tracer.begun or not messages.start_by_message(
                    self._context, work, name, payload, person(work, "")
                ):
                    continue
            del self._messages[name]
            return True
        return False

    def _signal(self) -> bool:
        """Send the first signal that somebody waits for, or that starts something."""
        for name, given in self._signals.items():
            if not signals.is_awaited(self._context, name):
                continue
            sent = signals.send(self._context, name, _given(given, {}, f"--signal {name}"), by="")
            del self._signals[name]
            if sent.refused:
                raise ExecutionError(problems=sent.refused)
            return True
        return False

    def _due(self) -> datetime | None:
        """When the next job comes that isn't set aside."""
        with self._context.database.reading() as work:
            due = job_store.next_due(work)
        return None if due is None or due - self._clock() > _NEVER / 2 else due

    def _choose(self) -> bool:
        """Choose in an ad-hoc subprocess in which nothing else goes on."""
        return self._chooser.choose(self._tracer.live_instances())

    def _leap(self) -> bool:
        """Move the clock to the next timer."""
        if not self._attempt.fast_forward or self._leaps >= MOST_LEAPS:
            return False
        due = self._due()
        return due is not None and self._leap_to(due)

    def _leap_to(self, due: datetime) -> bool:
        self._leaps += 1
        self._clock.leap(due)
        return True

    def _await(self, due: datetime) -> bool:
        """Leap or sleep until then; False if that is too far off."""
        if self._attempt.fast_forward:
            return self._leap_to(due)
        ahead = (due - self._clock()).total_seconds()
        if ahead > self._end - time.monotonic():
            return False
        time.sleep(max(ahead, 0))
        return True

    def _nap(self) -> bool:
        """Wait for a timer that comes before the wait is over; False when there is none."""
        left = self._end - time.monotonic()
        due = self._due() if left > 0 else None
        if due is None:
            return False
        ahead = (due - self._clock()).total_seconds()
        if ahead > left:
            return False
        time.sleep(min(max(ahead, 0.001), _NAP))
        return True


def _chosen(processes: Sequence[ProcessModel], wanted: str) -> ProcessModel:
    """The process that is wanted, else the first that no other calls."""
    if wanted:
        found = next((one for one in processes if one.key == wanted), None)
        if found is None:
            known = "、".join(one.key for one in processes) or "（没有）"
            raise ExecutionError(f"文件中没有可执行的流程“{wanted}”，现有：{known}。")
        return found
    if not processes:
        raise ExecutionError("文件中没有可执行的流程。")
    called = frozenset(key for one in processes for key in one.called_keys() - {one.key})
    free = [one for one in processes if one.key not in called]
    plain = [one for one in free if not one.scope.starts() or starting.plain_start(one)]
    return next(iter(plain or free), processes[0])


def _given(text: Given, variables: Mapping[str, Any] | None = None, where: str = "--with") -> JsonObject:
    """A FEEL context's value over the variables; InvalidInput says which option is wrong."""
    if not isinstance(text, str):
        return dict(text)
    try:
        value = feel.evaluate(text.strip() or "{}", variables or {})
    except EngineError as error:
        raise InvalidInput(f"{where} 不是FEEL数据：{error.message}") from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{where} 应是一组FEEL数据，如 {{金额: 100}}。")
    return value


def _refusal(error: EngineError) -> JsonObject:
    problems = error.problems or (Problem(error.message),)
    nothing: JsonObject = {"history": [], "open": [], "variables": {}, "incident": None}
    return {"refused": [one.to_json() for one in problems], "state": "failed", **nothing}
