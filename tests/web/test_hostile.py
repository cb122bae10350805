"""What a hostile or broken browser may send: never a crash, and no session outlives its password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from engine import Engine
from tests.builders import Builder
from tests.integration.helpers import deploy
from tests.web.office import open_office
from tests.web.test_real_engine import Visitor, offered
from web import create_app

ODD = ("\0", "a\0b", "'", "..%2f..", "😀", "\u202e", "²", "9" * 5000, "{{7*7}}", "-1", "%", "\\")
PLACES = (
    *("/tasks/{}", "/cases/{}", "/cases/{}/cancel", "/cases/{}/diagram/{}.json", "/documents/{}"),
    *("/start/{}", "/processes/{}", "/processes/{}/1", "/processes/{}/edit", "/processes/{}/draft.json"),
    *("/inbox/{}", "/inbox?search={}", "/inbox?page={}", "/inbox?due={}"),
    *("/cases?status={}", "/cases?process={}", "/cases?search={}"),
)
POSTS = (
    "/tasks/{}",
    "/tasks/{}/draft",
    "/tasks/{}/claim",
    "/tasks/{}/release",
    "/cases/{}/cancel",
    "/cases/{}/incidents/{}/retry",
    "/cases/{}/choices/{}",
)
FIELDS = ("revision", "_remove", "_add", "_action", "标题", "未声明", "对象--1-名称")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of each kind for all tests of this module."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('hostile')}/wenze.db"
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


@pytest.fixture(scope="module")
def served(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_office(database, Path(tmp_path_factory.mktemp("office")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(served: Engine) -> Flask:
    return create_app(served, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture
def admin(app: Flask) -> Visitor:
    return Visitor(app, "admin")


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return Visitor(app, "desk")


def test_odd_addresses_are_answered(admin: Visitor) -> None:
    for odd in ODD:
        for place in PLACES:
            assert admin.client.get(place.replace("{}", quote(odd, safe=""))).status_code < 500, (place, odd)
        for place in POSTS:
            answer = admin.post(place.replace("{}", quote(odd, safe="")), {"reason": odd})
            assert answer.status_code < 500, (place, odd)


def test_odd_fields_are_answered(desk: Visitor) -> None:
    desk.post("/start/review", {"标题": "设施失修"})
    task = offered(desk)
    desk.post(f"/tasks/{task}/claim", {})
    for field in FIELDS:
        for odd in ("a\0b", "²", "-1", "9" * 5000, "对象-²", "对象-" + "9" * 5000, "x" * 100_000):
            answer = desk.post(f"/tasks/{task}", {"_action": "save", field: odd})
            assert answer.status_code < 500, (field, odd[:20])
    for odd in ("a\0b", "'", "😀", "x" * 100_000):
        answer = desk.client.post("/sign-in", data={"csrf_token": desk.token, "login": odd, "password": odd})
        assert answer.status_code < 500, odd


def test_odd_diagrams_are_refused(admin: Visitor) -> None:
    path, headers = "/processes/review/draft.json", {"X-CSRFToken": admin.token}
    for xml in ("\ud800", "\0", "x" * 6_000_000, "<a", 7, None, ["<a/>"]):
        for number in (0, 10**30, -1, True, "0"):
            answer = admin.client.post(path, json={"xml": xml, "revision": number}, headers=headers)
            assert answer.status_code < 500, (str(xml)[:10], number)


def test_a_session_ends_with_its_password(served: Engine, desk: Visitor) -> None:
    served.set_password("desk", "a long pass phrase 7")
    assert desk.client.get("/inbox").status_code == 302
    assert desk.client.get("/sign-in").status_code == 200


def test_a_session_ends_with_its_account(served: Engine, desk: Visitor) -> None:
    known = served.user("desk")
    assert known is not None
    served.change_user(replace(known, active=False))
    assert desk.client.get("/inbox").status_code == 302
    served.change_user(known)
    assert desk.client.get("/inbox").status_code == 302


def stuck(app: Flask, served: Engine, builder: Builder, at: str) -> tuple[str, str, Visitor]:
    """A claimed task of a case that cannot go on where both ways compare what is missing."""
    builder.at(at).when("size > 5").end("large").at(at).when("size <= 5").end("small")
    deploy(served, builder)
    case = served.start("stuck", {}, by="desk")
    task = next(row.task.id for row in served.inbox("desk", "claimable").items if row.task.name == "ask")
    desk = Visitor(app, "desk")
    desk.post(f"/tasks/{task}/claim", {})
    return case.id, task, desk


def starting() -> Builder:
    return Builder("stuck", "卡住", starter_groups=("受理岗",)).start().user("ask", groups="受理岗")


def test_a_step_that_cannot_be_left_says_so_and_keeps_what_was_written(served: Engine, app: Flask) -> None:
    case, task, desk = stuck(app, served, starting(), "ask")
    answer = desk.post(f"/tasks/{task}", {})
    assert answer.status_code == 422
    assert "ask" in answer.get_data(as_text=True)
    assert served.task(task, by="desk").row.task.status == "open"
    assert served.verify(case) == ()


def test_a_process_that_cannot_go_on_behind_a_step_says_so_on_the_case(served: Engine, app: Flask) -> None:
    case, task, desk = stuck(app, served, starting().exclusive("way"), "way")
    assert desk.post(f"/tasks/{task}", {}).status_code == 302
    assert served.task(task, by="desk").row.task.status == "completed"
    shown = desk.client.get(f"/cases/{case}").get_data(as_text=True)
    assert "有1个自动步骤出错" in shown and "way" in shown and "Traceback" not in shown
    assert served.verify(case) == ()
    (incident,) = served.incidents("desk")
    again = f"/cases/{case}/incidents/{incident.job_id}/retry"
    assert f'action="{again}"' in shown
    served.correct(case, {"size": 9}, "漏填", by="")
    assert desk.post(again, {}).status_code == 302
    served.run_due_jobs()
    assert served.case(case, by="desk").instance.status == "completed"
    answer = desk.post(again, {})
    assert answer.status_code == 409 and "已经重新执行" in answer.get_data(as_text=True)


def test_who_may_not_steer_a_case_may_not_try_it_again(served: Engine, app: Flask) -> None:
    case, task, desk = stuck(app, served, starting().exclusive("way"), "way")
    desk.post(f"/tasks/{task}", {})
    (incident,) = served.incidents("desk")
    again = f"/cases/{case}/incidents/{incident.job_id}/retry"
    assert Visitor(app, "exam").post(again, {}).status_code == 404
    assert desk.client.post(again).status_code == 400  # without the form's token
    assert served.incidents("desk") == (incident,)
