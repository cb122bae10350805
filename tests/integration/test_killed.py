"""A process that is killed in the middle, on each database: nothing is lost and nothing happens twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import Engine
from engine.model.handling import HandlerResult
from tests.conftest import Clock
from tests.integration.helpers import begin, do, kinds, names, process, take
from tests.integration.test_faults import counts
from tests.integration.test_jobs import Handler, handler

__all__ = ["handler"]

SCRIPT = """
import sys, time
from datetime import datetime
from pathlib import Path
from engine import Engine, handlers
from engine.store import instances

url, now, mark, where, what = sys.argv[1:]

def stand(told=""):
    Path(mark + "-new").write_text(told)
    Path(mark + "-new").rename(mark)
    time.sleep(600)

def save(*_):
    real(*_)
    stand()

real = instances.save
if where == "handler":
    handlers.registry = {"test": lambda given: stand(given.idempotency_key)}
else:
    instances.save = save
engine = Engine.open(url, clock=lambda: datetime.fromisoformat(now))
if what:
    engine.complete(what, {"x": 1}, by="a1", once="key-of-page")
else:
    engine.run_due_jobs()
"""


@contextmanager
def killed(url: str, clock: Clock, mark: Path, where: str, what: str = "") -> Iterator[None]:
    """Let another process come to the middle of its work, and kill it there."""
    arguments = (url, clock.now.isoformat(), str(mark), where, what)
    worker = subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments])
    try:
        while not mark.exists():
            assert worker.poll() is None, "it ended before it came there"
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    yield


def test_a_worker_killed_in_a_handler_is_followed_by_another(
    people: Engine, database_url: str, clock: Clock, tmp_path: Path, handler: Handler
) -> None:
    instance = begin(people, process().service("s", "test").user("after", groups="甲组").end())
    with killed(database_url, clock, tmp_path / "mark", "handler"):
        assert people.run_due_jobs() == 0, "the lease keeps others out"
    clock.advance(minutes=1)
    (found,) = people.diagnose(deep=True)
    assert (found.kind, found.repair) == ("lease.dead", "释放作业")
    handler.answer = lambda _: HandlerResult({"x": 1})
    assert people.run_due_jobs() == 1
    assert [call.idempotency_key for call in handler.calls] == [(tmp_path / "mark").read_text()]
    assert kinds(people, instance).count("job.completed") == 1
    assert names(people, "a1") == ["after"]
    assert people.diagnose(deep=True) == ()


def test_a_doctor_lets_another_worker_go_on_at_once(
    people: Engine, database_url: str, clock: Clock, tmp_path: Path, handler: Handler
) -> None:
    begin(people, process().service("s", "test").user("after", groups="甲组").end())
    with killed(database_url, clock, tmp_path / "mark", "handler"):
        clock.advance(minutes=6)
    (found,) = people.diagnose()
    people.repair(found, by="")
    assert [one.kind for one in people.diagnose()] == ["job.overdue"], "it waits for a worker"
    assert people.run_due_jobs() == 1
    assert names(people, "a1") == ["after"]


def test_a_worker_killed_in_its_transaction_leaves_the_job_to_another(
    people: Engine, database_url: str, clock: Clock, tmp_path: Path
) -> None:
    instance = begin(people, process().catch("t", timer="duration PT1H").user("after", groups="甲组").end())
    clock.advance(hours=1)
    before = counts(people)
    with killed(database_url, clock, tmp_path / "mark", "save"):
        assert counts(people) == before
    clock.advance(minutes=1)
    assert people.run_due_jobs() == 1
    assert people.run_due_jobs() == 0
    assert names(people, "a1") == ["after"]
    assert kinds(people, instance).count("timer.fired") == 1
    assert people.verify(instance.id) == ()
    assert people.diagnose(deep=True) == ()


@pytest.mark.parametrize("once", ["key-of-page", ""])
def test_a_server_killed_in_a_completion_has_not_completed(
    people: Engine, database_url: str, clock: Clock, tmp_path: Path, once: str
) -> None:
    instance = begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    taken = take(people, "a1", "one")
    before = counts(people)
    with killed(database_url, clock, tmp_path / "mark", "save", taken.id):
        assert counts(people) == before
    assert [one.name for one in people.complete(taken.id, {"x": 1}, by="a1", once=once)] == ["two"]
    do(people, "a1", "two")
    assert kinds(people, instance).count("task.completed") == 2
    assert people.verify(instance.id) == ()
