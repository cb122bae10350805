"""Sign-ins, failures, ends of sessions and administrative acts are in the record, and one person reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine import AuditAsked, Caller, Engine, NotAllowed, User, acting_from
from engine.store import people as accounts
from tests.conftest import PASSWORD, Clock

GROUPS = {"系统管理": "system", "安全管理": "security", "审计管理": "audit"}


@pytest.fixture
def office(people: Engine) -> Engine:
    with people._context.database.unit_of_work() as work:
        accounts.add_groups(work, GROUPS)
        accounts.set_duties(work, GROUPS)
    for login, group in zip(("sys", "sec", "aud"), GROUPS, strict=True):
        people.add_user(User(login, f"{login}的岗位", "", frozenset({group})), PASSWORD)
    return people


def told(engine: Engine, **asked: object) -> list[tuple[str, str, str]]:
    """Kind, actor and object of what the record holds, oldest first, without the reading itself."""
    found = reversed(engine.audit(AuditAsked(**asked), by="aud"))
    entries = [one.entry for one in found if one.entry.kind != "look.record"]
    return [(one.kind, one.actor, one.object) for one in entries]


def test_sign_ins_failures_and_ends_are_recorded_with_whence(office: Engine) -> None:
    with acting_from("10.0.0.7"):
        for login in ("a1", "no such login"):
            with pytest.raises(NotAllowed):
                office.sign_in(login, "wrong-password-1")
        token = office.begin_session(office.sign_in("a1", PASSWORD).id, Caller("10.0.0.7", "browser"))
        other = office.begin_session("a1", Caller())
        office.end_other_sessions(token)
        token = office.change_password(token, PASSWORD, "staple-horse-battery-7")
        office.sign_out(token)
        office.sign_out(other)
    found = [one for one in told(office) if not one[0].startswith("account.")]
    assert found == [
        ("sign_in.failed", "", "a1"),
        ("sign_in.failed", "", "no such login"),
        ("sign_in.succeeded", "a1", "a1"),
        ("session.begun", "a1", "a1"),
        ("session.begun", "a1", "a1"),
        ("session.others_ended", "a1", "a1"),
        ("password.changed", "a1", "a1"),
        ("session.begun", "a1", "a1"),
        ("session.ended", "a1", "a1"),
    ]
    entry = office.audit(AuditAsked(kind="sign_in.failed", about="a1"), by="aud")[0].entry
    assert entry.origin == "10.0.0.7"
    assert "再错4次" in entry.reason


def test_no_password_token_or_secret_is_in_the_record(office: Engine) -> None:
    password = office.open_account("new", "新岗位", "", by="sys")
    token = office.begin_session("new", Caller("10.0.0.7", "browser"))
    kept = str(office.audit(AuditAsked(), by="aud"))
    assert password not in kept
    assert token not in kept


def test_each_administrative_act_is_recorded_with_before_and_after(office: Engine) -> None:
    office.open_account("new", "新岗位", "某科", by="sys")
    office.rename_account("new", "另一岗位", "", by="sys")
    office.set_groups("new", frozenset({"甲组"}), by="sec")
    office.reset_password("new", by="sys")
    office.end_sessions("new", by="sec")
    office.set_account_active("new", False, by="sys")
    office.set_account_active("new", True, by="sys")
    office.remove_factor("new", by="sec")
    office.found_group("丙组", by="sec")
    office.set_sign_in_rules(replace(office.sign_in_rules(), failures=3), by="sec")
    with pytest.raises(NotAllowed):
        office.set_groups("new", frozenset(), by="sys")
    found = told(office)[-11:]
    assert [(kind, by) for kind, by, _ in found] == [
        ("account.added", "sys"),
        ("account.changed", "sys"),
        ("account.roles_changed", "sec"),
        ("account.password_reset", "sys"),
        ("account.sessions_ended", "sec"),
        ("account.closed", "sys"),
        ("account.opened", "sys"),
        ("account.factor_dropped", "sec"),
        ("group.added", "sec"),
        ("sign_in.rules_set", "sec"),
        ("refused.set_groups", "sys"),
    ]
    (roles,) = office.audit(AuditAsked(kind="account.roles"), by="aud")
    assert roles.entry.data == {"before": [], "after": ["甲组"]}
    (rules,) = office.audit(AuditAsked(kind="sign_in.rules"), by="aud")
    assert (rules.entry.data["before"]["failures"], rules.entry.data["after"]["failures"]) == (5, 3)


def test_only_the_audit_administrator_reads_it_and_that_is_recorded(office: Engine) -> None:
    for login in ("sys", "sec", "a1", "boss", "nobody"):
        with pytest.raises(NotAllowed):
            office.audit(AuditAsked(), by=login)
    office.audit(AuditAsked(actor="a1"), by="aud")
    (look,) = office.audit(AuditAsked(kind="look.record"), by="aud")
    assert (look.entry.actor, look.entry.data) == ("aud", {"actor": "a1"})


def test_it_is_filtered_and_walked(office: Engine, clock: Clock) -> None:
    begun = clock.now
    for days in range(3):
        clock.now = begun + timedelta(days=days)
        office.begin_session("a1", Caller())
        office.begin_session("a2", Caller())
    assert told(office, actor="a2", kind="session.") == [("session.begun", "a2", "a2")] * 3
    second = {"since": begun + timedelta(hours=1), "until": begun + timedelta(days=2)}
    assert len(told(office, kind="session.", **second)) == 2
    first = office.audit(AuditAsked(kind="session."), by="aud", size=4)
    rest = office.audit(AuditAsked(kind="session."), by="aud", before=first[-1].id, size=4)
    assert (len(first), len(rest)) == (4, 2)
    assert all(one.whole for one in first)
    assert told(office, kind="%") == []
