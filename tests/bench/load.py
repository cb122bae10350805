"""People at work on very many open tasks: `python -m tests.bench.load`; needs locust (`pip install locust`).

`wenze serve` on a PostgreSQL of its own (or SQLite), asked over sockets by `tests/bench/people.py`: first one
person, then many. Prints what locust measured: milliseconds by the clock, in which 50 and 95 of 100 requests
were answered.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine import Engine, User
from tests import postgres
from tests.bench import cases, inbox
from tests.bench.measure import row, title
from tests.bench.places import Files, Served
from tests.bench.web import served

SCRIPT = Path(__file__).with_name("people.py")
REAL = 20  #: cases a person that can be worked on
PASSWORD = "correct-horse-1"  #: with which they sign in


def main() -> None:
    """Print what one person, and what many wait for each page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--tasks", type=int, default=100_000, help="open tasks")
    parser.add_argument("--seconds", type=int, default=60, help="for one person, and again for many")
    parser.add_argument("--on", choices=("sqlite", "postgres"), default="postgres")
    asked = parser.parse_args()
    if shutil.which("locust") is None:
        sys.exit("locust is missing: pip install locust")
    with ExitStack() as stack:
        if asked.on == "sqlite":
            url = Files(Path(stack.enter_context(tempfile.TemporaryDirectory()))).fresh()
        else:
            url = Served(stack.enter_context(postgres.running()), stack).fresh()
        engine = furnished(url, asked.people, asked.tasks)
        address, _process = stack.enter_context(served(url))
        for people in (1, asked.people):
            title(
                f"{people} at work on {asked.tasks} open tasks, {asked.on}: requests, failed; ms 50 %, 95 %"
            )
            told(measured(address, people, asked.seconds))
        engine.close()


def furnished(url: str, people: int, tasks: int) -> Engine:
    """An office in which people are offered so many tasks: real ones first, copies behind."""
    engine = cases.prepared(url)
    for number in range(people + 1):
        engine.add_user(User(f"p{number}", f"岗位{number}", "", frozenset({"甲组"})), PASSWORD)
    for _ in range(people * REAL):
        engine.start("loop", cases.DATA, by="a1")
    inbox.fill(engine, tasks, later=timedelta(days=1))
    return engine


def measured(address: str, people: int, seconds: int) -> list[dict[str, Any]]:
    """Locust's figures, one entry a kind of request."""
    command = ["locust", "-f", str(SCRIPT), "--headless", "--json", "--users", str(people)]
    command += ["--spawn-rate", "10", "--run-time", f"{seconds}s", "--host", address, "--loglevel", "ERROR"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout[done.stdout.index("[") :])
    return found


def told(figures: list[dict[str, Any]]) -> None:
    """One line a kind of request, and one for all."""
    everything: dict[float, int] = {}
    for one in sorted(figures, key=lambda one: str(one["name"])):
        times = {float(ms): int(count) for ms, count in one["response_times"].items()}
        for ms, count in times.items():
            everything[ms] = everything.get(ms, 0) + count
        row(
            str(one["name"]),
            one["num_requests"],
            one["num_failures"],
            _within(times, 0.5),
            _within(times, 0.95),
        )
    row("all", sum(everything.values()), "", _within(everything, 0.5), _within(everything, 0.95))


def _within(times: dict[float, int], share: float) -> float:
    """The time in which this share of the requests was answered."""
    left = share * sum(times.values())
    for ms in sorted(times):
        left -= times[ms]
        if left <= 0:
            return ms
    return 0.0


if __name__ == "__main__":
    main()
