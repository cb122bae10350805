"""The pages over the real engine: two people, one case, and the refusals between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine
from tests.web.conftest import TOKEN
from tests.web.office import PASSWORD, open_office
from web import create_app


class Visitor:
    """Somebody signed in, who keeps the token of the last page."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client, self.token = app.test_client(), ""
        self.get("/sign-in")
        assert self.post("/sign-in", {"login": login, "password": PASSWORD}).status_code == 302
        self.get("/inbox")

    def get(self, path: str, status: int = 200) -> str:
        """The text of a page that answers with this status."""
        answer = self.client.get(path)
        assert answer.status_code == status, path
        text = answer.get_data(as_text=True)
        found = TOKEN.search(text)
        self.token = found.group(1) if found else self.token
        return text

    def post(self, path: str, data: dict):
        return self.client.post(path, data={"csrf_token": self.token, **data})


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    opened = open_office(sqlite_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return Visitor(app, "desk")


@pytest.fixture
def exam(app: Flask) -> Visitor:
    return Visitor(app, "exam")


def offered(visitor: Visitor) -> str:
    """The id of the one task that is offered to this person."""
    found = re.findall(r'href="/tasks/([^"]+)"', visitor.get("/inbox/claimable"))
    assert len(found) == 1
    return found[0]


def revision(page: str) -> str:
    return re.search(r'name="revision"[^>]*value="(\d+)"', page).group(1)


@pytest.fixture
def opened(desk: Visitor, exam: Visitor) -> str:
    """A case whose second task is offered to the examiner; the task's id."""
    assert desk.post("/start/review", {"标题": "设施失修"}).status_code == 302
    first = offered(desk)
    desk.post(f"/tasks/{first}/claim", {})
    page = desk.get(f"/tasks/{first}")
    assert desk.post(f"/tasks/{first}", {"revision": revision(page), "_action": "submit"}).status_code == 302
    return offered(exam)


def test_case_from_start_to_end(desk: Visitor, exam: Visitor, opened: str) -> None:
    exam.post(f"/tasks/{opened}/claim", {})
    page = exam.get(f"/tasks/{opened}")
    assert "审查材料" in page
    faulty = exam.post(f"/tasks/{opened}", {"revision": revision(page), "结论": ["", "不同意"]})
    text = faulty.get_data(as_text=True)
    assert faulty.status_code == 422
    assert re.search(r'<a href="#f-理由">请填写“理由”。</a>', text)
    assert re.search(r'value="不同意"\s+checked', text)
    data = {"revision": revision(text), "结论": ["", "同意"], "_action": "submit"}
    done = exam.post(f"/tasks/{opened}", data)
    assert done.status_code == 302
    exam.get("/inbox")
    assert "审查材料" in exam.get("/inbox/done")
    case = re.search(r'href="(/cases/[^"]+)"', desk.get("/cases?status=")).group(1)
    told = desk.get(case)
    assert "办结，历时1天。" in told
    assert "同意" in told


def test_start_with_an_error_then_rightly(desk: Visitor) -> None:
    answer = desk.post("/start/review", {"标题": " "})
    assert answer.status_code == 422
    assert "请填写“标题”。" in answer.get_data(as_text=True)
    assert desk.post("/start/review", {"标题": "设施失修"}).status_code == 302
    assert "设施失修" in desk.get("/cases")


def test_wrong_types_are_told_and_nothing_happens(exam: Visitor, opened: str) -> None:
    exam.post(f"/tasks/{opened}/claim", {})
    page = exam.get(f"/tasks/{opened}")
    answer = exam.post(f"/tasks/{opened}", {"revision": revision(page), "结论": "也许", "_action": "submit"})
    assert answer.status_code == 422
    assert "不在可选范围内" in answer.get_data(as_text=True)
    assert "审查材料" in exam.get("/inbox")


def test_others_cannot_see_or_complete_a_task(desk: Visitor, exam: Visitor, app: Flask, opened: str) -> None:
    exam.post(f"/tasks/{opened}/claim", {})
    admin = Visitor(app, "admin")
    admin.get(f"/tasks/{opened}", status=404)
    assert admin.post(f"/tasks/{opened}", {"结论": "同意"}).status_code == 404
    assert desk.post(f"/tasks/{opened}", {"结论": ["", "同意"], "_action": "submit"}).status_code in (
        403,
        404,
    )
    assert "审查材料" in exam.get("/inbox")


def test_task_cannot_be_completed_twice(exam: Visitor, opened: str) -> None:
    exam.post(f"/tasks/{opened}/claim", {})
    data = {"revision": revision(exam.get(f"/tasks/{opened}")), "结论": ["", "同意"], "_action": "submit"}
    assert exam.post(f"/tasks/{opened}", data).status_code == 302
    again = exam.post(f"/tasks/{opened}", data)
    assert again.status_code == 409
    assert "已由审查员办结" in again.get_data(as_text=True)


def test_stale_page_is_refused_but_nothing_written_is_lost(exam: Visitor, opened: str) -> None:
    exam.post(f"/tasks/{opened}/claim", {})
    old = revision(exam.get(f"/tasks/{opened}"))
    assert exam.post(f"/tasks/{opened}/draft", {"revision": old, "结论": ["", "不同意"]}).status_code == 200
    data = {"revision": old, "结论": ["", "不同意"], "理由": "写了很久的理由", "_action": "submit"}
    answer = exam.post(f"/tasks/{opened}", data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "写了很久的理由" in text
    assert exam.post(f"/tasks/{opened}", {**data, "revision": revision(text)}).status_code == 302


def test_draft_is_there_the_next_time(exam: Visitor, opened: str) -> None:
    exam.post(f"/tasks/{opened}/claim", {})
    old = revision(exam.get(f"/tasks/{opened}"))
    exam.post(f"/tasks/{opened}/draft", {"revision": old, "结论": ["", "不同意"], "理由": "写到一半"})
    page = exam.get(f"/tasks/{opened}")
    assert "写到一半" in page
    assert revision(page) != old
    assert "草稿" in exam.get("/inbox")


def test_diagram_moves(desk: Visitor, exam: Visitor, opened: str) -> None:
    case = re.search(r'href="(/cases/[^"]+)"', desk.get("/cases")).group(1)
    url = re.search(r'data-diagram-url="([^"]+)"', desk.get(case)).group(1)
    found = desk.client.get(url).get_json()
    assert found["states"]["register"] == "done"
    assert found["states"]["examine"] == "active"
    assert found["badges"][0]["who"] == "审查岗"
    assert found["flows"]


def test_lock_out(app: Flask) -> None:
    client = app.test_client()
    token = TOKEN.search(client.get("/sign-in").get_data(as_text=True)).group(1)
    data = {"csrf_token": token, "login": "desk"}
    for left in (4, 3, 2, 1):
        page = client.post("/sign-in", data={**data, "password": "wrong"}).get_data(as_text=True)
        assert f"再错{left}次" in page
    assert "锁定30分钟" in client.post("/sign-in", data={**data, "password": "wrong"}).get_data(as_text=True)
    right = client.post("/sign-in", data={**data, "password": PASSWORD})
    assert right.status_code == 403
    assert "账号已锁定" in right.get_data(as_text=True)


ONCE = re.compile(r'name="_once" value="([\w-]+)"')


def test_a_page_sent_twice_counts_once(app: Flask, engine: Engine, desk: Visitor) -> None:
    page = desk.get("/start/review")
    (key,) = ONCE.findall(page)
    given = {"_once": key, "标题": "甲", "_action": "submit"}
    before = engine.cases("").total
    answers = [desk.post("/start/review", given) for _ in range(3)]
    assert len({one.headers["Location"] for one in answers}) == 1
    assert engine.cases("").total == before + 1
    assert ONCE.findall(desk.get("/start/review")) != [key]


def test_a_task_sent_twice_at_once_is_done_once(
    app: Flask, engine: Engine, exam: Visitor, opened: str
) -> None:
    exam.post(f"/tasks/{opened}/claim", {})
    page = exam.get(f"/tasks/{opened}")
    given = {"_once": ONCE.findall(page)[0], "revision": revision(page), "结论": ["", "同意"]}
    visitors = [exam, Visitor(app, "exam")]
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(one.post, f"/tasks/{opened}", given | {"_action": "submit"}) for one in visitors]
        answers = [one.result() for one in sent]
    assert [one.status_code for one in answers] == [302, 302]
    assert exam.post(f"/tasks/{opened}", given | {"_action": "submit"}).status_code == 302
    case = engine.cases("").items[0].instance
    kinds = [entry.kind for entry in engine.case(case.id, by="").history]
    assert kinds.count("task.completed") == 2
    other = exam.post(f"/tasks/{opened}", given | {"结论": ["", "不同意"], "理由": "x", "_action": "submit"})
    assert other.status_code == 409
    assert "内容与那次不同" in other.get_data(as_text=True)
