"""The inbox with few and with very many open tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Result, insert, select, text

from engine import Engine
from engine.store.tables import process_instance, user_task
from tests.bench.cases import DATA
from tests.bench.measure import Spent, median, meter_of, row, title, watched

REPEATS = 15
_BATCH = 10_000
_TASKS = 10  #: of a case


def boxes(engine: Engine, sizes: tuple[int, ...]) -> None:
    """A page of offered tasks, the one behind it, and the numbers that every page shows."""
    engine.start("loop", DATA, by="a1")
    meter = meter_of(engine)
    title("Inbox, page of 50: python, server, both; by the clock; both beside the first; statements")
    first: dict[str, Spent] = {}
    for size in sizes:
        fill(engine, size)
        after = engine.inbox("a1", "claimable").next
        for what, act in acts(engine, after).items():
            with watched(engine._context.database) as seen:
                act()
            found = median([meter.time(act) for _ in range(REPEATS)])
            ratio = f"x{found.cpu / first.setdefault(what, found).cpu:.2f}"
            cells = (found.python, found.server, found.cpu, found.wall, ratio, len(seen.statements))
            row(f"{what}, {size} open tasks", *cells)


def acts(engine: Engine, after: str) -> Mapping[str, Callable[[], Any]]:
    """What is measured."""
    return {
        "first page": lambda: engine.inbox("a1", "claimable"),
        "second page": lambda: engine.inbox("a1", "claimable", after=after),
        "counts": lambda: engine.counts("a1"),
    }


def fill(engine: Engine, size: int, later: timedelta = timedelta(0)) -> None:
    """Copies of an open task, come so much later, until there are so many; without statistics."""
    with engine._context.database.unit_of_work() as work:
        run = work.connection.execute
        have = int(run(text("SELECT count(*) FROM user_task WHERE status = 'open'")).scalar_one())
        task = _model(run(select(user_task).where(user_task.c.status == "open").limit(1)))
        task["created_at"] += later
        case = _model(run(select(process_instance).limit(1))) | {"variables": {}, "changed": {}}
        for begin in range(have, size, _BATCH):
            numbers = range(begin, min(begin + _BATCH, size))
            run(insert(process_instance), [case | {"id": f"c{one}"} for one in numbers if one % _TASKS == 0])
            run(insert(user_task), [task | _copy(one, have) for one in numbers])


def _copy(number: int, first: int) -> dict[str, str]:
    """Ids of a copy: of a task, and of the case copied for it, or of the first such case behind `first`."""
    case = max(number - number % _TASKS, -(-first // _TASKS) * _TASKS)
    return {"id": f"c{number}", "instance_id": f"c{case}"}


def _model(found: Result[Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in found.mappings().one().items()
        if name not in ("due_or_never", "name_begin")
    }
