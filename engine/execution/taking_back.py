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
    if path[0] not in run.spec.scope.nodes:
        raise InvalidInput("撤销所办的步骤不能取回。")
    moves.check(case.program, run.spec, path)
    if event_subprocesses.interrupted(run):
        raise InvalidInput("这里已经转入由事件发起的步骤，不能取回。")
    if any(moves.at(one) == path[0] for one in moves.top(run)):
        raise Conflict
    tokens, arrivals = _ahead(run, frozenset({path[0], *trigger.passed} & run.spec.regions.nodes.keys()))
    undoing = {one.internal_data.get("undo") for one in case.live.values()}
    if any(one.id in undoing for one in tokens):
        raise InvalidInput("这里正在撤销已办的步骤，不能取回。")
    places = {moves.at(one) for one in tokens} | {moves.at(join) for join, _ in arrivals}
    between = (run.spec.regions.between(path[0], one, loops=True) for one in places)
    moves.forget(run, {path[0]}.union(*between))
    for join, flow in arrivals:
        _take_from(join, flow)
    for token in tokens:
        case.cancel(token)
    moves.make_up(run, path[0])
    moves.place(run, path, {moves.FOR: trigger.person} if trigger.person else {}, again=True)


def follow(program: Program, definition_id: str, element: str) -> frozenset[str]:
    """The elements that come next after an element in its own scope, its boundary events included."""
    process = program.processes.get(definition_id)
    for _, spec in moves.walk(program, process, (definition_id,)) if process is not None else ():
        if spec.definition_id == definition_id and element in spec.regions.nodes:
            return frozenset(target.strip() for _, target in spec.regions.targets[element])
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


def _ahead(run: ScopeRun, passed: frozenset[str]) -> tuple[list[Token], list[Arrival]]:
    """What stands where a token has passed, is about to be entered there, or waits at a join for others."""
    regions, flows = run.spec.regions, run.spec.scope.flows
    soon = {target for name in passed for _, target in regions.targets[name]}
    tokens: list[Token] = []
    arrivals: list[Arrival] = []
    for token in moves.top(run):
        name = token.task_spec.node.id
        arrived = token.internal_data.get("arrived")
        if arrived is not None:
            arrivals += [(token, flow) for flow in arrived if flows[flow].source in passed]
        elif name in passed or (regions.door(name) in soon and not token.entered):
            tokens.append(token)
    return tokens, arrivals


def _take_from(join: Token, flow: str) -> None:
    """One token less by this flow; a join for which nobody has come does not wait."""
    arrived = dict(join.internal_data["arrived"])
    arrived[flow] -= 1
    join.internal_data["arrived"] = {name: count for name, count in arrived.items() if count}
    if not join.internal_data["arrived"] and "taken" not in join.internal_data:
        join.case.cancel(join)
