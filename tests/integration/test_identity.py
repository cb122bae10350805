"""Signing in, lock-out, accounts."""

from __future__ import annotations

import pytest

from engine import Conflict, Engine, InvalidInput, NotAllowed, NotFound, User
from tests.conftest import PASSWORD, Clock


def fail(engine: Engine, login: str) -> str:
    with pytest.raises(NotAllowed) as refusal:
        engine.sign_in(login, "wrong-password-1")
    return refusal.value.message


def test_the_right_password_signs_in(people: Engine) -> None:
    assert people.sign_in("a1", PASSWORD) == people.user("a1")


def test_failures_are_counted_down_and_lock_for_half_an_hour(people: Engine, clock: Clock) -> None:
    assert [fail(people, "a1")[8:12] for _ in range(4)] == ["再错4次", "再错3次", "再错2次", "再错1次"]
    assert "锁定30分钟" in fail(people, "a1")
    clock.advance(minutes=29)
    with pytest.raises(NotAllowed, match="1分钟后"):
        people.sign_in("a1", PASSWORD)
    clock.advance(minutes=2)
    assert people.sign_in("a1", PASSWORD).id == "a1"
    assert "再错4次" in fail(people, "a1")


def test_a_failure_after_a_lock_begins_a_new_count(people: Engine, clock: Clock) -> None:
    for _ in range(5):
        fail(people, "a1")
    clock.advance(minutes=31)
    assert "再错4次" in fail(people, "a1")


def test_success_forgets_earlier_failures(people: Engine) -> None:
    fail(people, "a1")
    people.sign_in("a1", PASSWORD)
    assert "再错4次" in fail(people, "a1")


def test_an_unknown_login_answers_as_a_known_one(people: Engine) -> None:
    assert [fail(people, "a1") for _ in range(6)] == [fail(people, "nobody") for _ in range(6)]


def test_a_closed_account_cant_sign_in(people: Engine) -> None:
    people.add_user(User("gone", "离任", "", frozenset(), active=False), PASSWORD)
    with pytest.raises(NotAllowed):
        people.sign_in("gone", PASSWORD)
    assert people.user("gone") is None


def test_a_new_password_lifts_the_lock(people: Engine) -> None:
    for _ in range(5):
        fail(people, "a1")
    people.set_password("a1", "another-horse-2")
    assert people.sign_in("a1", "another-horse-2").id == "a1"
    with pytest.raises(NotFound):
        people.set_password("ghost", "another-horse-2")


@pytest.mark.parametrize("weak", ["short-1", "1234567890", "abcdefghij", "a1-abcdefgh", "x" * 120 + "1" * 20])
def test_weak_passwords_are_refused(people: Engine, weak: str) -> None:
    with pytest.raises(InvalidInput, match="密码"):
        people.set_password("a1", weak)
    assert people.sign_in("a1", PASSWORD)


def test_users_need_a_free_id_and_groups_that_exist(people: Engine) -> None:
    with pytest.raises(Conflict, match="已存在"):
        people.add_user(User("a1", "又一个", "", frozenset()), PASSWORD)
    with pytest.raises(InvalidInput, match="没有这些组"):
        people.add_user(User("new", "新", "", frozenset({"无此组"})), PASSWORD)
    assert people.user("new") is None


def test_groups_keep_their_order_and_are_added_once(people: Engine) -> None:
    before = people.groups()
    people.add_group("甲组")
    people.add_group("丙组")
    assert people.groups() == (*before, "丙组")


def test_an_account_is_changed_and_keeps_its_password(people: Engine) -> None:
    people.change_user(User("a1", "新岗位", "新单位", frozenset({"乙组"})))
    assert people.sign_in("a1", PASSWORD) == User("a1", "新岗位", "新单位", frozenset({"乙组"}))
    with pytest.raises(NotFound, match="没有账号“ghost”"):
        people.change_user(User("ghost", "无", "", frozenset()))
    with pytest.raises(InvalidInput, match="没有这些组"):
        people.change_user(User("a1", "新岗位", "", frozenset({"无此组"})))


@pytest.mark.parametrize("login", ["a\nb", " a", "a\u202eb", "x" * 65, "a\0b"])
def test_logins_are_short_and_printable(people: Engine, login: str) -> None:
    with pytest.raises(InvalidInput, match="账号"):
        people.add_user(User(login, "某岗位", "", frozenset()), PASSWORD)
