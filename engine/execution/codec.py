"""The state of an instance as JSON: its tokens and variables, never its specification."""

from __future__ import annotations

from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from engine.execution.case import Case, ScopeRun, Token
from engine.execution.program import Program, ScopeSpec
from engine.model.execution import JsonObject

VERSION = 1
_STATES = {
    TaskState.WAITING: "waiting",
    TaskState.STARTED: "started",
    TaskState.COMPLETED: "completed",
    TaskState.CANCELLED: "cancelled",
}
_NUMBERS = {name: number for number, name in _STATES.items()}


def dump(case: Case) -> JsonObject:
    """The state between two steps."""
    return {"version": VERSION, "number": case.number, "run": _dump_run(case.root)}


def load(program: Program, state: JsonObject, now: datetime) -> Case:
    """The instance as it was; the state itself is not changed by what is done to it."""
    case = Case(program, now, state["number"])
    _load_run(case.root, state["run"])
    return case


def _dump_run(run: ScopeRun) -> JsonObject:
    tokens = [_dump_token(token) for token in run.tasks.values() if token is not run.task_tree]
    entry: JsonObject = {"data": run.data, "tokens": tokens} if run.spec.is_process else {"tokens": tokens}
    return entry | {"log": run.log} if run.log else entry


def _dump_token(token: Token) -> JsonObject:
    entry: JsonObject = {"id": token.id, "at": token.task_spec.name, "state": _STATES[token._state]}
    if token._parent != token.workflow.task_tree.id:
        entry["of"] = token._parent
    if token.data:
        entry["data"] = token.data
    if token.internal_data:
        entry["keep"] = token.internal_data
    if token.inner is not None:
        entry["definition"] = token.inner.spec.definition_id
        entry["run"] = _dump_run(token.inner)
    return entry


def _load_run(run: ScopeRun, entry: JsonObject) -> None:
    run.data = dict(entry.get("data", {}))
    run.log = list(entry.get("log", ()))
    for item in entry["tokens"]:
        spec = run.spec.task_specs[item["at"]]
        parent = run.tasks[item.get("of", run.task_tree.id)]
        token = Token(run, spec, parent, _NUMBERS[item["state"]], item["id"])
        token.data = dict(item.get("data", {}))
        token.internal_data = _copied(item.get("keep", {}))
        if "run" in item:
            token.inner = ScopeRun(_inside(token, item["definition"]), run.case, token)
            _load_run(token.inner, item["run"])


def _inside(token: Token, definition_id: str) -> ScopeSpec:
    """The specification of what runs inside an activity."""
    found: ScopeSpec = getattr(token.task_spec, "inside", None) or token.case.program.processes[definition_id]
    return found


def _copied(keep: JsonObject) -> JsonObject:
    """A node's memory, whose lists and mappings it changes in place."""
    return {name: value.copy() if isinstance(value, dict | list) else value for name, value in keep.items()}
