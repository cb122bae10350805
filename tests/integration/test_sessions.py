"""Sessions on the server: how they end, and what one's own password has to do with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import Caller, Conflict, Engine, InvalidInput, NotAllowed
from engine.store import people as accounts
from engine.store import sessions as kept
from engine.store.tables import session
from tests.conftest import PASSWORD, Clock

DESK = Caller("10.0.0.7", "Mozilla/5.0 (Windows NT 10.0) Chrome/120")
NEW = "staple-battery-7"


def enter(engine: Engine, login: str = "a1", caller: Caller = DESK) -> str:
    return engine.begin_session(engine.sign_in(login, PASSWORD).id, caller)


def change(engine: Engine, **values: object) -> None:
    """Set columns of the account a1."""
    with engine._context.database.unit_of_work() as work:
        table = accounts.user_account
        work.connection.execute(table.update().where(table.c.id == "a1").values(**values))


def test_a_session_gives_the_person_and_says_whence(people: Engine) -> None:
    found = people.session(enter(people))
    assert found.user == people.user("a1")
    assert found.user.groups == {"甲组"}
    assert (found.origin, found.agent, found.method, found.needs) == (
        *(DESK.origin, DESK.agent),
        "password",
        "",
    )
    assert people.session("no such token") is None


def test_the_token_itself_is_not_kept(people: Engine) -> None:
    token = enter(people)
    with people._context.database.reading() as work:
        row = work.connection.execute(session.select()).one()
    assert token not in map(str, row)


def test_a_session_ends_when_idle_and_is_kept_by_use(people: Engine, clock: Clock) -> None:
    token = enter(people)
    for _ in range(3):
        clock.advance(minutes=59)
        assert people.session(token)
    clock.advance(minutes=60)
    assert people.session(token) is None


def test_a_session_ends_though_it_is_used(people: Engine, clock: Clock) -> None:
    token = enter(people)
    for _ in range(23):
        clock.advance(minutes=30)
        assert people.session(token)
    clock.advance(minutes=30)
    assert people.session(token) is None


def test_use_is_noted_once_a_minute(people: Engine, clock: Clock) -> None:
    token = enter(people)
    begun = people.session(token).seen_at
    clock.advance(seconds=59)
    people.session(token)
    assert people.session(token).seen_at == begun
    clock.advance(seconds=1)
    people.session(token)
    assert people.session(token).seen_at == clock.now


def test_own_sessions_are_listed_and_ended(people: Engine, clock: Clock) -> None:
    first = enter(people)
    clock.advance(minutes=2)
    second = enter(people, caller=Caller("10.0.0.8", "x" * 1000))
    strange = people.session(enter(people, "a2")).id
    listed = people.sessions("a1")
    assert [one.origin for one in listed] == ["10.0.0.8", "10.0.0.7"]
    assert len(listed[0].agent) == 300
    with pytest.raises(Conflict):
        people.end_session(strange, by="a1")
    people.end_session(people.session(first).id, by="a1")
    assert people.session(first) is None
    assert people.end_other_sessions(second) == 0
    third = enter(people)
    assert people.end_other_sessions(second) == 1
    assert people.session(third) is None
    assert people.session(second)
    assert people.sessions("a2")


def test_signing_out_ends_it(people: Engine) -> None:
    token = enter(people)
    people.sign_out(token)
    assert people.session(token) is None
    people.sign_out(token)


def test_a_closed_account_and_another_password_end_sessions(people: Engine) -> None:
    token = enter(people)
    people.set_password("a1", NEW)
    assert people.session(token) is None
    token = people.begin_session("a1", DESK)
    people.change_user(replace(people.user("a1"), active=False))
    assert people.session(token) is None
    people.change_user(replace(people.users()[0], active=True))
    assert people.session(token) is None, "a session must not come back with the account"
    with pytest.raises(NotAllowed):
        people.end_other_sessions(token)


def test_what_is_over_is_removed(people: Engine, clock: Clock) -> None:
    enter(people)
    clock.advance(days=2)
    enter(people, "a2")
    with people._context.database.reading() as work:
        assert kept.of(work, "a1") == ()


def test_own_password_is_changed_and_all_other_sessions_end(people: Engine) -> None:
    other, mine = enter(people), enter(people)
    renewed = people.change_password(mine, PASSWORD, NEW)
    assert people.session(renewed).needs == ""
    assert people.session(other) is people.session(mine) is None
    assert people.sign_in("a1", NEW)


def test_a_wrong_old_password_counts_as_a_failed_sign_in(people: Engine) -> None:
    token = enter(people)
    for _ in range(4):
        with pytest.raises(InvalidInput, match="密码不对"):
            people.change_password(token, "wrong-password-1", NEW)
    with pytest.raises(InvalidInput, match="锁定"):
        people.change_password(token, "wrong-password-1", NEW)
    with pytest.raises(InvalidInput, match="锁定"):
        people.change_password(token, PASSWORD, NEW)


def test_recent_passwords_may_not_come_back(people: Engine) -> None:
    token = enter(people)
    with pytest.raises(InvalidInput, match="最近用过"):
        people.change_password(token, PASSWORD, PASSWORD)
    old = PASSWORD
    for number in range(6):
        new = f"staple-battery-{number}"
        token = people.change_password(token, old, new)
        old = new
        if number < 5:
            with pytest.raises(InvalidInput, match="最近用过"):
                people.change_password(token, old, PASSWORD)
    people.change_password(token, old, PASSWORD)


def test_a_temporary_password_is_to_be_changed_first(people: Engine) -> None:
    people.set_password("a1", NEW, temporary=True)
    token = people.begin_session(people.sign_in("a1", NEW).id, DESK)
    assert people.session(token).needs == "password"
    renewed = people.change_password(token, NEW, "my-own-horse-3")
    assert people.session(renewed).needs == ""


def test_an_old_password_is_to_be_changed_first(people: Engine, clock: Clock) -> None:
    change(people, password_at=clock.now)
    clock.advance(days=89)
    assert people.session(enter(people)).needs == ""
    clock.advance(days=1)
    assert people.session(enter(people)).needs == "password"


@pytest.mark.parametrize(
    "common",
    [
        "Password12345",
        "admin123456",
        "1qaz2wsx3edc",
        "abc123abc123",
        "qwertyuiop12",
        "P@ssw0rd2026!",
        "aaaa2222bbbb",
    ],
)
def test_common_passwords_are_refused(people: Engine, common: str) -> None:
    with pytest.raises(InvalidInput, match="太常见"):
        people.set_password("a1", common)
