"""Activities with a run of their own inside: embedded subprocesses and call activities."""

from __future__ import annotations

from dataclasses import replace

from engine.execution import compensation, event_subprocesses, moves
from engine.execution.case import ARMED, ScopeRun, Token
from engine.execution.expressions import computed, refuse
from engine.execution.program import ScopeSpec
from engine.execution.specs.base import NodeSpec
from engine.execution.variables import LOOP_NAMES, visible
from engine.model.definition import Call
from engine.model.execution import JsonObject


class SubProcess(NodeSpec):
    """An embedded subprocess: its run shares the variables around it."""

    inside: ScopeSpec  #: set by the compiler

    def _run_hook(self, token: Token) -> bool | None:
        for name in self.node.data:
            token.data.setdefault(name, None)
        entries = self.inside.entries()
        if not entries:
            return True
        token.inner = ScopeRun(self.inside, token.case, token)
        event_subprocesses.arm(token.inner)
        moves.begin(token.inner, entries)
        return None

    def inner_done(self, token: Token) -> None:
        if token.internal_data.keys() & {"hidden", "cancelling"}:
            compensation.proceed(token)
            return
        token.inner_log = token.inner.log if token.inner else []
        token.inner = None
        self.finish(token, {})


class EventSubProcess(SubProcess):
    """A subprocess that its event starts; what the event brings is for its start event to write."""

    def _run_hook(self, token: Token) -> bool | None:
        payload = token.internal_data.pop("payload", None)
        super()._run_hook(token)
        for start in token.inner.live.values() if token.inner and payload else ():
            if ARMED not in start.internal_data:
                start.internal_data["payload"] = payload
        return None


class CallActivity(NodeSpec):
    """Runs another process, in the version bound to this instance, with variables of its own."""

    @property
    def call(self) -> Call:
        """The called process and its mappings."""
        return self.node.call or Call("")

    def _maps(self, spec: ScopeSpec) -> Call:
        """The mappings; a global task that is given none sees and writes as if it stood here."""
        call = self.call
        bare = spec.process.is_task and not (call.all_in or call.all_out or call.inputs or call.outputs)
        return replace(call, all_in=True, all_out=True) if bare else call

    def _run_hook(self, token: Token) -> bool | None:
        program = token.case.program
        spec = program.processes.get(program.bindings.get(self.call.key, ""))
        if spec is None:
            raise refuse(token, f"没有找到被调用的流程“{self.call.key}”。")
        token.inner = ScopeRun(spec, token.case, token)
        token.inner.data = self._given(token, self._maps(spec))
        event_subprocesses.arm(token.inner)
        moves.begin(token.inner, spec.entries())
        token.case.settle(token.inner)
        return None

    def _given(self, token: Token, call: Call) -> JsonObject:
        given: JsonObject = {}
        if call.all_in:
            given = {name: value for name, value in visible(token).items() if name not in LOOP_NAMES}
        return given | dict(computed(token, call.inputs))

    def inner_done(self, token: Token) -> None:
        run = token.inner
        data = run.data if run is not None else {}
        call = self.call if run is None else self._maps(run.spec)
        result = dict(data) if call.all_out else {}
        result |= dict(computed(token, call.outputs, data))
        token.inner = None
        self.finish(token, result)
