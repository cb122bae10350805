"""What is read together is of one instant, until the reader himself changes something."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from engine import Engine, NotAllowed
from engine.store import database
from tests.integration.helpers import begin, do, names, process, statements


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in another thread, as another person does."""
    other = threading.Thread(target=act)
    other.start()
    other.join()


@pytest.fixture
def running(people: Engine) -> Engine:
    begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    return people


def test_others_changes_are_seen_afterwards_only(running: Engine) -> None:
    with running.together():
        assert names(running, "a1") == ["one"]
        elsewhere(lambda: do(running, "a2", "one"))
        assert names(running, "a1") == ["one"]
    assert names(running, "a1") == ["two"]


def test_ones_own_change_is_seen_at_once_and_what_others_did_with_it(running: Engine) -> None:
    with running.together():
        assert names(running, "a1") == ["one"]
        running.start("p", {}, by="a1")
        assert names(running, "a1") == ["one", "one"]
        do(running, "a1", "one")
        assert sorted(names(running, "a1")) == ["one", "two"]


def test_a_change_inside_of_a_reading_ends_it_behind_the_reader(running: Engine) -> None:
    inner = running._context.database
    with running.together():
        with inner.reading() as work:
            count = text("SELECT count(*) FROM user_group")
            before = work.connection.execute(count).scalar_one()
            elsewhere(lambda: running.add_group("丁组"))
            assert work.connection.execute(count).scalar_one() == before
        running.add_group("丙组")
        with inner.reading() as work:
            assert work.connection.execute(count).scalar_one() == before + 2


def test_a_failure_ends_it(running: Engine) -> None:
    with running.together():
        assert names(running, "a1") == ["one"]
        with pytest.raises(NotAllowed):
            running.inbox("nobody", "claimable")
        elsewhere(lambda: do(running, "a2", "one"))
        assert names(running, "a1") == ["two"]


def test_who_asks_is_read_once(running: Engine) -> None:
    with statements(running) as found, running.together():
        for _ in range(3):
            running.counts("a1")
        running.user("a1")
    assert len([one for one in found if "FROM user_account" in one]) == 1


def test_other_threads_read_by_themselves(running: Engine) -> None:
    seen: list[list[str]] = []
    with running.together():
        assert names(running, "a1") == ["one"]
        elsewhere(lambda: do(running, "a2", "one"))
        elsewhere(lambda: seen.append(names(running, "a1")))
    assert seen == [["two"]]


def test_a_connection_that_died_at_rest_is_replaced(running: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = running._context.database
    if not inner.several_writers:
        return
    monkeypatch.setattr(database, "_UNASKED_SECONDS", 0)
    with inner._engine.connect() as one, inner._engine.connect() as other:
        for connection in (one, other):  # both rest in the pool from here on
            connection.execute(text("SELECT 1"))
    with inner._engine.connect() as one:
        others = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        one.execute(others)
    for _ in range(3):
        assert names(running, "a1") == ["one"]
