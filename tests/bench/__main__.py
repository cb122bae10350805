"""What the engine costs, and whether it grows: `python -m tests.bench`.

On SQLite and on PostgreSQL (a server of its own, without fsync; WENZE_TEST_DSN names another): starting an
instance, completing a task with 5 kB of case data early and late in a loop, one of ten parallel branches; SQL
statements, rows and log written per completed task; beside them the same rows by the bare driver, and raw
SpiffWorkflow; the same over HTTP; the inbox with few and with very many open tasks.

Processor time is what counts: of this process, and of the database server's processes where there are such.
It asserts nothing: numbers are for people to judge.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from tests import postgres
from tests.bench import cases, inbox, rivals, web
from tests.bench.places import Files, Place, Served

ROUNDS = (1, 10, 100, 1_000, 10_000)
SIZES = (100, 10_000, 1_000_000)


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS[-1], help="most completed tasks of a case")
    parser.add_argument("--tasks", type=int, default=SIZES[-1], help="most open tasks of the inbox")
    parser.add_argument("--on", choices=("sqlite", "postgres", "both"), default="both")
    asked = parser.parse_args()
    sys.stdout.write(f"{date.today()} {platform.machine()} Python {platform.python_version()}\n")
    with ExitStack() as stack:
        places: list[Place] = []
        if asked.on != "postgres":
            places.append(Files(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        if asked.on != "sqlite":
            places.append(Served(stack.enter_context(postgres.running()), stack))
        for place in places:
            measure(place, asked.rounds, asked.tasks)


def measure(place: Place, rounds: int, tasks: int) -> None:
    """All of it on one kind of database."""
    sys.stdout.write(f"\n== {place.name}\n")
    engine = cases.prepared(place.fresh())
    cases.completions(engine, tuple(one for one in ROUNDS if one <= rounds))
    cases.written(engine)
    engine.close()
    rivals.floor(place)
    rivals.raw_spiff(place)
    url = place.fresh()
    engine = cases.prepared(url)
    web.requests(engine, url)
    inbox.boxes(engine, tuple(one for one in SIZES if one <= tasks))
    engine.close()


if __name__ == "__main__":
    main()
