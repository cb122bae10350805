"""The worker: runs what is due, wakes for what is new, stops when told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from engine import Engine, Worker
from engine.store import people as accounts
from tests.conftest import MEMBERS, User
from tests.integration.helpers import begin, names, process


@pytest.fixture
def live(database_url: str) -> Iterator[Engine]:
    """An engine on the real clock."""
    engine = Engine.open(database_url, clock=lambda: datetime.now(UTC))
    with engine._context.database.unit_of_work() as work:
        accounts.add_groups(work, ("甲组", "乙组", "主管"))
        for login in ("a1", "b1"):
            accounts.add(work, User(login, login, "", MEMBERS[login]), "")
    yield engine
    engine.close()


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_timer_fires_by_itself(live: Engine) -> None:
    worker = Worker(live)
    worker.start()
    worker.start()  # twice is once
    try:
        begin(live, process().catch("wait", timer="duration PT0.3S").user("after", groups="甲组").end())
        assert until(lambda: names(live, "a1") == ["after"])
    finally:
        worker.stop()


def test_it_stops_and_leaves_no_thread(live: Engine) -> None:
    worker = Worker(live)
    worker.start()
    assert any(thread.name == "wenze-worker" for thread in threading.enumerate())
    worker.stop()
    worker.stop()
    assert not any(thread.name == "wenze-worker" for thread in threading.enumerate())
    begin(live, process().script("s", "1", "x", async_before=True).user("after", groups="甲组").end())
    assert names(live, "a1") == []
    worker.start()
    try:
        assert until(lambda: names(live, "a1") == ["after"])
    finally:
        worker.stop()


def test_it_goes_on_after_a_fault(live: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real, faults = live.run_due_jobs, []

    def sometimes(limit: int = 100) -> int:
        if not faults:
            faults.append(1)
            raise OSError("the database was away")
        return real(limit)

    monkeypatch.setattr(live, "run_due_jobs", sometimes)
    worker = Worker(live)
    worker.start()
    try:
        begin(live, process().script("s", "1", "x", async_before=True).user("after", groups="甲组").end())
        assert until(lambda: names(live, "a1") == ["after"])
    finally:
        worker.stop()
    assert faults


def test_two_workers_do_each_job_once(live: Engine, database_url: str) -> None:
    other = Engine.open(database_url)
    workers = [Worker(live), Worker(other)]
    for worker in workers:
        worker.start()
    try:
        diagram = process().script("s", "1", "x", async_before=True).user("after", groups="甲组").end()
        begin(live, diagram)
        for _ in range(9):
            live.start("p", {}, by="a1")
        assert until(lambda: len(names(live, "a1")) == 10)
    finally:
        for worker in workers:
            worker.stop()
        other.close()
    assert live.incidents("") == ()
    assert live.next_due() is None
    assert all(live.verify(row.instance.id) == () for row in live.cases("").items)
