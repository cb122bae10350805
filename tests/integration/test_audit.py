"""The record beside the cases: looks, refusals, and from where somebody acts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from engine import AuditEntry, AuditEvent, Engine, NotAllowed, NotFound, User, acting_from
from engine.model.digests import SM3
from engine.store import audit, hashing
from engine.store.tables import audit_event
from tests.conftest import PASSWORD, Clock
from tests.integration.helpers import begin, do, process, take, task


def recorded(engine: Engine, *kinds: str) -> list[AuditEvent]:
    """The entries of these kinds, or all but deployments, in their order."""
    with engine._context.database.reading() as work:
        rows = work.connection.execute(select(audit_event).order_by(audit_event.c.id))
        found = [audit.to_event(row) for row in rows]
    return [one for one in found if one.entry.kind in kinds or (not kinds and "deploy" not in one.entry.kind)]


def test_a_refused_verb_is_recorded_once_with_who_what_and_why(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    asked = task(people, "a1", "one").id
    with acting_from("10.1.2.3"), pytest.raises(NotFound):
        people.claim(asked, by="out")
    take(people, "a1", "one")
    with pytest.raises(NotAllowed):
        people.suspend(instance.id, "没有理由", by="a2")
    first, second = recorded(people)
    assert first.entry == AuditEntry(
        people.now(),
        "out",
        "refused.claim",
        asked,
        instance.id,
        NotFound().message,
        {"task_id": asked},
        "10.1.2.3",
    )
    assert (second.entry.kind, second.entry.actor, second.entry.object) == (
        "refused.suspend",
        "a2",
        instance.id,
    )
    assert second.entry.origin == "系统" and first.whole and second.whole


def test_a_refusal_leaves_nothing_but_its_entry(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    before = people.case(instance.id, by="a1").history
    with pytest.raises(NotFound):
        people.cancel(instance.id, "不办了", by="out")
    assert people.case(instance.id, by="a1").history == before
    assert [one.entry.kind for one in recorded(people)] == ["refused.cancel"]


@pytest.mark.parametrize(
    "forged", ["nothing", "'; DROP TABLE audit_event; --", "a\0b", "\ud800", "长" * 5000]
)
def test_a_forged_id_is_recorded_whatever_it_is(people: Engine, forged: str) -> None:
    with pytest.raises(Exception):  # noqa: B017  what it is differs by database, the record doesn't
        people.case(forged, by="a1")
    for one in recorded(people):
        assert one.whole and one.entry.kind == "refused.case" and len(one.entry.object) <= audit.LONGEST


def test_nobody_and_the_system_leave_no_refusals_but_a_closed_account_does(people: Engine) -> None:
    with pytest.raises(NotFound):
        people.case("nothing", by="")
    people.change_user(replace(people.user("a1"), active=False))
    with pytest.raises(NotAllowed):
        people.inbox("a1", "todo")
    assert [(one.entry.kind, one.entry.actor) for one in recorded(people)] == [
        ("account.changed", ""),
        ("refused.inbox", "a1"),
    ]


def test_a_page_seen_again_is_one_look_and_a_document_counts_each_time(people: Engine, clock: Clock) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    asked = task(people, "a1", "one").id

    def look(by: str = "a1") -> None:
        people.note_look("case", instance.id, by=by)
        people.note_look("task", asked, by=by)
        people.note_look("document", "d1", by=by)

    for _ in range(3):
        look()
    assert [one.entry.kind for one in recorded(people)] == [
        "look.case",
        "look.task",
        "look.document",
        "look.document",
        "look.document",
    ]
    look("a2")
    with acting_from("10.1.2.3"):
        look()
    clock.advance(minutes=10)
    look()
    seen = [one.entry for one in recorded(people) if one.entry.kind == "look.task"]
    assert [(one.actor, one.origin) for one in seen] == [
        ("a1", "系统"),
        ("a2", "系统"),
        ("a1", "10.1.2.3"),
        ("a1", "系统"),
    ]
    assert {one.instance_id for one in seen} == {instance.id}


def test_entries_of_a_case_say_from_where_and_on_whose_behalf(people: Engine) -> None:
    with acting_from("10.1.2.3", on_behalf_of="boss"):
        instance = begin(people, process().user("one", groups="甲组").end())
    do(people, "a1", "one")
    history = people.case(instance.id, by="a1").history
    started, claimed = history[-1], history[-2]
    assert (started.origin, started.on_behalf_of) == ("10.1.2.3", "boss")
    assert (claimed.origin, claimed.on_behalf_of) == ("系统", "")
    assert people.verify(instance.id) == ()


def test_whatever_else_is_told_stands_with_its_data(people: Engine) -> None:
    people.note("export", by="a1", object="cases", reason="年度检查", data={"rows": 12})
    (found,) = recorded(people)
    assert (found.entry.kind, found.entry.reason, found.entry.data) == ("export", "年度检查", {"rows": 12})


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_it(people: Engine, statement: str) -> None:
    people.note("export", by="a1")
    with pytest.raises(DBAPIError, match="append-only"), people._context.database.unit_of_work() as work:
        work.connection.execute(text(statement))
    assert len(recorded(people)) == 1


def test_another_hash_begins_with_the_next_entry_and_the_old_stay_checkable(people: Engine) -> None:
    instance = begin(people, process().user("one", groups="甲组").end())
    people.note("export", by="a1")
    with people._context.database.unit_of_work() as work:
        hashing.choose(work, SM3)
    do(people, "a1", "one")
    people.note("export", by="a1")
    hashes = [one.hash for one in people.case(instance.id, by="a1").history]
    assert hashes[0].startswith("sm3:") and len(hashes[-1]) == 64
    assert people.verify(instance.id) == ()
    old, new = recorded(people)
    assert new.hash.startswith("sm3:") and len(old.hash) == 64 and old.whole and new.whole


def test_an_unknown_choice_of_hash_is_the_usual_one(people: Engine) -> None:
    with people._context.database.unit_of_work() as work:
        hashing.choose(work, "md5")
    people.note("export", by="a1")
    assert len(recorded(people)[0].hash) == 64


def test_sign_ins_and_failures_are_recorded_with_the_login_and_why(people: Engine) -> None:
    with acting_from("10.1.2.3"):
        people.sign_in("a1", PASSWORD)
        for login in ("a1", "stranger"):
            with pytest.raises(NotAllowed):
                people.sign_in(login, "wrong-horse-1")
    found = [one.entry for one in recorded(people)]
    assert [(one.kind, one.actor, one.object, one.origin) for one in found] == [
        ("sign_in.succeeded", "a1", "a1", "10.1.2.3"),
        ("sign_in.failed", "", "a1", "10.1.2.3"),
        ("sign_in.failed", "", "stranger", "10.1.2.3"),
    ]
    assert "再错" in found[1].reason


def test_administrative_acts_are_recorded_with_before_and_after(people: Engine) -> None:
    people.add_group("丙组")
    people.add_group("丙组")
    user = people.add_user(User("c1", "丙岗", "某单位", frozenset({"丙组"})), PASSWORD)
    people.change_user(replace(user, unit="另一单位"))
    people.set_password("c1", "another-horse-1")
    begin(people, process().user("one", groups="甲组").end())
    found = [one.entry for one in (*recorded(people), *recorded(people, "deployment.made"))]
    assert [(one.kind, one.object) for one in found[:-1]] == [
        ("group.added", "丙组"),
        ("account.added", "c1"),
        ("account.changed", "c1"),
        ("account.password_reset", "c1"),
    ]
    assert (found[2].data["old"]["unit"], found[2].data["new"]["unit"]) == ("某单位", "另一单位")
    assert list(found[-1].data["versions"]) == ["p:1"]
