"""Moving tokens against or beside the flows: to send back, to take back, to jump.

The token that moves leaves its branch; what else is live on the branches between the same split and join goes
with it when it leaves them all (`execution.regions`), for they begin anew with the split. Parallel joins
behind the target that would wait for branches that nobody is on any more count those as through. A token
that `returns` stands for its sender meanwhile: it keeps in `back` where it comes from, and nothing else is
touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from engine.errors import InvalidInput
from engine.execution import event_subprocesses
from engine.execution.case import ARMED, Case, ScopeRun, Token
from engine.execution.compensation import AGAIN
from engine.execution.program import Program, ScopeSpec
from engine.execution.regions import Block
from engine.model.definition import Node
from engine.model.execution import JsonObject, MoveTokens

BACK = "back"  #: [element, person] to which the token comes straight back, the next first
FOR = "for"  #: whose user task the token opens


def move(case: Case, trigger: MoveTokens) -> None:
    """Do what the trigger asks for; InvalidInput when it cannot be done."""
    if trigger.activity_id is None:
        run, source, path = case.root, None, _from_top(case, trigger)
        case.cancel_run(run)
        event_subprocesses.arm(run)
    else:
        run, source, path = aimed(case, trigger)
    if source is not None and source.task_spec.node.triggered and len(top(run)) > 1:
        raise InvalidInput("这一步在由事件另行发起的一线上，主线还在办，不能移到主线上去。")
    marks: JsonObject = {FOR: trigger.person} if trigger.person else {}
    if source is not None:
        taken = event_subprocesses.interrupted(run)
        if trigger.returns:
            marks[BACK] = _returning(source, path, trigger)
        _leave(source, path[0], alone=trigger.returns)
        if trigger.again:
            between = run.spec.regions.between(path[0], at(source), loops=True)
            forget(run, {path[0]} if trigger.returns else between)
        case.cancel(source)
        if taken and not event_subprocesses.interrupted(run):
            event_subprocesses.arm(run)
    if not trigger.returns:
        make_up(run, path[0], source)
    place(run, path, marks, again=trigger.again)


def at(token: Token) -> str:
    """The element at which a token stands, or for which it stands while it is sent back."""
    back = token.internal_data.get(BACK)
    return str(back[-1][0]) if back else token.task_spec.node.id


# where to -----------------------------------------------------------------------------------------------
def aimed(case: Case, trigger: MoveTokens) -> tuple[ScopeRun, Token, list[str]]:
    """The run in which tokens move, the one that moves in it, and the way down to the target."""
    token: Token | None = _outermost(case.find(trigger.activity_id or ""))
    while token is not None:
        _refuse_undoing(token)
        run = token.workflow
        path = locate(case.program, run.spec, trigger.to, trigger.definition_id)
        if path:
            check(case.program, run.spec, path)
            return run, token, path
        token = None if run.owner is None else _outermost(run.owner)
    raise InvalidInput(f"流程中没有“{trigger.to}”这一步，或者它在另一条线上，到不了。")


def _from_top(case: Case, trigger: MoveTokens) -> list[str]:
    path = locate(case.program, case.root.spec, trigger.to, trigger.definition_id)
    if not path:
        raise InvalidInput(f"流程中没有“{trigger.to}”这一步。")
    check(case.program, case.root.spec, path)
    return path


def _outermost(token: Token) -> Token:
    """The token that stands in the flow: a gateway for its armed events, a body for its instances."""
    host = token.host or token
    return host.body or host


def _refuse_undoing(token: Token) -> None:
    if ARMED in token.internal_data:
        raise InvalidInput("这里只是在等待事件，没有可移动的步骤。")
    if token.internal_data.keys() & {"hidden", "undo", "cancelling"}:
        raise InvalidInput("这里正在撤销已办的步骤，撤销完以前不能移动。")


def locate(program: Program, spec: ScopeSpec, element: str, definition_id: str = "") -> list[str]:
    """The activities from a scope down to an element in it or in what it encloses or calls; [] for none."""
    for path, inner in walk(program, spec, (spec.definition_id,)):
        if element in inner.scope.nodes and definition_id in ("", inner.definition_id):
            return [*path, element]
    return []


def walk(
    program: Program, spec: ScopeSpec, inside: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], ScopeSpec]]:
    """This scope and all inner ones, with the activities on the way; nearer ones first."""
    yield (), spec
    for name, node in spec.scope.nodes.items():
        called = program.bindings.get(node.call.key, "") if node.call else ""
        inner = program.processes.get(called) if called else _inside(spec, name)
        if inner is not None and called not in inside:
            for path, found in walk(program, inner, (*inside, called) if called else inside):
                yield (name, *path), found


def _inside(spec: ScopeSpec, name: str) -> ScopeSpec | None:
    node = spec.task_specs[name]
    inside = getattr(getattr(node, "inside", None), "inside", None) or getattr(node, "inside", None)
    return inside if isinstance(inside, ScopeSpec) else None


def check(program: Program, spec: ScopeSpec, path: list[str]) -> None:
    """Refuse what no token can begin at."""
    *outer, last = path
    for name in outer:
        node = spec.scope.nodes[name]
        word = node.name or name
        if node.triggered:
            raise InvalidInput(f"目标在由事件发起的“{word}”里面，不能移进去。")
        if node.loop is not None:
            raise InvalidInput(f"目标在重复办理的“{word}”里面，请改为移到“{word}”本身。")
        call = node.call
        if call is not None and not (call.all_in and call.all_out):
            raise InvalidInput(f"“{word}”所调用流程的数据已经交出，不能移到它里面，请改为移到“{word}”本身。")
        inner = program.processes[program.bindings[call.key]] if call else _inside(spec, name)
        if inner is None or node.kind not in ("subProcess", "transaction", "callActivity"):
            raise InvalidInput(f"不能移到“{word}”里面，请改为移到“{word}”本身。")
        spec = inner
    node = spec.scope.nodes[last]
    reason = _unfit(node)
    if reason:
        raise InvalidInput(f"不能移到“{node.name or last}”：{reason}请选一个任务或事件。")


def _unfit(node: Node) -> str:
    if node.kind.endswith("Gateway"):
        return "它是网关。"
    if node.attached_to:
        return "它是边界事件。"
    if node.triggered:
        return "它由事件发起。"
    if node.for_compensation:
        return "它只用于撤销。"
    return ""


# what else is live --------------------------------------------------------------------------------------
def top(run: ScopeRun) -> list[Token]:
    """The tokens in the flow of a run; of hidden ones those that keep a join's phase."""
    return [token for token in run.live.values() if _in_flow(token.internal_data.keys())]


