"""Counts and ratios that show whether cost grows where it must not: `python -m tests.bench`.

On SQLite, and on PostgreSQL if WENZE_BENCH_DSN names an empty database (a SQLAlchemy URL). Each line
has a number at a small and at a large size:

    statements of a completion     SQL statements of one `Engine.complete` in round 1 and 500 of a loop; equal
    time of a step                 of `execution.advance` in round 10 and 2,000 of a loop; ratio near 1
    size of the state              bytes of it as JSON in the same rounds; ratio near 1
    statements of an inbox page    with 100 and 10,000 open tasks of one group; equal
    time of an inbox page          the same; the count of all tasks grows with them, the page doesn't
    time of the counts             the three numbers that every page shows; the same

It asserts nothing: times are for people to judge, on a quiet machine.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select

from engine import Engine, User
from engine.store.tables import user_task
from tests.constructs.driver import Run
from tests.integration.helpers import deploy, process, take

ROUNDS, STEPS = 500, 2_000
WINDOW = 10  #: rounds on either side of which the median is taken
FEW, MANY = 100, 10_000
REPEATS = 15


def main() -> None:
    """Print all of it."""
    step_costs()
    with tempfile.TemporaryDirectory() as folder:
        on_database("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}")
    if dsn := os.environ.get("WENZE_BENCH_DSN"):
        on_database("PostgreSQL", dsn)


def line(what: str, small: float, large: float, unit: str) -> None:
    """One result."""
    sys.stdout.write(f"{what:<44}{small:>10.2f}{large:>10.2f} {unit:<11} x{large / small:.2f}\n")


def loop(key: str = "loop") -> Any:
    """A process that asks the same until told to end."""
    made = process(key).user("ask", groups="甲组").exclusive("more")
    return made.default().to("ask").at("more").when("last = true").end()


def step_costs() -> None:
    """Time of a step and size of the state early and late in a loop."""
    run = Run(loop())
    run.start()
    spent, sizes = [], []
    for _ in range(STEPS + WINDOW):
        began = time.perf_counter()
        run.complete("ask", last=False)
        spent.append(time.perf_counter() - began)
        sizes.append(len(json.dumps(run.state)))
    early, late = (statistics.median(spent[at - WINDOW : at + WINDOW]) * 1e3 for at in (WINDOW, STEPS))
    line(f"time of a step, round 10 and {STEPS}", early, late, "ms")
    line("size of the state", sizes[10], sizes[STEPS], "bytes")


def on_database(name: str, url: str) -> None:
    """What grows with rounds and with tasks."""
    sys.stdout.write(f"{name}\n")
    engine = Engine.open(url)
    try:
        engine.add_group("甲组")
        engine.add_user(User("a1", "某岗位", "", frozenset({"甲组"})), "correct-horse-1")
        deploy(engine, loop())
        completions(engine)
        inbox_pages(engine)
    finally:
        engine.close()


def completions(engine: Engine) -> None:
    """Statements of a completion early and late in a loop."""
    engine.start("loop", {}, by="a1")
    counts = []
    for _ in range(ROUNDS):
        task = take(engine, "a1")
        with counted(engine) as statements:
            engine.complete(task.id, {"last": False}, by="a1")
        counts.append(len(statements))
    line(f"statements of a completion, round 1 and {ROUNDS}", counts[0], counts[-1], "")


def inbox_pages(engine: Engine) -> None:
    """Statements and time of a page of offered tasks with few and with many of them."""
    found = {}
    for size in (FEW, MANY):
        fill(engine, size)
        with counted(engine) as statements:
            engine.inbox("a1", "claimable")
        page = timed(lambda: engine.inbox("a1", "claimable"))
        found[size] = (len(statements), page, timed(lambda: engine.counts("a1")))
    for at, what in enumerate(("statements of an inbox page", "time of an inbox page", "time of the counts")):
        line(f"{what}, {FEW} and {MANY}", found[FEW][at], found[MANY][at], "ms" if at else "")


def fill(engine: Engine, size: int) -> None:
    """Copies of the one open task, until there are so many."""
    with engine._context.database.unit_of_work() as work:
        run = work.connection.execute
        row = dict(run(select(user_task).where(user_task.c.status == "open").limit(1)).mappings().one())
        have = len(run(select(user_task.c.id).where(user_task.c.status == "open")).all())
        ids = [f"copy-{number}" for number in range(have, size)]
        del row["due_or_never"]
        run(insert(user_task), [{**row, "id": one} for one in ids])


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds that it takes, as a rule."""
    spent = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        act()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1e3


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements that are run meanwhile."""
    found: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found.append(statement)

    database = engine._context.database._engine
    event.listen(database, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database, "before_cursor_execute", note)


if __name__ == "__main__":
    main()
