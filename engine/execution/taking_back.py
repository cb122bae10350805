"""Taking a completed step back: what has come of it ends, and it begins again."""

from __future__ import annotations

from engine.errors import Conflict, InvalidInput
from engine.execution import event_subprocesses, moves
from engine.execution.case import Case, ScopeRun, Token
from engine.execution.program import Program
from engine.model.execution import TakeBack

Arrival = tuple[Token, str]  #: a join's waiting token, and the flow by which one has come to it


def take_back(case: Case, trigger: TakeBack) -> None:
    """Do what the trigger asks for; InvalidInput when it cannot be done."""
    run, path = _level(case, trigger)
    moves.check(case.program, run.spec, path)
    if event_subprocesses.interrupted(run):
        raise InvalidInput("这里已经转入由事件发起的步骤，不能取回。")
    tokens, arrivals = _ahead(run, path[0])
    places = {moves.at(one) for one in tokens} | {moves.at(join) for join, _ in arrivals}
    between = (run.spec.regions.between(path[0], one, loops=False) for one in places)
    moves.forget(run, {path[0]}.union(*between))
    for join, flow in arrivals:
        _take_from(join, flow)
    for token in tokens:
        case.cancel(token)
    moves.make_up(run, path[0])
    moves.place(run, path, {moves.FOR: trigger.person} if trigger.person else {}, again=True)


def behind(program: Program, definition_id: str, element: str) -> frozenset[str]:
    """The elements of an element's own scope to which it leads without going back in a loop."""
    process = program.processes.get(definition_id)
    for _, spec in moves.walk(program, process, (definition_id,)) if process is not None else ():
        if spec.definition_id == definition_id and element in spec.scope.nodes:
            return frozenset(spec.regions.behind(element) & spec.regions.nodes.keys())
    return frozenset()


def _level(case: Case, trigger: TakeBack) -> tuple[ScopeRun, list[str]]:
    """The innermost live run around what is taken back, and the way down from it."""
    path = [trigger.element_id]
    for activity_id, element in trigger.around:
        owner = case.live.get(activity_id)
        if owner is not None and owner.inner is not None:
            return owner.inner, path
        path.insert(0, element)
    return case.root, path


def _ahead(run: ScopeRun, first: str) -> tuple[list[Token], list[Arrival]]:
    """What has come of a node and is live: tokens in the flow, and those that wait at joins."""
    standing: dict[str, list[Token]] = {}
    for token in moves.top(run):
        standing.setdefault(moves.at(token), []).append(token)
    if first in standing:
        raise Conflict
    tokens: list[Token] = []
    arrivals: list[Arrival] = []
    seen, todo = {first}, [first]
    while todo:
        for flow, name in run.spec.regions.onward(todo.pop()):
            waiting = [one for one in standing.get(name, ()) if flow in one.internal_data.get("arrived", ())]
            arrivals += [(one, flow) for one in waiting]
            if not waiting and name not in seen:
                seen.add(name)
                todo.append(name)
                tokens += [one for one in standing.get(name, ()) if "arrived" not in one.internal_data]
    return tokens, arrivals


def _take_from(join: Token, flow: str) -> None:
    """One token less by this flow; a join for which nobody has come does not wait."""
    arrived = dict(join.internal_data["arrived"])
    arrived[flow] -= 1
    join.internal_data["arrived"] = {name: count for name, count in arrived.items() if count}
    if not join.internal_data["arrived"] and "taken" not in join.internal_data:
        join.case.cancel(join)