def _in_flow(keep: Set[str]) -> bool:
    return not keep & {"host", "body", "undo", ARMED} and ("hidden" not in keep or "arrived" in keep)


def _leave(source: Token, target: str, *, alone: bool) -> None:
    """Cancel what else is on the branches that the token leaves (unless alone); refuse to change branches."""
    run = source.workflow
    target = run.spec.regions.door(target)
    left = []
    for block in run.spec.regions.blocks:
        mine = block.inside.get(at(source))
        if mine is None:
            continue
        there = block.inside.get(target)
        if there is None:
            left.append(block)
        elif block.parallel and not mine & there and _others(run, block, source):
            raise InvalidInput("目标在并行的另一条分支上，那条分支自己在办，不能移过去。")
    for block in () if alone else left:
        for other in _others(run, block, source):
            if at(other) in block.inside:
                run.case.cancel(other)
            else:
                _retract(other, block)


def _others(run: ScopeRun, block: Block, source: Token) -> list[Token]:
    """The other tokens on a block's branches, and those that have come to its join from them."""
    return [
        token
        for token in top(run)
        if token is not source and (at(token) in block.inside or _waits(token, block))
    ]


def _waits(token: Token, block: Block) -> bool:
    """Whether this is the join's waiting token, and has got others from this block."""
    return at(token) == block.join and ("taken" in token.internal_data or bool(_come(token, block)))


def _come(token: Token, block: Block) -> set[str]:
    """The flows by which a join's waiting token has got others from this block."""
    flows = token.workflow.spec.scope.flows
    within = block.inside.keys() | {block.split}
    return {one for one in token.internal_data.get("arrived", ()) if flows[one].source in within}


def _retract(join: Token, block: Block) -> None:
    """Take away from a waiting join what came from the block."""
    come = _come(join, block)
    arrived = {flow: n for flow, n in join.internal_data.get("arrived", {}).items() if flow not in come}
    if arrived:
        join.internal_data["arrived"] = arrived
    else:
        join.case.cancel(join)


