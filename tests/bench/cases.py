"""Completing tasks with 5 kB of case data: how cost grows with what is done, and what is written."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import select, true

from engine import Engine, User
from engine.store.tables import user_task
from tests.bench.measure import Meter, Seen, Spent, keep_log, log_bytes, median, meter_of, row, title, watched
from tests.builders import Builder
from tests.integration.helpers import deploy, process

WINDOW = 10  #: completions of which the median is taken
COUNTED = 50  #: completions over which bytes are counted
BRANCHES = 10
_words = random.Random(1)


def text(length: int) -> str:
    """Chinese characters at random, which no database compresses much."""
    return "".join(chr(_words.randint(0x4E00, 0x9FA5)) for _ in range(length))


DATA = {f"字段{number}": text(60) for number in range(26)}  #: 5 kB in UTF-8


def answer(*, last: bool = False) -> dict[str, Any]:
    """What a person says at each task."""
    return {"last": last, "意见": text(30)}


def loop(key: str = "loop") -> Builder:
    """A process that asks the same until told to end."""
    made = process(key).user("ask", groups="甲组").exclusive("more")
    return made.default().to("ask").at("more").when("last = true").end()


def parallel() -> Builder:
    """Ten branches with a task each."""
    made = process("parallel").parallel("split")
    for number in range(BRANCHES):
        made = (
            made.at("split").user(f"t{number}", groups="甲组").to("join")
            if number
            else made.user("t0", groups="甲组").parallel("join")
        )
    return made.at("join").end()


def prepared(url: str) -> Engine:
    """An engine with a person and the processes."""
    engine = Engine.open(url)
    engine.add_group("甲组")
    engine.add_user(User("a1", "某岗位", "", frozenset({"甲组"})), "correct-horse-1")
    deploy(engine, loop(), parallel())
    return engine


def open_tasks(engine: Engine, case: str = "") -> list[str]:
    """Ids of the open tasks (of a case)."""
    of_case = user_task.c.instance_id == case if case else true()
    with engine._context.database.reading() as work:
        found = select(user_task.c.id).where(user_task.c.status == "open", of_case).order_by(user_task.c.id)
        return list(work.connection.execute(found).scalars())


def complete_one(engine: Engine, meter: Meter, case: str = "", *, last: bool = False) -> Spent:
    """Claim the first open task, and measure its completion."""
    task = open_tasks(engine, case)[0]
    engine.claim(task, by="a1")
    given = answer(last=last)
    return meter.time(lambda: engine.complete(task, given, by="a1"))


def completions(engine: Engine, rounds: tuple[int, ...]) -> None:
    """Start; complete early and late, each beside a young case in the same moments; ten branches."""
    meter = meter_of(engine)
    title("CPU ms (median of 10): python + server = both; by the clock; both beside a young case's just then")
    starts = [meter.time(lambda: engine.start("loop", DATA, by="a1")) for _ in range(WINDOW)]
    _line("start an instance", median(starts), None)
    for one in open_tasks(engine):
        engine.claim(one, by="a1")
        engine.complete(one, answer(last=True), by="a1")
    old, young = (engine.start("loop", DATA, by="a1").id for _ in range(2))
    for _ in range(WINDOW):
        complete_one(engine, meter, young)
    done = 0
    for at in rounds:
        while done < at:
            complete_one(engine, meter, old)
            done += 1
        pairs = [
            (complete_one(engine, meter, old), complete_one(engine, meter, young)) for _ in range(WINDOW)
        ]
        done += WINDOW
        found, beside = (median(one) for one in zip(*pairs, strict=True))
        _line(f"complete a task behind {at} completed ones", found, beside)
    complete_one(engine, meter, old, last=True)
    complete_one(engine, meter, young, last=True)
    case = engine.start("parallel", DATA, by="a1").id
    branches = [complete_one(engine, meter, case) for _ in range(BRANCHES)]
    _line(f"complete one of {BRANCHES} parallel tasks", median(branches[:-1]), None)


def _line(what: str, found: Spent, beside: Spent | None) -> None:
    ratio = f"x{found.cpu / beside.cpu:.2f}" if beside else ""
    row(what, found.python, found.server, found.cpu, found.wall, ratio)


def written(engine: Engine) -> Seen:
    """Statements, rows and bytes of a completed task, the claim aside; gives what the last ones did."""
    database, meter = engine._context.database, meter_of(engine)
    keep_log(database)
    engine.start("loop", DATA, by="a1")
    for _ in range(3):
        complete_one(engine, meter)
    log, whole = 0, Seen()
    for _ in range(COUNTED):
        task = open_tasks(engine)[0]
        engine.claim(task, by="a1")
        before = log_bytes(database)
        with watched(database) as seen:
            engine.complete(task, answer(), by="a1")
        log += log_bytes(database) - before
        whole.statements += seen.statements
        whole.rows += seen.rows
    title(f"Per completed task, of {COUNTED}")
    row("SQL statements, one commit", len(whole.statements) / COUNTED)
    row("rows written", whole.rows / COUNTED)
    row("bytes of write-ahead log", log // COUNTED)
    complete_one(engine, meter, last=True)
    return whole
