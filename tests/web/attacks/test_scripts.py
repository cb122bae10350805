"""Scripts in all that anybody may write: on no page they are more than text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine
from tests.web.attacks.conftest import CONFIG
from tests.web.attacks.marked import LONG, SCRIPT, crawl, made_by_script, marked_xml, open_marked, used
from tests.web.attacks.world import Caller, processes
from web import create_app

NAME = SCRIPT.replace('"', "%22")  #: as browsers write it in a form
WALKERS = ("supervisor", "assignee", "candidate", "former", "initiator", "recipient", "editor", "stranger")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    root = tmp_path_factory.mktemp("marked")
    opened = open_marked(f"sqlite:///{root}/wenze.db", root / "office")
    used(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(engine: Engine) -> Flask:
    return create_app(engine, CONFIG)


@pytest.mark.parametrize("login", WALKERS)
def test_texts_stay_texts_on_every_page(app: Flask, login: str) -> None:
    caller, pages = Caller(app, login), 0
    for path, text in crawl(caller.client, "/inbox", "/inbox/claimable", "/inbox/done", "/cases?status="):
        pages += 1
        if text.lstrip().startswith("{"):
            continue
        assert made_by_script(text) == [], path
        assert "onerror=alert(1)&gt;" not in text or "{{7*7}}" in text, path
        assert "&lt;script&gt;alert(1)" in text or "&lt;img" in text, (
            f"{path} shows the office's name at least"
        )
        assert SCRIPT not in text, path
    assert pages > 5


def test_what_is_asked_for_comes_back_as_text(app: Flask) -> None:
    caller = Caller(app, "initiator")
    for path in ("/cases", "/inbox", "/inbox/claimable", "/sign-in", "/nowhere", "/start/matter"):
        for name in ("search", "process", "status", "due", "next", "after", "page", "diagram"):
            for one in (caller.client, app.test_client()):
                page = one.get(path, query_string={name: LONG}, follow_redirects=True)
                if page.status_code != 429:
                    assert made_by_script(page.get_data(as_text=True)) == [], (path, name)
    page = Caller(app, "anonymous").send("POST", "/sign-in", {"login": SCRIPT, "password": SCRIPT})
    assert page.status_code == 403
    assert made_by_script(page.get_data(as_text=True)) == []


def test_what_is_refused_comes_back_as_text(app: Flask, engine: Engine) -> None:
    initiator, editor = Caller(app, "initiator"), Caller(app, "editor")
    case = engine.cases("", status="active").items[0].instance.id
    broken = marked_xml(processes()[0].xml()).replace(b"</process>", b"<userTask/></process>")
    posts = [
        (initiator, "/start/matter", {"标题": LONG * 10, "说明": LONG, "对象-0-名称": LONG}),
        (initiator, "/start/matter", {"标题": SCRIPT, "_add": LONG, "_remove": LONG}),
        (initiator, "/start/matter", {"标题": SCRIPT, "附件": (f"{NAME}.html", b"x")}),
        (initiator, f"/cases/{case}/cancel", {"reason": LONG * 10}),
        (initiator, f"/cases/{case}/suspend", {"text": LONG * 100}),
        (editor, "/processes/matter/import", {"file": (f"{NAME}.bpmn", broken)}),
        (editor, "/processes/import", {"file": (f"{NAME}.bpmn", broken)}),
        (editor, "/processes/import", {"file": (f"{NAME}.bpmn", SCRIPT.encode())}),
        (editor, "/processes/matter/force", {"revision": LONG}),
    ]
    for caller, path, form in posts:
        answer = caller.send("POST", path, form)
        assert answer.status_code in (200, 404, 409, 422), path
        assert made_by_script(answer.get_data(as_text=True)) == [], path


def test_uploads_with_such_names_are_told_as_text(app: Flask, engine: Engine) -> None:
    case = engine.cases("", status="active").items[0].instance.id
    caller = Caller(app, "initiator")
    for name in (f"{NAME}.html", f"{NAME}.pdf"):
        caller.send("POST", f"/cases/{case}/documents", {"files": (name, b"x")})
        page = caller.client.get(f"/cases/{case}").get_data(as_text=True)
        assert "没有上传" in page and made_by_script(page) == []


def test_scripts_get_texts_as_json(app: Flask) -> None:
    caller = Caller(app, "editor")
    for path in ("draft.json", "check.json", "1/diagram.json"):
        answer = caller.client.get(f"/processes/matter/{path}")
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_print_mark_cannot_leave_its_rule(app: Flask) -> None:
    caller = Caller(app, "initiator")
    for text in ('"; } body { background: url(//elsewhere)', "\\", '\\"', "*/", "}", "</style>", "\n"):
        answer = caller.client.get("/print-mark.css", query_string={"text": text})
        rule = answer.get_data(as_text=True)
        assert answer.mimetype == "text/css"
        assert rule.count('"') == 2 and rule.count("{") == 2 and rule.count("\n") == 1 and "\\" not in rule


def test_the_folder_of_the_office_is_not_served(app: Flask, tmp_path: Path) -> None:
    caller = Caller(app, "editor")
    for path in ("/office.json", "/office/office.json", "/wenze.db", "/session.key", "/static/office.json"):
        assert caller.client.get(path).status_code == 404
