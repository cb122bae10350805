"""The second factor: enrolling, codes, recovery, what is required of whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyotp
import pytest

from engine import Caller, Conflict, Engine, InvalidInput, NotAllowed, Unavailable, User
from engine.commands import identity
from engine.store import people as accounts
from engine.store.tables import recovery_code, second_factor
from tests.conftest import PASSWORD, Clock

KEY = "a key for tests only, long enough to count"
DESK = Caller("10.0.0.7", "browser")
NOBODY = User("", "某岗位", "", frozenset())


@pytest.fixture
def engine(database_url: str, clock: Clock) -> Iterator[Engine]:
    opened = Engine.open(database_url, clock=clock, secrets_key=KEY)
    yield opened
    opened.close()


def enter(engine: Engine, login: str = "a1") -> str:
    return engine.begin_session(engine.sign_in(login, PASSWORD).id, DESK)


def code(secret: str, clock: Clock, later: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(clock.now.timestamp()) // 30 + later)


@pytest.fixture
def secret(people: Engine, clock: Clock) -> str:
    """The secret of a1's second factor, whose first code is used up."""
    token = enter(people)
    made = people.enrol(token).secret
    people.confirm_factor(token, code(made, clock))
    clock.advance(minutes=2)
    return made


def rows(engine: Engine, table) -> list:
    with engine._context.database.reading() as work:
        return list(work.connection.execute(table.select()))


def test_it_counts_once_it_is_confirmed(people: Engine, clock: Clock) -> None:
    token = enter(people)
    made = people.enrol(token)
    assert made.uri.startswith("otpauth://totp/") and made.secret in made.uri
    assert people.enrol(token) == made, "the page may be loaded again"
    assert people.factor("a1") == (False, 0)
    assert people.session(enter(people)).needs == ""
    with pytest.raises(InvalidInput, match="动态口令不对"):
        people.confirm_factor(token, "000000")
    renewed, codes = people.confirm_factor(token, code(made.secret, clock))
    assert people.session(token) is None
    assert people.session(renewed).needs == ""
    assert people.factor("a1") == (True, len(set(codes))) == (True, 10)
    with pytest.raises(Conflict, match="已经绑定"):
        people.enrol(renewed)


def test_secret_and_recovery_codes_are_not_in_the_database(people: Engine, clock: Clock) -> None:
    token = enter(people)
    made = people.enrol(token).secret
    _, codes = people.confirm_factor(token, code(made, clock))
    kept = str(rows(people, second_factor)) + str(rows(people, recovery_code))
    assert made not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)


def test_a_secret_opens_only_with_its_key_and_for_its_owner(people: Engine, secret: str) -> None:
    (row,) = rows(people, second_factor)
    assert people._context.seal.open(row.secret, "a1") == secret
    with pytest.raises(Unavailable, match="WENZE_SECRETS_KEY"):
        people._context.seal.open(row.secret, "a2")


