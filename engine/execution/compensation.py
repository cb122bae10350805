"""Undoing what was completed (BPMN 13.5.5): a log in each scope run, and who works it off, last entry first.

An entry: `at` (the activity), `data` (its local variables), `log` (of a subprocess without a handler of its
own), `body` (of which it was an instance), `by` (the token that has it undone), `again` (the activity was
sent back: once it is completed again, that counts instead). Whoever undoes is a token: the throwing event,
a cancelled transaction, or a hidden one, which stands for a subprocess that is over or for an event that did
not wait. A token that undoes something for another has that one's id in `undo`.
"""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.execution.case import ScopeRun, Token
from engine.execution.program import ScopeSpec
from engine.model.execution import JsonObject

AGAIN = "again"  #: in an entry of an activity that was sent back


def remember(token: Token) -> None:
    """Log a completed activity that can be undone; instances count once their multi-instance body is over."""
    keep, run = token.internal_data, token.workflow
    if "undo" in keep:
        return
    entry: JsonObject = {"at": token.task_spec.node.id}
    if token.body is None:
        run.log = [one for one in run.log if not (AGAIN in one and one["at"] == entry["at"])]
    run.log.extend(keep.pop("done", ()))
    if entry["at"] in run.spec.handlers:
        token.inner_log = []
    elif not token.inner_log and _undoing(getattr(token.task_spec, "inside", None)) is None:
        return
    if token.task_spec.shares_node:
        return
    if token.data:
        entry["data"] = dict(token.data)
    if token.inner_log:
        entry["log"] = token.inner_log
    if token.body is not None:
        entry["body"] = token.body.id
        token.body.internal_data.setdefault("done", []).append(entry)
    else:
        run.log.append(entry)


def begin(token: Token, run: ScopeRun, activity: str = "") -> None:
    """Let the token undo what this run has completed: everything, or one activity."""
    live = token.case.live
    run.log = [
        entry | {"by": token.id} if activity in ("", entry["at"]) and entry.get("by") not in live else entry
        for entry in run.log
    ]
    token.case.agenda.append(token)


def begin_hidden(run: ScopeRun, spec: object, **keep: str) -> Token:
    """A token that is no activity of its own and so leaves no trace."""
    token = Token(run, spec, run.task_tree, TaskState.STARTED)
    token.internal_data.update(keep, hidden=True)
    return token


def proceed(token: Token) -> None:
    """Undo the next entry, once the one before is through; at the end the token goes on."""
    busy = any(other.internal_data.get("undo") == token.id for other in token.case.live.values())
    if busy or (token.inner is not None and token.inner.live):
        return
    found = _next(token)
    if found is not None:
        _undo(token, *found)
    elif "hidden" in token.internal_data:
        token.inner = None
        token._set_state(TaskState.COMPLETED)
        token.case.wake(token)
        token.case.settle(token.workflow)
    else:
        token.task_spec.undone(token)


def _next(token: Token) -> tuple[ScopeRun, JsonObject] | None:
    """Take the latest entry that this token undoes out of its log."""
    run: ScopeRun | None = token.inner or token.workflow
    while run is not None:
        for entry in reversed(run.log):
            if entry.get("by") == token.id:
                run.log = [other for other in run.log if other is not entry]
                return run, entry
        run = None if run.spec.is_process or run.owner is None else run.owner.workflow
    return None


def _undo(token: Token, run: ScopeRun, entry: JsonObject) -> None:
    specs, name = run.spec.task_specs, entry["at"]
    handler = run.spec.handlers.get(name)
    if handler is not None:
        undoing = Token(run, specs[handler], run.task_tree)
        undoing.internal_data["undo"] = token.id
        undoing.data.update(entry.get("data", {}))
        token.case.schedule([undoing])
        return
    spec = specs.get(f"{name} instance") or specs[name]
    undoing = begin_hidden(run, spec, undo=token.id)
    undoing.data.update(entry.get("data", {}))
    undoing.inner = ScopeRun(spec.inside, token.case, undoing)
    undoing.inner.log = list(entry.get("log", ()))
    own = _undoing(spec.inside)
    if own is None:
        begin(undoing, undoing.inner)
    else:
        token.case.schedule([Token(undoing.inner, own, undoing.inner.task_tree)])


def _undoing(inside: object) -> object:
    """The event subprocess that undoes what it stands in, where a subprocess has one."""
    return inside.undoing if isinstance(inside, ScopeSpec) else None
