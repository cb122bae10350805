"""One step: a trigger goes into the instance, tokens move until all wait, the outcome comes out."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime

from engine.errors import Conflict, ExecutionError
from engine.execution import codec, conditions, event_subprocesses, moves, taking_back
from engine.execution.case import Case, Token
from engine.execution.expressions import refuse
from engine.execution.program import Program
from engine.execution.specs.ad_hoc import AdHocSubProcess
from engine.execution.specs.events import CatchEvent
from engine.execution.specs.signals import reach
from engine.execution.throwing import throw
from engine.execution.timers import Timer
from engine.execution.variables import visible
from engine.model.execution import (
    Cancel,
    CompleteActivity,
    Continue,
    DeliverMessage,
    DeliverSignal,
    FailActivity,
    Fault,
    FireTimer,
    JsonObject,
    MoveTokens,
    SetVariables,
    Shift,
    Start,
    StartActivity,
    Step,
    TakeBack,
    Trigger,
)

_ANY_TIME = datetime.min.replace(tzinfo=UTC)  #: for reading, which asks for no time


def advance(program: Program, state: JsonObject | None, trigger: Trigger, *, compact: bool = True) -> Step:
    """What the trigger brings about; `state` is left as it is (None before the start).

    Conflict: what the trigger is for is over. ExecutionError: what the trigger is for cannot be done. What
    fails further on leaves its token standing there, with a `Fault`; refused are a start that fails
    anywhere, and a step in which an inclusive join fails that fires only when nothing else can move.
    `compact=False` keeps what is finished in the state, for tests.
    """
    held: dict[str, Fault] = {}
    while True:
        case = Case(program, trigger.now) if state is None else codec.load(program, state, trigger.now)
        case.compacting, case.held = compact, held
        try:
            _run(case, state, trigger)
        except ExecutionError as error:
            if case.moving is None or case.moving in held or isinstance(trigger, Start):
                raise
            held[case.moving] = Fault(error.message, error.feel, _stack(error))
        else:
            return _outcome(case, trigger)


def _stack(error: ExecutionError) -> str:
    return "".join(traceback.format_exception(error))


def _run(case: Case, state: JsonObject | None, trigger: Trigger) -> None:
    if isinstance(trigger, Start):
        _start(case, trigger, state)
    elif not case.root.live:
        raise Conflict
    elif isinstance(trigger, Cancel):
        case.cancel_run(case.root)
    elif isinstance(trigger, SetVariables):
        scope = case.root if trigger.activity_id is None else case.find(trigger.activity_id)
        scope.data |= trigger.variables
    elif isinstance(trigger, MoveTokens):
        moves.move(case, trigger)
    elif isinstance(trigger, TakeBack):
        taking_back.take_back(case, trigger)
    elif isinstance(trigger, DeliverSignal):
        if not reach(case, trigger.name, trigger.payload):
            raise Conflict
    elif isinstance(trigger, Shift):
        _shift(case, trigger)
    else:
        _apply(case, trigger)
    conditions.work(case)


def _outcome(case: Case, trigger: Trigger) -> Step:
    if case.compacting:
        case.compact()
    return case.step(codec.dump(case), terminated=isinstance(trigger, Cancel))


def visible_variables(program: Program, state: JsonObject, activity_id: str) -> JsonObject:
    """All variables that a live activity sees, the nearest scope first; Conflict if it is over."""
    return visible(codec.load(program, state, _ANY_TIME).find(activity_id))


def _start(case: Case, trigger: Start, state: JsonObject | None) -> None:
    if state is not None:
        raise Conflict
    root = case.root
    root.data = dict(trigger.variables)
    event_subprocesses.arm(root)
    event, starts = trigger.start_event, root.spec.scope.starts()
    if event is None:
        entries = root.spec.entries()
        if not entries:
            raise case.refusal(root, "流程没有开始事件。")
        case.enter(root, *entries)
    elif event in starts:
        for token in case.enter(root, starts[event]):
            token.internal_data["came"] = event
    else:
        raise case.refusal(root, "流程没有这个开始事件。", event)


def _shift(case: Case, trigger: Shift) -> None:
    """Cycles keep their rhythm from when the instance goes on."""
    for token in case.live.values():
        if "cycle" in token.internal_data:
            timer = Timer.from_json(token.internal_data["cycle"])
            token.internal_data["cycle"] = timer.shifted(trigger.rested).to_json()


def _apply(case: Case, trigger: Trigger) -> None:
    if isinstance(trigger, Start | Cancel | SetVariables | MoveTokens | TakeBack | DeliverSignal | Shift):
        return
    token = case.find(trigger.activity_id)
    spec = token.task_spec
    if isinstance(trigger, Continue) and "async" in token.internal_data:
        spec.resume(token)
    elif isinstance(trigger, CompleteActivity) and token.entered and spec.by_hand:
        spec.finish(token, trigger.variables)
    elif isinstance(trigger, FailActivity) and token.entered:
        _fail(token, trigger)
    elif isinstance(trigger, StartActivity) and isinstance(spec, AdHocSubProcess):
        spec.begin(token, trigger.element_id)
    elif isinstance(trigger, FireTimer) and (event := _event(token, "timer")):
        event.fire(token, {})
    elif isinstance(trigger, DeliverMessage) and (event := _event(token, "message")):
        event.fire(token, trigger.payload)
    else:
        raise refuse(token, "这一步现在不能这样办理。")


def _event(token: Token, kind: str) -> CatchEvent | None:
    """The event of this kind for which the token waits."""
    spec = token.task_spec
    if isinstance(spec, CatchEvent) and spec.event.kind == kind and "async" not in token.internal_data:
        return spec
    return None


def _fail(token: Token, trigger: FailActivity) -> None:
    if not throw("error", trigger.code, token.workflow, token):
        detail = f"：{trigger.message}" if trigger.message else ""
        raise refuse(token, f"办理失败，错误代码“{trigger.code}”{detail}。")
