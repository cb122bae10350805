"""A client over the fake engine, signed in or not."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.fakes import FakeEngine
from tests.web.samples import PASSWORD
from web import create_app

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def app(fake: FakeEngine) -> Flask:
    return create_app(fake, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Person:
    """Somebody at a browser: keeps the form token of the last page."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client, self.token = client, ""
        self.get("/sign-in")
        answer = self.post("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302
        self.get("/inbox")

    def get(self, path: str, **options):
        answer = self.client.get(path, **options)
        found = TOKEN.search(answer.get_data(as_text=True)) if answer.mimetype == "text/html" else None
        self.token = found.group(1) if found else self.token
        return answer

    def post(self, path: str, data: dict, **options):
        return self.client.post(path, data={"csrf_token": self.token, **data}, **options)


def _signed_in(app: Flask, fake: FakeEngine, login: str) -> Person:
    person = Person(app.test_client(), login)
    fake.asked.clear()
    return person


@pytest.fixture
def cb1(app: Flask, fake: FakeEngine) -> Person:
    """Somebody of the group that the tasks are for."""
    return _signed_in(app, fake, "cb1")


@pytest.fixture
def sl1(app: Flask, fake: FakeEngine) -> Person:
    """Somebody of another group."""
    return _signed_in(app, fake, "sl1")