def test_a_session_lacks_the_code_until_it_is_given(people: Engine, clock: Clock, secret: str) -> None:
    half = enter(people)
    assert people.session(half).needs == "code"
    for refused in (
        lambda: people.enrol(half),
        lambda: people.change_password(half, PASSWORD, "staple-horse-7"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    whole = people.give_code(half, f" {code(secret, clock)[:3]} {code(secret, clock)[3:]} ")
    assert people.session(whole).needs == ""
    assert people.session(half) is None


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(people: Engine, clock: Clock, secret: str, later: int) -> None:
    assert people.give_code(enter(people), code(secret, clock, later))


@pytest.mark.parametrize("later", [-2, 2])
def test_but_not_a_whole_one(people: Engine, clock: Clock, secret: str, later: int) -> None:
    with pytest.raises(NotAllowed, match="再错4次"):
        people.give_code(enter(people), code(secret, clock, later))


def test_a_code_counts_once_and_no_earlier_one_after_it(people: Engine, clock: Clock, secret: str) -> None:
    used = code(secret, clock)
    people.give_code(enter(people), used)
    for stale in (used, code(secret, clock, -1)):
        with pytest.raises(NotAllowed, match="动态口令不对"):
            people.give_code(enter(people), stale)


def test_wrong_codes_lock_the_account_though_the_password_is_right(
    people: Engine, clock: Clock, secret: str
) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(NotAllowed, match=f"再错{left}次"):
            people.give_code(enter(people), "000000")
    half = enter(people)
    with pytest.raises(NotAllowed, match="锁定30分钟"):
        people.give_code(half, "000000")
    with pytest.raises(NotAllowed, match="已锁定"):
        people.give_code(half, code(secret, clock))
    with pytest.raises(NotAllowed, match="已锁定"):
        enter(people)
    clock.advance(minutes=31)
    assert people.give_code(enter(people), code(secret, clock))


def test_a_recovery_code_counts_once_in_any_spelling(people: Engine, clock: Clock) -> None:
    token = enter(people)
    made = people.enrol(token).secret
    _, codes = people.confirm_factor(token, code(made, clock))
    assert people.give_code(enter(people), codes[0].upper().replace("-", " "))
    assert people.factor("a1") == (True, 9)
    with pytest.raises(NotAllowed):
        people.give_code(enter(people), codes[0])


def test_another_persons_recovery_code_is_nothing(people: Engine, clock: Clock, secret: str) -> None:
    other = enter(people, "a2")
    made = people.enrol(other).secret
    _, codes = people.confirm_factor(other, code(made, clock))
    with pytest.raises(NotAllowed):
        people.give_code(enter(people), codes[0])


def test_who_must_have_one_is_asked_to_enrol(people: Engine, clock: Clock) -> None:
    people.set_sign_in_rules(replace(people.sign_in_rules(), factor_groups=frozenset({"甲组"})), by="")
    assert people.session(enter(people, "b1")).needs == ""
    half = enter(people)
    assert people.session(half).needs == "factor"
    whole, _ = people.confirm_factor(half, code(people.enrol(half).secret, clock))
    assert people.session(whole).needs == ""
    with pytest.raises(NotAllowed, match="必须使用动态口令"):
        people.drop_factor(whole, PASSWORD)


def test_who_need_not_have_one_drops_it_with_the_password(people: Engine, clock: Clock, secret: str) -> None:
    whole = people.give_code(enter(people), code(secret, clock))
    with pytest.raises(InvalidInput, match="密码不对"):
        people.drop_factor(whole, "wrong-password-1")
    assert people.session(people.drop_factor(whole, PASSWORD)).needs == ""
    assert people.factor("a1") == (False, 0)
    assert people.session(enter(people)).needs == ""


def test_code_and_another_password_are_asked_for_in_turn(people: Engine, clock: Clock, secret: str) -> None:
    people.set_password("a1", "temporary-horse-7", temporary=True)
    half = people.begin_session(people.sign_in("a1", "temporary-horse-7").id, DESK)
    assert people.session(half).needs == "code"
    half = people.give_code(half, code(secret, clock))
    assert people.session(half).needs == "password"
    assert people.session(people.change_password(half, "temporary-horse-7", "my-own-horse-3")).needs == ""


def test_whom_the_provider_vouches_for_needs_none_if_the_office_says_so(people: Engine, secret: str) -> None:
    by_provider = people.begin_session("a1", DESK, method="provider")
    assert people.session(by_provider).needs == "code"
    people.set_sign_in_rules(replace(people.sign_in_rules(), trust_provider=True), by="")
    assert people.session(people.begin_session("a1", DESK, method="provider")).needs == ""
    assert people.session(enter(people)).needs == "code"


def test_nothing_is_enrolled_without_a_key(database_url: str, clock: Clock) -> None:
    opened = Engine.open(database_url, clock=clock)
    with opened._context.database.unit_of_work() as work:
        hashed = identity.hasher.hash(PASSWORD)
        accounts.add(work, replace(NOBODY, id="a1"), hashed)
    with pytest.raises(Unavailable, match="WENZE_SECRETS_KEY"):
        opened.enrol(enter(opened))
    opened.close()
