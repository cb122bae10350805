"""Team, access and recusal in the browser's eyes: pages over the real engine."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine import Engine
from tests.integration.access import case, staff
from tests.integration.helpers import take
from tests.web.conftest import TOKEN
from web import create_app

PASSWORD = "correct-horse-1"


class Visitor:
    """Somebody signed in, who keeps the token of the last page."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client, self.token = app.test_client(), ""
        self.get("/sign-in")
        assert self.post("/sign-in", {"login": login, "password": PASSWORD}).status_code == 302
        self.get("/inbox")

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, path
        text = answer.get_data(as_text=True)
        found = TOKEN.search(text)
        self.token = found.group(1) if found else self.token
        return text

    def post(self, path: str, data: dict):
        return self.client.post(path, data={"csrf_token": self.token, **data})


@pytest.fixture
def office(people: Engine) -> Engine:
    return staff(people)


@pytest.fixture
def app(office: Engine) -> Flask:
    return create_app(office, {"SECRET_KEY": "test", "TESTING": True, "PROPAGATE_EXCEPTIONS": False})


def test_the_case_page_shows_team_access_and_recusals(app: Flask, office: Engine) -> None:
    one = case(office)
    boss = Visitor(app, "boss")
    page = boss.get(f"/cases/{one.id}")
    assert "办案人员" in page
    assert "还没有指定办案人员" in page
    assert f"/cases/{one.id}/people/team" in page
    assert f"/cases/{one.id}/people/access" not in page  # only who leads
    boss.get(f"/cases/{one.id}/people/team")
    answer = boss.post(f"/cases/{one.id}/people/team", {"people": ["lead1", "out"], "text": "<b>抽调</b>"})
    assert answer.status_code == 302
    page = boss.get(f"/cases/{one.id}")
    assert "lead1的岗位" in page
    assert "&lt;b&gt;抽调" in page
    lead = Visitor(app, "lead1")
    lead.get(f"/cases/{one.id}/people/access")
    day = {"people": "b1", "text": "协查", "until": "2026-03-09"}
    assert lead.post(f"/cases/{one.id}/people/access", day).status_code == 302
    page = lead.get(f"/cases/{one.id}")
    assert "到3月10日前" in page
    (ending,) = set(re.findall(rf"/cases/{one.id}/members/\w+/end(?=\">撤销)", page))
    assert lead.post(ending, {"text": ""}).status_code == 422
    assert lead.post(ending, {"text": "查完"}).status_code == 302
    assert "到3月10日前" not in lead.get(f"/cases/{one.id}")


def test_a_recusal_from_the_task_page_to_its_decision(app: Flask, office: Engine) -> None:
    one = case(office)
    held = take(office, "a2", "one")
    visitor = Visitor(app, "a2")
    assert "申请回避…" in visitor.get(f"/tasks/{held.id}")
    page = visitor.get(f"/cases/{one.id}/people/ask")
    assert re.search(r'value="a2" selected', page)
    assert visitor.post(f"/cases/{one.id}/people/ask", {"people": "a2", "text": ""}).status_code == 422
    answer = visitor.post(f"/cases/{one.id}/people/ask", {"people": "a2", "text": "认识当事人"})
    assert answer.status_code == 302
    assert "申请回避，待决定" in visitor.get(f"/cases/{one.id}")
    lead = Visitor(app, "lead1")
    lead.get(f"/cases/{one.id}", 404)  # who decides needn't see it
    page = lead.get("/recusals")
    assert one.business_key in page
    (address,) = set(re.findall(r"/recusals/\w+/decide", page))
    assert lead.post(address, {"agree": "", "text": "属实"}).status_code == 422
    lead.get(address)
    assert lead.post(address, {"agree": "yes", "text": "属实"}).status_code == 302
    assert "没有等您决定的" in lead.get("/recusals")
    lead.get(address, 404)
    for path in (f"/cases/{one.id}", f"/tasks/{held.id}", f"/cases/{one.id}/people/ask", address):
        visitor.get(path, 404)
    assert one.business_key not in visitor.get("/inbox")


def test_a_role_keeps_out_and_who_leads_lets_in_again(app: Flask, office: Engine) -> None:
    one = case(office)
    boss = Visitor(app, "boss")
    page = boss.get(f"/cases/{one.id}/people/role")
    assert "证人（须回避）" in page
    assert "提供人" not in page  # not by hand
    given = {"people": "a2", "role": "witness", "text": "笔录"}
    assert boss.post(f"/cases/{one.id}/people/role", given).status_code == 302
    assert "证人，须回避" in boss.get(f"/cases/{one.id}")
    Visitor(app, "a2").get(f"/cases/{one.id}", 404)
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    lead = Visitor(app, "lead1")
    (address,) = set(re.findall(rf"/cases/{one.id}/recusals/\w+/lift", lead.get(f"/cases/{one.id}")))
    lead.get(address)
    assert lead.post(address, {"text": "不是同一人"}).status_code == 302
    Visitor(app, "a2").get(f"/cases/{one.id}")


def test_what_is_refused_is_said_on_the_same_page(app: Flask, office: Engine) -> None:
    one = case(office)
    office.add_to_team(one.id, ["lead1"], "分管", by="boss")
    lead = Visitor(app, "lead1")
    lead.get(f"/cases/{one.id}/people/access")
    for given, word in (
        ({"people": "", "text": "协查"}, "请选择人员"),
        ({"people": "b1", "text": "协查", "until": "明天"}, "截止日期"),
        ({"people": "b1", "text": "协查", "until": "2026-01-01"}, "已过"),
        ({"people": "b1", "text": ""}, "理由"),
    ):
        answer = lead.post(f"/cases/{one.id}/people/access", given)
        assert answer.status_code == 422
        assert word in answer.get_data(as_text=True)


def test_one_who_orders_a_recusal_of_nobody_of_the_case(app: Flask, office: Engine) -> None:
    one = case(office)
    stranger = Visitor(app, "out")
    for path in (f"/cases/{one.id}/people/ask", f"/cases/{one.id}/people/team", "/recusals/x/decide"):
        stranger.get(path, 404)
    stranger.get("/recusals")
    answer = stranger.post(f"/cases/{one.id}/people/order", {"people": "a1", "text": "报复"})
    assert answer.status_code == 404
