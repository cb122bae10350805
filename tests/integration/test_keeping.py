"""The program's own database role can only add to the record; looks may go when their time is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from engine import Engine, InvalidInput, NotAllowed
from engine.store.grants import RECORD
from tests.conftest import PASSWORD, Clock
from tests.integration.helpers import begin, do, process
from tests.integration.test_tampering import tamper

ROLE = "wenze_program"


@pytest.fixture
def program(people: Engine, database_url: str, clock: Clock) -> Iterator[Engine]:
    """An engine that connects by the program's role; SQLite has none, and the one engine there is."""
    if not people._context.database.several_writers:
        yield people
        return
    owner = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"))
    with owner.begin() as connection:
        if not connection.execute(text(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'")).scalar():
            connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
    people.grant(ROLE)
    opened = Engine.open(
        make_url(database_url).set(username=ROLE).render_as_string(hide_password=False), clock=clock
    )
    yield opened
    opened.close()
    people.close()
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE}"))
    owner.dispose()


def test_the_program_works_by_its_own_role(program: Engine) -> None:
    """Deployment, a case from beginning to end, a look, an account, a seal."""
    instance = begin(program, process().user("one", groups="甲组").end())
    program.attach("甲.txt", b"some text", "text/plain", by="a1", instance_id=instance.id)
    do(program, "a1", "one", 甲="乙")
    program.note_look("case", instance.id, by="a1")
    program.set_password("a1", PASSWORD)
    assert program.seal_record() is not None
    assert program.verify_record().breaches == ()


FORBIDDEN = [
    *(f"UPDATE {one} SET hash = 'x'" for one in RECORD),
    *(f"DELETE FROM {one}" for one in RECORD),
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_record_is_only_added_to(program: Engine, statement: str) -> None:
    program.note("export", by="a1")
    begin(program, process().user("one", groups="甲组").end())
    program.seal_record()
    several = program._context.database.several_writers
    refusal = "permission denied" if several else "append-only"
    with pytest.raises(DBAPIError, match=refusal), program._context.database.unit_of_work() as work:
        work.connection.execute(text(statement))
    assert program.verify_record().breaches == ()


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE audit_event",
        "DROP TABLE audit_event",
        "DROP TRIGGER history_event_no_update ON history_event",
        "ALTER TABLE history_event DISABLE TRIGGER USER",
        "ALTER TABLE anchor ADD COLUMN x int",
        "SET session_replication_role = replica",
        "CREATE TABLE other (id int)",
        "UPDATE alembic_version SET version_num = '9'",
        "CREATE OR REPLACE FUNCTION refuse_record_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
    ],
)
@pytest.mark.postgres
def test_what_protects_the_record_stays(program: Engine, statement: str) -> None:
    if not program._context.database.several_writers:
        return
    refusal = "permission denied|must be owner"
    with pytest.raises(DBAPIError, match=refusal), program._context.database.unit_of_work() as work:
        work.connection.execute(text(statement))


def test_a_role_that_could_undo_it_is_refused(people: Engine) -> None:
    several = people._context.database.several_writers
    for role in ("postgres", "nobody_known"):
        with pytest.raises(InvalidInput, match="超级用户|没有角色" if several else "SQLite"):
            people.grant(role)


def test_looks_go_when_their_time_is_over_and_the_record_says_so(people: Engine, clock: Clock) -> None:
    clock.now = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(4):
        people.note_look("document", f"d{number}", by="a1")
        people.note("refused.case", by="a1", object=f"d{number}")
    people.seal_record()
    people.note_look("document", "unsealed", by="a1")
    clock.advance(days=179)
    people.note_look("document", "new", by="a1")
    assert people.prune_looks() == 0
    clock.advance(days=2)
    assert people.prune_looks() == 4
    assert people.prune_looks() == 0
    people.seal_record()
    assert people.verify_record().breaches == ()
    with people._context.database.reading() as work:
        kinds = work.connection.execute(text("SELECT kind FROM audit_event ORDER BY id")).scalars().all()
    assert kinds == [*["refused.case"] * 4, "look.document", "look.document", "record.pruned"]


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("DELETE FROM audit_event WHERE id = 2", 2),  # no look
        ("DELETE FROM audit_event WHERE id = 10", 10),  # a look that nobody said was removed
        ("DELETE FROM audit_event WHERE kind = 'record.pruned'", 1),
        ("UPDATE audit_event SET data = '{\"numbers\":[[1,99]]}' WHERE kind = 'record.pruned'", 11),
    ],
)
def test_removing_more_than_was_said_shows(people: Engine, clock: Clock, statement: str, number: int) -> None:
    test_looks_go_when_their_time_is_over_and_the_record_says_so(people, clock)
    tamper(people, statement)
    with people._context.database.reading() as work:
        ids = work.connection.execute(text("SELECT id, kind FROM audit_event ORDER BY id")).all()
    assert number in [one.number for one in people.verify_record().breaches], ids


def test_fewer_days_than_the_law_has_are_refused_by_program_and_database(
    people: Engine, clock: Clock
) -> None:
    with pytest.raises(InvalidInput, match="180"):
        people.prune_looks(179)
    clock.now = datetime.now(UTC)
    people.note_look("document", "d", by="a1")
    with pytest.raises(DBAPIError, match="append-only"), people._context.database.unit_of_work() as work:
        work.connection.execute(text("DELETE FROM audit_event"))


def test_more_days_are_a_setting_that_the_record_tells_of(people: Engine, clock: Clock) -> None:
    clock.now = datetime(2024, 1, 1, tzinfo=UTC)
    people.note_look("document", "d", by="a1")
    people.seal_record()
    clock.advance(days=200)
    assert people.prune_looks(365) == 0
    clock.advance(days=200)
    assert people.prune_looks() == 1


def test_the_programs_role_cannot_prune(program: Engine, clock: Clock) -> None:
    if not program._context.database.several_writers:
        return
    clock.now = datetime(2024, 1, 1, tzinfo=UTC)
    program.note_look("document", "d", by="a1")
    program.seal_record()
    clock.advance(days=200)
    with pytest.raises(NotAllowed, match="属主"):
        program.prune_looks()
