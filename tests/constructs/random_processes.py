"""Random processes for hypothesis: well-formed ones out of blocks, and any graph of nodes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from hypothesis import strategies as st

from engine.model.definition import AdHoc, Expression, Text
from tests.builders import Builder, many

Block = Callable[[Builder, "count[int]"], None]  #: adds nodes after the builder's current node
CONDITIONS = ("n = 0", "n > 1", "n = 1 or n = 3")


def _user(builder: Builder, ids: count[int]) -> None:
    builder.user(f"u{next(ids)}")


def _script(builder: Builder, ids: count[int]) -> None:
    builder.script(f"s{next(ids)}", "if m = null then 1 else m + 1", "m")


def _service(builder: Builder, ids: count[int]) -> None:
    name = f"h{next(ids)}"
    builder.service(name, "topic", async_before=True)
    _boundary(builder, ids, name, error="")


def _catch(builder: Builder, ids: count[int]) -> None:
    builder.event_gateway(f"g{next(ids)}")
    gateway, join = builder._here, f"x{next(ids)}"
    assert gateway is not None
    builder.catch(f"t{next(ids)}", timer="duration PT1H").exclusive(join)
    builder.at(gateway).catch(f"c{next(ids)}", message="m").to(join).at(join)


def _boundary(builder: Builder, ids: count[int], host: str, **what: str) -> None:
    """The way of an interrupting boundary event joins the main one."""
    join = f"x{next(ids)}"
    builder.exclusive(join).boundary(f"b{next(ids)}", host, **what).user(f"u{next(ids)}").to(join).at(join)  # type: ignore[arg-type]


def _sequence(blocks: list[Block]) -> Block:
    def add(builder: Builder, ids: count[int]) -> None:
        for block in blocks:
            block(builder, ids)

    return add


def _split(kind: str, blocks: list[Block]) -> Block:
    def add(builder: Builder, ids: count[int]) -> None:
        split, join = f"{kind[:2]}{next(ids)}", f"{kind[:2]}{next(ids)}"
        getattr(builder, kind)(split)
        for index, block in enumerate(blocks):
            builder.at(split)
            first = f"a{next(ids)}"
            if kind != "parallel":
                _ = builder.default() if index == 0 else builder.when(CONDITIONS[index % 3])
            builder.task(first)
            block(builder, ids)
            builder.to(join) if index else getattr(builder, kind)(join)
        builder.at(join)

    return add


def _loop(block: Block) -> Block:
    def add(builder: Builder, ids: count[int]) -> None:
        begin, back, after = f"x{next(ids)}", f"x{next(ids)}", f"a{next(ids)}"
        builder.exclusive(begin)
        block(builder, ids)
        builder.user(f"u{next(ids)}").exclusive(back).when("n = 0").to(begin).default().task(after)

    return add


def _inside(block: Block, ids: count[int]) -> Builder:
    inner = Builder().start(f"i{next(ids)}")
    block(inner, ids)
    return inner.end(f"o{next(ids)}")


def _sub(block: Block, timer: bool) -> Block:
    def add(builder: Builder, ids: count[int]) -> None:
        name = f"p{next(ids)}"
        builder.sub(name, _inside(block, ids))
        if timer:
            _boundary(builder, ids, name, timer="duration PT1H")

    return add


def _many(block: Block, sequential: bool, until: bool) -> Block:
    def add(builder: Builder, ids: count[int]) -> None:
        loop = many(
            "[1, 2, 3]",
            element="e",
            sequential=sequential,
            until="n > 1" if until else None,
            output=("out", "[e, n]"),
        )
        builder.sub(f"p{next(ids)}", _inside(block, ids), loop=loop)

    return add


def _many_tasks(sequential: bool) -> Block:
    def add(builder: Builder, ids: count[int]) -> None:
        builder.user(f"u{next(ids)}", loop=many(times="2", sequential=sequential, output=("out", "n")))

    return add


def _call(block: Block) -> Block:
    """An embedded subprocess with parameters, which bounds its variables like a call."""

    def add(builder: Builder, ids: count[int]) -> None:
        builder.sub(f"p{next(ids)}", _inside(block, ids), inputs={"k": "=n"}, outputs={"n": "=n"})

    return add


def _undone(block: Block) -> Block:
    """A task with a handler, the block in a subprocess with another, and the undoing of both."""

    def add(builder: Builder, ids: count[int]) -> None:
        task, deep = f"u{next(ids)}", f"u{next(ids)}"
        inner = Builder().start(f"i{next(ids)}")
        block(inner, ids)
        inner.user(deep).end(f"o{next(ids)}").undo(deep, f"v{next(ids)}")
        builder.user(task).sub(f"p{next(ids)}", inner).compensate(f"k{next(ids)}")
        here = builder._here
        assert here is not None
        builder.undo(task, f"v{next(ids)}").at(here)

    return add


_leaves = st.one_of(
    st.just(_user), st.just(_script), st.just(_service), st.just(_catch), st.booleans().map(_many_tasks)
)


def _beside(block: Block, what: str, interrupting: bool) -> Block:
    """The block in a subprocess with an event subprocess, which an error or escalation after it may begin."""

    def add(builder: Builder, ids: count[int]) -> None:
        inner = Builder().start(f"i{next(ids)}").exclusive(f"x{next(ids)}")
        gate = inner._here
        assert gate is not None
        inner.default()
        block(inner, ids)
        inner.end(f"o{next(ids)}").at(gate).when("n > 1")
        inner.end(f"o{next(ids)}", "error" if what == "error" else "escalation", "E")
        handler = Builder().user(f"u{next(ids)}").end(f"o{next(ids)}")
        given = {"timer": "cycle R2/PT1H", "message": "m", "condition": "n = 3"}.get(what, "")
        inner.on(f"e{next(ids)}", handler, **{what: given}, interrupting=interrupting)  # type: ignore[arg-type]
        name = f"p{next(ids)}"
        builder.sub(name, inner)
        _boundary(builder, ids, name, error="")

    return add


def _some_of(blocks: list[Block], enough: int) -> Block:
    """Side by side into a complex gateway, which goes on when enough have come and takes in the late."""

    def add(builder: Builder, ids: count[int]) -> None:
        split, join = f"pa{next(ids)}", f"co{next(ids)}"
        builder.parallel(split)
        for index, block in enumerate(blocks):
            builder.at(split)
            block(builder, ids)
            _ = builder.to(join) if index else builder.complex(join, f"activationCount >= {enough}")
        builder.at(join)

    return add


def _ad_hoc(blocks: list[Block], how: AdHoc) -> Block:
    """An ad-hoc subprocess of subprocesses: each a block and a task, on whose end its condition may hold."""

    def add(builder: Builder, ids: count[int]) -> None:
        inner = Builder()
        for block in blocks:
            inner.sub(f"p{next(ids)}", _inside(_sequence([block, _user]), ids)).loose()
        builder.ad_hoc(f"d{next(ids)}", inner, how)

    return add


_ways = st.builds(
    AdHoc,
    sequential=st.booleans(),
    completion=st.sampled_from([None, Expression("n > 0")]),
    cancels=st.booleans(),
    begin=st.sampled_from([None, Text("all")]),
)


@st.composite
def _block(draw: st.DrawFn, depth: int, more: tuple[str, ...] = ()) -> Block:
    kinds = [
        "sequence",
        "exclusive",
        "parallel",
        "inclusive",
        "loop",
        "sub",
        "many",
        "call",
        "undone",
        "beside",
        *more,
    ]
    kind = draw(st.sampled_from(kinds if depth else ["leaf"]))
    inner = st.one_of(_leaves, _block(depth - 1, more)) if depth else _leaves
    if kind == "leaf":
        return draw(_leaves)
    if kind == "sequence":
        return _sequence(draw(st.lists(inner, min_size=2, max_size=3)))
    if kind in ("exclusive", "parallel", "inclusive"):
        return _split(kind, draw(st.lists(inner, min_size=2, max_size=3)))
    if kind == "sub":
        return _sub(draw(inner), draw(st.booleans()))
    if kind == "beside":
        what = draw(st.sampled_from(["error", "escalation", "timer", "message", "condition"]))
        return _beside(draw(inner), what, what == "error" or draw(st.booleans()))
    if kind == "some of":
        blocks = draw(st.lists(inner, min_size=2, max_size=3))
        return _some_of(blocks, draw(st.integers(1, len(blocks))))
    if kind == "ad hoc":
        return _ad_hoc(draw(st.lists(inner, min_size=1, max_size=2)), draw(_ways))
    if kind == "undone":
        return _undone(draw(inner))
    if kind == "many":
        return _many(draw(inner), draw(st.booleans()), draw(st.booleans()))
    return (_loop if kind == "loop" else _call)(draw(inner))


def _closed(block: Block) -> Builder:
    builder = Builder().start()
    block(builder, count(1))
    return builder.end()


#: processes that reach their one end event exactly once, whatever is done
well_formed = _block(3).map(_closed)

#: the same with what may leave something behind at the end, or begins only when a person chooses it
with_choices = _block(3, ("some of", "ad hoc")).map(_closed)


@st.composite
def any_graph(draw: st.DrawFn) -> Builder:
    """Tasks and gateways with any flows between them; may stand still, multiply tokens or loop for ever."""
    kinds = [
        "user",
        "user",
        "task",
        "exclusive",
        "parallel",
        "inclusive",
        "timed",
        "waits",
        "escalates",
        "complex",
        "hoc",
    ]
    nodes = [f"{draw(st.sampled_from(kinds))}{index}" for index in range(draw(st.integers(2, 8)))]
    builder = Builder().start()
    for name in nodes:
        builder._here = "start" if name == nodes[0] else None
        kind = name.rstrip("0123456789")
        _add(builder, kind, name)
        if kind == "timed":
            interrupting = draw(st.booleans())
            builder.boundary(f"b-{name}", name, timer="cycle R2/PT1H", interrupting=interrupting)
            builder.to(draw(st.sampled_from(nodes)))
    for name in nodes:
        targets = draw(st.lists(st.sampled_from(nodes), max_size=3, unique=True))
        builder.at(name)
        for index, target in enumerate(targets):
            if name.startswith(("exclusive", "inclusive")):
                _ = builder.default() if index == 0 else builder.when(CONDITIONS[index])
            builder.to(target)
    for index in range(draw(st.integers(0, 2))):
        what, text = draw(st.sampled_from(_BEGINNINGS))
        again = what != "error" and draw(st.booleans())
        handler = Builder().user(f"h{index}").end(f"z{index}", draw(st.sampled_from(["none", "error"])), "E")
        builder.on(f"e{index}", handler, interrupting=not again, **{what: text})  # type: ignore[arg-type]
    return builder


_BEGINNINGS = (
    ("timer", "cycle R2/PT1H"),
    ("message", "m"),
    ("condition", "n = 2"),
    ("escalation", ""),
    ("error", "E"),
)


def _add(builder: Builder, kind: str, name: str) -> None:
    if kind == "waits":
        builder.catch(name, condition="n = 1")
    elif kind == "escalates":
        builder.throw(name, escalation="E")
    elif kind == "complex":
        builder.complex(name, "activationCount >= 2")
    elif kind == "hoc":
        builder.ad_hoc(name, Builder().user(f"i-{name}").task(f"j-{name}").loose().user(f"k-{name}"))
    else:
        getattr(builder, "user" if kind == "timed" else kind)(name)
