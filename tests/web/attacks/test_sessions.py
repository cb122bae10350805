"""Guessing passwords, and sessions that are forged, fixed, kept or stolen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from engine import Engine
from tests.web.attacks.conftest import CONFIG, Site
from tests.web.attacks.world import NOBODY, PASSWORD
from web import create_app
from web.server import Place, Serving, build_app


def cookie(site: Site, login: str) -> str:
    found = site.caller(login).client.get_cookie("wenze")
    assert found
    return found.value


def lets_in(app: Flask, value: str) -> bool:
    client = app.test_client()
    client.set_cookie("wenze", value)
    return client.get("/inbox").status_code == 200


def test_a_session_cannot_be_made_up(site: Site) -> None:
    good = cookie(site, "assignee")
    assert lets_in(site.app, good)
    other = create_app(site.world.engine, {**CONFIG, "SECRET_KEY": "another"})
    signer = SecureCookieSessionInterface().get_signing_serializer(other)
    assert signer
    forged = [
        signer.dumps({"user": "editor", "stamp": ""}),
        good[:-1],
        good + "x",
        good.swapcase(),
        "",
        "x.y.z",
    ]
    forged += [good.split(".")[0] + "..", "eyJ1c2VyIjoiZWRpdG9yIn0.aaaa.bbbb"]
    assert [one for one in forged if lets_in(site.app, one)] == []


def test_a_session_is_made_anew_by_signing_in(site: Site) -> None:
    caller = site.caller()
    before = caller.client.get_cookie("wenze")
    with caller.client.session_transaction() as session:
        session["planted"], session["user"] = "x", "editor"
    answer = caller.send("POST", "/sign-in", {"login": "assignee", "password": PASSWORD})
    after = caller.client.get_cookie("wenze")
    assert answer.status_code == 302 and before and after
    assert before.value != after.value
    with caller.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("user") != "editor"
    assert not lets_in(site.app, before.value), "what somebody planted opens nothing"


def test_signing_in_as_another_ends_the_first(site: Site) -> None:
    caller = site.caller("supervisor")
    caller.send("POST", "/sign-in", {"login": "stranger", "password": PASSWORD})
    case = site.world.scenes["plain"].arguments["instance_id"]
    assert caller.client.get(f"/cases/{case}").status_code == 404


def test_sessions_end_with_the_password_and_the_account(site: Site) -> None:
    kept = cookie(site, "assignee")
    site.world.engine.set_password("assignee", "quite another phrase 8")
    assert not lets_in(site.app, kept)
    kept = cookie(site, "candidate")
    known = site.world.engine.user("candidate")
    assert known
    site.world.engine.change_user(replace(known, active=False))
    assert not lets_in(site.app, kept)


def test_rights_are_asked_anew_with_every_request(site: Site) -> None:
    caller = site.caller("editor")
    assert caller.client.get("/processes").status_code == 200
    known = site.world.engine.user("editor")
    assert known
    site.world.engine.change_user(replace(known, groups=frozenset()))
    assert caller.client.get("/processes").status_code in (302, 403)


def test_the_cookie_is_for_the_server_only(site: Site) -> None:
    answer = site.app.test_client().get("/sign-in")
    found = answer.headers["Set-Cookie"]
    assert "HttpOnly" in found and "SameSite=Lax" in found and "Path=/" in found
    assert "Domain=" not in found


def test_behind_tls_the_cookie_is_for_tls_and_this_host_only(
    site: Site, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENZE_SECRET_KEY", "test")
    served = build_app(Serving(Place(tmp_path), proxied=True), site.world.engine)
    client = served.app.test_client()  # type: ignore[attr-defined]
    found = client.get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert found.startswith("__Host-wenze=")
    assert "Secure" in found and "Path=/" in found and "Domain=" not in found


def test_only_known_hosts_where_they_are_named(site: Site, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZE_SECRET_KEY", "test")
    monkeypatch.setenv("WENZE_HOSTS", "office.example, localhost")
    client = build_app(Serving(Place(tmp_path)), site.world.engine).test_client()  # type: ignore[attr-defined]
    assert client.get("/health").status_code == 200
    assert client.get("/health", headers={"Host": "elsewhere.example"}).status_code == 400


def attempts(site: Site, logins: list[str], headers: dict[str, str] | None = None) -> list[int]:
    caller = site.caller()
    data = {"csrf_token": caller.token, "password": "wrong"}
    return [
        caller.client.post("/sign-in", data={**data, "login": login}, headers=headers or {}).status_code
        for login in logins
    ]


def test_guessing_one_password_locks_the_account(site: Site) -> None:
    assert 302 not in attempts(site, ["assignee"] * 6)
    caller = site.caller()
    answer = caller.send("POST", "/sign-in", {"login": "assignee", "password": PASSWORD})
    assert answer.status_code == 403 and "账号已锁定" in answer.get_data(as_text=True)
    fresh: Engine = site.world.engine
    other = create_app(fresh, CONFIG)  # another serving process: the lock is in the database
    page = other.test_client().post("/sign-in", data={})
    assert page.status_code == 400
    site.caller("candidate")


def test_trying_many_accounts_from_one_address_is_stopped(site: Site) -> None:
    found = attempts(site, [f"nobody{number}" for number in range(55)])
    assert found[:50] == [403] * 50 and found[50:] == [429] * 5
    caller = site.caller()
    answer = caller.send("POST", "/sign-in", {"login": "assignee", "password": PASSWORD})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 429 and "操作太频繁" in page and "几分钟" in page
    given = {"REMOTE_ADDR": "192.0.2.7"}
    form = {"login": "assignee", "password": PASSWORD, "csrf_token": caller.token}
    elsewhere = caller.client.post("/sign-in", data=form, environ_overrides=given)
    assert elsewhere.status_code == 302, "people at other addresses still get in"


def test_a_header_does_not_make_it_another_address(site: Site) -> None:
    found = [
        attempts(site, [f"nobody{number}"], {"X-Forwarded-For": f"192.0.2.{number}"})[0]
        for number in range(55)
    ]
    assert found[50:] == [429] * 5


def test_signing_in_rightly_is_never_too_often(site: Site) -> None:
    for _ in range(55):
        site.caller("assignee")


def test_an_answer_does_not_tell_whether_there_is_such_an_account(site: Site) -> None:
    pages = []
    for login in ("assignee", "no such person", "leaver"):
        caller = site.caller()
        answer = caller.send("POST", "/sign-in", {"login": login, "password": "wrong"})
        text = answer.get_data(as_text=True).replace(login, "").replace(caller.token, "")
        pages.append((answer.status_code, text))
    assert pages[0] == pages[1] == pages[2]


def test_searching_too_often_is_stopped_for_who_does_it(site: Site) -> None:
    caller = site.caller("assignee")
    found = [caller.client.get(f"/cases?search={number}").status_code for number in range(62)]
    assert found == [200] * 60 + [429] * 2
    assert caller.client.get("/cases").status_code == 200, "a list without a search is free"
    assert site.caller("former").client.get("/cases?search=1").status_code == 200


def test_nobody_signed_in_sees_pages_of_the_cache(site: Site) -> None:
    caller = site.caller("assignee")
    assert caller.client.get("/inbox").headers["Cache-Control"] == "no-store"
    assert site.caller(NOBODY).client.get("/inbox").headers["Cache-Control"] == "no-store"
