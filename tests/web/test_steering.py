"""Withdrawing and jumping on the pages, over the real engine."""

from __future__ import annotations

import re

from engine import Engine
from tests.web.test_real_engine import Visitor, app, desk, engine, exam, offered

__all__ = ["app", "desk", "engine", "exam"]


def started(engine: Engine) -> str:
    return engine.start("review", {"标题": "设施失修"}, by="desk").id


def test_who_started_it_withdraws_it(engine: Engine, desk: Visitor, exam: Visitor) -> None:
    case = started(engine)
    assert f"/cases/{case}/withdraw" in desk.get(f"/cases/{case}")
    assert f"/cases/{case}/withdraw" not in exam.get(f"/cases/{case}")
    assert "不用再办" in desk.get(f"/cases/{case}/withdraw")
    refused = desk.post(f"/cases/{case}/withdraw", {"text": " "})
    assert refused.status_code == 422 and "撤回的理由" in refused.get_data(as_text=True)
    exam.get("/inbox")
    assert exam.post(f"/cases/{case}/withdraw", {"text": "误报"}).status_code == 422
    assert desk.post(f"/cases/{case}/withdraw", {"text": "误报<1>"}).status_code == 302
    page = desk.get(f"/cases/{case}")
    assert "误报&lt;1&gt;" in page and "撤回" in page
    assert "现在不能撤回" in desk.get(f"/cases/{case}/withdraw")


def test_an_administrator_jumps(engine: Engine, app, desk: Visitor, exam: Visitor) -> None:
    case = started(engine)
    engine.claim(offered(desk), by="desk")
    engine.copy_to(case, ["admin"], by="desk")
    admin = Visitor(app, "admin")
    assert f"/cases/{case}/jump" in admin.get(f"/cases/{case}")
    assert f"/cases/{case}/jump" not in desk.get(f"/cases/{case}")
    page = admin.get(f"/cases/{case}/jump")
    (source,) = re.findall(r'<option value="([^"]+)" selected>登记', page)
    told = admin.get(f"/cases/{case}/jump?source={source}&to=examine")
    assert re.search(r'brings__out">登记', told) and re.search(r'brings__in">审查材料<small>送：审查岗', told)
    data = {"source": source, "to": "examine", "text": "登记已在别处办过"}
    assert admin.post(f"/cases/{case}/jump", data | {"to": "agreed"}).status_code == 422
    assert admin.post(f"/cases/{case}/jump", data | {"revision": "0"}).status_code == 422
    assert admin.post(f"/cases/{case}/jump", data).status_code == 302
    assert offered(exam)
    assert "登记已在别处办过" in desk.get("/notices")
    assert "跳转" in desk.get(f"/cases/{case}")