def make_up(run: ScopeRun, target: str, source: Token | None = None) -> None:
    """Let joins behind the target have what nobody can bring them any more, and the target all it needs."""
    regions = run.spec.regions
    for name in regions.joins():
        node, spec = regions.nodes[name], run.spec.task_specs[name]
        own = regions.brings(target, name)
        others = {flow for one in top(run) for flow in _brought(one, name)}
        if node.start_quantity > 1:
            if name == target or (own and not others):
                spec.make_up(run, ())
            continue
        missing = set(node.incoming) - own - others if own else set()
        if missing and node.kind == "parallelGateway":
            spec.make_up(run, missing)
        elif missing and node.kind == "complexGateway" and (source is None or own != _brought(source, name)):
            raise InvalidInput(f"复杂网关“{node.name or name}”等不齐各条分支，请改为移到分开以前的步骤。")


def _brought(token: Token, join: str) -> Set[str]:
    """The flows by which a token has come to a join, or else may come."""
    if at(token) == join:
        return {*token.internal_data.get("arrived", ()), *token.internal_data.get("taken", ())}
    return token.workflow.spec.regions.brings(at(token), join)


# what was done ------------------------------------------------------------------------------------------
def forget(run: ScopeRun, names: Set[str]) -> None:
    """What is done again takes the place of what was done before, when it comes to undoing."""
    latest = {entry["at"]: entry for entry in run.log if entry["at"] in names}
    run.log = [one | {AGAIN: True} if _same(one, latest.get(one["at"])) else one for one in run.log]


def _same(entry: JsonObject, latest: JsonObject | None) -> bool:
    """Whether an entry is the latest of its activity, or of another instance of it."""
    if latest is None:
        return False
    return entry is latest or ("body" in entry and entry["body"] == latest.get("body"))


# setting down -------------------------------------------------------------------------------------------
def place(run: ScopeRun, path: list[str], marks: JsonObject, *, again: bool) -> None:
    """Begin at the end of a way down from this run."""
    name, *rest = path
    token = Token(run, run.spec.task_specs[name], run.task_tree)
    if rest:
        token.internal_data.update(path=rest, marks=marks, log=_reopened(run, name) if again else [])
    else:
        token.internal_data.update(marks)
    run.case.schedule([token])


def begin(inner: ScopeRun, entries: tuple[str, ...]) -> None:
    """Begin the run inside an activity: at its entries, or where a move leads."""
    keep = inner.owner.internal_data if inner.owner is not None else {}
    path = keep.pop("path", None)
    if path is None:
        inner.case.enter(inner, *entries)
        return
    names = {path[0], *inner.spec.regions.behind(path[0])}
    inner.log = [one | {AGAIN: True} if one["at"] in names else one for one in keep.pop("log")]
    make_up(inner, path[0])
    place(inner, path, keep.pop("marks"), again=True)


def _reopened(run: ScopeRun, name: str) -> list[JsonObject]:
    """What can be undone in a subprocess that was completed and goes on; no longer from outside."""
    for entry in reversed(run.log):
        if entry["at"] == name and "log" in entry and entry.get("by") not in run.case.live:
            run.log = [one for one in run.log if one is not entry]
            return list(entry["log"])
    return []


# coming back --------------------------------------------------------------------------------------------
def come_back(token: Token) -> bool:
    """Send the token straight back to who has sent it here; False if it goes on along the flows."""
    back = token.internal_data.get(BACK)
    if not back:
        return False
    (element, person), *rest = back
    run = token.workflow
    sender = Token(run, run.spec.task_specs[element], token)
    sender.internal_data.update({FOR: person} if person else {}, **({BACK: rest} if rest else {}))
    run.case.schedule([sender])
    return True


def carry(token: Token, after: Token) -> None:
    """Let a continuation know where to go on."""
    if BACK in token.internal_data:
        after.internal_data[BACK] = token.internal_data[BACK]


def give_up(token: Token) -> None:
    """The token will not come back to where it stands for: its event interrupts it, and all begins anew."""
    if BACK in token.internal_data:
        _leave(token, token.task_spec.node.id, alone=False)


def _returning(source: Token, path: list[str], trigger: MoveTokens) -> list[list[str]]:
    """Where the token comes back to; refused when the target is on another level than the sender."""
    moved = source.case.find(trigger.activity_id or "")
    if len(path) > 1 or moved.workflow is not source.workflow:
        raise InvalidInput("这一步和退回到的步骤不在同一层流程里，办完后不能直接返回，只能逐步重办。")
    if source.workflow.spec.scope.nodes[path[0]].kind not in ("userTask", "manualTask"):
        raise InvalidInput("只有退回到人工办理的步骤，办完后才能直接返回。")
    return [[source.task_spec.node.id, trigger.sender], *source.internal_data.get(BACK, ())]
