"""Ad-hoc subprocesses (BPMN 13.3.5): people choose which of the activities inside is done next."""

from __future__ import annotations

from engine.execution import event_subprocesses
from engine.execution.case import ARMED, ScopeRun, Token
from engine.execution.expressions import evaluate, refuse
from engine.execution.specs.activities import SubProcess
from engine.execution.variables import visible
from engine.model.definition import AdHoc
from engine.model.execution import JsonObject

ENDING = "ending"
_QUIET = frozenset({"undo", "hidden", "body", ARMED})  #: of tokens that are no step of their own


class AdHocSubProcess(SubProcess):
    """Lives until its completion condition holds after an activity, or somebody says that it is over.

    Kept in mind: `ending`, while what is still being done is waited for; `next`, what of a sequence begins by
    itself.
    """

    by_hand = True  #: CompleteActivity says that it is over

    @property
    def how(self) -> AdHoc:
        """Order, end, what begins at once."""
        return self.node.ad_hoc or AdHoc()

    def _run_hook(self, token: Token) -> bool | None:
        for name in self.node.data:
            token.data.setdefault(name, None)
        token.inner = ScopeRun(self.inside, token.case, token)
        event_subprocesses.arm(token.inner)
        chosen = self._at_once(token)
        if not chosen and self._runs_out:
            token.case.cancel_run(token.inner)
            token.inner = None
            return True
        token.case.enter(token.inner, *chosen)
        return None

    @property
    def _runs_out(self) -> bool:
        """Whether it is over when all that began at once is done: nobody and nothing else says so."""
        return self.how.begin is not None and self.how.completion is None

    def _at_once(self, token: Token) -> list[str]:
        """What is begun without being chosen; a sequence begins with its first."""
        if self.how.begin is None:
            return []
        found = evaluate(token, self.how.begin)
        names = found if isinstance(found, list) else [part.strip() for part in str(found or "").split(",")]
        choices = self.inside.scope.choices()
        if names != ["all"] and (strange := [name for name in names if name and name not in choices]):
            raise refuse(token, f"没有可以选办的步骤“{strange[0]}”。")
        chosen = [name for name in choices if names == ["all"] or name in names]
        if self.how.sequential:
            token.internal_data["next"] = chosen[1:]
            return chosen[:1]
        return chosen

    def choices(self, token: Token) -> list[str]:
        """The activities that may be started now."""
        run = token.inner
        if run is None or {ENDING, "async"} & token.internal_data.keys():
            return []
        if event_subprocesses.interrupted(run) or (self.how.sequential and self.busy(token)):
            return []
        return self.inside.scope.choices()

    def busy(self, token: Token) -> bool:
        """Whether something in it is being done."""
        live = () if token.inner is None else token.inner.live.values()
        return any(not _QUIET & other.internal_data.keys() for other in live)

    def begin(self, token: Token, element: str) -> None:
        """Start an activity that was chosen."""
        if element not in self.choices(token):
            node = self.inside.scope.nodes.get(element)
            name = element if node is None else node.name or element
            busy = self.how.sequential and element in self.inside.scope.choices()
            why = "上一步还没有办完，请办完后再选。" if busy else "请从可以选办的步骤中选。"
            raise refuse(token, f"现在不能开始“{name}”：{why}")
        if token.inner is not None:
            token.case.enter(token.inner, element)

    def finish(self, token: Token, result: JsonObject) -> None:
        """Somebody says that it is over; or everything inside is over indeed."""
        if token.inner is None:
            super().finish(token, result)
        elif self.how.completion is not None:
            raise refuse(token, "这里按完成条件结束，不能由人结束；请办理其中的步骤。")
        elif ENDING in token.internal_data:
            raise refuse(token, "正在等其余的步骤办完，不必再次结束。")
        else:
            self._end(token, token.inner)
            token.case.settle(token.inner)

    def inner_completed(self, token: Token, inner: Token) -> bool:
        if not inner.task_spec.node.is_activity or _QUIET & inner.internal_data.keys():
            return False
        run = inner.workflow
        if inner.task_spec.node.triggered:
            self._interrupted(token, inner)
            return False
        condition = self.how.completion
        if ENDING not in token.internal_data:
            if condition is None or evaluate(token, condition, visible(token)) is not True:
                return False
            self._end(token, run)
        token.case.settle(run)
        return True

    def _interrupted(self, token: Token, inner: Token) -> None:
        """An event subprocess that has taken the place of all else ends the whole with itself."""
        starts = [one for one in inner.workflow.spec.event_starts if one.opens is inner.task_spec]
        if any(one.node.interrupting for one in starts):
            token.internal_data[ENDING] = True

    def _end(self, token: Token, run: ScopeRun) -> None:
        token.internal_data[ENDING] = True
        token.internal_data.pop("next", None)
        if self.how.cancels:
            token.case.cancel_run(run)

    def inner_done(self, token: Token) -> None:
        keep = token.internal_data
        if ENDING in keep or keep.keys() & {"hidden", "cancelling"}:
            keep.pop(ENDING, None)
            super().inner_done(token)
        elif token.inner is not None and keep.get("next"):
            name, *keep["next"] = keep["next"]
            token.case.enter(token.inner, name)
        elif self._runs_out:
            super().inner_done(token)
