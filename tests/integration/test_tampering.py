"""Whoever has all rights on the database can change the record, but it shows, and where."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from engine import AuditEntry, Breach, Engine, ProcessInstance, read_code
from engine.model.acting import acting_from
from engine.store import audit
from engine.store.database import Work
from tests.conftest import Clock
from tests.integration.helpers import begin, do, process

TABLES = ("history_event", "audit_event", "anchor", "audit_seal", "case_seal")
DAY = date(2026, 3, 2)


def tamper(engine: Engine, *statements: str, **values: object) -> None:
    """Change the database as somebody with all rights could: triggers and foreign keys are no hindrance."""
    database = engine._context.database
    if database.several_writers:
        with database.unit_of_work() as work:
            work.connection.execute(text("SET LOCAL session_replication_role = replica"))
            _run(work, statements, values)
        return
    with database.unit_of_work() as work:
        work.connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        found = work.connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in found.scalars().all():
            work.connection.execute(text(f'DROP TRIGGER "{name}"'))
    raw = database._engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        cursor.execute(statement, {k: v for k, v in values.items() if f":{k}" in statement})
    cursor.execute("PRAGMA foreign_keys = ON")
    raw.close()


def _run(work: Work, statements: tuple[str, ...], values: dict[str, object]) -> None:
    for statement in statements:
        given = {name: value for name, value in values.items() if f":{name}" in statement}
        work.connection.execute(text(statement), given)


@pytest.fixture
def cases(people: Engine, clock: Clock) -> tuple[ProcessInstance, ProcessInstance]:
    """Two cases with files, five entries beside them, sealed twice, and one entry that isn't sealed yet."""
    definition = process().user("one", groups="甲组").user("two", groups="甲组").end()
    first = begin(people, definition)
    second = people.start("p", {}, by="a2")
    with acting_from("10.1.2.3"):
        for number in range(3):
            people.note_look("document", f"d{number}", by="a1", instance_id=first.id)
    people.attach("甲.txt", b"some text", "text/plain", by="a1", instance_id=first.id)
    clock.advance(minutes=1)
    assert people.seal_record()
    mine = next(row.task for row in people.inbox("a1", "claimable").items if row.task.instance_id == first.id)
    people.claim(mine.id, by="a1")
    people.complete(mine.id, {"甲": "乙"}, by="a1")
    people.note("export", by="a1", object="cases", data={"rows": 12})
    people.note("sign_in.failed", by="", object="a1")
    clock.advance(minutes=1)
    assert people.seal_record()
    people.note("sign_in.succeeded", by="a1")
    return first, second


def breaches(engine: Engine, case: str = "") -> tuple[Breach, ...]:
    return engine.verify_record(case).breaches


def told(engine: Engine) -> list[tuple[str, int | None]]:
    return [(one.place, one.number) for one in breaches(engine)]


def test_a_whole_record_is_whole(people: Engine, cases: tuple[ProcessInstance, ProcessInstance]) -> None:
    found = people.verify_record()
    assert found.breaches == ()
    assert (found.cases, found.events, found.anchors) == (2, 7, 2)
    assert people.verify_record(cases[0].id).breaches == ()


