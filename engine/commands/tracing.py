"""What happens in a throw-away database, as steps are committed: history, what is open, what failed."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from engine.commands.context import Context
from engine.errors import EngineError
from engine.model.execution import ActivityChange, JsonObject, Step
from engine.store import jobs

_BODY = "multiInstanceBody"


@dataclass(frozen=True, slots=True)
class _Done:
    change: ActivityChange
    at: datetime


class Tracer:
    """Follows all instances of a database; what runs first is the one whose variables are told."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._done: list[_Done] = []
        self._live: dict[str, ActivityChange] = {}
        self._steps: dict[str, Step] = {}
        self._failure: JsonObject | None = None
        self.element = ""  #: what was acted on last

    @property
    def begun(self) -> bool:
        """Whether an instance has begun."""
        return bool(self._steps)

    def observe(self, instance_id: str, step: Step, at: datetime) -> None:
        """Take note of a step."""
        self._steps[instance_id] = step
        for one in step.trace:
            if not isinstance(one, ActivityChange):
                continue
            if one.change == "entered":
                self._live[one.activity_id] = one
            else:
                self._live.pop(one.activity_id, None)
                self._done.append(_Done(one, at))

    def live_instances(self) -> tuple[str, ...]:
        """Instances that go on, in the order in which they began."""
        return tuple(key for key, step in self._steps.items() if step.status == "active")

    def live(self, elements: Container[str]) -> tuple[str, ...]:
        """Ids of the live activities of these elements, in the order in which they were entered."""
        return tuple(key for key, one in self._live.items() if one.element_id in elements)

    def variables_of(self, instance_id: str) -> JsonObject:
        """An instance's variables after its last step."""
        return self._steps[instance_id].variables

    def fail(self, error: EngineError) -> None:
        """What was tried last came to nothing."""
        problem = next(iter(error.problems), None)
        element = problem.element if problem and problem.line else ""
        self._failure = {"element": element or self.element, "message": error.message, "code": None}

    def told(self) -> JsonObject:
        """State, history in the order of completion, what is open, variables, incident."""
        incident = self._failure or self._incident()
        state = "failed" if incident else "waiting" if self.live_instances() else "completed"
        first = next(iter(self._steps.values()), None)
        return {
            "state": state,
            "history": self._history(),
            "open": self._open(),
            "variables": first.variables if first else {},
            "incident": incident,
        }

    def _incident(self) -> JsonObject | None:
        for step in self._steps.values():
            if step.error is not None:
                message = f"错误“{step.error}”没有被任何步骤处理。"
                return {"element": step.end_event, "message": message, "code": step.error}
        with self._context.database.reading() as work:
            found = jobs.incidents(work)
        first = found[-1] if found else None
        return {"element": first.element_id, "message": first.message, "code": None} if first else None

    def _history(self) -> list[JsonObject]:
        bodies = {one.change.parent_id for one in self._done}
        return [
            {
                "element": one.change.element_id,
                "type": self._kind(one.change),
                "state": one.change.change,
                "at": one.at.isoformat(),
            }
            for one in self._done
            if one.change.kind != _BODY or one.change.activity_id not in bodies
        ]

    def _open(self) -> list[JsonObject]:
        """What waits: live activities that hold no other live one."""
        holders = {one.parent_id for one in self._live.values()}
        return [
            {"element": one.element_id, "type": self._kind(one)}
            for key, one in self._live.items()
            if key not in holders
        ]

    def _kind(self, change: ActivityChange) -> str:
        """The BPMN local name, also of what encloses the instances of a node."""
        if change.kind != _BODY:
            return change.kind
        with self._context.database.reading() as work:
            node = self._context.library.process(work, change.definition_id).node(change.element_id)
        return node.kind if node else change.kind
