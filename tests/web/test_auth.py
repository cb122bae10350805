"""Signing in, out, and being sent to sign in."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.web.conftest import TOKEN, Person
from tests.web.samples import PASSWORD, USERS
from web.entering import local_path

PAGES = [
    "/inbox",
    "/tasks/task-1",
    "/cases",
    "/cases/case-1",
    "/start/review",
    "/documents/doc-1",
    "/notices",
    "/processes",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_to_sign_in_and_come_back(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in?next={path}"


def test_post_without_session_changes_nothing(client: FlaskClient, fake) -> None:
    token = TOKEN.search(client.get("/sign-in").get_data(as_text=True)).group(1)
    assert client.post("/tasks/task-1/claim", data={"csrf_token": token}).status_code == 302
    assert fake.asked == []


def test_script_request_without_session_leads_to_the_sign_in_page(client: FlaskClient) -> None:
    answer = client.get("/inbox", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/inbox")


def test_sign_in_goes_back_to_where_one_was(client: FlaskClient) -> None:
    page = client.get("/sign-in?next=/cases").get_data(as_text=True)
    data = {"csrf_token": TOKEN.search(page).group(1), "login": "cb1", "password": PASSWORD, "next": "/cases"}
    answer = client.post("/sign-in", data=data)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cases")


def test_session_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    Person(client, "cb1")
    answer = client.get("/inbox")
    cookie = client.get_cookie("wenze")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.expires is not None
    assert answer.status_code == 200


def test_refusal_says_what_the_engine_says_and_keeps_the_login(client: FlaskClient) -> None:
    token = TOKEN.search(client.get("/sign-in").get_data(as_text=True)).group(1)
    answer = client.post("/sign-in", data={"csrf_token": token, "login": "cb1", "password": "wrong"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "再错3次，账号锁定30分钟" in page
    assert 'value="cb1"' in page
    assert "wrong" not in page


def test_sign_in_begins_a_new_session(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["planted"] = True
    Person(client, "cb1")
    with client.session_transaction() as session:
        assert "planted" not in session


def test_closed_account_is_out_at_once(cb1: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(USERS, "cb1")
    assert cb1.get("/inbox").status_code == 302


def test_sign_out_ends_the_session_and_needs_the_token(cb1: Person) -> None:
    assert cb1.client.post("/sign-out").status_code == 400
    assert cb1.get("/inbox").status_code == 200
    assert cb1.post("/sign-out", {}).status_code == 302
    assert cb1.get("/inbox").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "",
        None,
        "/\t/evil.example",
        "evil.example",
        "/x\\y",
        "/a\nb",
    ],
)
def test_next_leads_nowhere_else(target: str | None) -> None:
    assert local_path(target) == "/"


@pytest.mark.parametrize("target", ["/", "/cases?status=&page=2", "/tasks/a-1#f-意见"])
def test_next_keeps_local_paths(target: str) -> None:
    assert local_path(target) == target


@given(st.text())
def test_next_is_always_a_path(target: str) -> None:
    found = local_path(target)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