CASE = "instance_id = :case"
CHANGES = [
    # one entry of a case
    (f"UPDATE history_event SET actor = 'b1' WHERE seq = 2 AND {CASE}", "case", 2, "校验值不符"),
    (
        f"UPDATE history_event SET at = '2026-03-02T03:00:00+00:00' WHERE seq = 2 AND {CASE}",
        "case",
        2,
        "不符",
    ),
    (f"UPDATE history_event SET origin = '10.9.9.9' WHERE seq = 1 AND {CASE}", "case", 1, "校验值不符"),
    (f"UPDATE history_event SET data = 'no JSON' WHERE seq = 2 AND {CASE}", "case", 2, "不能读取"),
    (f"UPDATE history_event SET hash = 'sm3:00' WHERE seq = 2 AND {CASE}", "case", 2, "不符"),
    (f"DELETE FROM history_event WHERE seq = 2 AND {CASE}", "case", 2, "缺失"),
    (f"DELETE FROM history_event WHERE seq = 4 AND {CASE}", "case", 4, "缺失"),
    (f"DELETE FROM history_event WHERE {CASE}", "case", None, "全部记录缺失"),
    # a case
    ("UPDATE process_instance SET history_seq = 1 WHERE id = :case", "case", 4, "应止于"),
    # entries beside the cases
    ("UPDATE audit_event SET actor = 'b1' WHERE id = 3", "audit", 3, "校验值不符"),
    ("UPDATE audit_event SET data = '[13]' WHERE id = 5", "audit", 5, "校验值不符"),
    ("UPDATE audit_event SET data = '[' WHERE id = 5", "audit", 5, "不能读取"),
    ("UPDATE audit_event SET actor = 'b1' WHERE id = 7", "audit", 7, "校验值不符"),
    ("UPDATE audit_event SET hash = 'x' WHERE id = 3", "audit", 3, "不符"),
    ("DELETE FROM audit_event WHERE id = 3", "audit", 3, "已被删除"),
    ("DELETE FROM audit_event WHERE id = 6", "audit", 6, "已被删除"),
    ("DELETE FROM audit_event", "audit", 1, "已被删除"),
    # anchors and what they cover
    ("UPDATE anchor SET events = 9 WHERE number = 1", "anchor", 1, "校验值不符"),
    ("UPDATE anchor SET previous = 'x' WHERE number = 2", "anchor", 2, "不相衔接"),
    ("UPDATE anchor SET at = 'x' WHERE number = 1", "anchor", 1, "不能读取"),
    ("DELETE FROM anchor WHERE number = 1", "anchor", 1, "缺失"),
    ("DELETE FROM anchor WHERE number = 2", "anchor", 2, "缺失"),
    ("DELETE FROM audit_seal WHERE event_id = 3", "anchor", 1, "清单已被改动"),
    ("DELETE FROM audit_seal WHERE anchor = 2", "anchor", 2, "清单已被删除"),
    ("UPDATE audit_seal SET hash = 'x' WHERE event_id = 3", "anchor", 1, "清单已被改动"),
    ("UPDATE audit_seal SET anchor = 2 WHERE event_id = 3", "anchor", 2, "清单已被改动"),
    (f"DELETE FROM case_seal WHERE anchor = 1 AND {CASE}", "anchor", 1, "清单已被改动"),
    (f"UPDATE case_seal SET seq = 1 WHERE anchor = 1 AND {CASE}", "anchor", 1, "清单已被改动"),
    ("DELETE FROM case_seal WHERE anchor = 2", "anchor", 2, "清单已被删除"),
    # files
    (
        "UPDATE content SET bytes = :other WHERE sha256 IN (SELECT sha256 FROM document)",
        "document",
        2,
        "内容",
    ),
    ("DELETE FROM document", "document", 2, "已被删除"),
    ("UPDATE document SET name = '乙.txt'", "document", 2, "登记已被改动"),
    ("UPDATE document SET id = 'other'", "document", None, "没有登记"),
]


@pytest.mark.parametrize(("statement", "place", "number", "message"), CHANGES)
def test_a_change_shows_and_says_where(
    people: Engine,
    cases: tuple[ProcessInstance, ProcessInstance],
    statement: str,
    place: str,
    number: int | None,
    message: str,
) -> None:
    if people._context.database.several_writers and "SET at = 'x'" in statement:
        statement = "UPDATE anchor SET at = at - interval '1 hour' WHERE number = 1"
        message = "校验值不符"
    tamper(people, statement, case=cases[0].id, other=b"other text")
    found = breaches(people)
    assert [one for one in found if (one.place, one.number) == (place, number) and message in one.message], (
        found
    )
    if place in ("case", "document"):
        assert {one.instance_id for one in found if one.place == place} == {cases[0].id}


def test_two_entries_exchanged_show_at_both_places(
    people: Engine, cases: tuple[ProcessInstance, ProcessInstance]
) -> None:
    tamper(
        people,
        "UPDATE audit_event SET id = -1 WHERE id = 1",
        "UPDATE audit_event SET id = 1 WHERE id = 2",
        "UPDATE audit_event SET id = 2 WHERE id = -1",
        f"UPDATE history_event SET seq = -1 WHERE seq = 1 AND {CASE}",
        f"UPDATE history_event SET seq = 1 WHERE seq = 2 AND {CASE}",
        f"UPDATE history_event SET seq = 2 WHERE seq = -1 AND {CASE}",
        case=cases[0].id,
    )
    assert {("audit", 1), ("audit", 2), ("case", 1), ("case", 2)} <= set(told(people))


def test_a_removed_case_shows(people: Engine, cases: tuple[ProcessInstance, ProcessInstance]) -> None:
    """With all that belongs to it, so that nothing but the anchor remembers it."""
    gone = cases[1].id
    tamper(
        people,
        f"DELETE FROM history_event WHERE {CASE}",
        "DELETE FROM process_instance WHERE id = :case",
        case=gone,
    )
    found = breaches(people)
    assert {(one.place, one.instance_id) for one in found} == {("case", gone)}
    assert "案件已被删除" in found[0].message


def test_a_case_removed_without_its_record_shows(
    people: Engine, cases: tuple[ProcessInstance, ProcessInstance]
) -> None:
    tamper(people, "DELETE FROM process_instance WHERE id = :case", case=cases[1].id)
    assert any("还留有" in one.message and one.instance_id == cases[1].id for one in breaches(people))


