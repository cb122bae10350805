"""Pages of the three administrators and one's own account, over the real engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from flask import Flask

from engine import Engine
from tests.web.office import OFFICE, PASSWORD, open_office
from tests.web.test_real_engine import Visitor
from web import create_app

KEY = "a key for tests only, long enough to count"
ADMINS = {"sys": "系统管理", "sec": "安全管理", "aud": "审计管理"}
SHOWN = re.compile(r'class="once"><code>([^<]+)</code>')


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    open_office(sqlite_url, tmp_path).close()
    users = [
        {"id": login, "display": f"{group}员", "unit": "某科", "groups": [group]}
        for login, group in ADMINS.items()
    ]
    named = dict(zip(("system", "security", "audit"), ADMINS.values(), strict=True))
    office = {**OFFICE, "administrators": named, "users": [*OFFICE["users"], *users]}
    file = tmp_path / "bundles" / "office.json"
    file.write_text(json.dumps(office, ensure_ascii=False), "utf-8")
    opened = Engine.open(sqlite_url, resources=tmp_path / "bundles", secrets_key=KEY)
    opened.load_office(file, password=PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


def sign_in(app: Flask, login: str, password: str):
    """A browser and what it is answered to this login and password."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text).group(1)
    data = {"csrf_token": token, "login": login, "password": password, "next": "/cases"}
    return client, client.post("/sign-in", data=data)


def post(client, path: str, page: str, **data: str):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text).group(1)
    return client.post(path, data={"csrf_token": token, **data})


def test_an_account_from_its_making_to_its_first_page(app: Flask, engine: Engine) -> None:
    system, security = Visitor(app, "sys"), Visitor(app, "sec")
    system.get("/admin/accounts/new")
    shown = system.post("/admin/accounts/new", {"login": "neu", "display": "新受理员", "unit": "受理室"})
    password = SHOWN.search(shown.text).group(1)
    assert password not in system.get("/admin/accounts/neu"), "it is shown once"
    security.get("/admin/accounts/neu")
    assert security.post("/admin/accounts/neu/roles", {"groups": "受理岗"}).status_code == 302
    client, answer = sign_in(app, "neu", password)
    assert answer.location == "/sign-in/password?next=/cases"
    assert client.get("/inbox").location.startswith("/sign-in/password")
    where = "/sign-in/password"
    wrong = post(client, where, where, old=password, password="my-own-horse-3", again="another-horse-3")
    assert wrong.status_code == 422 and "不一样" in wrong.text
    weak = post(client, where, where, old=password, password="password12345", again="password12345")
    assert "太常见" in weak.text
    done = post(
        client, where, where, old=password, password="my-own-horse-3", again="my-own-horse-3", next="/start"
    )
    assert done.location == "/start"
    assert client.get("/inbox").status_code == 200


def test_each_administrator_sees_his_own_pages(app: Flask) -> None:
    pages = {
        "/admin/accounts": {"sys", "sec"},
        "/admin/accounts/new": {"sys"},
        "/admin/rules": {"sec"},
        "/admin/audit": {"aud"},
    }
    for login in (*ADMINS, "desk", "admin"):
        visitor = Visitor(app, login)
        for path, may in pages.items():
            visitor.get(path, 200 if login in may else 403)


def test_home_and_menu_are_the_administrators(app: Flask) -> None:
    for login, home in {"sys": "/admin/accounts", "aud": "/admin/audit", "desk": "/inbox"}.items():
        visitor = Visitor(app, login)
        assert visitor.client.get("/").location == home
    assert 'href="/inbox"' not in Visitor(app, "sys").get("/admin/accounts")


def test_two_roles_in_one_hand_are_refused_in_words(app: Flask) -> None:
    security = Visitor(app, "sec")
    security.get("/admin/accounts/desk")
    answer = security.post("/admin/accounts/desk/roles", {"groups": ["受理岗", "系统管理"]})
    assert answer.status_code == 422
    assert "不能同时" in answer.text


def test_rules_are_set_and_refused(app: Flask, engine: Engine) -> None:
    security = Visitor(app, "sec")
    page = security.get("/admin/rules")
    given = dict(re.findall(r'name="(\w+)" inputmode="numeric" value="(\d+)"', page))
    assert security.post("/admin/rules", {**given, "failures": "x"}).status_code == 422
    assert (
        security.post("/admin/rules", {**given, "failures": "3", "factor_groups": ["受理岗"]}).status_code
        == 302
    )
    assert engine.sign_in_rules().failures == 3
    client, answer = sign_in(app, "desk", PASSWORD)
    assert answer.location.startswith("/sign-in/factor")
    assert "data:image/svg+xml" in client.get("/sign-in/factor").text


def test_the_record_tells_who_did_what_and_offers_no_action(app: Flask) -> None:
    system, audit = Visitor(app, "sys"), Visitor(app, "aud")
    system.get("/admin/accounts/desk")
    system.post("/admin/accounts/desk/close", {})
    sign_in(app, "desk", "<script>alert(1)</script>")
    page = audit.get("/admin/audit")
    assert "停用账号" in page and "登录失败" in page
    assert page.count('method="post"') == 1, "signing out is all that can be done here"
    assert "停用账号" in audit.get("/admin/audit?actor=sys&kind=account.")
    assert "没有这样的记录" in audit.get("/admin/audit?actor=nobody&since=2020-01-01&until=x&before=y")


def test_own_sessions_are_listed_and_ended(app: Flask) -> None:
    here, there = Visitor(app, "desk"), Visitor(app, "desk")
    page = here.get("/account")
    (other,) = re.findall(r'name="session" value="(\w+)"', page)
    assert here.post("/account/sessions/end", {"session": other}).status_code == 302
    there.get("/inbox", 302)
    there = Visitor(app, "desk")
    here.get("/account")
    here.post("/account/sessions/end-others", {})
    there.get("/inbox", 302)
    here.get("/inbox")


def test_own_password_is_changed(app: Flask) -> None:
    here = Visitor(app, "desk")
    here.get("/account")
    new = {"password": "my-own-horse-3", "again": "my-own-horse-3"}
    refused = here.post("/account/password", {"old": "wrong", **new})
    assert refused.status_code == 422 and "密码不对" in refused.text
    assert here.post("/account/password", {"old": PASSWORD, **new}).status_code == 302
    assert "密码已更改" in here.get("/account")
    assert sign_in(app, "desk", PASSWORD)[1].status_code == 403


def test_half_a_session_opens_nothing(app: Flask, engine: Engine) -> None:
    here = Visitor(app, "desk")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", here.get("/account/factor")).group(1).replace(" ", "")
    bound = here.post("/account/factor", {"code": pyotp.TOTP(secret).now()})
    code = re.search(r"<code>([a-z0-9-]{19})</code>", bound.text).group(1)
    client, answer = sign_in(app, "desk", PASSWORD)
    assert answer.location == "/sign-in/code?next=/cases"
    for path in ("/inbox", "/account", "/cases", "/account/factor"):
        assert client.get(path).location.startswith("/sign-in/code"), path
    assert post(client, "/account/sessions/end-others", "/sign-in/code").location.startswith("/sign-in/code")
    wrong = post(client, "/sign-in/code", "/sign-in/code", code="000000")
    assert wrong.status_code == 403 and "再错4次" in wrong.text
    for step in ("/sign-in/password", "/sign-in/factor"):
        assert client.get(step).location == "/"
    done = post(client, "/sign-in/code", "/sign-in/code", code=code, next="//evil.example")
    assert done.location == "/"
    assert client.get("/inbox").status_code == 200
