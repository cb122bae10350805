"""Bodies, addresses and parameters that no browser would send: told so in the users' words, never a crash."""

from __future__ import annotations

import io
from urllib.parse import quote

import pytest
from flask import Flask

from engine import Engine
from tests.web.attacks.conftest import Site
from tests.web.attacks.world import NOBODY, routes
from web.limits import FORMS, STRANGERS, URLENCODED

INTERNALS = ("Traceback", "File &#34;", 'File "', "sqlalchemy", "sqlite3", "psycopg", "werkzeug", "/engine/")
ODD = ("\0", "'", '"><b>', "..%2f..", "😀", "²", "9" * 3000, "-1")
RAW = (b"%ff%fe", b"%c0%ae", b"%ed%a0%80", b"%00", b"%", b"%zz", b"\xff")


def calm(page: str) -> bool:
    """Whether a page tells nothing of what is inside."""
    return not any(word in page for word in INTERNALS)


def test_odd_ids_are_answered_on_every_route(shared_site: Site) -> None:
    callers = {name: shared_site.caller(name) for name in ("editor", "assignee")}
    for route in routes(shared_site.app, shared_site.world):
        if route.method == "HEAD" or not route.arguments or route.endpoint in ("static", "inbox.box"):
            continue
        caller = callers["editor" if route.endpoint.startswith("processes") else "assignee"]
        for name, good in route.arguments:
            for odd in () if name in ("name", "version") else ODD:
                answer = caller.send(route.method, route.path.replace(str(good), quote(odd, safe=""), 1))
                assert answer.status_code < 500, (str(route), odd[:20])
                assert calm(answer.get_data(as_text=True)), (str(route), odd[:20])


def test_odd_parameters_are_answered(shared_site: Site) -> None:
    caller = shared_site.caller("assignee")
    case = shared_site.world.scenes["plain"].arguments["instance_id"]
    for path in ("/inbox", "/cases", f"/cases/{case}", "/print-mark.css", "/sign-in"):
        for name in ("page", "process", "status", "due", "after", "next", "diagram", "text"):
            for odd in (*ODD, "x" * 5000):
                answer = caller.client.get(path, query_string={name: odd}, buffered=True)
                assert answer.status_code < 500, (path, name, odd[:20])
        for raw in RAW:
            environ = {"QUERY_STRING": "search=" + raw.decode("latin-1")}
            for one in (caller.client, shared_site.app.test_client()):
                answer = one.get(path, environ_overrides=environ, buffered=True)
                assert answer.status_code < 500, (path, raw)


def test_a_path_that_is_no_text_is_answered(shared_site: Site) -> None:
    caller = shared_site.caller("assignee")
    for path in ("/cases/\udcff", "/%ff%fe", "/cases/%ff", "/documents/%00", "/tasks/%ed%a0%80/claim", "//"):
        answer = caller.client.get(path.encode("utf-8", "surrogateescape").decode("latin-1"))
        assert answer.status_code in (302, 308, 404, 405), path
        assert calm(answer.get_data(as_text=True))


def too_large(site: Site, login: str, size: int, kind: str) -> None:
    caller = site.caller(login)
    body = b"csrf_token=x&a=" + b"a" * size
    answer = caller.client.post("/sign-in", data=body, content_type=kind)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 413
    assert "文件太大" in page or (login == NOBODY and "太大" in page)
    assert '<html lang="zh-CN">' in page


def test_bodies_beyond_the_limit_are_refused_in_chinese(site: Site) -> None:
    too_large(site, NOBODY, STRANGERS, URLENCODED)
    too_large(site, "stranger", FORMS, URLENCODED)
    forged = site.app.test_client().post("/sign-in", data=b"[" * STRANGERS, content_type="application/json")
    assert forged.status_code == 400, "without a token such a body isn't read at all"


def test_a_body_without_a_length_is_limited_too(site: Site) -> None:
    """As a chunked one: it is read no further than the limit."""
    body = io.BytesIO(b"a" * (STRANGERS * 3))
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = site.app.test_client().post("/sign-in", content_type=URLENCODED, environ_overrides=environ)
    assert answer.status_code == 400, "what is cut off has no token"
    assert body.tell() == STRANGERS


@pytest.mark.parametrize("kind", [URLENCODED, "multipart/form-data; boundary=x"])
def test_too_many_fields_are_refused(site: Site, kind: str) -> None:
    caller, most = site.caller("assignee"), site.app.config["MAX_FORM_PARTS"]
    if kind == URLENCODED:
        body = b"&".join(b"a=1" for _ in range(most + 1))
    else:
        part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        body = part * (most + 1) + b"--x--\r\n"
    answer = caller.client.post("/start/matter", data=body, content_type=kind)
    assert answer.status_code == 413
    assert "请压缩或拆分后再提交" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"xml": "' + b"\\ud800" * 10 + b'", "revision": 1e999}'),
        ("application/json", b"\xff\xfe\x00"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n'),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=" + "x" * 5000, b"x"),
        (URLENCODED, b"%ff=%fe&\x00=\x00"),
        ("text/xml", b"<a/>"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"a=+ADw-"),
    ],
)
def test_broken_bodies_are_answered(site: Site, kind: str, body: bytes) -> None:
    for login, path in (("editor", "/processes/matter/draft.json"), ("initiator", "/start/matter")):
        caller = site.caller(login)
        answer = caller.client.post(
            path, data=body, content_type=kind, headers={"X-CSRFToken": caller.token}, buffered=True
        )
        assert answer.status_code < 500, (kind, body[:20])
        assert calm(answer.get_data(as_text=True))


def test_a_crash_shows_nothing_of_the_inside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret of the inside")

    caller = site.caller("assignee")
    monkeypatch.setattr(Engine, "inbox", crash)
    answers = [
        caller.client.get("/inbox"),
        caller.client.get("/inbox", headers={"Accept": "application/json"}),
        caller.client.get("/inbox", headers={"HX-Request": "true"}),
    ]
    for answer in answers:
        told = answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert "secret" not in told and "RuntimeError" not in told and calm(told)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_debugger_is_served(site: Site) -> None:
    app: Flask = site.app
    assert not app.debug
    caller = site.caller("editor")
    for path in ("/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/.git/config", "/wenze.db"):
        assert caller.client.get(path).status_code in (302, 404)