def test_an_end_that_was_cut_off_with_the_case_made_to_fit_shows(
    people: Engine, cases: tuple[ProcessInstance, ProcessInstance]
) -> None:
    with people._context.database.reading() as work:
        query = text("SELECT hash FROM history_event WHERE seq = 3 AND instance_id = :case")
        kept = work.connection.execute(query, {"case": cases[0].id}).scalar_one()
    tamper(
        people,
        f"DELETE FROM history_event WHERE seq > 3 AND {CASE}",
        "UPDATE process_instance SET history_seq = 3, history_hash = :kept WHERE id = :case",
        case=cases[0].id,
        kept=kept,
    )
    found = breaches(people)
    assert [(one.place, one.instance_id) for one in found] == [("case", cases[0].id)]
    assert "缺失" in found[0].message and found[0].number is not None


def test_an_entry_with_a_fitting_hash_put_in_later_shows(
    people: Engine, cases: tuple[ProcessInstance, ProcessInstance], clock: Clock
) -> None:
    """Back-dated, and under a number that was left free: the seal gives it away, once sealed or not."""
    old = people.now()
    clock.advance(days=3)
    people.note("export", by="a1")
    people.seal_record()
    clock.advance(days=3)
    with people._context.database.unit_of_work() as work:
        audit.append(work, AuditEntry(old, "a1", "look.case", "x"))
    people.seal_record()
    assert [(one.place, one.number) for one in breaches(people)] == [("audit", 9)]
    tamper(people, "UPDATE audit_event SET id = 0 WHERE id = 9", "DELETE FROM audit_seal WHERE event_id = 9")
    assert ("audit", 0) in told(people)


def test_all_written_anew_shows_against_the_code_on_paper(
    people: Engine, cases: tuple[ProcessInstance, ProcessInstance]
) -> None:
    """Chains, entries and anchors that fit each other again: only the paper knows better."""
    on_paper = [(one.code, DAY) for one in people.anchors()]
    assert people.verify_record(codes=on_paper).breaches == ()
    tamper(people, *(f"DELETE FROM {one}" for one in ("anchor", "audit_seal", "case_seal", "audit_event")))
    people.note("export", by="b1")
    people.seal_record()
    assert breaches(people) == ()
    found = people.verify_record(codes=on_paper).breaches
    assert [one.place for one in found] == ["anchor", "anchor"] and on_paper[0][0] in found[0].message


def test_a_slip_of_the_pen_is_told_apart_from_a_wrong_code(
    people: Engine, cases: tuple[ProcessInstance, ProcessInstance]
) -> None:
    code = people.anchors()[0].code
    assert [len(part) for part in code.split("-")] == [5, 5, 5, 5]
    assert read_code(code.lower().replace("-", " ").replace("0", "o")) == code
    for place, letter in enumerate(code):
        if letter != "-":
            with pytest.raises(ValueError):
                read_code(code[:place] + ("A" if letter != "A" else "B") + code[place + 1 :])


def test_sm3_is_verified_like_the_other_and_so_is_what_was_before(
    people: Engine, cases: tuple[ProcessInstance, ProcessInstance], clock: Clock
) -> None:
    people.choose_hash("sm3", by="")
    do(people, "a1", "two")
    clock.advance(minutes=1)
    made = people.seal_record()
    assert made is not None and made.hash.startswith("sm3:") and len(made.code) == 23
    assert breaches(people) == ()
    tamper(people, "UPDATE anchor SET hash = substr(hash, 5) WHERE number = 3")
    assert ("anchor", 3) in told(people)


def test_nothing_new_makes_no_anchor_and_the_worker_seals_at_intervals(people: Engine, clock: Clock) -> None:
    people.note("export", by="a1")
    people.run_due_jobs()
    assert [one.number for one in people.anchors()] == [1]
    people.note("export", by="a1")
    clock.advance(minutes=9)
    people.run_due_jobs()
    assert len(people.anchors()) == 1
    clock.advance(minutes=1)
    people.run_due_jobs()
    assert [(one.number, one.events) for one in people.anchors()] == [(1, 1), (2, 1)]
    assert people.seal_record() is None


def test_a_transaction_that_commits_late_is_sealed_by_the_next_anchor(people: Engine, clock: Clock) -> None:
    """On PostgreSQL numbers are given before the commit: the lower one may come to be seen later."""
    if not people._context.database.several_writers:
        return
    database = people._context.database
    with database.unit_of_work() as slow:
        audit.append(slow, AuditEntry(people.now(), "a1", "export"))
        people.note("export", by="a2")
        first = people.seal_record()
    assert first is not None and first.events == 1
    clock.advance(minutes=1)
    second = people.seal_record()
    assert second is not None and second.events == 1
    with database.reading() as work:
        rows = work.connection.execute(
            text("SELECT event_id, anchor FROM audit_seal ORDER BY event_id")
        ).all()
    assert [tuple(row) for row in rows] == [(1, 2), (2, 1)]
    assert breaches(people) == ()
