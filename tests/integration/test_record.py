"""The record can only be added to, and tells when it was tampered with."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine import Engine, NotFound, ProcessInstance
from engine.store.database import Work
from tests.integration.helpers import begin, do, kinds, process


@pytest.fixture
def instance(people: Engine) -> ProcessInstance:
    made = begin(people, process().user("one", groups="甲组").user("two", groups="甲组").end())
    do(people, "a1", "one", 甲="乙")
    do(people, "a2", "two", 数=[1.5, None, {"深": True}])
    return made


def tamper(engine: Engine, statement: str, **values: object) -> None:
    """Change the database as somebody with all rights could: the triggers are taken away first."""
    with engine._context.database.unit_of_work() as work:
        _disarm(work)
        work.connection.execute(text(statement), values)


def _disarm(work: Work) -> None:
    if work.connection.dialect.name == "postgresql":
        work.connection.execute(text("ALTER TABLE history_event DISABLE TRIGGER USER"))
        return
    for verb in ("update", "delete"):
        work.connection.execute(text(f"DROP TRIGGER IF EXISTS history_event_no_{verb}"))


def test_a_whole_record_is_whole(people: Engine, instance: ProcessInstance) -> None:
    assert len(kinds(people, instance)) == 6
    assert people.verify(instance.id) == ()
    with pytest.raises(NotFound):
        people.verify("nothing")


@pytest.mark.parametrize("statement", ["UPDATE history_event SET actor = 'x'", "DELETE FROM history_event"])
def test_the_database_refuses_to_change_the_record(
    people: Engine, instance: ProcessInstance, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="append-only"), people._context.database.unit_of_work() as work:
        work.connection.execute(text(statement))
    assert people.verify(instance.id) == ()


@pytest.mark.postgres
def test_postgres_refuses_to_empty_the_record(people: Engine, instance: ProcessInstance) -> None:
    if not people._context.database.several_writers:
        return
    with pytest.raises(DBAPIError, match="append-only"), people._context.database.unit_of_work() as work:
        work.connection.execute(text("TRUNCATE history_event"))


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE history_event SET actor = 'b1' WHERE seq = 3", "第3条"),
        ("UPDATE history_event SET kind = 'task.released' WHERE seq = 2", "第2条"),
        ("UPDATE history_event SET data = '{}' WHERE seq = 3", "第3条"),
        ("UPDATE history_event SET activity_id = NULL WHERE seq = 3", "第3条"),
        ("UPDATE history_event SET hash = 'x' WHERE seq = 3", "第3条"),
        ("UPDATE history_event SET hash = 'md5:x' WHERE seq = 3", "第3条"),
        ("UPDATE history_event SET origin = '10.0.0.1' WHERE seq = 3", "第3条"),
        ("UPDATE history_event SET on_behalf_of = 'b1' WHERE seq = 3", "第3条"),
        ("DELETE FROM history_event WHERE seq = 3", "第3条"),
        ("DELETE FROM history_event WHERE seq = 6", "第5条"),
        ("DELETE FROM history_event", "第0条"),
        ("UPDATE history_event SET seq = 9 WHERE seq = 6", "第6条"),
        ("UPDATE process_instance SET history_hash = 'x'", "第6条"),
    ],
)
def test_tampering_shows_and_says_where(
    people: Engine, instance: ProcessInstance, statement: str, place: str
) -> None:
    tamper(people, statement)
    problems = people.verify(instance.id)
    assert any(place in problem.message for problem in problems), problems


def test_an_entry_put_in_between_shows(people: Engine, instance: ProcessInstance) -> None:
    tamper(people, "UPDATE history_event SET seq = seq + 100 WHERE seq >= 4")
    tamper(people, "UPDATE history_event SET seq = seq - 99 WHERE seq >= 100")
    copied = (
        "SELECT instance_id, 4, at, actor, kind, activity_id, data, hash, origin, on_behalf_of "
        "FROM history_event WHERE seq = 3"
    )
    tamper(
        people,
        "INSERT INTO history_event "
        f"(instance_id, seq, at, actor, kind, activity_id, data, hash, origin, on_behalf_of) {copied}",
    )
    assert any("第4条" in problem.message for problem in people.verify(instance.id))


def test_chains_are_of_their_own_case(people: Engine, instance: ProcessInstance) -> None:
    other = people.start("p", {}, by="a1")
    tamper(
        people,
        "UPDATE history_event SET data = '{}' WHERE instance_id = :id",
        id=other.id,
    )
    assert people.verify(instance.id) == ()
    assert people.verify(other.id) != ()
