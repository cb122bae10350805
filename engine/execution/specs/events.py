"""Events: start, end, catch, throw and boundary (BPMN 10.5)."""

from __future__ import annotations

from typing import Any

from engine.execution import event_subprocesses, moves, timers
from engine.execution.case import ScopeRun, Token
from engine.execution.expressions import evaluate, refuse
from engine.execution.sending import send
from engine.execution.specs.base import NodeSpec
from engine.execution.specs.gateways import EventGateway
from engine.execution.throwing import throw
from engine.model.definition import Event, Text
from engine.model.execution import JsonObject, OpenedJob, OpenedSubscription


class StartEvent(NodeSpec):
    """A start event; in an event subprocess it takes what its event has brought."""

    def _run_hook(self, token: Token) -> bool | None:
        token.result = token.internal_data.pop("payload", {})
        return True


class CatchEvent(NodeSpec):
    """Waits for its event: inside the flow, armed by an event-based gateway, or at an activity's boundary."""

    arms = True
    opens: NodeSpec | None = None  #: the event subprocess that it starts
    whole: Any = None  #: the event with several definitions of which it waits for one

    @property
    def event(self) -> Event:
        """The event definition, which the compiler has checked."""
        return self.node.event or Event("none")

    def _run_hook(self, token: Token) -> bool | None:
        if "fired" in token.internal_data:
            return True
        self.wait(token)
        return None

    def fire(self, token: Token, payload: JsonObject) -> None:
        """The event has come."""
        if self.whole is not None:
            self.whole.came(token, payload)
            return
        if self.opens is not None:
            event_subprocesses.fire(token, payload)
            return
        host = token.host
        token.internal_data.pop("host", None)
        token.case.close(token)
        if host is None:
            self.finish(token, payload)
            return
        flow = token.internal_data.pop("flow", None)
        if self.node.attached_to is None:
            if isinstance(host.task_spec, EventGateway):
                host.task_spec.chosen(host)
            token.case.take(token.workflow, flow)
        elif self.node.interrupting:
            moves.give_up(host)
            token.case.cancel(host)
        else:
            self.again(token, host)
        self.enter_fired(token, payload)

    def enter_fired(self, token: Token, payload: JsonObject) -> None:
        """Enter and complete the event at once."""
        token.internal_data.clear()
        token.internal_data["fired"] = True
        token.result = payload
        self.enter(token)

    def again(self, token: Token, host: Token | None) -> None:
        self.wait(self.anew(token, host))

    def anew(self, token: Token, host: Token | None) -> Token:
        """A token that waits as this one did: on behalf of its host, or to start an event subprocess."""
        return event_subprocesses.armed(token.workflow, self) if host is None else self.armed(host)


class MessageCatch(CatchEvent):
    """A message event or receive task."""

    def wait(self, token: Token) -> None:
        correlation = None
        if self.event.correlation is not None:
            value = evaluate(token, self.event.correlation)
            correlation = None if value is None else str(value)
        item = OpenedSubscription(
            token.id, self.node.id, token.workflow.spec.definition_id, self.event.name, correlation
        )
        token.case.open(token, item)


class TimerCatch(CatchEvent):
    """A timer event; a cycle at a boundary that does not interrupt waits again by itself."""

    def wait(self, token: Token) -> None:
        text = evaluate(token, self.event.value or Text(""))
        try:
            timer = timers.first(self.event.timer or "duration", str(text), token.case.now)
        except (ValueError, OverflowError) as error:
            raise refuse(token, f"定时“{text}”不是有效的日期、时长或周期。") from error
        self._open(token, timer)

    def again(self, token: Token, host: Token | None) -> None:
        keep = token.internal_data
        if "cycle" not in keep:
            return
        timer = timers.following(timers.Timer.from_json(keep["cycle"]), token.case.now)
        if timer is not None:
            self._open(self.anew(token, host), timer)

    def reopen(self, token: Token, timer: timers.Timer) -> None:
        """Wait for this timer once more."""
        self._open(token, timer)

    def _open(self, token: Token, timer: timers.Timer) -> None:
        if timer.every is not None:
            token.internal_data["cycle"] = timer.to_json()
        run = token.workflow
        job = OpenedJob(token.id, "timer", self.node.id, run.spec.definition_id, due_at=timer.due)
        token.case.open(token, job)


class ThrownCatch(CatchEvent):
    """An error or escalation event that catches: waits for nothing, is looked for when one is thrown."""

    arms = False


class ThrowEvent(NodeSpec):
    """An intermediate throw event: sends its message, if it has one."""

    def _run_hook(self, token: Token) -> bool | None:
        if self.node.event is not None and self.node.event.kind == "message":
            send(token)
        return True


class EndEvent(ThrowEvent):
    """A none or message end event: the token ends."""

    def leave(self, token: Token) -> None:
        run = token.workflow
        if ends_instance(run):
            token.case.end_event = self.node.id
        self.ending(token, run)

    def ending(self, token: Token, run: ScopeRun) -> None:
        """What the end event does to its scope."""
        token.case.settle(run)


class TerminateEnd(EndEvent):
    """Ends its subprocess, called process or instance at once."""

    def ending(self, token: Token, run: ScopeRun) -> None:
        token.case.cancel_run(run)
        token.case.settle(run)


class ErrorEnd(EndEvent):
    """Throws an error out of its scope; what nobody catches ends the instance."""

    def ending(self, token: Token, run: ScopeRun) -> None:
        code = self.node.event.name if self.node.event else ""
        if not throw("error", code, run):
            case = token.case
            case.cancel_run(case.root)
            case.end_event, case.error = self.node.id, code


class EscalationThrow(ThrowEvent):
    """Throws an escalation out of its scope and goes on, unless who catches it interrupts."""

    def leave(self, token: Token) -> None:
        super().leave(token)
        throw("escalation", self.node.event.name if self.node.event else "", token.workflow)


class EscalationEnd(EscalationThrow, EndEvent):
    """Ends its token and throws an escalation out of its scope."""


class LinkThrow(ThrowEvent):
    """Goes on at the catching link event of the same name in its scope."""

    def go_on(self, token: Token) -> None:
        run = token.workflow
        if not moves.come_back(token):
            token.case.schedule([Token(run, run.spec.task_specs[run.spec.links[self.node.id]], token)])


def ends_instance(run: ScopeRun) -> bool:
    """Whether the instance may end with this run: its own, or that of an event subprocess in such a one."""
    owner = run.owner
    return owner is None or (owner.task_spec.node.triggered and ends_instance(owner.workflow))
