"""The pages of the verbs of approval, over the real engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine
from tests.web.office import open_office
from tests.web.test_real_engine import Visitor, offered
from web import create_app


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


@pytest.fixture
def taken(desk: Visitor) -> str:
    """A task that the receptionist has."""
    assert desk.post("/start/review", {"标题": "设施失修"}).status_code == 302
    first = offered(desk)
    desk.post(f"/tasks/{first}/claim", {})
    return first


def do(visitor: Visitor, path: str, status: int = 302, **data: object) -> str:
    """Open the page of a verb and send it."""
    visitor.get(path)
    answer = visitor.post(path, data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text
    return text


def todo(visitor: Visitor) -> list[str]:
    return re.findall(r'class="step" href="/tasks/([^"]+)"', visitor.get("/inbox"))


def test_a_task_is_delegated_and_comes_back(desk: Visitor, exam: Visitor, taken: str) -> None:
    page = desk.get(f"/tasks/{taken}")
    assert f'href="/tasks/{taken}/delegate"' in page and f'href="/tasks/{taken}/resolve"' not in page
    assert "请选择人员" in do(desk, f"/tasks/{taken}/delegate", 422, text="请核对")
    text = do(desk, f"/tasks/{taken}/delegate", 422, people="exam", text="")
    assert "请写明委派的理由" in text
    do(desk, f"/tasks/{taken}/delegate", people="exam", text="请核对")
    assert todo(desk) == []
    assert "收回委派" in desk.get(f"/tasks/{taken}")
    assert "受理员委派" in exam.get("/inbox")
    assert "答复交回" in exam.get(f"/tasks/{taken}")
    assert "把“" in exam.get("/notices")
    do(exam, f"/tasks/{taken}/resolve", text="已核对")
    assert todo(desk) == [taken]
    assert "受委派" in desk.get(f"/tasks/{taken}")


def test_a_task_goes_to_a_candidate_only(desk: Visitor, taken: str) -> None:
    page = desk.get(f"/tasks/{taken}/transfer")
    assert 'value="exam"' not in page
    assert "候选" in do(desk, f"/tasks/{taken}/transfer", 422, people="exam", text="出差")


def test_signers_are_asked_sign_and_are_done_without(
    app: Flask, desk: Visitor, exam: Visitor, taken: str
) -> None:
    admin = Visitor(app, "admin")
    do(desk, f"/tasks/{taken}/signers", people=["exam", "admin"], mode="before", text="请把关")
    page = desk.get(f"/tasks/{taken}")
    first, second = re.findall(r'href="/tasks/([^"]+)/remove"', page)
    assert todo(exam) == [first] and todo(admin) == [second]
    assert "请您签署" in exam.get("/inbox")
    assert "请签署意见" in exam.get(f"/tasks/{first}")
    assert "请选择同意" in do(exam, f"/tasks/{first}/sign", 422, text="好")
    assert "请写明意见" in do(exam, f"/tasks/{first}/sign", 422, agree="no")
    do(exam, f"/tasks/{first}/sign", agree="no", text="数字不对")
    assert "数字不对" in desk.get(f"/tasks/{taken}")
    do(desk, f"/tasks/{second}/remove", text="不必")
    assert todo(admin) == []
    assert "已撤销" in desk.get(f"/tasks/{taken}")


def test_a_copy_is_unread_until_it_is_opened(app: Flask, desk: Visitor, taken: str) -> None:
    admin = Visitor(app, "admin")
    do(desk, f"/tasks/{taken}/copy", people="admin", text="请知悉")
    page = admin.get("/inbox/copies")
    assert "请知悉" in page and "未读" in page
    copy = re.search(r'action="(/copies/[^"]+)"', page).group(1)
    answer = admin.post(copy, {})
    assert answer.status_code == 302
    admin.get(answer.headers["Location"])
    assert "未读" not in admin.get("/inbox/copies")
    assert admin.post("/copies/other", {}).status_code == 404
    page = admin.get(f"/tasks/{taken}")
    assert "催办…" not in page and "抄送…" not in page  # who has a copy only reads


def test_a_case_rests_and_goes_on(desk: Visitor, taken: str) -> None:
    case = re.search(r'href="(/cases/[^"/]+)"', desk.get(f"/tasks/{taken}")).group(1)
    assert "理由" in do(desk, f"{case}/suspend", 422, text=" ")
    do(desk, f"{case}/suspend", text="等待鉴定")
    assert "已挂起" in desk.get(f"/tasks/{taken}")
    assert f'href="{case}/resume"' in desk.get(case)
    assert "已挂起" in desk.get("/cases?status=suspended")
    do(desk, f"{case}/resume", text="已有鉴定")
    assert "已挂起" not in desk.get(f"/tasks/{taken}")


def test_urging_is_not_too_often(desk: Visitor, exam: Visitor, engine: Engine, taken: str) -> None:
    engine.delegate(taken, "exam", "请办", by="desk")
    do(desk, f"/tasks/{taken}/urge", text="今天要用")
    assert "催办" in exam.get("/notices")
    assert "已经催办过" in do(desk, f"/tasks/{taken}/urge", 422)


def test_each_page_is_for_who_sees_the_task(app: Flask, taken: str) -> None:
    admin = Visitor(app, "admin")
    for name in ("transfer", "delegate", "resolve", "signers", "sign", "copy", "urge"):
        admin.get(f"/tasks/{taken}/{name}", 404)


def test_notices_are_unread_until_they_are_marked(desk: Visitor, exam: Visitor, taken: str) -> None:
    do(desk, f"/tasks/{taken}/delegate", people="exam", text="请核对")
    assert "未读" in exam.get("/notices")
    assert exam.post("/notices/read", {}).status_code == 302
    page = exam.get("/notices")
    assert "未读" not in page and "请核对" in page
